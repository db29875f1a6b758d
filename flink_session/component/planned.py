"""One view of the planned session cluster, whether its arguments are plain or still to be resolved.

With plain arguments the plan exists at once: errors surface where the component is constructed, and every child's
inputs are known in a preview. As soon as one argument is an Output, the same plan is computed by the same code when it
resolves. Only which children exist must be known beforehand; see :meth:`Planned.of`.

The model of the arguments is imported when the first component is made: to build it takes longer than all else here.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import pulumi

from flink_session.configuration import Configuration, IllegalConfigurationError
from flink_session.configuration.core_options import HighAvailabilityOptions, SecurityOptions
from flink_session.deployment.session import FURTHER_OBJECTS, SessionCluster, plan_session_cluster
from flink_session.kubernetes.high_availability import HighAvailabilityMode
from flink_session.kubernetes.kubernetes_config_options import KubernetesConfigOptions

if TYPE_CHECKING:
    from flink_session.deployment.settings import FlinkSessionClusterSettings

T = TypeVar("T")


def _contains_output(value: object) -> bool:
    if isinstance(value, pulumi.Output):
        return True
    if isinstance(value, Mapping):
        return any(_contains_output(item) for item in value.values())
    return isinstance(value, list | tuple) and any(_contains_output(item) for item in value)


@contextmanager
def refusals() -> Iterator[None]:
    """Turn findings into Pulumi's own error, which ends a program with its message and without a stack trace."""
    try:
        yield
    except IllegalConfigurationError as error:
        raise pulumi.RunError(str(error)) from error


def _settings(args: Mapping[str, Any]) -> "FlinkSessionClusterSettings":
    from flink_session.deployment.settings import FlinkSessionClusterSettings  # noqa: PLC0415

    with refusals():
        return FlinkSessionClusterSettings.parse(args)


def _plan(args: Mapping[str, Any]) -> SessionCluster:
    settings = _settings(args)
    with refusals():
        return plan_session_cluster(settings.session_cluster_options(lambda path: Path(path).read_bytes()))


_DECIDE_CHILDREN = (
    HighAvailabilityOptions.HA_MODE,
    KubernetesConfigOptions.JOB_MANAGER_SERVICE_ACCOUNT,
    SecurityOptions.KERBEROS_LOGIN_KEYTAB,
    SecurityOptions.KERBEROS_KRB5_PATH,
)


def _split(configuration: Mapping[str, Any], prefix: str = "") -> tuple[dict[str, Any], set[str]]:
    """The plain options, flat, and the keys of those that are Outputs."""
    plain: dict[str, Any] = {}
    unresolved: set[str] = set()
    for name, value in configuration.items():
        key = f"{prefix}{name}"
        if isinstance(value, Mapping):
            inner_plain, inner_unresolved = _split(value, f"{key}.")
            plain |= inner_plain
            unresolved |= inner_unresolved
        elif _contains_output(value):
            unresolved.add(key)
        else:
            plain[key] = value
    return plain, unresolved


@dataclass(frozen=True, slots=True)
class _Children:
    """Which children exist, as far as the arguments decide it."""

    service_account: bool
    internal_service: bool
    further: tuple[str, ...]

    @classmethod
    def of_plan(cls, plan: SessionCluster) -> "_Children":
        return cls(plan.service_account is not None, plan.internal_service is not None, tuple(plan.further))

    @classmethod
    def of_plain_arguments(cls, args: Mapping[str, Any]) -> "_Children":
        given = args.get("configuration")
        plain, unresolved = _split(given) if isinstance(given, Mapping) else ({}, set())
        plain_only = ("ready_timeout", "pod_security", "owner_reference_permission")
        for key in (*(key for option in _DECIDE_CHILDREN for key in option.keys), *plain_only):
            if key in unresolved or isinstance(args.get(key), pulumi.Output):
                raise pulumi.RunError(f"{key} cannot be an Output, as it must be known beforehand: give a plain value.")
        with refusals():
            configuration = Configuration.from_mapping(plain)
            return cls(
                args.get("service_account") is None
                and not configuration.contains(KubernetesConfigOptions.JOB_MANAGER_SERVICE_ACCOUNT),
                not HighAvailabilityMode.of(configuration).is_active,
                tuple(name for name in FURTHER_OBJECTS if _is_asked_for(name, args, configuration)),
            )


