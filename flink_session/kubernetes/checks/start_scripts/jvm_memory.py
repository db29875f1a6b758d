"""Sizes among the options of Java: they stand behind those that Flink computes, and so they win."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from flink_session.configuration.findings import Finding, FindingCollector, Severity
from flink_session.configuration.options import ConfigOption, boolean
from flink_session.kubernetes.checks.reading import readable
from flink_session.kubernetes.checks.start_scripts.java_options import line_of
from flink_session.kubernetes.checks.start_scripts.roles import RoleInPod
from flink_session.kubernetes.start_scripts.java_options import JOB_MANAGER
from flink_session.memory.arithmetic import shown
from flink_session.memory.job_manager import job_manager_memory
from flink_session.memory.task_manager import task_manager_memory

_LIMITS_DIRECT_MEMORY = ConfigOption[bool]("jobmanager.memory.enable-jvm-direct-memory-limit", boolean, False)
_SIZE = re.compile(r"(0[xX][0-9a-fA-F]+|\d+)([kKmMgGtT]?)", re.ASCII)
_UNITS = {"": 0, "k": 10, "m": 20, "g": 30, "t": 40}
_LEAST_HEAP = 2 << 20
"""With less, no JVM starts."""
_SHARES = re.compile(r"-XX:(?:Max|Min|Initial)RAM(?:Percentage|Fraction)=|-XX:MaxRAM=")


@dataclass(frozen=True, slots=True)
class _Flag:
    """A size that the JVM takes.

    Attributes:
        flinks: how Flink writes it.
        spellings: all ways to write it.
        size: what Flink computes for it, in bytes.
        option: the option that leads to it.
        is_set: whether Flink writes it for this role.
    """

    flinks: str
    spellings: tuple[str, ...]
    size: int
    option: str
    is_set: bool = True

    def size_in(self, word: str) -> str | None:
        """Return what follows the flag in a word; ``None`` where it is another."""
        return next((word.removeprefix(name) for name in self.spellings if word.startswith(name)), None)


def check_jvm_memory(role: RoleInPod) -> Iterator[Finding]:
    """Find sizes other than those that Flink computes for the container, and such as no JVM takes."""
    flags = _flags(role)
    seen: dict[str, int] = {flag.flinks: flag.size for flag in flags}
    for source in role.java_options.sources:
        for word in line_of(role, source).words:
            if _SHARES.match(word.text):
                rule = f"has no effect beside {flags[0].flinks if flags else '-Xmx'}, which Flink computes"
                yield Finding(source.key, word.text, rule, "remove it, and set the memory options of Flink", "warning")
            for flag in flags:
                written = flag.size_in(word.text)
                if written is not None:
                    size = parse_size(written)
                    yield from _findings(role, source.key, word.text, flag, size)
                    seen[flag.flinks] = flag.size if size is None else size
    if flags and seen["-Xms"] > seen["-Xmx"] >= _LEAST_HEAP:
        key = next(source.key for source in reversed(role.java_options.sources) if "-X" in source.text)
        rule = f"leads to -Xms{seen['-Xms']} beside -Xmx{seen['-Xmx']}, with which no JVM starts"
        yield Finding(key, None, rule, f"remove both, and set {flags[0].option}")


def parse_size(text: str) -> int | None:
    """Read a size as HotSpot does: bytes, or with one letter; ``None`` where it would refuse."""
    match = _SIZE.fullmatch(text)
    return (
        None if match is None else int(match[1], 0 if match[1][:2] in ("0x", "0X") else 10) << _UNITS[match[2].lower()]
    )


def _flags(role: RoleInPod) -> tuple[_Flag, ...]:
    collector = FindingCollector()
    prefix = role.scripts.name
    if role.scripts is JOB_MANAGER:
        jm = collector.attempt(job_manager_memory, role.configuration, role.flink_version)
        if jm is None:
            return ()
        heap, direct, metaspace = jm.jvm_heap, jm.off_heap, jm.jvm_metaspace
        heap_option, direct_option = f"{prefix}.memory.heap.size", f"{prefix}.memory.off-heap.size"
        limits_direct = bool(readable(role.configuration, _LIMITS_DIRECT_MEMORY))
    else:
        tm = collector.attempt(task_manager_memory, role.configuration, role.flink_version)
        if tm is None:
            return ()
        heap, direct, metaspace = tm.jvm_heap, tm.jvm_direct, tm.jvm_metaspace
        heap_option, direct_option = f"{prefix}.memory.task.heap.size", f"{prefix}.memory.task.off-heap.size"
        limits_direct = True
    heap_option = f"{heap_option} or {prefix}.memory.process.size"
    return (
        _Flag("-Xmx", ("-Xmx", "-mx", "-XX:MaxHeapSize="), heap, heap_option),
        _Flag("-Xms", ("-Xms", "-ms", "-XX:InitialHeapSize=", "-XX:MinHeapSize="), heap, heap_option),
        _Flag("-XX:MaxDirectMemorySize=", ("-XX:MaxDirectMemorySize=",), direct, direct_option, limits_direct),
        _Flag(
            "-XX:MaxMetaspaceSize=",
            ("-XX:MaxMetaspaceSize=",),
            metaspace,
            f"{prefix}.memory.jvm-metaspace.size",
        ),
    )


def _findings(role: RoleInPod, key: str, word: str, flag: _Flag, size: int | None) -> Iterator[Finding]:
    fix = f"remove it, and set {flag.option}"
    if size is None or (flag.flinks == "-Xmx" and size < _LEAST_HEAP):
        rule = "has no size that a JVM takes" if size is None else f"is {size} bytes, and a JVM needs 2m to start"
        yield Finding(key, word, rule, f"{fix}; Java's units are one letter, as in 512m")
        return
    if size == flag.size or (not flag.is_set and size <= flag.size):
        return
    computed = f"{flag.flinks}{flag.size}"
    if not flag.is_set:
        rule = f"is more than {shown(flag.size)}, which is what {role.title}'s container has for it"
    elif size > flag.size:
        rule = f"comes behind {computed}, which Flink computes for {role.title}'s container, so it wins and may not fit"
    else:
        rule = f"comes behind {computed}, which Flink computes for {role.title}, so it wins and leaves the rest unused"
    severity: Severity = "error" if flag.is_set and size > flag.size else "warning"
    yield Finding(key, word, rule, fix, severity)
