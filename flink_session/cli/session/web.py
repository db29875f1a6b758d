"""The web UI of a session that has no address here: a port of 127.0.0.1, from which requests go the client's way.

The only place that opens a port. Whoever can guess neither the port nor the path gets nothing: the path begins with 128
random bits, which also keep web pages of others out. Flink's UI has relative URLs alone, so nothing in it is rewritten.
"""

# ruff: noqa: PLC0415 (what is slow to import is imported where it is used)

from __future__ import annotations

import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    import httpx2

    from flink_session.client.access.way import Access

_HOST = "127.0.0.1"
_OWN_NAMES = {_HOST, "localhost"}
_OF_ONE_CONNECTION = {
    "connection",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
}
"""Headers that concern one connection and are not passed on (RFC 9110, 7.6.1)."""
_NOT_PASSED = _OF_ONE_CONNECTION | {"host", "cookie", "authorization", "origin", "referer", "accept-encoding"}
"""Of a browser's request: nothing that names this port or its user."""
_CHUNK = 64 * 1024
_SECONDS = 600.0


@contextmanager
def served(access: Access, port: int = 0) -> Iterator[str]:
    """Serve a session's REST API and web UI for as long as this lasts; gives the URL.

    Args:
        access: the way to the session.
        port: of 127.0.0.1; 0 for any that is free.

    Raises:
        OSError: the port is not free.
    """
    import httpx2

    path = f"/{secrets.token_urlsafe(16)}/"
    with httpx2.Client(transport=access.transport(), trust_env=False, timeout=_SECONDS) as client:
        server = _Server(port, client, access.url.rstrip("/"), path)
        thread = threading.Thread(target=server.serve_forever, args=(0.1,), daemon=True)
        thread.start()
        try:
            yield f"http://{_HOST}:{server.server_address[1]}{path}"
        finally:
            server.shutdown()
            server.server_close()


class _Server(ThreadingHTTPServer):
    """Listens, and knows where requests go.

    Attributes:
        client: by whose transport.
        url: to what.
        path: what theirs have to begin with.
    """

    daemon_threads = True

    def __init__(self, port: int, client: httpx2.Client, url: str, path: str) -> None:
        super().__init__((_HOST, port), _Handler)
        self.client, self.url, self.path = client, url, path


class _Handler(BaseHTTPRequestHandler):
    """Answers the requests of one connection."""

    server: _Server
    protocol_version = "HTTP/1.1"
    server_version = "flink-session"
    sys_version = ""

    def _pass_on(self) -> None:
        wanted = urlsplit(self.path)
        host = self.headers.get("Host", "").rpartition(":")[0] or self.headers.get("Host", "")
        if wanted.path + "/" == self.server.path:
            self._redirect()
        elif not wanted.path.startswith(self.server.path) or host not in _OWN_NAMES:
            self._refuse(404, "There is nothing here.")
        else:
            self._relay(wanted.path[len(self.server.path) - 1 :] + (f"?{wanted.query}" if wanted.query else ""))

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = _pass_on  # noqa: N815 (names of the library)

    def _relay(self, target: str) -> None:
        import httpx2

        client = self.server.client
        headers = {name: value for name, value in self.headers.items() if name.lower() not in _NOT_PASSED}
        length = self.headers.get("Content-Length", "0")
        content = self._body(int(length)) if length.isdecimal() and int(length) else None
        try:
            request = client.build_request(self.command, self.server.url + target, headers=headers, content=content)
            response = client.send(request, stream=True)
        except (httpx2.HTTPError, OSError) as error:
            self._refuse(502, f"The session cannot be reached: {error}")
            return
        try:
            self._answer(response)
        except (httpx2.HTTPError, OSError):
            self.close_connection = True  # one of the two ends has gone in the middle of it
        finally:
            response.close()

    def _answer(self, response: httpx2.Response) -> None:
        self.send_response_only(response.status_code)
        for name, value in response.headers.multi_items():
            if name.lower() not in _OF_ONE_CONNECTION | {"location", "set-cookie"}:
                self.send_header(name, value)
        self.send_header("Referrer-Policy", "no-referrer")
        bodyless = self.command == "HEAD" or response.status_code in (204, 304)
        if not bodyless and "content-length" not in response.headers:
            self.send_header("Connection", "close")
            self.close_connection = True
        self.end_headers()
        if not bodyless:
            for piece in response.iter_raw(_CHUNK):
                self.wfile.write(piece)

    def _body(self, length: int) -> Iterator[bytes]:
        while length > 0 and (piece := self.rfile.read(min(_CHUNK, length))):
            length -= len(piece)
            yield piece

    def _redirect(self) -> None:
        self.send_response(301)
        self.send_header("Location", self.server.path)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _refuse(self, status: int, text: str) -> None:
        body = text.encode()
        self.close_connection = True
        self.send_response(status)
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Say nothing: a browser asks every few seconds."""
