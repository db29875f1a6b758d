"""Pod templates: what Flink makes of them, and which ones break."""

from flink_session.kubernetes.checks.pod_template.report import (
    PodTemplateReport,
    check_pod_templates,
    pod_template_reports,
)

__all__ = ["PodTemplateReport", "check_pod_templates", "pod_template_reports"]
