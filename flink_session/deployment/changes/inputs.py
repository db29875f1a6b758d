"""Which inputs of a session differ, and what each of them does by itself."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any, TypeAlias

from flink_session.configuration.configuration import Configuration
from flink_session.configuration.findings import IllegalConfigurationError, is_sensitive
from flink_session.deployment.changes.comparison import HIDDEN, Objects, compare_objects
from flink_session.deployment.changes.session_change import (
    Cause,
    InputChange,
    SessionChange,
    all_effects,
    change_with,
)
from flink_session.deployment.planning import plan
from flink_session.deployment.session import SessionCluster
from flink_session.deployment.settings import GROUPS

Args: TypeAlias = Mapping[str, Any]
Place: TypeAlias = tuple[str, ...]

_OF_FILES = ("log_configuration", "hadoop_configuration")
"""Arguments that hold texts by the names of files."""


def change_of_arguments(
    before: Args,
    after: Args,
    read_file: Callable[[str], bytes],
    mutable: Collection[str] = (),
    plans: tuple[SessionCluster, SessionCluster] | None = None,
) -> SessionChange:
    """Say what a change of a component's arguments means, and which of them is behind what.

    Args:
        before: the arguments as they were, by the names of their fields, all known.
        after: the same as they are to be.
        read_file: reads a file that an argument or an option names by its path; raises ``OSError``.
        mutable: ``ConfigMap`` or ``Secret``, if the provider changes their data in place
            (``kubernetes:enableConfigMapMutable``).
        plans: what the two lead to, where that is known already.

    Raises:
        IllegalConfigurationError: one of the two cannot be deployed.
    """

    def planned(args: Args) -> Objects:
        return Objects(plan(args, read_file)[1].objects())

    old, new = (Objects(item.objects()) for item in plans) if plans else (planned(before), planned(after))
    objects = tuple(compare_objects(old, new, mutable))
    total = all_effects(objects, old, new)
    flat_before, flat_after = _flat(before), _flat(after)
    changed = [
        (place, _input(place, flat_before.get(place), flat_after.get(place)))
        for place in sorted(flat_before.keys() | flat_after.keys())
        if flat_before.get(place) != flat_after.get(place)
    ]
    if len(changed) == 1:
        causes = [Cause((changed[0][1],), total)]
    else:
        causes = []
        for place, item in changed:
            moved = _moved_by(place, flat_before, flat_after, planned, old, new)
            if moved is not None:
                causes.append(Cause((item,), tuple(effect for effect in total if effect.place in moved)))
        told = {effect.place for cause in causes for effect in cause.effects}
        rest = tuple(effect for effect in total if effect.place not in told)
        silent = {item.name for cause in causes for item in cause.inputs}
        together = tuple(item for _, item in changed if item.name not in silent)
        if rest or together:
            causes.append(Cause(together, rest))
    given = frozenset(item.name for _, item in changed if item.is_option)
    return change_with(old, new, objects, causes, given)


def _moved_by(
    place: Place,
    before: Mapping[Place, Any],
    after: Mapping[Place, Any],
    planned: Callable[[Args], Objects],
    old: Objects,
    new: Objects,
) -> Collection[tuple[str, str, tuple[str | int, ...]]] | None:
    """Give what moves when one input changes alone; or when it alone stays, if it cannot change without the others."""
    for base, other, result in ((before, after, old), (after, before, new)):
        single = {key: value for key, value in base.items() if key != place}
        if place in other:
            single[place] = other[place]
        try:
            alone = planned(_nested(single))
        except IllegalConfigurationError:
            continue
        pair = (result, alone) if result is old else (alone, result)
        return {effect.place for effect in all_effects(compare_objects(*pair), *pair)}
    return None


def _flat(args: Args) -> dict[Place, Any]:
    """Give each input by where it stands: options one by one, files one by one, all else as it is."""
    flat: dict[Place, Any] = {}
    for name, value in args.items():
        if name == "configuration" and isinstance(value, Mapping):
            flat |= {(name, key): item for key, item in Configuration.from_mapping(value).values.items()}
        elif (name in GROUPS or name in _OF_FILES) and isinstance(value, Mapping):
            flat |= {(name, key): item for key, item in value.items()}
        else:
            flat[name,] = value
    return flat


def _nested(flat: Mapping[Place, Any]) -> dict[str, Any]:
    args: dict[str, Any] = {}
    for place, value in flat.items():
        if len(place) == 1:
            args[place[0]] = value
        else:
            args.setdefault(place[0], {})[place[1]] = value
    return args


def _input(place: Place, before: object, after: object) -> InputChange:
    if is_sensitive(place[-1]):
        before, after = (value if value is None else HIDDEN for value in (before, after))
    if place[0] == "configuration" and len(place) > 1:
        return InputChange(place[1], before, after, is_option=True)
    return InputChange((", " if place[0] in _OF_FILES else ".").join(place), before, after)
