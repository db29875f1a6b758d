"""What the change of a session means: the core's own judgement of it, corrected by what the engine is about to do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from flink_session.configuration import IllegalConfigurationError
from flink_session.configuration.configuration import FLINK_CONF_FILENAME, LEGACY_FLINK_CONF_FILENAME
from flink_session.deployment.changes import (
    ChangeClass,
    JobsFate,
    SessionChange,
    change_of_arguments,
    change_of_objects,
)

from .model import Impact, Verdict
from .sessions import Half, SessionView, is_unknown, no_file

_IMPACTS = {
    ChangeClass.NOTHING: Impact.NO_EFFECT,
    ChangeClass.SESSION_CREATED: Impact.SESSION_CREATED,
    ChangeClass.OBJECTS_ONLY: Impact.NO_EFFECT,
    ChangeClass.CONFIG_MAP_ONLY: Impact.NO_EFFECT,
    ChangeClass.REST_ACCESS: Impact.REST_ACCESS,
    ChangeClass.NEW_TASK_MANAGERS: Impact.NEW_TASK_MANAGERS,
    ChangeClass.SESSION_RESUMED: Impact.SESSION_RESUMED,
    ChangeClass.SESSION_SUSPENDED: Impact.SESSION_SUSPENDED,
    ChangeClass.SESSION_REPLACED: Impact.SESSION_REPLACED,
    ChangeClass.SESSION_DELETED: Impact.SESSION_DELETED,
}


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the change of a session means.

    Attributes:
        change: as the core sees it: of the arguments, where they are known, else of the objects.
        change_class: the class by what the engine does.
        jobs: what becomes of running jobs.
        doubts: why it is not certain; sentences.
    """

    change: SessionChange
    change_class: ChangeClass
    jobs: JobsFate
    doubts: tuple[str, ...]

    @property
    def verdict(self) -> Verdict:
        """The worst, as the review says it."""
        impact = impact_of(self.change_class, self.jobs)
        words = impact.words
        if self.jobs is JobsFate.RECOVERED and impact in (Impact.SESSION_REPLACED, Impact.SESSION_SUSPENDED):
            words += ", jobs recover (HA)"
        if self.jobs is JobsFate.LOST and impact in (Impact.SESSION_REPLACED, Impact.SESSION_SUSPENDED):
            words += ", jobs are lost (no HA)"
        return Verdict(impact=impact, words=words, certain=not self.doubts)


def impact_of(change_class: ChangeClass, jobs: JobsFate) -> Impact:
    """Give the impact of a class of change."""
    if change_class is ChangeClass.JOB_MANAGER_RESTARTS:
        return Impact.JOBS_RECOVER if jobs is JobsFate.RECOVERED else Impact.JOBS_LOST
    return _IMPACTS[change_class]


def judge(view: SessionView) -> Judgement:
    """Judge what becomes of a session."""
    before, after = view.before or Half(), view.after or Half()
    mutable = _mutable(view)
    change = change_of_objects(before.objects, after.objects, mutable)
    if before.planned and after.planned and before.args and after.args:
        # Without this, its causes are those that the objects show.
        with suppress(IllegalConfigurationError):
            plans = (before.planned, after.planned)
            of_arguments = change_of_arguments(before.args, after.args, no_file, mutable, plans)
            change = replace(change, causes=of_arguments.causes)
    change_class, jobs = change.change_class, change.jobs
    done = view.jobmanager.operation if view.jobmanager else "same"
    if done == "replace" and change_class < ChangeClass.SESSION_REPLACED:
        change_class, jobs = ChangeClass.SESSION_REPLACED, _fate_at_restart(before, after)
    return Judgement(change, change_class, jobs, tuple(_doubts(view, change_class)))


def _fate_at_restart(before: Half, after: Half) -> JobsFate:
    """Say what becomes of jobs whose JobManager ends, though its Deployment reads as before."""
    ended = [
        {**item, "spec": {**item["spec"], "selector": {}}} if item["kind"] == "Deployment" else item
        for item in before.objects
    ]
    return change_of_objects(ended, after.objects).jobs


def _mutable(view: SessionView) -> tuple[str, ...]:
    """Tell which kinds the provider changes in place, by what it does to one whose data changes."""
    in_place = (
        child.kind
        for child in view.children
        if child.kind in ("ConfigMap", "Secret") and child.operation == "update"
        if (child.before or {}).get("data") != (child.after or {}).get("data")
    )
    return tuple(sorted(set(in_place)))


def _doubts(view: SessionView, change_class: ChangeClass) -> Iterator[str]:
    """Say what of that which decides is not known."""
    unknown = sorted({child.name for child in view.children if child.operation != "same" and is_unknown(child.after)})
    if unknown:
        yield f"only `up` will tell some of the values of {', '.join(unknown)}"
    configured = any(_has_configuration(item) for half in (view.before, view.after) if half for item in half.objects)
    if change_class >= ChangeClass.JOB_MANAGER_RESTARTS and view.before and view.after and not configured:
        yield "the preview does not show config.yaml, so whether there is high availability is not known"


def _has_configuration(manifest: dict[str, Any]) -> bool:
    data = manifest.get("data")
    return isinstance(data, dict) and bool({FLINK_CONF_FILENAME, LEGACY_FLINK_CONF_FILENAME} & data.keys())
