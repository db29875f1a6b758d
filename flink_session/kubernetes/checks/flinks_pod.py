"""What Flink brings to a pod by itself: with it a pod template is compared, whichever role the template is of."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from flink_session.configuration.configuration import Configuration
from flink_session.configuration.core_options import TaskManagerOptions
from flink_session.configuration.findings import FindingCollector
from flink_session.configuration.java_text import double_text, is_blank
from flink_session.configuration.options import ConfigOption, to_text
from flink_session.kubernetes import constants
from flink_session.kubernetes.checks.later_options import TASK_MANAGER_ENVIRONMENT_PREFIX
from flink_session.kubernetes.checks.reading import readable
from flink_session.kubernetes.checks.resources import task_manager_cores
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
_METADATA_OF_TEMPLATES = ("labels", "annotations", "finalizers", "creationTimestamp", "deletionTimestamp")
"""What a Deployment's template has for its pods, or must at least be readable in it."""
_MERGED_METADATA = ("labels", "annotations")


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
            "resources": _resources(parameters, job_manager.container["resources"]),
            "env": _variables(configuration, job_manager.container["env"]),
            "volumeMounts": _of_both_roles(job_manager.container["volumeMounts"]),
        },
    )


def _resources(parameters: KubernetesJobManagerParameters, job_managers: Manifest) -> Manifest:
    """Compute what a TaskManager requests; where a factor is no number, that is another finding."""
    cores, memory = task_manager_cores(parameters), parameters.cluster_specification.task_manager_memory_mb
    factors = (Options.TASK_MANAGER_CPU_LIMIT_FACTOR, Options.TASK_MANAGER_MEMORY_LIMIT_FACTOR)
    cpu_factor, memory_factor = (readable(parameters.configuration, factor) for factor in factors)
    if cpu_factor is None or memory_factor is None or not math.isfinite(cores * cpu_factor * memory_factor):
        return job_managers
    return {
        "requests": {"cpu": double_text(cores), "memory": f"{memory}Mi"},
        "limits": {"cpu": double_text(cores * cpu_factor), "memory": f"{int(memory * memory_factor)}Mi"},
    }


def merged_pod(template: FlinkPod, flinks: FlinksPod) -> Manifest:
    """Return the pod that Flink makes of a template; of a JobManager, the one that its Deployment makes.

    Mirrors ``InitJobManagerDecorator`` and ``InitTaskManagerDecorator``, and what the others append.
    """
    metadata, spec, container = template.pod.get("metadata", {}), template.pod.get("spec", {}), template.main_container
    kept = _METADATA_OF_TEMPLATES if flinks.role == JOB_MANAGER else tuple(metadata)
    return {
        "metadata": {
            **{name: value for name, value in metadata.items() if name in kept and name != "ownerReferences"},
            **flinks.metadata,
            **{name: {**metadata.get(name, {}), **flinks.metadata.get(name, {})} for name in _MERGED_METADATA},
        },
        "spec": {
            **spec,
            **_merged_spec(spec, flinks),
            "containers": [*spec.get("containers", []), _merged_container(container, flinks)],
        },
    }


def _merged_spec(spec: Manifest, flinks: FlinksPod) -> Manifest:
    own = flinks.spec
    account = own["serviceAccountName"]
    if flinks.configuration.key_of(flinks.account) is None:
        account = spec.get("serviceAccount", spec.get("serviceAccountName", account))
    policy = spec.get("dnsPolicy", "")
    return {
        "serviceAccount": account,
        "serviceAccountName": account,
        "hostNetwork": own["hostNetwork"],
        "dnsPolicy": own["dnsPolicy"] if own["hostNetwork"] or is_blank(policy) else policy,
        **({} if flinks.role == JOB_MANAGER else {"restartPolicy": own["restartPolicy"]}),
        "nodeSelector": {**spec.get("nodeSelector", {}), **own.get("nodeSelector", {})},
        **{name: [*spec.get(name, []), *own.get(name, [])] for name in ("imagePullSecrets", "tolerations", "volumes")},
    }


def _merged_container(container: Manifest, flinks: FlinksPod) -> Manifest:
    own, configuration, resources = flinks.container, flinks.configuration, container.get("resources", {})
    options = {"image": Options.CONTAINER_IMAGE, "imagePullPolicy": Options.CONTAINER_IMAGE_PULL_POLICY}
    return {
        **container,
        **own,
        **{
            name: container[name]
            for name, option in options.items()
            if name in container and not configuration.contains(option)
        },
        "resources": {
            **resources,
            **{field: {**resources.get(field, {}), **own["resources"][field]} for field in ("requests", "limits")},
        },
        **{name: [*container.get(name, []), *own.get(name, [])] for name in ("ports", "env", "volumeMounts")},
    }


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
