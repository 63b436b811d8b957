"""Files of people, sent to those who may see them, so that no browser takes them for a page of ours."""

from __future__ import annotations

from typing import IO

from django.http import FileResponse

SHOWN_IN_THE_BROWSER = {"image/jpeg", "image/png"}


def private_file(stream: IO[bytes], *, name: str, content_type: str) -> FileResponse:
    """Answer with a stored file: pictures to look at, everything else to save.

    ``content_type`` is what the file was found to be when it came in. The browser is told not to guess another, not to
    run anything, not to keep a copy, and not to let other sites embed it.
    """
    response = FileResponse(
        stream, as_attachment=content_type not in SHOWN_IN_THE_BROWSER, filename=name, content_type=content_type
    )
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    response.headers["Cache-Control"] = "private, no-store"
    return response
