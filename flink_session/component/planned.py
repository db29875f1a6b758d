"""One view of the planned session cluster, whether its arguments are plain or still to be resolved.

With plain arguments the plan exists at once: errors surface where the component is constructed, and every child's
inputs are known in a preview. As soon as one argument is an Output, the same plan is computed by the same code when it
resolves. Only which children exist must be known beforehand; see :meth:`Planned.of`.

The model of the arguments is imported when the first component is made: to build it takes longer than all else here.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import pulumi

from flink_session.component.known import contains_output, known_part, outputs_in, whole_numbers
from flink_session.component.kubernetes_object import Fields
from flink_session.component.partly_known import PartlyKnown
from flink_session.component.program import ObjectName, refuse
from flink_session.configuration import Configuration, Finding, FindingCollector, IllegalConfigurationError
from flink_session.configuration.core_options import HighAvailabilityOptions, SecurityOptions
from flink_session.deployment.argument_rules import must_not_be_secret
from flink_session.deployment.session import FURTHER_OBJECTS, SessionCluster
from flink_session.kubernetes import constants
from flink_session.kubernetes.extensions import Extensions
from flink_session.kubernetes.high_availability import HighAvailabilityMode
from flink_session.kubernetes.kubernetes_config_options import KubernetesConfigOptions

if TYPE_CHECKING:
    from flink_session.deployment.settings import FlinkSessionClusterSettings

T = TypeVar("T")

_DECIDE_CHILDREN = (
    HighAvailabilityOptions.HA_MODE,
    KubernetesConfigOptions.JOB_MANAGER_SERVICE_ACCOUNT,
    SecurityOptions.KERBEROS_LOGIN_KEYTAB,
    SecurityOptions.KERBEROS_KRB5_PATH,
    KubernetesConfigOptions.JOB_MANAGER_REPLICAS,
)


_ALWAYS_PLAIN = (
    *("ready_timeout", "pod_security", "owner_reference_permission"),
    *("ha_data", "delete_guard", "allow_job_loss", "adopt", "additions"),
    *("secrets", "secrets_restart", "pod_disruption_budget", "expose", "network_policy"),
)
_PLAIN_MAPS = ("high_availability", "metrics", "tls")
"""Arguments that must be known to be there; what they hold need not be."""
_MONITOR, _REPLICAS = ("metrics", "pod_monitor"), ("high_availability", "replicas")
"""What decides about children within others."""
_CLIENTS = ("tls", "client_authentication")
"""What decides about how REST may be exposed."""
_ADD_TO_TASK_MANAGERS = ("priority_class", "topology_spread")


def read_file(path: str) -> bytes:
    """Read a file that an argument names, from the program's folder."""
    return Path(path).read_bytes()


@dataclass(frozen=True, slots=True)
class _Children:
    """Which children exist, as far as the arguments decide it."""

    service_account: bool
    internal_service: bool
    further: tuple[str, ...]
    ha_data: bool

    @classmethod
    def of_plan(cls, plan: SessionCluster) -> "_Children":
        return cls(
            plan.service_account is not None,
            plan.internal_service is not None,
            tuple(plan.further),
            plan.deletes_ha_data,
        )

    @classmethod
    def of_arguments(cls, args: Mapping[str, Any], configuration: Configuration, extensions: Extensions) -> "_Children":
        return cls(
            extensions.access
            and args.get("service_account") is None
            and not configuration.contains(KubernetesConfigOptions.JOB_MANAGER_SERVICE_ACCOUNT),
            not HighAvailabilityMode.of(configuration).is_active and "high_availability" not in args,
            tuple(name for name in FURTHER_OBJECTS if _is_asked_for(name, args, configuration, extensions)),
            args.get("ha_data") == "delete",
        )


