"""The error of a transport that knows why there is no answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx2

if TYPE_CHECKING:
    from .way import Lookup


class NoWayError(httpx2.TransportError):
    """There is no way, or none for now.

    Attributes:
        sent: whether the request may have reached Flink.
        final: whether it would be the same the next time.
        lookup: finds another way, where this one leads to what is gone.
    """

    def __init__(self, message: str, *, sent: bool = False, final: bool = False, lookup: Lookup | None = None) -> None:
        super().__init__(message)
        self.sent, self.final, self.lookup = sent, final, lookup
