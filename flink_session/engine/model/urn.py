"""URNs, the names that Pulumi gives to resources, and references to providers, which are made of them.

A URN is `urn:pulumi:<stack>::<project>::<type of the parents>$<type>::<name>`. The stack resource does not count as a
parent type.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

STACK_TYPE = "pulumi:pulumi:Stack"
PROVIDER_TYPE_PREFIX = "pulumi:providers:"

_PREFIX = "urn:pulumi:"


class Urn(NamedTuple):
    """The parts of a URN. `qualified_type` carries the types of all parents."""

    stack: str
    project: str
    qualified_type: str
    name: str

    @classmethod
    def parse(cls, text: str) -> Urn:
        """Take a URN apart. Raises ValueError if it is not one."""
        parts = text.removeprefix(_PREFIX).split("::", 3)
        if not text.startswith(_PREFIX) or len(parts) != 4:
            raise ValueError(f"{text!r} is not a URN (urn:pulumi:<stack>::<project>::<type>::<name>)")
        return cls(*parts)

    @property
    def type(self) -> str:
        """The resource's own type token."""
        return self.qualified_type.rsplit("$", 1)[-1]

    def __str__(self) -> str:
        return f"{_PREFIX}{self.stack}::{self.project}::{self.qualified_type}::{self.name}"


def make_urn(stack: str, project: str, parent: str, type_: str, name: str) -> str:
    """Give the URN of a resource. `parent` is the parent's URN, or empty."""
    parent_type = Urn.parse(parent).qualified_type if parent else ""
    if parent_type and parent_type != STACK_TYPE:
        type_ = f"{parent_type}${type_}"
    return str(Urn(stack, project, type_, name))


@lru_cache(maxsize=64)
def split_provider_reference(reference: str) -> tuple[str, str]:
    """Split `<urn of the provider>::<its id>`. Raises ValueError if it has another form."""
    urn, separator, id_ = reference.rpartition("::")
    if not separator:
        raise ValueError(f"{reference!r} is not a provider reference (<urn>::<id>)")
    Urn.parse(urn)
    return urn, id_
