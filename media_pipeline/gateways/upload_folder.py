"""Uploads on their way into a folder: one file each, to which every part is written at its own place."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol
from uuid import UUID

from media_pipeline.gateways.storage import local_path

_CHUNK_BYTES = 256 * 1024
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class ReadableBody(Protocol):
    """What a part is read from."""

    def read(self, size: int, /) -> bytes:
        """Give up to ``size`` bytes, and none at the end."""
        ...


class PartSizeError(Exception):
    """More bytes came than were announced, or fewer."""


class FolderFullError(Exception):
    """There is no room left on the disk."""


def open_place(upload: UUID) -> None:
    """Make the empty file of an upload."""
    path = _place(upload)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        path.touch(mode=0o600)
    except OSError as error:
        raise _named(error) from error


def write_part(upload: UUID, body: ReadableBody, *, offset: int, size_bytes: int) -> str:
    """Write a part at its place as it comes, never whole in memory; give its SHA-256.

    A sender that dawdles until the upload is whole writes nothing any more: the file has moved by then, and what was
    compared with its digests must stay as it was.

    :raises FileNotFoundError: the upload is over.
    :raises PartSizeError: the body is longer or shorter than ``size_bytes``; nothing is written beyond.
    :raises FolderFullError: the disk is full.
    """
    digest, left = hashlib.sha256(), size_bytes
    place = _place(upload)
    file = os.open(place, os.O_WRONLY | os.O_CLOEXEC)
    try:
        while left and (chunk := body.read(min(_CHUNK_BYTES, left))):
            digest.update(chunk)
            place.stat()  # gone where the upload is over
            _write_all(file, chunk, offset + size_bytes - left)
            left -= len(chunk)
    except OSError as error:
        raise _named(error) from error
    finally:
        os.close(file)
    if left or body.read(1):
        raise PartSizeError
    return digest.hexdigest()


def move_to(upload: UUID, name: str) -> None:
    """Put a whole upload where the storage looks for ``name``; moved before, it stays.

    :raises FileNotFoundError: it is in neither place.
    """
    target = _local(name)
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        with _place(upload).open("rb+") as file:
            os.fsync(file.fileno())
        _place(upload).rename(target)
    except FileNotFoundError:
        if not target.exists():
            raise


def drop_place(upload: UUID) -> None:
    """Remove what has arrived of an upload; nothing there is no error."""
    _place(upload).unlink(missing_ok=True)


def occupied_places() -> list[tuple[str, datetime]]:
    """Name the uploads that lie in the folder, and when each was last written to."""
    found = ((path.name, _changed_at(path)) for path in sorted(_folder().glob("*")))
    return [(name, changed_at) for name, changed_at in found if changed_at]


def remove_place(name: str) -> None:
    """Remove what ``occupied_places`` has named."""
    (_folder() / name).unlink(missing_ok=True)


def free_bytes() -> int:
    """How many bytes fit into the folder."""
    folder = _folder()
    while not folder.exists():
        folder = folder.parent
    return shutil.disk_usage(folder).free


def files_before(prefix: str, moment: datetime) -> Iterator[str]:
    """Name the stored files under a prefix that were not written to since a moment."""
    top = _local(prefix)
    for path in sorted(top.rglob("*")):
        if path.is_file() and (changed_at := _changed_at(path)) and changed_at < moment:
            yield f"{prefix}/{path.relative_to(top).as_posix()}"


def _folder() -> Path:
    return _local("uploads")


def _local(name: str) -> Path:
    if (path := local_path(name)) is None:
        raise TypeError("the private storage is no folder")
    return path


def _place(upload: UUID) -> Path:
    return _folder() / str(upload)


def _write_all(file: int, chunk: bytes, offset: int) -> None:
    rest = memoryview(chunk)
    while rest:
        written = os.pwrite(file, rest, offset)
        rest, offset = rest[written:], offset + written


def _changed_at(path: Path) -> datetime | None:
    """When a file was last written to; None where it has just gone."""
    try:
        return datetime.fromtimestamp(path.stat().st_mtime, tz=UTC)
    except FileNotFoundError:
        return None


def _named(error: OSError) -> Exception:
    return FolderFullError(str(error)) if error.errno in _FULL else error
