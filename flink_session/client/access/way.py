"""What a way to the REST endpoint is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import httpx2


class Access(Protocol):
    """A way to one cluster's REST endpoint: a transport of the HTTP library, and where its requests go."""

    @property
    def url(self) -> str:
        """What the paths of Flink's REST API are appended to."""

    @property
    def description(self) -> str:
        """The way, as a person would say it; without credentials."""

    def transport(self) -> httpx2.BaseTransport:
        """Make what sends the requests of a blocking program. Nothing is sent yet."""

    def async_transport(self) -> httpx2.AsyncBaseTransport:
        """Make what sends the requests of an asynchronous program. Nothing is sent yet."""
