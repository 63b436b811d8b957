"""Answers made while they are sent, under either kind of server."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator

from django.core.handlers.asgi import ASGIRequest
from django.test import AsyncRequestFactory, RequestFactory

from lms.lib.streaming import stream_file


def counted(made: list[str]) -> Iterator[bytes]:
    for number in range(3):
        made.append(threading.current_thread().name)
        yield f"{number}".encode()


def test_a_file_goes_out_piece_by_piece() -> None:
    made: list[str] = []
    response = stream_file(RequestFactory().get("/"), counted(made), name="list.csv", content_type="text/csv")
    pieces = iter(response)
    assert (next(pieces), len(made)) == (b"0", 1)
    assert b"".join(pieces) == b"12"


def test_an_asynchronous_server_gets_it_piece_by_piece_too() -> None:
    made: list[str] = []
    request: ASGIRequest = AsyncRequestFactory().get("/")
    response = stream_file(request, counted(made), name="list.csv", content_type="text/csv")

    async def read() -> list[tuple[bytes, int]]:
        return [(piece, len(made)) async for piece in response]

    assert asyncio.run(read()) == [(b"0", 1), (b"1", 2), (b"2", 3)]
    assert len(set(made)) == 1


def test_nobody_keeps_or_opens_what_was_sent() -> None:
    response = stream_file(RequestFactory().get("/"), iter([b""]), name="list.csv", content_type="text/csv")
    assert response["Content-Disposition"] == 'attachment; filename="list.csv"'
    assert response["Cache-Control"] == "private, no-store"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
