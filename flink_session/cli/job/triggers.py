"""A savepoint that is under way, in one word that is printed by `--detach` and taken by `job wait`: JOB/TRIGGER."""

from __future__ import annotations

import re
from dataclasses import dataclass

_WORD = re.compile(r"([0-9a-f]{32})/([0-9a-f]{32})")


@dataclass(frozen=True, slots=True)
class Trigger:
    """The ids of a job, and of the savepoint that was triggered."""

    job_id: str
    trigger_id: str

    @property
    def word(self) -> str:
        """Both in one word."""
        return f"{self.job_id}/{self.trigger_id}"

    @classmethod
    def read(cls, word: str) -> Trigger | None:
        """Read such a word; None for any other."""
        match = _WORD.fullmatch(word.lower())
        return cls(match[1], match[2]) if match else None
