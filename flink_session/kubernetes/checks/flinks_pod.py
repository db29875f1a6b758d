"""What Flink brings to a pod by itself: with it a pod template is compared, whichever role the template is of."""

from __future__ import annotations

from dataclasses import dataclass, replace

from flink_session.configuration.configuration import Configuration
from flink_session.configuration.core_options import TaskManagerOptions
from flink_session.configuration.findings import FindingCollector
from flink_session.configuration.options import ConfigOption, to_text
from flink_session.kubernetes import constants
from flink_session.kubernetes.checks.later_options import TASK_MANAGER_ENVIRONMENT_PREFIX
from flink_session.kubernetes.checks.reading import readable
from flink_session.kubernetes.cluster_descriptor import session_configuration
from flink_session.kubernetes.flink_pod import FlinkPod
from flink_session.kubernetes.job_manager_factory import build_kubernetes_job_manager_specification
from flink_session.kubernetes.job_manager_parameters import KubernetesJobManagerParameters
from flink_session.kubernetes.kubernetes_config_options import KubernetesConfigOptions as Options
from flink_session.kubernetes.manifests import Manifest

JOB_MANAGER, TASK_MANAGER = "jobmanager", "taskmanager"

_ONLY_JOB_MANAGER_VOLUMES = (constants.USER_ARTIFACTS_VOLUME, constants.POD_TEMPLATE_VOLUME)
_VARIABLES_OF_BOTH_ROLES = (constants.HADOOP_CONF_DIR_ENVIRONMENT, constants.FLINK_LOG_DIR_ENVIRONMENT)
_TASK_MANAGER_VARIABLES = ("_POD_NODE_ID", "FLINK_TM_JVM_MEM_OPTS")


@dataclass(frozen=True, slots=True)
class FlinksPod:
    """The pod of one role as Flink makes it without a template.

    Attributes:
        role: ``jobmanager`` or ``taskmanager``.
        template: the option that names the role's template.
        account: the option of the role's account.
        namespace: where the cluster is.
        configuration: says which values somebody has set.
        metadata: the pod's metadata.
        spec: the pod's spec, without containers.
        container: the main container; of a TaskManager without what is not known beforehand.
    """

    role: str
    template: ConfigOption[str | None]
    account: ConfigOption[str]
    namespace: str
    configuration: Configuration
    metadata: Manifest
    spec: Manifest
    container: Manifest


def flinks_pods(parameters: KubernetesJobManagerParameters) -> tuple[FlinksPod, ...]:
    """Make the pods of both roles; none where Flink's client would refuse the configuration anyway."""
    collector = FindingCollector()
    configuration = collector.attempt(session_configuration, parameters.configuration, collector)
    if configuration is None or collector.errors:
        return ()
    parameters = parameters.with_configuration(configuration)
    built = collector.attempt(build_kubernetes_job_manager_specification, FlinkPod(), parameters)
    if built is None:
        return ()
    template = built[0].deployment["spec"]["template"]
    spec = {name: value for name, value in template["spec"].items() if name != "containers"}
    job_manager = FlinksPod(
        JOB_MANAGER,
        Options.JOB_MANAGER_POD_TEMPLATE,
        Options.JOB_MANAGER_SERVICE_ACCOUNT,
        parameters.namespace,
        configuration,
        template["metadata"],
        spec,
        template["spec"]["containers"][-1],
    )
    return job_manager, _task_manager(parameters, job_manager)


def _task_manager(parameters: KubernetesJobManagerParameters, job_manager: FlinksPod) -> FlinksPod:
    """Derive a TaskManager's pod from the JobManager's, as far as the one that starts it has no say."""
    configuration = job_manager.configuration
    labels = constants.component_labels(parameters.cluster_id, constants.LABEL_COMPONENT_TASK_MANAGER)
    port = {"name": "taskmanager-rpc", "containerPort": int(configuration.get(TaskManagerOptions.RPC_PORT))}
    return replace(
        job_manager,
        role=TASK_MANAGER,
        template=Options.TASK_MANAGER_POD_TEMPLATE,
        account=Options.TASK_MANAGER_SERVICE_ACCOUNT,
        metadata={
            "name": f"{parameters.cluster_id}-taskmanager-1-1",
            "labels": {**(readable(configuration, Options.TASK_MANAGER_LABELS) or {}), **labels},
            "annotations": readable(configuration, Options.TASK_MANAGER_ANNOTATIONS) or {},
        },
        spec={
            **job_manager.spec,
            "restartPolicy": "Never",
            "nodeSelector": readable(configuration, Options.TASK_MANAGER_NODE_SELECTOR) or {},
            "volumes": _of_both_roles(job_manager.spec["volumes"]),
        },
        container={
            **job_manager.container,
            "ports": [] if parameters.host_network_enabled else [port],
            "env": _variables(configuration, job_manager.container["env"]),
            "volumeMounts": _of_both_roles(job_manager.container["volumeMounts"]),
        },
    )


def _of_both_roles(named: list[Manifest]) -> list[Manifest]:
    return [item for item in named if item["name"] not in _ONLY_JOB_MANAGER_VOLUMES]


def _variables(configuration: Configuration, job_managers: list[Manifest]) -> list[Manifest]:
    own = configuration.with_prefix(TASK_MANAGER_ENVIRONMENT_PREFIX)
    shared = [
        item
        for item in job_managers
        if "secretKeyRef" in item.get("valueFrom", {}) or item.get("name") in _VARIABLES_OF_BOTH_ROLES
    ]
    return [
        *({"name": name, "value": to_text(value)} for name, value in own.items()),
        *({"name": name} for name in _TASK_MANAGER_VARIABLES),
        *shared,
    ]
