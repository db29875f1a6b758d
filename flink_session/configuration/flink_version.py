"""Which Flink is deployed: the one place that knows the supported series and their newest patches."""

from __future__ import annotations

import re
from dataclasses import dataclass

from flink_session.configuration.findings import illegal

NEWEST_PATCH = {"2.2": 1}
"""The newest known patch of each supported series."""

_VERSION = re.compile(r"(\d+\.\d+)(?:\.(\d+))?")


@dataclass(frozen=True, slots=True)
class FlinkVersion:
    """A release of Flink, such as 2.2.1."""

    series: str
    patch: int

    @classmethod
    def parse(cls, text: str, key: str = "flink_version") -> FlinkVersion:
        """Read ``2.2`` as the newest patch known here, and ``2.2.0`` as itself.

        Raises:
            IllegalConfigurationError: not a version, or of a series that is not supported; ``key`` names the argument.
        """
        match = _VERSION.fullmatch(str(text).strip())
        supported = ", ".join(NEWEST_PATCH)
        if match is None:
            raise illegal(key, text, "must be a Flink version", f"write a series or a release of it ({supported})")
        series, patch = match.groups()
        if series not in NEWEST_PATCH:
            raise illegal(key, text, f"must be of a supported series ({supported})", "choose one of these")
        return cls(series, NEWEST_PATCH[series] if patch is None else int(patch))

    def __str__(self) -> str:
        return f"{self.series}.{self.patch}"

    @property
    def default_image(self) -> str:
        """The image that Flink's own client of this version would run."""
        return f"apache/flink:{self}-scala_2.12"
