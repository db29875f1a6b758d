"""The session cluster as Pulumi sees it: a component whose children are the objects that Flink's client would create.

Flink's ``KubernetesClusterDescriptor`` decides what the objects are; here they are only registered, in an order and
with references that make every later change as small as it can be:

* Siblings know each other by plain names, never by each other's Outputs. Changing a ConfigMap's data replaces it; a
  Deployment that took the name from the ConfigMap's Output would be deleted with it, and all TaskManagers too.
* The rest Service depends on the Deployment, never the reverse: it is ready once the JobManager is.

This module must keep its annotations as objects: Pulumi's analyzer reads them.
"""

from collections.abc import Callable, Mapping
from typing import Any, Optional

import pulumi

from flink_session.component.args import FlinkSessionClusterArgs
from flink_session.component.guards import Guards, guard_findings
from flink_session.component.ha_data import ha_data_findings, ha_data_resource
from flink_session.component.known import contains_output
from flink_session.component.kubernetes_object import KubernetesObject
from flink_session.component.options import Options
from flink_session.component.partly_known import PartlyKnown
from flink_session.component.planned import Planned, secrets_in
from flink_session.component.program import (
    ObjectName,
    Refused,
    claim,
    kubernetes_provider,
    may_go_on,
    refuse,
)
from flink_session.component.secret_values import SecretValues
from flink_session.configuration import Finding, IllegalConfigurationError
from flink_session.deployment.session import FURTHER_OBJECTS, SessionCluster

_OUTPUTS = {
    "cluster_id": "clusterId",
    "namespace": "namespace",
    "rest_endpoint": "restEndpoint",
    "web_interface_url": "webInterfaceUrl",
    "service_account_name": "serviceAccountName",
    "effective_configuration": "effectiveConfiguration",
    "task_manager_labels": "taskManagerLabels",
    "sizes": "sizes",
    "flink_run_command": "flinkRunCommand",
}
"""The outputs, and their names in Pulumi."""


