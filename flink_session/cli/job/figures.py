"""Numbers as people read them at a glance, and as scripts compare them."""

from __future__ import annotations

from datetime import UTC, datetime

_UNITS = ("B", "KiB", "MiB", "GiB", "TiB")
_DAY, _HOUR, _MINUTE = 86_400, 3_600, 60


def size(count: float) -> str:
    """Write bytes: `0 B`, `2.7 KiB`, `1.0 GiB`."""
    for unit in _UNITS:
        if count < 1024 or unit == _UNITS[-1]:
            break
        count /= 1024
    return f"{count:.0f} {unit}" if unit == "B" else f"{count:.1f} {unit}"


def duration(milliseconds: float) -> str:
    """Write a time as `kubectl` does: `340ms`, `12s`, `3m40s`, `2h5m`, `4d3h`; of the future it is none: `0s`."""
    if 0 < milliseconds < 1000:
        return f"{milliseconds:.0f}ms"
    seconds = max(0, int(milliseconds // 1000))
    if seconds < 2 * _MINUTE:
        return f"{seconds}s"
    if seconds < _HOUR:
        return _two(seconds, _MINUTE, "m", 1, "s") if seconds < 10 * _MINUTE else f"{seconds // _MINUTE}m"
    if seconds < _DAY:
        return _two(seconds, _HOUR, "h", _MINUTE, "m")
    return _two(seconds, _DAY, "d", _HOUR, "h") if seconds < 10 * _DAY else f"{seconds // _DAY}d"


def share(value: float | None) -> str:
    """Write a share of 1 as per cent; `-` where it is not known."""
    return "-" if value is None else f"{value * 100:.0f}%"


def instant(milliseconds: int | None) -> str | None:
    """Write a time of the epoch in UTC, as RFC 3339 has it; None for what has not happened."""
    if milliseconds is None or milliseconds < 0:
        return None
    text = datetime.fromtimestamp(milliseconds // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S")
    return f"{text}.{milliseconds % 1000:03d}Z"


def seconds(milliseconds: int | None) -> float | None:
    """Give milliseconds of Flink's as seconds; None for what has not happened."""
    return None if milliseconds is None or milliseconds < 0 else milliseconds / 1000


def counted(count: int, what: str) -> str:
    """Write `1 task`, `2 tasks`."""
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def _two(total: int, large: int, large_unit: str, small: int, small_unit: str) -> str:
    rest = total % large // small
    return f"{total // large}{large_unit}" + (f"{rest}{small_unit}" if rest else "")