def _is_asked_for(name: str, args: Mapping[str, Any], configuration: Configuration, extensions: Extensions) -> bool:
    """Tell whether the arguments ask for an object that only some clusters have."""
    if name == "hadoop-config":
        return bool(args.get("hadoop_configuration"))
    if name == "pod-template":
        task_manager = args.get("task_manager") or {}
        if extensions.pod_security or "metrics" in args or args.get("secrets"):
            return True
        named = ("pod_template", *_ADD_TO_TASK_MANAGERS)
        return "pod_template" in args or (isinstance(task_manager, Mapping) and any(map(task_manager.get, named)))
    if name == "secrets":
        secrets = args.get("secrets") or {}
        return any(not isinstance(item, Mapping) or item.get("secret") is None for item in secrets.values())
    if name == "pod-monitor":
        return str(_within(args, _MONITOR)).lower() == "true"
    if name in ("ingress", "ingress-redirect", "http-route"):
        exposure = extensions.exposure
        kind = "HTTPRoute" if name == "http-route" else "Ingress"
        return exposure is not None and exposure.type == kind and (name != "ingress-redirect" or exposure.has_redirect)
    if name in ("jobmanager-policy", "taskmanager-policy"):
        return extensions.network_policies is not None
    if name == "disruption-budget":
        option = KubernetesConfigOptions.JOB_MANAGER_REPLICAS
        replicas = _within(args, _REPLICAS) or FindingCollector().attempt(configuration.get, option)
        return _wants_budget(args) and str(replicas) not in ("None", "1", "1.0")
    keytab, krb5 = SecurityOptions.KERBEROS_LOGIN_KEYTAB, SecurityOptions.KERBEROS_KRB5_PATH
    return configuration.contains(keytab if name == "kerberos-keytab" else krb5)


def _within(args: Mapping[str, Any], place: tuple[str, str]) -> Any:
    """Return what stands in an argument that holds others, if it does."""
    group = args.get(place[0])
    return group.get(place[1]) if isinstance(group, Mapping) else None


def _wants_budget(args: Mapping[str, Any]) -> bool:
    adopts = str(args.get("adopt")).lower() == "true"
    return str(args.get("pod_disruption_budget", not adopts)).lower() != "false"


async def secrets_in(args: Mapping[str, Any]) -> tuple[Finding, ...]:
    """Find the Outputs among the arguments that are secret, by where they stand; their values are not looked at."""
    found = []
    for path, output in outputs_in(args):
        if await output.is_secret():
            found.append(must_not_be_secret(path))
    return tuple(found)


async def _holds_no_secret(name: str, args: Mapping[str, Any]) -> bool:
    found = await secrets_in(args)
    if found:
        raise refuse(name, IllegalConfigurationError(found))
    return True