class FlinkSessionCluster(pulumi.ComponentResource):
    """An Apache Flink session cluster: a JobManager that starts TaskManagers as jobs need them.

    Mirrors ``KubernetesClusterDescriptor.deploySessionCluster`` and ``FlinkKubeClient.createJobManagerComponent``. The
    children are the JobManager's Deployment, the internal and the rest Service, the ConfigMap with ``config.yaml``,
    and, unless ``service_account`` names one, a ServiceAccount with a Role of the least rights that a JobManager
    needs.

    Args:
        name: Pulumi name of the component; the children's names begin with it.
        args: See :class:`~flink_session.FlinkSessionClusterArgs`. ``{"cluster_id": "demo"}`` is complete.
        opts: Options of the component. Children inherit its provider.

    Raises:
        pulumi.RunError: With every finding on the arguments at once, before anything is registered.
    """

    cluster_id: pulumi.Output[str]
    """``kubernetes.cluster-id``."""

    namespace: pulumi.Output[str]
    """Namespace of every object."""

    rest_endpoint: pulumi.Output[str]
    """URL of the REST API: by the rest Service's name for ``ClusterIP`` and ``Headless_ClusterIP``, by the ingress for
    ``LoadBalancer``, and for ``NodePort`` by ``rest_service_node_address`` and the node port where that is given."""

    web_interface_url: pulumi.Output[str]
    """URL of the web UI, which the REST server serves: by the host of ``expose`` where that has one."""

    service_account_name: pulumi.Output[str]
    """ServiceAccount of JobManager and TaskManagers."""

    effective_configuration: pulumi.Output[dict[str, str]]
    """What JobManager and TaskManagers read from ``config.yaml``, flat."""

    task_manager_labels: pulumi.Output[dict[str, str]]
    """Labels of the TaskManager pods, for selectors of policies and monitors."""

    sizes: pulumi.Output[dict[str, Any]]
    """What each pod takes, and the least and the most that the session asks of the cluster; see docs/sizes.md."""

    flink_run_command: pulumi.Output[str]
    """How Flink's command line submits a job: ``flink run -t kubernetes-session -D...``; the jar is to follow."""

    def __init__(
        self,
        name: str,
        args: FlinkSessionClusterArgs,
        opts: Optional[pulumi.ResourceOptions] = None,  # noqa: UP045 - the analyzer wants Optional
    ) -> None:
        # The model of the arguments takes longer to import than all else here.
        from flink_session.deployment.settings import by_field_name, by_property_name  # noqa: PLC0415

        given, twice = by_field_name(args)
        given, secrets = SecretValues.taken_from(given)
        provider = kubernetes_provider(opts)
        options = Options.of(opts, _OUTPUTS)
        refused = None
        try:
            unreachable = (*guard_findings(given, provider), *ha_data_findings(given, provider))
            planned = Planned.of(name, given, (*twice, *unreachable, *options.findings(given, _OUTPUTS)))
            identity = [given.get("cluster_id"), given.get("namespace", "default")]
            if not contains_output(identity):
                claim(name, provider, planned.objects(*identity))
        except IllegalConfigurationError as error:
            refused = refuse(name, error)
            if not may_go_on():
                raise refused from error
        properties = by_property_name(secrets.given_back(given))
        super().__init__("flink-session:index:FlinkSessionCluster", name, properties, options.of_component())
        if refused is not None:
            failure: pulumi.Output[Any] = pulumi.Output.from_input(_fail(refused, given))
            self._give(dict.fromkeys(_OUTPUTS, failure), options)
            return
        self._warn_of(planned)
        if contains_output(identity):
            pulumi.Output.all(*identity).apply(lambda known: _claim_later(name, provider, planned.objects(*known)))
        rest_service = self._register_children(name, planned, provider, secrets, options)

        def output(select: Callable[[SessionCluster], Any]) -> "pulumi.Output[Any]":
            return pulumi.Output.from_input(planned.get(select))

        node_address = given.get("rest_service_node_address")
        endpoint = output(_address).apply(lambda address: _rest_endpoint(address, rest_service, node_address))
        self._give(
            {
                "cluster_id": output(lambda plan: plan.cluster_id),
                "namespace": output(lambda plan: plan.namespace),
                "rest_endpoint": endpoint,
                "web_interface_url": pulumi.Output.all(output(lambda plan: plan.public_url), endpoint).apply(
                    lambda urls: urls[0] or urls[1]
                ),
                "service_account_name": output(lambda plan: plan.service_account_name),
                "effective_configuration": output(
                    lambda plan: {key: _text(value) for key, value in plan.effective_configuration.items()}
                ),
                "task_manager_labels": output(lambda plan: dict(plan.task_manager_labels)),
                "sizes": output(lambda plan: plan.sizes),
                "flink_run_command": output(lambda plan: plan.flink_run_command),
            },
            options,
        )

    def _give(self, outputs: "Mapping[str, pulumi.Output[Any]]", options: Options) -> None:
        """Set the outputs, and register them under their names in Pulumi."""
        secret = options.secret_outputs
        outputs = {name: pulumi.Output.secret(item) if name in secret else item for name, item in outputs.items()}
        for name, output in outputs.items():
            setattr(self, name, output)
        self.register_outputs({_OUTPUTS[name]: output for name, output in outputs.items()})

    def _warn_of(self, planned: Planned) -> None:
        """Say what is dangerous, and what becomes of jobs: what is known at once, and later what Outputs resolve to."""

        def warn(warnings: tuple[Finding, ...]) -> None:
            for warning in warnings:
                pulumi.log.warn(str(warning), resource=self)

        def tell(plan: SessionCluster) -> None:
            warn(tuple(item for item in plan.warnings if item not in planned.warnings))
            for notice in plan.notices:
                pulumi.log.info(notice, resource=self)

        warn(planned.warnings)
        plan = planned.plan.whole if isinstance(planned.plan, PartlyKnown) else planned.plan
        pulumi.Output.from_input(plan).apply(tell)

    def _register_children(
        self,
        name: str,
        planned: Planned,
        provider: Optional[pulumi.ProviderResource],  # noqa: UP045
        secrets: SecretValues,
        options: Options,
    ) -> KubernetesObject:
        """Register every object in the order in which it is needed; return the rest Service."""
        ready = planned.settings.ready_timeout

        def child(
            suffix: str,
            kind: tuple[str, str],
            fields: tuple[str, ...],
            select: Callable[[SessionCluster], Any],
            depends_on: list[pulumi.Resource],
            timeout: Optional[str] = None,  # noqa: UP045
            data: Any = None,
        ) -> KubernetesObject:
            opts = options.of_child(self, fields, [*first, *depends_on], timeout)
            if adoption:
                opts.import_ = adoption.import_id(suffix)
            manifest = adoption.config_map() if adoption and suffix == "config" else planned.manifest(select)
            if kind[1] == "Deployment":
                manifest = secrets.reach(manifest, planned, self)
            made = KubernetesObject(f"{name}-{suffix}", *kind, manifest, fields, opts, data)
            children.append(made)
            return made

        adoption = None
        if planned.settings.adopt:
            from flink_session.component.adoption import Adoption  # noqa: PLC0415 - few sessions are adopted

            adoption = Adoption(name, self, planned)
        guards = Guards(name, self, planned, provider) if planned.settings.delete_guard else None
        first, children = [guards.before()] if guards else [], list[pulumi.Resource]()
        before: list[pulumi.Resource] = []
        if planned.deletes_ha_data:
            before.append(ha_data_resource(f"{name}-ha-data", self, planned, provider))
        if planned.brings_account:
            access = "rbac.authorization.k8s.io/v1"
            account = child("service-account", ("v1", "ServiceAccount"), (), _of("service_account"), [])
            role = child("role", (access, "Role"), ("rules",), _of("role"), [])
            binding_fields = ("roleRef", "subjects")
            before += [
                account,
                child("role-binding", (access, "RoleBinding"), binding_fields, _of("role_binding"), [account, role]),
            ]
        before.append(child("config", ("v1", "ConfigMap"), ("data",), _of("config_map"), []))
        for further in _of_those(planned.further, lead_to_rest=False):
            item = FURTHER_OBJECTS[further]
            kind = (item.api_version, item.kind)
            data = secrets.data(name) if further == "secrets" else None
            before.append(child(further, kind, item.fields, _further(further), [], data=data))
        if planned.has_internal_service:
            before.append(child("internal", ("v1", "Service"), ("spec",), _of("internal_service"), []))
        deployment = child("jobmanager", ("apps/v1", "Deployment"), ("spec",), _of("deployment"), before, ready)
        rest = child("rest", ("v1", "Service"), ("spec",), _of("rest_service"), [deployment], ready)
        _register_routes(planned, child, rest, ready)
        if guards:
            guards.behind(children)
        return rest


