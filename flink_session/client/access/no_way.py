"""The error of a transport that knows why there is no answer."""

from __future__ import annotations

import httpx2


class NoWayError(httpx2.TransportError):
    """There is no way, or none for now.

    Attributes:
        sent: whether the request may have reached Flink.
        final: whether it would be the same the next time. If not, a way that can be found anew is.
    """

    def __init__(self, message: str, *, sent: bool = False, final: bool = False) -> None:
        super().__init__(message)
        self.sent, self.final = sent, final
