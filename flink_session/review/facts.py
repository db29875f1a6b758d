"""What a review may know of the cluster, as plain values: who asked, and how, is somebody else's matter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class RunningJob:
    """A job that runs in a session.

    Attributes:
        checkpoint_age: seconds since its last completed checkpoint; None if it has none.
        checkpoint_size: of that, in bytes.
        parallelism: the most that one of its tasks wants.
    """

    id: str
    name: str
    checkpoint_age: float | None = None
    checkpoint_size: int | None = None
    parallelism: int = 0


@dataclass(frozen=True, slots=True)
class Namespace:
    """What a namespace has and allows; amounts as Kubernetes writes them.

    Attributes:
        secrets, config_maps: their names; None where they may not be listed.
        free: of each ResourceQuota, what is left, by its resource, as `requests.cpu`.
        limits: of each LimitRange, the most that a container may have, by its resource.
        node_ports: that are taken, by Service, of the whole cluster where that may be asked.
        has_load_balancers: whether some Service of that type has an address; None if there is none to tell by.
        missing_rights: what a service account may not do and a JobManager has to, as `create pods`, by its name.
    """

    secrets: frozenset[str] | None = None
    config_maps: frozenset[str] | None = None
    free: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    limits: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    node_ports: Mapping[int, str] = field(default_factory=dict)
    has_load_balancers: bool | None = None
    missing_rights: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Prices:
    """What an hour costs, in whatever currency; zero of what is not counted."""

    gib_hour: float = 0.0
    core_hour: float = 0.0


@dataclass(frozen=True, slots=True)
class Facts:
    """All that was asked.

    Attributes:
        jobs: of each session, by namespace and cluster id; None where it did not answer.
        namespaces: by their names.
        gaps: what could not be asked, and why; sentences.
    """

    jobs: Mapping[tuple[str, str], tuple[RunningJob, ...] | None] = field(default_factory=dict)
    namespaces: Mapping[str, Namespace] = field(default_factory=dict)
    gaps: tuple[str, ...] = ()


NO_PRICES = Prices()
NOTHING_ASKED = Facts()
