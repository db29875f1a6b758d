"""A URL that can be reached from here: a NodePort, a load balancer, an ingress, a name inside the cluster."""

# ruff: noqa: PLC0415 (what is slow to import is imported where it is used)

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    import ssl

    import httpx2


@dataclass(frozen=True, slots=True)
class Tls:
    """How to trust a REST endpoint of https, and how to be trusted (`security.ssl.rest.authentication-enabled`).

    Attributes:
        ca_file: PEM of whom to trust, instead of the system's authorities.
        certificate_file, key_file: PEM of the client's own certificate and key.
        verify: False trusts anybody.
        server_name: the name that the certificate has to be for, where that is not the URL's; only in a tunnel.
    """

    ca_file: str | None = None
    certificate_file: str | None = None
    key_file: str | None = None
    verify: bool = True
    server_name: str | None = None

    def context(self) -> ssl.SSLContext:
        """Read the files. Raises OSError, ssl.SSLError."""
        import ssl

        context = ssl.create_default_context(cafile=self.ca_file)
        if self.certificate_file:
            context.load_cert_chain(self.certificate_file, self.key_file)
        if not self.verify:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        return context


@dataclass(frozen=True, slots=True)
class Direct:
    """A URL that can be reached from here, with the path prefix if it has one.

    Attributes:
        headers: are sent with each request, as `Authorization`; never shown.
        how: what to call it; the URL where it is empty.
    """

    url: str
    tls: Tls = Tls()
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    how: str = ""

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"{self.url!r} is no URL of a REST endpoint; it is http://HOST:PORT, or https://")

    @property
    def description(self) -> str:
        """The URL, without a password that it may hold, and what it is."""
        parts = urlsplit(self.url)
        shown = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
        return f"{shown} ({self.how})" if self.how else shown

    def transport(self) -> httpx2.BaseTransport:
        """Connect by the addresses of the URLs."""
        import httpx2

        class Sending(httpx2.HTTPTransport):
            def handle_request(self, request: httpx2.Request, /) -> httpx2.Response:
                request.headers.update(headers)
                return super().handle_request(request)

        headers = dict(self.headers)
        return Sending(**self._options())

    def async_transport(self) -> httpx2.AsyncBaseTransport:
        """Connect by the addresses of the URLs."""
        import httpx2

        class Sending(httpx2.AsyncHTTPTransport):
            async def handle_async_request(self, request: httpx2.Request, /) -> httpx2.Response:
                request.headers.update(headers)
                return await super().handle_async_request(request)

        headers = dict(self.headers)
        return Sending(**self._options())

    def _options(self) -> dict[str, Any]:
        # A context of TLS takes some 20 ms to make, and http needs none.
        return {"verify": self.tls.context() if self.url.startswith("https") else False, "trust_env": False}
