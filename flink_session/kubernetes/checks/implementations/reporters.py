"""Reporters of metrics, traces and events: each needs a factory under its name, and not to be left out of the list.

Mirrors ``ReporterSetup`` and ``ReporterSetupBuilder``, which log what they do not set up, and go on.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from flink_session.configuration.catalogue import named_option
from flink_session.configuration.catalogue.spelling import nearest_key
from flink_session.configuration.findings import Finding
from flink_session.configuration.options import to_text
from flink_session.kubernetes.job_manager_parameters import KubernetesJobManagerParameters

_FACTORY = "factory.class"
_FORMER = "class"
_NO_LIST = re.compile(r"[;\[\]'\"]|^\s|\s$|[^\s,]\s+[^\s,]")
"""What is in no list of names with commas between them."""


@dataclass(frozen=True, slots=True)
class _Kind:
    """Reporters of one kind, as they are configured.

    Attributes:
        name: ``metrics``, ``traces`` or ``events``.
        series: the series of Flink.
        parts: what is set of each reporter: the rest of each key, with its value.
        listed: the option that lists the reporters to be set up, and its value; ``None`` where all are.
    """

    name: str
    series: str
    parts: Mapping[str, Mapping[str, object]]
    listed: str | None

    @property
    def list_key(self) -> str:
        return f"{self.name}.reporters"

    def key(self, reporter: str, part: str = _FACTORY) -> str:
        return f"{self.name}.reporter.{reporter}.{part}"

    def factory_like(self, name: object) -> str | None:
        """Return Flink's own factory that a reporter, or the class of one, is most likely to be made by."""
        option = named_option(f"{self.name}.reporter.<name>.{_FACTORY}", self.series)
        return option.like_a_class(str(name)) if option else None


def check_reporters(parameters: KubernetesJobManagerParameters) -> Iterator[Finding]:
    """Find reporters that are configured, or listed, and never set up."""
    configuration = parameters.configuration
    for name in ("metrics", "traces", "events"):
        prefixed = configuration.with_prefix(f"{name}.reporter")
        listed = configuration.values.get(f"{name}.reporters")
        if not prefixed and listed is None:
            continue
        parts: dict[str, dict[str, object]] = {}
        for key, value in prefixed.items():
            reporter, _, rest = key.partition(".")
            parts.setdefault(reporter, {})[rest] = value
        kind = _Kind(name, parameters.flink_version.series, parts, None if listed is None else to_text(listed))
        names = None if kind.listed is None else [item for item in re.split(r"\s*,\s*", kind.listed) if item]
        misspelt = tuple(_misspelt_list(kind))
        yield from misspelt
        if not misspelt:
            for reporter in names or ():
                yield from _without_factory(kind, reporter)
        for reporter in (name for name in parts if name not in (names or ())):
            yield from _not_listed(kind, reporter, () if misspelt else names or ())


def _misspelt_list(kind: _Kind) -> Iterator[Finding]:
    """Find a list that is not written as Flink splits it, so that none of its names is found."""
    if kind.listed is None:
        return
    names = [name for name in re.split(r"[\s,;\[\]'\"]+", kind.listed) if name]
    if _NO_LIST.search(kind.listed):
        rule = "must be names with commas between them, else no reporter is set up"
        yield Finding(kind.list_key, kind.listed, rule, f"write '{','.join(names)}'")


def _without_factory(kind: _Kind, reporter: str) -> Iterator[Finding]:
    """Find what is wrong with a reporter that is to be set up."""
    parts = kind.parts.get(reporter, {})
    if _FACTORY in parts:
        return
    if _FORMER in parts:
        yield _former(kind, reporter)
        return
    near = nearest_key(reporter, (name for name, rest in kind.parts.items() if _FACTORY in rest))
    part = nearest_key(_FACTORY, parts)
    rule = f"names {reporter}, and there is no {kind.key(reporter)}, so that it is not set up"
    fix = f"set it, for example to {kind.factory_like(reporter) or 'org.example.Factory'}"
    if near is not None:
        fix = f"write {near}"
    elif part is not None:
        fix = f"write {_FACTORY} instead of {part}"
    yield Finding(kind.list_key, None, rule, fix)


def _not_listed(kind: _Kind, reporter: str, names: Sequence[str]) -> Iterator[Finding]:
    """Find what is wrong with a reporter that is configured, and not listed."""
    parts = kind.parts[reporter]
    dotted = next((rest for rest in parts if rest.endswith(f".{_FACTORY}")), None)
    if _FACTORY in parts:
        if names and not _is_meant(kind, reporter, names):
            rule = f"has no effect, since {kind.list_key} does not name {reporter}"
            yield Finding(kind.key(reporter), None, rule, "add it there, or remove it", "warning")
    elif _FORMER in parts:
        yield _former(kind, reporter)
    elif dotted is not None:
        name = f"{reporter}.{dotted.removesuffix(f'.{_FACTORY}')}"
        fix = f"call it {name.replace('.', '-')}"
        yield Finding(kind.key(name), None, "must be of a reporter without a dot in its name, else none is set up", fix)
    else:
        part = nearest_key(_FACTORY, parts) or next(iter(parts))
        rule = f"is of a reporter without {_FACTORY}, so that none is set up"
        yield Finding(kind.key(reporter, part), None, rule, f"set {kind.key(reporter)}, or remove it")


def _is_meant(kind: _Kind, reporter: str, names: Sequence[str]) -> bool:
    """Tell whether a name in the list is most likely a misspelling of this reporter, which is said of the list."""
    return nearest_key(reporter, (name for name in names if name not in kind.parts)) is not None


def _former(kind: _Kind, reporter: str) -> Finding:
    factory = kind.factory_like(kind.parts[reporter][_FORMER]) or "its factory"
    rule = f"is read no more, so that the reporter is not set up without a {_FACTORY}"
    return Finding(kind.key(reporter, _FORMER), None, rule, f"write {kind.key(reporter)}: {factory}")
