"""Which Flink is deployed: the one place that knows the supported series and their newest patches."""

from __future__ import annotations

import re
from dataclasses import dataclass

from flink_session.configuration.findings import illegal

NEWEST_PATCH = {"1.20": 5, "2.0": 2, "2.1": 3, "2.2": 1, "2.3": 0}
"""The newest known patch of each supported series, in order."""

DEFAULT_SERIES = "2.2"
"""What is deployed where nothing is said."""

_VERSION = re.compile(r"(\d+\.\d+)(?:\.(\d+))?")
_WITHIN = re.compile(r"(\d+)[._-](\d+)")


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
            within = _WITHIN.search(str(text))
            series = f"{within[1]}.{within[2]}" if within else ""
            fix = f"write {series}" if series in NEWEST_PATCH else f"write a series or a release of it ({supported})"
            raise illegal(key, text, "must be a Flink version", fix)
        series, patch = match.groups()
        if series not in NEWEST_PATCH:
            raise illegal(key, text, f"must be of a supported series ({supported})", "choose one of these")
        return cls(series, NEWEST_PATCH[series] if patch is None else int(patch))

    def __str__(self) -> str:
        return f"{self.series}.{self.patch}"

    def is_at_least(self, series: str) -> bool:
        """Tell whether this is a release of ``series`` or of a later one."""
        order = tuple(NEWEST_PATCH).index
        return order(self.series) >= order(series)

    @property
    def reads_flink_conf(self) -> bool:
        """Whether ``flink-conf.yaml`` is read where it is there."""
        return not self.is_at_least("2.0")

    @property
    def reads_iso_8601(self) -> bool:
        """Whether a duration may be written as ``PT5S``."""
        return self.is_at_least("2.1")

    @property
    def has_persistent_volume_claims(self) -> bool:
        """Whether ``kubernetes.persistent-volume-claims`` is an option."""
        return self.is_at_least("2.3")

    @property
    def default_image(self) -> str:
        """The image that Flink's own client of this version would run."""
        return f"apache/flink:{self}-scala_2.12"
