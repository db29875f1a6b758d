"""The embedded engine: what `flink-session up` uses where the Pulumi CLI is not installed.

It is another host of the same Pulumi program, not a fork of Pulumi: the unmodified program runs in a subprocess and
talks to the gRPC services that the Pulumi SDK expects; the state is Pulumi's own file-backend format; what is not
honoured is refused in one sentence that names the `pulumi` CLI. Nothing but `flink_session.cli` imports this package.
See docs/engine.md.
"""

import os

# Or gRPC prints to the terminal what its connections go through.
os.environ.setdefault("GRPC_VERBOSITY", "ERROR")
