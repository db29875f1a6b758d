"""Arguments behind the command line of a role: a shell reads them, and then Flink's own parser of arguments."""

from __future__ import annotations

import re
from collections.abc import Iterator

from flink_session.configuration.findings import Finding
from flink_session.kubernetes.checks.later_options import LaterOptions
from flink_session.kubernetes.checks.reading import explicit, readable
from flink_session.kubernetes.checks.start_scripts.roles import RoleInPod
from flink_session.kubernetes.checks.start_scripts.wording import Line
from flink_session.kubernetes.start_scripts.intent import meant_words
from flink_session.kubernetes.start_scripts.java_options import JOB_MANAGER
from flink_session.kubernetes.start_scripts.kubernetes_references import expand_references
from flink_session.kubernetes.start_scripts.shell import Expansion, arguments

_MEMORY = re.compile(r"-D\s*(?:jobmanager|taskmanager)\.memory\.")
_SPECIAL = re.compile(r"[^\w.@%+=:,/-]")


def check_entrypoint_args(role: RoleInPod) -> Iterator[Finding]:
    """Find arguments that do not arrive, and those that Flink does not take."""
    given = explicit(role.configuration, role.entrypoint_args)
    yield from _external_resources(role)
    if given is None or not given[1].strip():
        return
    if "$$" in given[1].replace("$$(", ""):
        rule = "has $$, which Kubernetes takes for $ before any shell reads it"
        yield Finding(given[0], None, rule, "write $$$$ for $$")
        return
    symbols = role.symbols()
    # Before any shell, Kubernetes has had its turn.
    text = expand_references(given[1], lambda name: f"${{{name}}}" if name in role.variables else None)
    line = Line(given[0], given[1], tuple(meant_words(text, symbols.environment)), symbols)
    expansion = arguments(text, symbols.environment)
    expected = [word.text for word in line.words]
    if expansion.outcome != "words" or list(expansion.words) != expected:
        yield line.error(_rule(role, line, expansion, expected), _fix(line))
        return
    yield from _own_parser(role, line, expected)
    yield from line.remarks("Flink")


def _external_resources(role: RoleInPod) -> Iterator[Finding]:
    """Find names that are on the TaskManagers' command line, where nothing quotes them."""
    if role.scripts is JOB_MANAGER:
        return
    for name in readable(role.configuration, LaterOptions.EXTERNAL_RESOURCE_LIST) or ():
        if _SPECIAL.search(name):
            rule = f"has the name {name!r}, which the shell on a TaskManager's command line does not leave as it is"
            fix = "use letters, digits, - and _ alone"
            yield Finding(LaterOptions.EXTERNAL_RESOURCE_LIST.key, None, rule, fix)


def _rule(role: RoleInPod, line: Line, expansion: Expansion, expected: list[str]) -> str:
    if expansion.outcome == "nothing":
        return f"goes through a shell{line.that(expansion)}, so {role.title} does not start"
    if expansion.outcome == "unclear":
        return f"goes through a shell{line.that(expansion)}"
    return f"goes through a shell{line.that(expansion)}: {line.difference('Flink', expansion.words, expected)}"


def _fix(line: Line) -> str:
    if any(word.source.startswith("#") for word in line.words):
        return "leave the comment out"
    if line.is_secretive:
        return "put each value into single quotes"
    if "\n" in line.text.strip():
        return "write it on one line"
    written = [line.symbols.write(word.text, _quoted) for word in line.words]
    changed = [text for text, word in zip(written, line.words, strict=True) if text != word.source]
    return f"write {' '.join(changed or written)}"


def _quoted(text: str) -> str:
    """Write a text for a shell: the part behind the first equals sign in single quotes, where it needs any."""
    if not _SPECIAL.search(text):
        return text
    name, equals, value = text.partition("=")
    if not equals or _SPECIAL.search(name):
        name, equals, value = "", "", text
    return f"{name}{equals}'{value}'" if "'" not in value else f'{name}{equals}"{value}"'


def _own_parser(role: RoleInPod, line: Line, words: list[str]) -> Iterator[Finding]:
    """Follow Flink's parser, which stops without a word at the first argument that it does not know."""
    position = 0
    while position < len(words):
        word = words[position]
        if word == "-D":
            position += 1
            if position == len(words) or "=" not in words[position] or words[position].startswith("-"):
                yield line.error("has -D without KEY=VALUE behind it, at which Flink gives up", "write -DKEY=VALUE")
                return
            word = f"-D{words[position]}"
        if not word.startswith("-D") and not _is_folder(role, word):
            rest = words[position:]
            rule = f"has {line.show(rest[:1])}, which is no -DKEY=VALUE: Flink reads neither it nor what is behind it"
            fix = "remove it; options of Java go into env.java.opts." + role.scripts.name
            yield line.error(rule, fix)
            return
        position += 2 if _is_folder(role, word) else 1
        if _MEMORY.match(word):
            key = word.removeprefix("-D").partition("=")[0]
            rule = f"sets {key} for the process, whose container keeps the size that the configuration gives it"
            yield line.error(rule, f"set {key} in the configuration")
        elif role.scripts is JOB_MANAGER and _SPECIAL.search(word.removeprefix("-D").partition("=")[0]):
            rule = "has a key that no shell leaves as it is, and the TaskManagers get it by one"
            yield line.error(rule, "set the option in the configuration")


def _is_folder(role: RoleInPod, word: str) -> bool:
    return role.scripts is not JOB_MANAGER and word in ("-c", "--configDir")
