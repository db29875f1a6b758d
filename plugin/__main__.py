"""The provider plugin: what Pulumi's engine starts for programs in other languages."""

from flink_session.component.remote import serve

serve()