@dataclass(frozen=True, slots=True)
class Planned:
    """The session cluster to come.

    Attributes:
        plan: The plan, or what is known of it.
        brings_account: Whether ServiceAccount, Role and RoleBinding are among the children.
        has_internal_service: Whether the internal Service is among the children: not under high availability.
        deletes_ha_data: Whether a child deletes ConfigMaps of high availability at its own end.
        further: Which of the objects that only some clusters have are among the children.
        settings: The plain arguments.
        warnings: What is known to be dangerous already.
    """

    plan: SessionCluster | PartlyKnown
    brings_account: bool
    has_internal_service: bool
    deletes_ha_data: bool
    further: tuple[str, ...]
    settings: "FlinkSessionClusterSettings"
    warnings: tuple[Finding, ...]

    @classmethod
    def of(cls, name: str, args: Mapping[str, Any], known: Iterable[Finding] = ()) -> "Planned":
        """Plan for ``args``.

        Some things must be plain even where everything else is an Output: whether ``service_account`` is given, and in
        ``configuration`` the JobManager's account and ``high-availability.type``, which decide what children exist; and
        ``ready_timeout``, which Pulumi takes plain.

        Args:
            name: the component's name.
            args: the arguments, by the names of their fields.
            known: what is found already.

        Raises:
            IllegalConfigurationError: With every finding on the plain arguments. What Outputs hold is reported the same
                way when they resolve.
        """
        from flink_session.deployment.planning import faults, plan  # noqa: PLC0415 - see above
        from flink_session.deployment.settings import by_field_name  # noqa: PLC0415

        plain, unknown = known_part(args)
        known = tuple(known)
        if not unknown and not known:
            settings, cluster = plan(plain, read_file)
            return cls._with(cluster, _Children.of_plan(cluster), settings, cluster.warnings)
        configuration, unplain = _what_decides(args, plain)
        settings, found = faults(plain, read_file, unknown=unknown, known=(*known, *unplain))
        found.raise_errors()
        children = _Children.of_arguments(args, configuration, settings.extensions)

        def plan_with(values: Mapping[str, Any]) -> SessionCluster:
            given, twice = by_field_name(values)
            if twice:
                faults(given, read_file, known=twice)[1].raise_errors()
            cluster = plan(given, read_file)[1]
            if _Children.of_plan(cluster) != children:
                raise IllegalConfigurationError((_must_be_plain(),))
            return cluster

        def resolve(values: list[Any]) -> SessionCluster:
            try:
                return plan_with(values[0])
            except IllegalConfigurationError as error:
                raise refuse(name, error) from error

        args = whole_numbers(args, plain=False)
        resolved = pulumi.Output.from_input(args)
        guard: pulumi.Output[bool] = pulumi.Output.from_input(_holds_no_secret(name, args))
        planned = pulumi.Output.all(resolved, guard).apply(resolve)
        return cls._with(PartlyKnown(planned, args, plan_with), children, settings, found.warnings)

    @classmethod
    def _with(
        cls,
        plan: SessionCluster | PartlyKnown,
        children: _Children,
        settings: "FlinkSessionClusterSettings",
        warnings: tuple[Finding, ...],
    ) -> "Planned":
        return cls(
            plan,
            children.service_account,
            children.internal_service,
            children.ha_data,
            children.further,
            settings,
            warnings,
        )

    def objects(self, cluster_id: str, namespace: str) -> frozenset[ObjectName]:
        """Return those objects whose names another cluster could have too, by kind, namespace and name."""
        names = [("Deployment", cluster_id), ("Service", constants.rest_service_name(cluster_id))]
        if self.has_internal_service:
            names.append(("Service", constants.internal_service_name(cluster_id)))
        return frozenset((kind, namespace, name) for kind, name in names)

    def get(self, select: Callable[[SessionCluster], T]) -> "pulumi.Input[T]":
        """What ``select`` takes from the plan: plain if the plan is, else an Output."""
        return self.plan.get(select) if isinstance(self.plan, PartlyKnown) else select(self.plan)

    def manifest(self, select: Callable[[SessionCluster], Any]) -> Fields:
        """The fields of an object in the plan."""
        return lambda field: self.get(lambda plan: select(plan).get(field))


def _must_be_plain() -> Finding:
    keys = ", ".join(option.key for option in _DECIDE_CHILDREN)
    rule = f"must not be an Output as a whole where {keys} or a pod template is in it, which decide what objects exist"
    return Finding("configuration or task_manager", None, rule, "write a plain mapping, with Outputs as values in it")


def _what_decides(args: Mapping[str, Any], plain: Mapping[str, Any]) -> tuple[Configuration, tuple[Finding, ...]]:
    """Return the options that are known, and find what decides about children and is not."""
    given = args.get("configuration")
    unresolved = (
        {path.removeprefix("configuration, ") for path, _ in outputs_in({"configuration": given})}
        if isinstance(given, Mapping)
        else set()
    )
    always = (*_ALWAYS_PLAIN, *(("cluster_id", "namespace") if args.get("adopt") else ()))
    unresolved |= {name for name in always if contains_output(args.get(name))}
    unresolved |= {name for name in _PLAIN_MAPS if isinstance(args.get(name), pulumi.Output)}
    within = (_MONITOR, _REPLICAS, _CLIENTS) if _wants_budget(args) else (_MONITOR, _CLIENTS)
    unresolved |= {".".join(place) for place in within if contains_output(_within(args, place))}
    options = (key for option in _DECIDE_CHILDREN for key in option.keys)
    deciding = (*options, *always, *_PLAIN_MAPS, *map(".".join, within))
    rule, fix = "must be known beforehand, and is an Output", "give it a plain value"
    known = plain.get("configuration")
    configuration = Configuration.of_what_is_right_in(known if isinstance(known, Mapping) else {})[0]
    return configuration, tuple(Finding(key, None, rule, fix) for key in deciding if key in unresolved)
