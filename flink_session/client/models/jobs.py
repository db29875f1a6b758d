"""Jobs, as Flink shows them."""

from __future__ import annotations

from ..reading import Model, of


class JobOverview(Model):
    """One of GET /jobs/overview.

    Attributes:
        start_time, end_time, duration: in milliseconds, of the epoch but for the last; `end_time` is -1 while it runs.
        tasks: how many tasks are in which state, by the state's name in lower case; `total` among them.
    """

    id: str = of("jid")
    name: str
    state: str
    start_time: int = of("start-time")
    end_time: int = of("end-time")
    duration: int
    tasks: dict[str, int] = of("tasks")
