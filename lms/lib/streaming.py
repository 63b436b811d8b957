"""Long answers, sent piece by piece while they are made, by either kind of server."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, StreamingHttpResponse


class _Pieces:
    """The pieces under ASGI, where Django would gather a plain iterator in memory before it answers.

    Each is made in the request's own thread, where its database connection is, and Django closes it at the end.
    """

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces

    async def __aiter__(self) -> AsyncIterator[bytes]:
        take = sync_to_async(self._take, thread_sensitive=True)
        while (piece := await take()) is not None:
            yield piece

    def _take(self) -> bytes | None:
        return next(self._pieces, None)


def stream_file(
    request: HttpRequest, pieces: Iterator[bytes], *, name: str, content_type: str
) -> StreamingHttpResponse:
    """Answer with a file to save, made while it is sent; nobody keeps a copy on the way."""
    body = _Pieces(pieces) if isinstance(request, ASGIRequest) else pieces
    response = StreamingHttpResponse(body, content_type=content_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    return response
