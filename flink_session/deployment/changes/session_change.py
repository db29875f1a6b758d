"""A change of a session as a whole: its class, what becomes of jobs, and the chain from each input to its effects.

A chain is found by planning, not by a list: each changed input alone is laid over what was, and what moves then is its
doing. What moves only with several of them together, or with a file behind a path, has no single input.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from flink_session.configuration.configuration import Configuration
from flink_session.configuration.core_options import HighAvailabilityOptions
from flink_session.configuration.findings import Finding
from flink_session.deployment.changes.change_class import ChangeClass, JobsFate
from flink_session.deployment.changes.comparison import ObjectChange, Objects, compare_objects
from flink_session.deployment.changes.effects import Effect, effects_of, worst
from flink_session.kubernetes.high_availability import HighAvailabilityMode
from flink_session.kubernetes.manifests import Manifest


@dataclass(frozen=True, slots=True)
class InputChange:
    """An argument, or an option of Flink in ``configuration``, that differs.

    Attributes:
        name: ``job_manager.memory``, ``log_configuration, log4j-console.properties`` or ``parallelism.default``.
        before: its value; ``None`` where it was not given.
        after: the same of the value to come.
        is_option: whether it is an option of Flink.
    """

    name: str
    before: object
    after: object
    is_option: bool = False

    def __str__(self) -> str:
        return f"{self.name} {_shown(self.name, self.before)} → {_shown(self.name, self.after)}"


def _shown(name: str, value: object) -> str:
    if isinstance(value, str) and "\n" in value:
        return "(text)"
    return "not set" if value is None else Finding(name, value, "", "").shown_value


@dataclass(frozen=True, slots=True)
class Cause:
    """Some inputs, nearly always one, and what follows from them.

    Attributes:
        inputs: what the user changed; nothing where only the objects are known.
        effects: what follows: files first, then what reads them.
    """

    inputs: tuple[InputChange, ...]
    effects: tuple[Effect, ...]

    @property
    def change_class(self) -> ChangeClass:
        """The worst of the effects."""
        return worst(self.effects)

    def __str__(self) -> str:
        begin = ", ".join(map(str, self.inputs))
        worst_one = max(self.effects, key=lambda effect: effect.change_class, default=None)
        if worst_one is None:
            return f"{begin}: nothing in the cluster changes"
        files = [effect for effect in self.effects if effect.kind in ("ConfigMap", "Secret") and effect.path]
        places = [f"{effect.path[-1]} in {effect.kind} {effect.name}" for effect in files]
        by_checksum = worst_one.of_files and places
        middle = f" changes {', '.join(places)}; its checksum is in the pod template" if by_checksum else ""
        where = "" if by_checksum else f" ({worst_one.kind} {worst_one.name})"
        return f"{begin}{middle}: {worst_one.text}{where}"


@dataclass(frozen=True, slots=True)
class OptionChange:
    """An option of Flink whose value in the cluster differs.

    Attributes:
        key: the option.
        before: its value in the file; ``None`` where it is not there.
        after: the same of the value to come.
        given: whether the user changed it; otherwise it follows from something else.
    """

    key: str
    before: object
    after: object
    given: bool


@dataclass(frozen=True, slots=True)
class SessionChange:
    """What a change means.

    Attributes:
        change_class: the worst of all that happens.
        jobs: what becomes of running jobs.
        objects: what differs in the cluster.
        causes: why, the worst first.
        options: what JobManager and TaskManagers read otherwise.
    """

    change_class: ChangeClass
    jobs: JobsFate
    objects: tuple[ObjectChange, ...]
    causes: tuple[Cause, ...]
    options: tuple[OptionChange, ...]

    @property
    def summary(self) -> str:
        """The change in a word or two, as the table of arguments says it; else the kinds of the objects that change."""
        kinds = dict.fromkeys(change.kind for change in self.objects)
        return _SUMMARIES.get(self.change_class) or " and ".join(kinds)


_SUMMARIES = {
    ChangeClass.NOTHING: "none",
    ChangeClass.JOB_MANAGER_RESTARTS: "restart",
    ChangeClass.SESSION_RESUMED: "resumed",
    ChangeClass.SESSION_SUSPENDED: "suspended",
    ChangeClass.SESSION_REPLACED: "new cluster",
}


def change_of_objects(
    before: Iterable[Manifest], after: Iterable[Manifest], mutable: Collection[str] = ()
) -> SessionChange:
    """Say what it means that a session has other objects; nothing is known of the arguments behind them.

    Args:
        before: all objects as they are; nothing where there is no session yet.
        after: all objects as they are to be; nothing where the session goes.
        mutable: ``ConfigMap`` or ``Secret``, if the provider changes their data in place.
    """
    old, new = Objects(tuple(before)), Objects(tuple(after))
    objects = tuple(compare_objects(old, new, mutable))
    effects = all_effects(objects, old, new)
    causes = (Cause((), effects),) if effects else ()
    return change_with(old, new, objects, causes, frozenset())


def all_effects(objects: Iterable[ObjectChange], before: Objects, after: Objects) -> tuple[Effect, ...]:
    """Give the effects of all objects: files first, then what reads them."""
    effects = [effect for change in objects for effect in effects_of(change, before, after)]
    return tuple(sorted(effects, key=lambda effect: (effect.kind == "Deployment", effect.change_class)))


def change_with(
    before: Objects,
    after: Objects,
    objects: tuple[ObjectChange, ...],
    causes: Iterable[Cause],
    given: Collection[str],
) -> SessionChange:
    """Put a change together; ``given`` are the options that the user changed."""
    change_class = worst(all_effects(objects, before, after))
    return SessionChange(
        change_class,
        jobs_fate(change_class, before, after),
        objects,
        tuple(sorted(causes, key=lambda cause: -cause.change_class)),
        tuple(_options(before.configuration.values, after.configuration.values, given)),
    )


def _options(
    before: Mapping[str, object], after: Mapping[str, object], given: Collection[str]
) -> Iterable[OptionChange]:
    for key in sorted(before.keys() | after.keys()):
        if before.get(key) != after.get(key):
            yield OptionChange(key, before.get(key), after.get(key), key in given)


def jobs_fate(change_class: ChangeClass, before: Objects, after: Objects) -> JobsFate:
    """Say what becomes of running jobs.

    High availability brings them back, if the new JobManager finds what the old one has stored: the same kind of it, in
    the same place, under the same name.
    """
    if change_class < ChangeClass.JOB_MANAGER_RESTARTS:
        return JobsFate.UNTOUCHED
    same_store = _store(before) is not None and _store(before) == _store(after)
    return JobsFate.RECOVERED if same_store and change_class < ChangeClass.SESSION_DELETED else JobsFate.LOST


def _store(objects: Objects) -> tuple[object, ...] | None:
    """Say where a session keeps what it needs to recover jobs; ``None`` where it does not."""
    configuration, deployment = objects.configuration, objects.deployment
    if deployment is None or not HighAvailabilityMode.of(configuration).is_active:
        return None
    storage = configuration.get(HighAvailabilityOptions.HA_STORAGE_PATH)
    identity = (objects.cluster_id, deployment["metadata"].get("namespace"))
    return (*identity, HighAvailabilityMode.of(configuration), storage, _place_of_leaders(configuration))


def _place_of_leaders(configuration: Configuration) -> tuple[tuple[str, object], ...]:
    prefixes = ("high-availability.zookeeper.", "high-availability.cluster-id")
    return tuple(sorted((key, value) for key, value in configuration.values.items() if key.startswith(prefixes)))