def _claim_later(name: str, provider: "Optional[pulumi.ProviderResource]", objects: "frozenset[ObjectName]") -> None:  # noqa: UP045
    try:
        claim(name, provider, objects)
    except IllegalConfigurationError as error:
        raise refuse(name, error) from error


async def _fail(refused: Refused, args: Mapping[str, Any]) -> Any:
    """Fail, when the program is through, with what was found at once and with secrets, which take until then."""
    refused.add(await secrets_in(args))
    raise refused


def _of(role: str) -> Any:
    """Select the object of ``role`` from a plan."""
    return lambda plan: getattr(plan, role)


def _further(name: str) -> Any:
    """Select an object that only some clusters have."""
    return lambda plan: plan.further[name]


def _register_routes(planned: Planned, child: Callable[..., Any], rest: pulumi.Resource, timeout: str) -> None:
    """Register what leads to the rest Service, behind it: an Ingress is ready only when that is."""
    for name in _of_those(planned.further, lead_to_rest=True):
        item = FURTHER_OBJECTS[name]
        child(name, (item.api_version, item.kind), item.fields, _further(name), [rest], timeout)


def _of_those(names: tuple[str, ...], *, lead_to_rest: bool) -> list[str]:
    """Return the objects behind the rest Service, or those before the Deployment."""
    return [name for name in names if FURTHER_OBJECTS[name].leads_to_rest is lead_to_rest]


def _address(plan: SessionCluster) -> tuple[str, str, int, str]:
    """What the endpoint is made from: how the Service is exposed, scheme, port, and the address inside the cluster."""
    return plan.rest_service_exposed_type, plan.rest_scheme, plan.rest_port, plan.rest_endpoint


def _rest_endpoint(
    address: tuple[str, str, int, str],
    rest_service: KubernetesObject,
    node_address: "Optional[pulumi.Input[str]]",  # noqa: UP045
) -> "pulumi.Input[str]":
    """Mirrors ``Fabric8FlinkKubeClient.getRestEndpoint``, without its fallback to a node for a missing ingress."""
    exposed, scheme, port, inside = address
    if exposed == "LoadBalancer":
        status: pulumi.Output[Any] = rest_service.status  # type: ignore[attr-defined]
        return status.apply(lambda known: f"{scheme}://{_ingress(known)}:{port}")
    if exposed == "NodePort" and node_address is not None:
        spec: pulumi.Output[Any] = rest_service.spec  # type: ignore[attr-defined]
        return pulumi.Output.all(spec, node_address).apply(
            lambda known: f"{scheme}://{known[1]}:{int(known[0]['ports'][0]['nodePort'])}"
        )
    return inside


def _ingress(status: Any) -> str:
    first = status["loadBalancer"]["ingress"][0]
    return str(first.get("ip") or first["hostname"])


def _text(value: object) -> str:
    """A Flink option's value as Flink's configuration prints it."""
    return str(value).lower() if isinstance(value, bool) else str(value)
