"""A stand-in for an API server that knows one thing: when the first request came."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


class FirstRequest:
    """When it came, by ``time.perf_counter()``."""

    def __init__(self) -> None:
        self._came = threading.Event()
        self.at = 0.0

    def note(self) -> None:
        """Take a request."""
        if not self._came.is_set():
            self.at = time.perf_counter()
            self._came.set()

    def wait(self, seconds: float) -> bool:
        """Wait for it; tell whether it came."""
        return self._came.wait(seconds)


@contextmanager
def recording_server(kubeconfig: Path) -> Iterator[FirstRequest]:
    """Listen on the loopback interface, and write a kubeconfig that names this server."""
    first = FirstRequest()

    class Handler(BaseHTTPRequestHandler):
        def handle_one_request(self) -> None:
            self.raw_requestline = self.rfile.readline(65537)
            if self.raw_requestline:
                first.note()
            self.close_connection = True

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    document = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "it", "cluster": {"server": f"http://127.0.0.1:{server.server_port}"}}],
        "users": [{"name": "it", "user": {}}],
        "contexts": [{"name": "it", "context": {"cluster": "it", "user": "it"}}],
        "current-context": "it",
    }
    kubeconfig.write_text(json.dumps(document))
    try:
        yield first
    finally:
        server.shutdown()
        server.server_close()
