"""What a way to the REST endpoint is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import httpx2

    from ..exchange import Call


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


@dataclass(frozen=True, slots=True)
class Lookup:
    """Finds a way anew, since a JobManager's pod has another name each time.

    Attributes:
        asking: the way to whom is asked, the API server.
        call: gives the way as it is now; None if there is none yet. Raises NotFoundError if there never will be.
    """

    asking: Access
    call: Callable[[], Call[Access | None]]
