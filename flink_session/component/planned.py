"""One view of the planned session cluster, whether its arguments are plain or still to be resolved.

With plain arguments the plan exists at once: errors surface where the component is constructed, and every child's
inputs are known in a preview. As soon as one argument is an Output, the same plan is computed by the same code when it
resolves. Only which children exist must be known beforehand; see :meth:`Planned.of`.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

import pulumi

from flink_session.component.settings import FlinkSessionClusterSettings
from flink_session.configuration import IllegalConfigurationError
from flink_session.deployment.session import SessionCluster, plan_session_cluster

T = TypeVar("T")

_HIGH_AVAILABILITY_OFF = {"", "none", "standalone"}


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


def _plan(args: Mapping[str, Any]) -> SessionCluster:
    with refusals():
        return plan_session_cluster(FlinkSessionClusterSettings.parse(args).session_cluster_options())


def _high_availability_type(args: Mapping[str, Any]) -> object:
    """The plain value of ``high-availability.type`` wherever it stands, or None."""
    configuration = args.get("configuration")
    if not isinstance(configuration, Mapping):
        return None
    nested = configuration.get("high-availability")
    for found in (
        configuration.get("high-availability.type"),
        nested.get("type") if isinstance(nested, Mapping) else nested,
    ):
        if found is not None:
            return found
    return None


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
        ready_timeout: How long the engine may wait for the JobManager.
    """

    plan: "SessionCluster | pulumi.Output[SessionCluster]"
    brings_account: bool
    has_internal_service: bool
    ready_timeout: str

    @classmethod
    def of(cls, args: Mapping[str, Any]) -> "Planned":
        """Plan for ``args``.

        Some things must be plain even where everything else is an Output: whether ``service_account`` is given and
        ``high-availability.type`` within ``configuration``, which decide what children exist, and ``ready_timeout``,
        which Pulumi takes plain.

        Raises:
            pulumi.RunError: With every finding on the plain arguments. What Outputs hold is reported the same way when
                they resolve.
        """
        plain = {key: value for key, value in args.items() if not _contains_output(value)}
        ready_timeout = _check_shape(plain, args).ready_timeout
        if len(plain) == len(args):
            plan = _plan(args)
            return cls(plan, plan.service_account is not None, plan.internal_service is not None, ready_timeout)
        availability = _high_availability_type(args)
        for key, value in (("high-availability.type", availability), ("ready_timeout", args.get("ready_timeout"))):
            if isinstance(value, pulumi.Output):
                raise pulumi.RunError(f"{key} cannot be an Output, as it must be known beforehand: give a plain value.")
        brings_account = args.get("service_account") is None
        has_internal_service = str(availability or "").lower() in _HIGH_AVAILABILITY_OFF

        def resolve(values: list[Any]) -> SessionCluster:
            plan = _plan(values[0])
            if (plan.internal_service is not None) is not has_internal_service:
                raise pulumi.RunError(
                    "high-availability.type came out of an Output, but decides which Services exist: write "
                    "`configuration` as a plain mapping, with Outputs only as values inside it."
                )
            return plan

        resolved = pulumi.Output.from_input(dict(args))
        guard: pulumi.Output[bool] = pulumi.Output.from_input(_holds_no_secret(resolved))
        planned = pulumi.Output.all(resolved, guard).apply(resolve)
        return cls(planned, brings_account, has_internal_service, ready_timeout)

    def get(self, select: Callable[[SessionCluster], T]) -> "pulumi.Input[T]":
        """What ``select`` takes from the plan: plain if the plan is, else an Output."""
        return self.plan.apply(select) if isinstance(self.plan, pulumi.Output) else select(self.plan)


def _check_shape(plain: Mapping[str, Any], args: Mapping[str, Any]) -> FlinkSessionClusterSettings:
    """Report misspelt and mistyped plain arguments now, although others may still have to resolve."""
    required = {"cluster_id": "placeholder"} if "cluster_id" in args and "cluster_id" not in plain else {}
    with refusals():
        return FlinkSessionClusterSettings.parse({**required, **plain})
