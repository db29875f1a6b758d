"""What is known of a cluster when it has been asked, or could not be; plain values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ..access.direct import Direct
from ..access.port_forward import PortForward
from ..access.service_proxy import ServiceProxy
from ..access.way import Access
from ..errors import DeadlineError, FlinkError, UnexpectedAnswerError
from ..models.cluster import ClusterOverview
from .found import FoundCluster

_HA = ("high-availability.type", "high-availability")
_KUBERNETES_HA = "org.apache.flink.kubernetes.highavailability.KubernetesHaServicesFactory"


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a cluster has not answered: in a word, and in a sentence."""

    word: str
    message: str


@dataclass(frozen=True, slots=True)
class KnownCluster:
    """A cluster, and what it said.

    Attributes:
        overview: its answer; None if there was none, and `problem` says why.
        high_availability: `kubernetes`, `zookeeper`, the name of a class, or empty for none; None if it is not known.
        via: the way to it, in a few words, and `way` in full; empty if none works.
    """

    cluster: FoundCluster
    overview: ClusterOverview | None = None
    high_availability: str | None = None
    via: str = ""
    way: str = ""
    problem: Problem | None = None

    @property
    def flink_version(self) -> str:
        """What the cluster says, else its image's tag; empty if neither does."""
        return self.overview.flink_version if self.overview else self.cluster.image_version


def name_of(access: Access) -> str:
    """Say a way in a few words."""
    if isinstance(access, ServiceProxy):
        return "API server's proxy"
    if isinstance(access, PortForward):
        return "port-forward"
    return access.how.removeprefix("the ") if isinstance(access, Direct) and access.how else "URL"


def high_availability(configuration: Mapping[str, str]) -> str:
    """Give the kind of high availability that a JobManager's configuration has; empty for none."""
    wanted = next((configuration[key] for key in _HA if key in configuration), "NONE")
    if wanted == _KUBERNETES_HA:
        return "kubernetes"
    return "" if wanted.upper() == "NONE" else wanted.lower() if wanted.isalpha() else wanted


_WORDS = (
    ("forbidden", ("HTTP status 401", "HTTP status 403", "allows it not", "refuses the credentials")),
    ("electing", ("leader election", "no JobManager has been elected")),
    ("no endpoints", ("no endpoints available",)),
    ("refused", ("refused",)),
    ("tls", ("certificate", "SSL", "TLS", "HTTP status 30")),
    ("unknown host", ("Name or service not known", "No address associated", "name resolution", "nodename nor")),
    ("timeout", ("in time", "timeout", "i/o timeout")),
)
"""Words for a reason, the most telling first, and what the messages have in them."""


def problem_of(cluster: FoundCluster, errors: Iterable[FlinkError]) -> Problem:
    """Say why no way works: by the most telling of the errors, each of which is one way's."""
    if not cluster.replicas:
        return Problem("stopped", "its Deployment has 0 replicas")
    problem = _most_telling(cluster, list(errors))
    is_starting = not cluster.ready and problem.word in ("no service", "refused", "no endpoints")
    return Problem("starting", problem.message) if is_starting else problem


def _most_telling(cluster: FoundCluster, errors: list[FlinkError]) -> Problem:
    if cluster.session is None:
        return Problem("no service", f"there is no Service {cluster.cluster_id}-rest in namespace {cluster.namespace}")
    for error in errors:
        if isinstance(error, UnexpectedAnswerError):
            return Problem("no flink", str(error))
    messages = [str(error) for error in errors]
    for word, signs in _WORDS:
        for message in messages:
            if any(sign in message for sign in signs):
                return Problem(word, message)
    if any(isinstance(error, DeadlineError) for error in errors):
        return Problem("timeout", messages[0])
    return Problem("error", messages[0])
