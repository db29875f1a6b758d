"""A stand-in for an API server, for machines without a node: the one in memory of the unit tests, behind a socket.

`python -m benchmarks.stand_in KUBECONFIG NAMESPACE...` writes the kubeconfig when it listens; it ends with its standard
input.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
from pathlib import Path

import httpx2

from tests.support.engine.fake_api import FakeApi


async def serve(kubeconfig: Path, namespaces: tuple[str, ...]) -> None:
    """Answer until standard input ends."""
    api = FakeApi(namespaces=namespaces)

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            while True:
                request = await _read(reader)
                await _write(writer, api.answer(request))

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    text = json.dumps(
        {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": "it", "cluster": {"server": f"http://127.0.0.1:{port}"}}],
            "users": [{"name": "it", "user": {}}],
            "contexts": [{"name": "it", "context": {"cluster": "it", "user": "it"}}],
            "current-context": "it",
        }
    )
    await asyncio.to_thread(kubeconfig.write_text, text)
    await asyncio.to_thread(sys.stdin.read)


async def _read(reader: asyncio.StreamReader) -> httpx2.Request:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    method, target, _ = head[0].split(" ")
    headers = dict(line.split(": ", 1) for line in head[1:] if line)
    lowered = {name.lower(): value for name, value in headers.items()}
    content = await reader.readexactly(int(lowered.get("content-length", 0)))
    return httpx2.Request(method, f"http://127.0.0.1{target}", headers=lowered, content=content)


async def _write(writer: asyncio.StreamWriter, response: httpx2.Response) -> None:
    head = f"HTTP/1.1 {response.status_code} -\r\ncontent-type: application/json\r\n"
    if isinstance(response.stream, httpx2.ByteStream):
        writer.write(f"{head}content-length: {len(response.content)}\r\n\r\n".encode() + response.content)
        await writer.drain()
        return
    writer.write(f"{head}transfer-encoding: chunked\r\n\r\n".encode())
    async for chunk in response.aiter_bytes():
        writer.write(f"{len(chunk):x}\r\n".encode() + chunk + b"\r\n")
        await writer.drain()


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1]), tuple(sys.argv[2:])))
