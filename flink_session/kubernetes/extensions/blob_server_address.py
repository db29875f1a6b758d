"""A JobManager that stands by finds the leader's blob server, so that whoever asks it to run a job gets that job.

Whichever JobManager is asked uploads the job's jars to the leader. From Flink 2.2 on the leader says where: at the
address that its blob server is bound to, and where that is every address, at the name of its own machine. A pod's name
is resolved in that pod only, so the submission fails (`Could not connect to BlobServer at address
<pod>/<unresolved>:6124`). Before, the address was that of the leader's RPC, which is the pod's.
"""

from __future__ import annotations

from dataclasses import replace

from flink_session.kubernetes import constants
from flink_session.kubernetes.extensions.extension import main_container_index
from flink_session.kubernetes.job_manager_parameters import KubernetesJobManagerParameters
from flink_session.kubernetes.job_manager_specification import KubernetesJobManagerSpecification
from flink_session.kubernetes.manifests import with_value_at

FIRST_VERSION = "2.2"
"""Of Flink, where `DispatcherGateway.getBlobServerAddress` is asked."""
_ARGUMENT = f"-Djobmanager.bind-host=${{{constants.POD_IP_ENVIRONMENT}}} "


def publish_blob_server_address(
    specification: KubernetesJobManagerSpecification, parameters: KubernetesJobManagerParameters
) -> KubernetesJobManagerSpecification:
    """Have each of several JobManagers bind RPC and blob server to the address of its pod; REST is bound as before.

    It cannot be said in the configuration, which is one for all pods, and which Flink's client frees of that option.
    What the user says in `kubernetes.jobmanager.entrypoint.args` comes later, and wins.
    """
    if parameters.replicas == 1 or not parameters.flink_version.is_at_least(FIRST_VERSION):
        return specification
    index = main_container_index(specification.deployment)
    container = specification.deployment["spec"]["template"]["spec"]["containers"][index]
    *before, command = container["args"]
    start = constants.KUBERNETES_SESSION_SCRIPT
    changed = [*before, start + _ARGUMENT + command.removeprefix(start)]
    path = ("spec", "template", "spec", "containers", index, "args")
    return replace(specification, deployment=with_value_at(specification.deployment, path, changed))