def _is_asked_for(name: str, args: Mapping[str, Any], configuration: Configuration) -> bool:
    """Tell whether the arguments ask for an object that only some clusters have."""
    if name == "hadoop-config":
        return bool(args.get("hadoop_configuration"))
    if name == "pod-template":
        task_manager = args.get("task_manager") or {}
        if args.get("pod_security") in (None, "restricted"):
            return True
        return "pod_template" in args or (isinstance(task_manager, Mapping) and "pod_template" in task_manager)
    keytab, krb5 = SecurityOptions.KERBEROS_LOGIN_KEYTAB, SecurityOptions.KERBEROS_KRB5_PATH
    return configuration.contains(keytab if name == "kerberos-keytab" else krb5)


async def _holds_no_secret(args: "pulumi.Output[Any]") -> bool:
    if await args.is_secret():
        raise pulumi.RunError(
            "a secret value among the arguments of FlinkSessionCluster would be readable in the Deployment or the "
            "ConfigMap. Put it into a Kubernetes Secret and name that under `kubernetes.secrets` (as files) or "
            "`kubernetes.env.secretKeyRef` (as environment variables) in `configuration`."
        )
    return True


@dataclass(frozen=True, slots=True)
class Planned:
    """The session cluster to come.

    Attributes:
        plan: The plan, or an Output of it.
        brings_account: Whether ServiceAccount, Role and RoleBinding are among the children.
        has_internal_service: Whether the internal Service is among the children: not under high availability.
        further: Which of the objects that only some clusters have are among the children.
        ready_timeout: How long the engine may wait for the JobManager.
    """

    plan: "SessionCluster | pulumi.Output[SessionCluster]"
    brings_account: bool
    has_internal_service: bool
    further: tuple[str, ...]
    ready_timeout: str

    @classmethod
    def of(cls, args: Mapping[str, Any]) -> "Planned":
        """Plan for ``args``.

        Some things must be plain even where everything else is an Output: whether ``service_account`` is given, and in
        ``configuration`` the JobManager's account and ``high-availability.type``, which decide what children exist; and
        ``ready_timeout``, which Pulumi takes plain.

        Raises:
            pulumi.RunError: With every finding on the plain arguments. What Outputs hold is reported the same way when
                they resolve.
        """
        plain = {key: value for key, value in args.items() if not _contains_output(value)}
        ready_timeout = _check_shape(plain, args).ready_timeout
        if len(plain) == len(args):
            plan = _plan(args)
            children = _Children.of_plan(plan)
            return cls(plan, children.service_account, children.internal_service, children.further, ready_timeout)
        children = _Children.of_plain_arguments(args)

        def resolve(values: list[Any]) -> SessionCluster:
            plan = _plan(values[0])
            if _Children.of_plan(plan) != children:
                keys = ", ".join(option.key for option in _DECIDE_CHILDREN)
                raise pulumi.RunError(
                    f"`configuration` or `task_manager` as a whole is an Output, but {keys} and a pod template in it "
                    "decide which objects exist: write it as a plain mapping, with Outputs only as values inside it."
                )
            return plan

        resolved = pulumi.Output.from_input(dict(args))
        guard: pulumi.Output[bool] = pulumi.Output.from_input(_holds_no_secret(resolved))
        planned = pulumi.Output.all(resolved, guard).apply(resolve)
        return cls(planned, children.service_account, children.internal_service, children.further, ready_timeout)

    def get(self, select: Callable[[SessionCluster], T]) -> "pulumi.Input[T]":
        """What ``select`` takes from the plan: plain if the plan is, else an Output."""
        return self.plan.apply(select) if isinstance(self.plan, pulumi.Output) else select(self.plan)


def _check_shape(plain: Mapping[str, Any], args: Mapping[str, Any]) -> "FlinkSessionClusterSettings":
    """Report misspelt and mistyped plain arguments now, although others may still have to resolve."""
    required = {"cluster_id": "placeholder"} if "cluster_id" in args and "cluster_id" not in plain else {}
    return _settings({**required, **plain})
