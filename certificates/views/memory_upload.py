"""Files that are handed in to be looked at once: in memory alone, and no larger than they may be."""

from __future__ import annotations

import io
from typing import Any

from django.core.files.uploadedfile import InMemoryUploadedFile, UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopUpload
from django.http import HttpRequest

ROOM_FOR_FORM_BYTES = 64 * 1024  # what the form sends beside the file


class MemoryUploadHandler(FileUploadHandler):
    """Keeps what comes in memory, never on a disk; at ``most_bytes`` it stops reading, and says so."""

    def __init__(self, request: HttpRequest, *, most_bytes: int) -> None:
        super().__init__(request)
        self.most_bytes = most_bytes
        self.is_too_large = False
        self._taken = 0
        self._file = io.BytesIO()

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Begin another file; all files together have the one limit."""
        super().new_file(*args, **kwargs)
        self._file = io.BytesIO()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Keep a piece.

        :raises StopUpload: it would be too much.
        """
        self._taken += len(raw_data)
        if self._taken > self.most_bytes:
            self.is_too_large = True
            raise StopUpload(connection_reset=True)
        self._file.write(raw_data)

    def file_complete(self, file_size: int) -> UploadedFile:
        """Give the file as it came."""
        self._file.seek(0)
        return InMemoryUploadedFile(
            self._file, self.field_name, self.file_name, self.content_type, file_size, self.charset
        )


def says_too_much(request: HttpRequest, *, most_bytes: int) -> bool:
    """Whether the request announces more than a file of ``most_bytes``; nothing of it has been read yet."""
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0) > most_bytes + ROOM_FOR_FORM_BYTES
    except ValueError:
        return True
