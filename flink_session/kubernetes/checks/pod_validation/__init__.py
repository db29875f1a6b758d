"""What the API server refuses in a pod, found without one: the rules of Kubernetes' ``pkg/apis/core/validation``.

No dry run ever sees a TaskManager's pod: the JobManager makes it, and where it is refused there are no TaskManagers
and no message but in the JobManager's log. These rules know nothing of Flink. They are those of Kubernetes 1.34, as
far as they do not depend on what else is in the cluster, and of those fields that Flink's Kubernetes client knows; for
Windows, ``iscsi``, ``fc`` and some volumes that are long gone they are not complete. A test sends generated pods to an
API server, and compares what it says.
"""

from __future__ import annotations

from collections.abc import Iterator

from flink_session.kubernetes.checks.pod_validation.fault import Fault, Path, path_text
from flink_session.kubernetes.checks.pod_validation.metadata import check_metadata_of
from flink_session.kubernetes.checks.pod_validation.pod_spec import check_pod_spec
from flink_session.kubernetes.checks.pod_validation.walk import check_object
from flink_session.kubernetes.manifests import Manifest

__all__ = ["Fault", "Path", "path_text", "validate_pod"]


def validate_pod(pod: Manifest) -> Iterator[Fault]:
    """Find what the API server would refuse in a new pod, whose values have the types of the pod's model."""
    yield from check_metadata_of(pod)
    yield from check_object("PodSpec", pod["spec"], ("spec",), pod)
    yield from check_pod_spec(pod["spec"])
