"""Options of Java that a shell changes on their way, or that Java takes for something else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flink_session.configuration.configuration import Configuration
from flink_session.configuration.core_options import MASTER_ENVIRONMENT_PREFIX
from flink_session.configuration.findings import Finding
from flink_session.configuration.options import to_text
from flink_session.kubernetes.checks.later_options import TASK_MANAGER_ENVIRONMENT_PREFIX
from flink_session.kubernetes.checks.start_scripts.roles import SET_BY_SCRIPTS, RoleInPod
from flink_session.kubernetes.checks.start_scripts.wording import Line
from flink_session.kubernetes.start_scripts.flattened import read_from_config
from flink_session.kubernetes.start_scripts.intent import meant_words, rewritten
from flink_session.kubernetes.start_scripts.java_options import IGNORE_UNRECOGNIZED, JavaOptions, Source
from flink_session.kubernetes.start_scripts.shell import Expansion

_HARMLESS = "-Dflink-session"
_WITH_OPERAND = frozenset(
    (
        *("-cp", "-classpath", "--class-path", "-p", "--module-path", "--upgrade-module-path", "--add-modules"),
        *("--add-opens", "--add-exports", "--add-reads", "--patch-module", "--limit-modules"),
    )
)
"""Options of Java whose value may be a word of its own."""
_COMMANDS_OF_JAVA = ("-XX:OnOutOfMemoryError=", "-XX:OnError=")


def check_java_options(role: RoleInPod) -> Iterator[Finding]:
    """Find the options of a role that Java does not get as they say, and those that it takes for something else."""
    for source in role.java_options.sources:
        if source.text or to_text(role.configuration.values.get(source.key, "")).strip():
            yield from _findings(role, role.java_options, source)


def main_class(words: tuple[str, ...] | list[str]) -> str | None:
    """Return the word that Java would take for its main class, if there is one among its options."""
    for index, word in enumerate(words):
        is_operand = index > 0 and words[index - 1] in _WITH_OPERAND
        if not word.startswith(("-", "@")) and not is_operand:
            return word
    return None


def line_of(role: RoleInPod, source: Source) -> Line:
    """Return a source as it was written, and not as YAML quotes it for the scripts."""
    written = role.configuration.values.get(source.key)
    text = source.text if written is None else to_text(written)
    symbols = role.symbols(SET_BY_SCRIPTS)
    return Line(source.key, text, tuple(meant_words(text, symbols.environment)), symbols)


def _findings(role: RoleInPod, options: JavaOptions, source: Source) -> Iterator[Finding]:
    line = line_of(role, source)
    trial = _Trial(options, source, line, role.configuration if source.key in role.configuration.values else None)
    expansion = trial.evaluate(source.text)
    if not trial.succeeds(expansion):
        yield line.error(_rule(line, expansion, trial.expected), _fix(role, trial))
        return
    words = [word.text for word in line.words]
    name = main_class(words)
    if name is not None:
        rule = f"has {line.show([name])} where Java expects an option, and takes it for the class to run"
        fix = (
            "leave the comment out" if name.startswith("#") else f"begin each option with -; {_by_variable(role, line)}"
        )
        yield line.error(rule, fix)
        return
    yield from line.remarks("Java")


@dataclass(frozen=True, slots=True)
class _Trial:
    """Other ways to write one source are tried with each other one replaced by a harmless word."""

    options: JavaOptions
    source: Source
    line: Line
    configuration: Configuration | None

    @property
    def expected(self) -> list[str]:
        expected = [IGNORE_UNRECOGNIZED] if self.options.has_flinks_own else []
        for item in self.options.sources:
            if item is self.source:
                expected += [word.text for word in self.line.words]
            elif item.text:
                expected.append(_HARMLESS)
        return expected

    def evaluate(self, text: str) -> Expansion:
        """Return what Java gets where the scripts read ``text`` from the source."""
        texts = {item: _HARMLESS for item in self.options.sources if item.text} | {self.source: text}
        return self.options.with_texts(texts).evaluate(self.line.symbols.environment)

    def evaluate_written(self, text: str) -> Expansion:
        """Return what Java gets where somebody writes ``text`` into the option or variable."""
        if self.configuration is None:
            return self.evaluate(text)
        key = self.source.key
        return self.evaluate(read_from_config(self.configuration.with_value(key, text), key))

    def succeeds(self, expansion: Expansion) -> bool:
        return expansion.outcome == "words" and list(expansion.words) == self.expected


def _rule(line: Line, expansion: Expansion, expected: list[str]) -> str:
    if "\n" in line.text and expansion.outcome == "nothing":
        return "has a line break, and of such a value Flink's scripts make no options at all, and lose their own too"
    shell = f"goes through a shell{line.that(expansion)}"
    if expansion.outcome == "nothing":
        return f"{shell}, so Java gets no options at all, not even Flink's own"
    return shell if expansion.outcome == "unclear" else f"{shell}: {line.difference('Java', expansion.words, expected)}"


def _fix(role: RoleInPod, trial: _Trial) -> str:
    """Say how to write it, by a way that has been tried."""
    line = trial.line
    if any(word.source.startswith("#") for word in line.words):
        return "leave the comment out"
    for texts in rewritten(line.words, line.symbols):
        if not trial.succeeds(trial.evaluate_written(" ".join(texts))):
            continue
        changed = [text for text, word in zip(texts, line.words, strict=True) if text != word.source]
        if line.is_secretive:
            return "put each value into single quotes"
        if "\n" in line.text:
            return "write it on one line, and let none end it (by >- in YAML)"
        return f"write {' '.join(changed or texts)}"
    return _by_variable(role, line)


def _by_variable(role: RoleInPod, line: Line) -> str:
    """Say how a value with blanks gets to Java: by a variable that Java itself reads, quotes included."""
    prefixes = (MASTER_ENVIRONMENT_PREFIX, TASK_MANAGER_ENVIRONMENT_PREFIX) if _is_of_both(line.key) else (role.prefix,)
    variables = " and ".join(f"{prefix}.JAVA_TOOL_OPTIONS" for prefix in prefixes)
    words = [word.text for word in line.words if " " in word.text]
    if not words or line.is_secretive:
        return f"give a value with blanks to Java by {variables}, in quotes"
    name, equals, value = words[0].partition("=")
    quote = '"' if "'" in value else "'"
    fix = f"set {variables} to {line.symbols.show(name)}{equals}{quote}{line.symbols.show(value)}{quote}"
    if words[0].startswith(_COMMANDS_OF_JAVA):
        return f"write -XX:+ExitOnOutOfMemoryError, or {fix}"
    return fix


def _is_of_both(key: str) -> bool:
    return key in ("env.java.opts", "env.java.opts.all", "env.java.default-opts.all")
