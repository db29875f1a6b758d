"""A URL that can be reached from here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import httpx2


@dataclass(frozen=True, slots=True)
class Direct:
    """A URL that can be reached from here, with the path prefix if it has one."""

    url: str

    @property
    def description(self) -> str:
        """The URL."""
        return self.url

    def transport(self) -> httpx2.BaseTransport:
        """Connect by the addresses of the URLs."""
        import httpx2  # noqa: PLC0415 (what is slow to import)

        return httpx2.HTTPTransport()

    def async_transport(self) -> httpx2.AsyncBaseTransport:
        """Connect by the addresses of the URLs."""
        import httpx2  # noqa: PLC0415

        return httpx2.AsyncHTTPTransport()
