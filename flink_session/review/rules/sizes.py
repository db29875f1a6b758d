"""How big the session is, before and after: each role's memory by its parts, and what the whole may take."""

from __future__ import annotations

from typing import Any

from ..facts import Prices
from ..model import Claim, MemoryPart, Process, Size
from ..sessions import Half

_MIB = 1 << 20
_NAMES = {
    "frameworkHeap": "framework heap",
    "taskHeap": "task heap",
    "managed": "managed",
    "frameworkOffHeap": "framework off-heap",
    "taskOffHeap": "task off-heap",
    "network": "network",
    "jvmHeap": "heap",
    "offHeap": "off-heap",
    "jvmMetaspace": "metaspace",
    "jvmOverhead": "overhead",
}
"""The parts of a process's memory, in Flink's words."""


def size(half: Half | None, prices: Prices) -> Size | None:
    """Give the size of a session, if its arguments are known."""
    sizes = half.planned.sizes if half and half.planned else None
    if sizes is None:
        return None
    most = sizes.get("most")
    return Size(
        job_manager=_process(sizes["jobManager"]),
        job_managers=sizes["jobManager"]["pods"],
        task_manager=_process(sizes["taskManager"]),
        slots_per_task_manager=sizes["taskManager"]["slots"],
        least=_claim(sizes["least"], prices),
        most=_claim(most, prices) if most else None,
    )


def _process(role: dict[str, Any]) -> Process:
    parts = (MemoryPart(name=_NAMES[key], size=value) for key, value in role["breakdown"].items() if value)
    return Process(cpu=role["cpu"], memory=role["memoryMiB"] * _MIB, parts=tuple(parts))


def _claim(claim: dict[str, Any], prices: Prices) -> Claim:
    memory, cost = claim["memoryMiB"] * _MIB, None
    if prices.gib_hour or prices.core_hour:
        cost = round(claim["memoryMiB"] / 1024 * prices.gib_hour + claim["cpu"] * prices.core_hour, 4)
    return Claim(cpu=claim["cpu"], memory=memory, task_managers=claim["taskManagers"], slots=claim["slots"], cost=cost)
