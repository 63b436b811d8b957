"""The private storage: originals, renditions, captions. A folder or a bucket, through Django's storage interface."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import IO, Any

from django.core.files import File
from django.core.files.base import ContentFile
from django.core.files.storage import Storage, storages

_CHUNK_BYTES = 1024**2


class PlaceTakenError(Exception):
    """A file of that name is there already: two runs never write to one place."""


def private_storage() -> Storage:
    """The storage that nobody reads without a check."""
    return storages["private"]


def put_file(name: str, content: File[Any]) -> None:
    """Store a stream under a name of ours.

    :raises PlaceTakenError: the name is taken.
    """
    storage = private_storage()
    stored = storage.save(name, content)
    if stored != name:
        storage.delete(stored)
        raise PlaceTakenError(name)


def put_bytes(name: str, content: bytes) -> None:
    """Store a small file.

    :raises PlaceTakenError: the name is taken.
    """
    put_file(name, ContentFile(content))


def put_folder(folder: Path, prefix: str, *, on_file: Callable[[], object]) -> None:
    """Store all files of a folder under a prefix, playlists last: who sees a playlist finds its pieces."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    for path in sorted(files, key=lambda path: (path.suffix == ".m3u8", path.name == "master.m3u8", path)):
        with path.open("rb") as content:
            put_file(f"{prefix}/{path.relative_to(folder).as_posix()}", File(content))
        on_file()


def open_file(name: str) -> IO[bytes]:
    """Open a stored file for reading.

    :raises FileNotFoundError: there is none.
    """
    return private_storage().open(name, "rb")


def file_size(name: str) -> int:
    """How many bytes a stored file has.

    :raises FileNotFoundError: there is none.
    """
    return private_storage().size(name)


def local_path(name: str) -> Path | None:
    """The file's place on this machine, where the storage is a folder; None on S3."""
    try:
        return Path(private_storage().path(name))
    except NotImplementedError:
        return None


def presigned_url(name: str, *, expires_seconds: int) -> str | None:
    """An address that anyone may read the file at until it expires; None where the storage is a folder."""
    storage: Any = private_storage()
    return None if local_path(name) else str(storage.url(name, expire=max(1, expires_seconds)))


def fetch_file(name: str, target: Path, *, on_chunk: Callable[[], object]) -> Path:
    """Give a place on this machine to read a stored file at: its own, or else a copy at ``target``."""
    if (path := local_path(name)) is not None:
        return path
    with open_file(name) as stored, target.open("wb") as copy:
        while chunk := stored.read(_CHUNK_BYTES):
            copy.write(chunk)
            on_chunk()
    return target


def delete_file(name: str) -> None:
    """Delete a stored file; one that is not there is no error."""
    private_storage().delete(name)


def delete_prefix(prefix: str) -> None:
    """Delete everything under a prefix; nothing there is no error."""
    if (path := local_path(prefix)) is not None:
        shutil.rmtree(path, ignore_errors=True)
        _remove_empty_parents(prefix)
        return
    for name in list(list_prefix(prefix)):
        delete_file(name)


def list_prefix(prefix: str) -> Iterator[str]:
    """Name every file under a prefix, in no promised order."""
    try:
        folders, files = private_storage().listdir(prefix)
    except FileNotFoundError:
        return
    for name in files:
        if name:
            yield f"{prefix}/{name}"
    for folder in folders:
        yield from list_prefix(f"{prefix}/{folder}")


def _remove_empty_parents(prefix: str) -> None:
    """Folders that have become empty go too, but for the outermost, which others are writing into."""
    for parent in list(PurePosixPath(prefix).parents)[:-2]:
        try:
            (local_path(str(parent)) or Path()).rmdir()
        except OSError:
            return
