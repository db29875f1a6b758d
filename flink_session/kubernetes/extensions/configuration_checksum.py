"""A changed option reaches the JobManager: a checksum in the pod template makes the Deployment roll.

Flink reads its configuration once, at the start. With Flink's own objects a changed ConfigMap changes nothing until the
pod happens to restart, and TaskManagers started meanwhile mix old and new options. Its log configuration it reads again
and again: a changed one needs no restart, and has no part in the checksum.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace

from flink_session.kubernetes import constants
from flink_session.kubernetes.job_manager_parameters import KubernetesJobManagerParameters
from flink_session.kubernetes.job_manager_specification import KubernetesJobManagerSpecification
from flink_session.kubernetes.manifests import with_value_at

CHECKSUM_ANNOTATION = "flink-session/configuration-checksum"


def add_configuration_checksum(
    specification: KubernetesJobManagerSpecification, parameters: KubernetesJobManagerParameters
) -> KubernetesJobManagerSpecification:
    """Annotate the pod template with the SHA-256 of the files that are read once, of all ConfigMaps and Secrets."""
    data = dict[str, str]()
    for resource in specification.accompanying_resources:
        data |= resource.get("data", {})
    for name in constants.log_configuration_files(parameters.flink_version):
        data.pop(name, None)
    checksum = hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()
    path = ("spec", "template", "metadata", "annotations", CHECKSUM_ANNOTATION)
    return replace(specification, deployment=with_value_at(specification.deployment, path, checksum))
