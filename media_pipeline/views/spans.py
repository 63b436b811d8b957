"""Parts of stored files as the bodies of answers, sent piece by piece by either kind of server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import IO, Any

from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest

from media_pipeline.rules.ranges import ByteRange

_CHUNK_BYTES = 64 * 1024


def span_of(request: HttpRequest, stored: IO[bytes], span: ByteRange) -> Any:
    """Give a part of an open file as a streaming body; Django closes the file with the response.

    The first piece is read at once, so that what is not there is known before anything is answered.

    :raises FileNotFoundError: there is no such file.
    """
    return (_AsyncSpan if isinstance(request, ASGIRequest) else _SyncSpan)(stored, span)


class _Span:
    """A part of a file, read piece by piece; Django closes it with the response."""

    def __init__(self, stored: IO[bytes], span: ByteRange) -> None:
        self._stored = stored
        try:
            self._stored.seek(span.start)
            self._left = span.length
            self._first = self._read_on()
        except BaseException:
            stored.close()
            raise

    def close(self) -> None:
        self._stored.close()

    def _read(self) -> bytes:
        """Give the next piece; empty at the end."""
        if self._first:
            chunk, self._first = self._first, b""
            return chunk
        return self._read_on()

    def _read_on(self) -> bytes:
        chunk = self._stored.read(min(_CHUNK_BYTES, self._left))
        self._left -= len(chunk)
        return chunk


class _SyncSpan(_Span):
    def __iter__(self) -> Iterator[bytes]:
        while chunk := self._read():
            yield chunk


class _AsyncSpan(_Span):
    """Under ASGI Django would gather a plain iterator in memory before it answers."""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while chunk := await asyncio.to_thread(self._read):
            yield chunk
