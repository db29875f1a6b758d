"""What a rule of the API server says of a pod, as a value, and where in the pod it says so."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TypeAlias

_NAME = re.compile(r"[\w-]+")


class Key(str):
    """A step of a path that is no field's name, but a key that the user chose: of a label, say."""

    __slots__ = ()


Path: TypeAlias = tuple[str | int, ...]
"""The way to a value: names of fields, indexes of lists and keys of maps."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Something in a pod that the API server refuses.

    Attributes:
        path: where.
        rule: what must hold, as it continues "but it ...".
        fix: what to do, as an imperative without a full stop.
        value: the offending value; ``None`` where there is none, or where it does not matter.
        clash: where the other one is, if two things must not be the same; it comes first in the pod.
        refused: whether the API server refuses the pod; otherwise it takes it, and the pod never starts.
    """

    path: Path
    rule: str
    fix: str = "correct it"
    value: object = None
    clash: Path | None = None
    refused: bool = True


def path_text(path: Path) -> str:
    """Write a path as people do: ``spec.containers[0].ports[1].name``, ``metadata.labels[team]``."""
    steps = (f".{step}" if type(step) is str and _NAME.fullmatch(step) else f"[{step}]" for step in path)
    return "".join(steps).removeprefix(".")


def listed(names: tuple[str, ...], word: str = "or") -> str:
    """Join names as a sentence does: ``a, b or c``."""
    return f" {word} ".join(filter(None, (", ".join(names[:-1]), names[-1])))
