"""A small load generator: many keep-alive connections on one event loop."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Load:
    """What a run of load came to."""

    requests: int
    failures: int
    seconds: float

    @property
    def per_second(self) -> float:
        """Give the answered requests a second."""
        return self.requests / self.seconds


def load_page(url: str, *, seconds: float = 5.0, connections: int = 96) -> Load:
    """Ask for one page as fast as it answers; few connections could all land on one of several workers.

    :raises RuntimeError: an answer was not 200.
    """
    load = asyncio.run(_load(url, seconds, connections))
    if load.failures:
        raise RuntimeError(f"{url}: {load.failures} of {load.requests} answers were not 200")
    return load


async def _load(url: str, seconds: float, connections: int) -> Load:
    parts = urlsplit(url)
    host, port = parts.hostname or "127.0.0.1", parts.port or 80
    request = f"GET {parts.path or '/'} HTTP/1.1\r\nHost: {host}:{port}\r\n\r\n".encode()
    started = time.perf_counter()
    end = started + seconds
    counts = await asyncio.gather(*(_ask(host, port, request, end) for _ in range(connections)))
    return Load(sum(a for a, _ in counts), sum(b for _, b in counts), time.perf_counter() - started)


async def _ask(host: str, port: int, request: bytes, end: float) -> tuple[int, int]:
    reader, writer = await asyncio.open_connection(host, port)
    answers = failures = 0
    try:
        while time.perf_counter() < end:
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            await _read_body(reader, head.lower())
            answers += 1
            failures += not head.startswith(b"HTTP/1.1 200")
    finally:
        writer.close()
    return answers, failures


async def _read_body(reader: asyncio.StreamReader, head: bytes) -> None:
    if b"content-length:" in head:
        await reader.readexactly(int(head.split(b"content-length:")[1].split(b"\r\n")[0]))
        return
    while size := int((await reader.readline()).strip() or b"0", 16):
        await reader.readexactly(size + 2)
    await reader.readline()
