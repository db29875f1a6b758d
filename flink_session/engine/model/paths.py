"""Property paths, as the Pulumi CLI writes them: `spec.ports[0].name`, `data["config.yaml"]`, `spec.ports[*]`."""

from __future__ import annotations

import re

from ..errors import StepError

PathPart = str | int
Path = tuple[PathPart, ...]

_PATH_PART = re.compile(r"""\.?([A-Za-z_*][A-Za-z0-9_-]*)|\["((?:[^"\\]|\\.)*)"\]|\[(\d+|\*)\]""")
_PLAIN_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")


def parse_path(text: str) -> Path:
    """Take a property path apart: `spec.ports[0]["a.b"]`; `*` stands for any part. Raises StepError."""
    parts: list[PathPart] = []
    position = 0
    while position < len(text):
        match = _PATH_PART.match(text, position)
        if not match:
            raise StepError(f'{text!r} is not a property path, such as spec.replicas or data["config.yaml"]')
        name, quoted, index = match.groups()
        if index is not None:
            parts.append("*" if index == "*" else int(index))
        else:
            parts.append(name if name is not None else quoted.replace('\\"', '"'))
        position = match.end()
    return tuple(parts)


def render_path(path: tuple[PathPart, ...]) -> str:
    """Write a path as the Pulumi CLI does: `spec.ports[0].name`, `data["config.yaml"]`."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        elif _PLAIN_KEY.fullmatch(part):
            text += f".{part}" if text else part
        else:
            text += f'["{part}"]'
    return text


def starts_with(path: Path, pattern: Path) -> bool:
    """Say whether a path is, or is below, what a pattern means."""
    return len(path) >= len(pattern) and all(wanted in ("*", part) for part, wanted in zip(path, pattern, strict=False))
