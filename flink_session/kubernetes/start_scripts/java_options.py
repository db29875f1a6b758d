"""The options of Java: from which keys and variables the scripts take them, and what they make of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from flink_session.configuration.configuration import Configuration
from flink_session.kubernetes.start_scripts.flattened import read_from_config
from flink_session.kubernetes.start_scripts.shell import Expansion, ShellEnvironment, evaluate

IGNORE_UNRECOGNIZED = "-XX:+IgnoreUnrecognizedVMOptions"
"""What ``config.sh`` puts first: of an unknown option that begins with a hyphen, Java says nothing."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a part of the options comes from.

    Attributes:
        key: the option, or the variable of the container as the user set it.
        text: what the scripts read.
    """

    key: str
    text: str


@dataclass(frozen=True, slots=True)
class Role:
    """What decides the Java options of a role: the last part of its keys, and the variable that stands in for them."""

    name: str
    variable: str

    @property
    def keys(self) -> tuple[str, str]:
        """The options of this role alone; the first stands before the second."""
        return f"env.java.default-opts.{self.name}", f"env.java.opts.{self.name}"


JOB_MANAGER = Role("jobmanager", "FLINK_ENV_JAVA_OPTS_JM")
TASK_MANAGER = Role("taskmanager", "FLINK_ENV_JAVA_OPTS_TM")
VARIABLE_OF_BOTH_ROLES = "FLINK_ENV_JAVA_OPTS"
_KEYS_OF_BOTH_ROLES = ("env.java.default-opts.all", "env.java.opts.all")
_FORMER_KEY = "env.java.opts"


@dataclass(frozen=True, slots=True)
class JavaOptions:
    """The options of one role, in the two halves that the scripts put together.

    Attributes:
        both: the sources for both roles: the default and the option, or the variable alone.
        own: those of the role.
        has_flinks_own: whether the scripts put an option of their own in front, as they do without the variable.
    """

    both: tuple[Source, ...]
    own: tuple[Source, ...]
    has_flinks_own: bool

    @property
    def sources(self) -> tuple[Source, ...]:
        """All of them, in their order."""
        return (*self.both, *self.own)

    @property
    def text(self) -> str:
        """What stands in ``FLINK_ENV_JAVA_OPTS`` when ``flink-console.sh`` evaluates it."""
        both, own = (_joined(half) if len(half) != 1 else half[0].text for half in (self.both, self.own))
        return f"{IGNORE_UNRECOGNIZED if self.has_flinks_own else ''} {both} {own}"

    def evaluate(self, environment: ShellEnvironment) -> Expansion:
        """Return the words that Java gets of them."""
        return evaluate(self.text, environment)

    def with_texts(self, texts: Mapping[Source, str]) -> JavaOptions:
        """Return the same with other texts of some sources."""
        both, own = (
            tuple(Source(item.key, texts.get(item, item.text)) for item in half) for half in (self.both, self.own)
        )
        return JavaOptions(both, own, self.has_flinks_own)


def java_options(configuration: Configuration, role: Role, variables: Mapping[str, Source]) -> JavaOptions:
    """Return the Java options of a role.

    Args:
        configuration: as the pod's file has it.
        role: the role.
        variables: of the container, by name; an empty one counts as none.
    """
    both, own = (variables.get(name) for name in (VARIABLE_OF_BOTH_ROLES, role.variable))
    return JavaOptions(
        (both,) if both and both.text else tuple(_from_keys(configuration, *_KEYS_OF_BOTH_ROLES)),
        (own,) if own and own.text else tuple(_from_keys(configuration, *role.keys)),
        not (both and both.text),
    )


def _from_keys(configuration: Configuration, default: str, option: str) -> Iterator[Source]:
    if option == _KEYS_OF_BOTH_ROLES[1] and not read_from_config(configuration, option):
        option = _FORMER_KEY
    for key in (default, option):
        yield Source(key, read_from_config(configuration, key))


def _joined(half: tuple[Source, ...]) -> str:
    """Join as ``config.sh`` does, which then takes a double quote away at either end: with no default, at one only."""
    return " ".join(source.text for source in half).removeprefix('"').removesuffix('"')
