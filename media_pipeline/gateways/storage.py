"""The private storage: originals, renditions, captions. A folder, or a bucket of an S3 service."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path, PurePosixPath
from tempfile import NamedTemporaryFile
from threading import Event
from typing import IO, Any, cast

from django.core.files import File
from django.core.files.storage import FileSystemStorage, Storage, storages

from media_pipeline.gateways import bucket_objects, folder_files
from media_pipeline.gateways.bucket import check_name, private_bucket
from media_pipeline.gateways.patience import (
    REQUEST_PATIENCE_SECONDS,
    WORK_PATIENCE_SECONDS,
    PlaceTakenError,
    StorageAwayError,
    StorageRefusedError,
)
from media_pipeline.gateways.presigning import presigned_url
from media_pipeline.gateways.workplace import workplace

__all__ = [
    "PlaceTakenError",
    "StorageAwayError",
    "StorageRefusedError",
    "delete_file",
    "delete_prefix",
    "fetch_file",
    "file_size",
    "list_folders",
    "list_prefix",
    "local_path",
    "open_file",
    "presigned_url",
    "private_storage",
    "put_bytes",
    "put_file",
    "put_folder",
    "put_stream",
    "read_file",
    "storage_folder",
]

_IN_MEMORY_BYTES = 8 * 1024**2
_READ_AHEAD_BYTES = 1024**2
_STREAM_IN_MEMORY_BYTES = 1024**2  # of one of several streams at once


def private_storage() -> Storage:
    """The storage that nobody reads without a check."""
    return storages["private"]


def storage_folder() -> Path:
    """The folder of the whole storage, where it is one.

    :raises NotImplementedError: it is a bucket.
    """
    return Path(private_storage().path(""))


def put_file(name: str, content: File[Any], *, patience_seconds: float = REQUEST_PATIENCE_SECONDS) -> None:
    """Store a stream under a name of ours; memory stays flat however long it is.

    :raises PlaceTakenError: the name is taken.
    :raises StorageAwayError: the storage did not work for longer than ``patience_seconds``.
    :raises StorageRefusedError: the storage says no.
    """
    content.seek(0)
    bucket = private_bucket()
    if bucket is None:
        folder_files.write_file(cast("IO[Any]", content), _path(name), mode=_mode())
        return
    if content.size <= _IN_MEMORY_BYTES:
        bucket_objects.put_object(bucket, name, content.read(), seconds=patience_seconds)
        return
    workplace().mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=workplace(), prefix="put-") as copy:
        for chunk in content.chunks():
            copy.write(chunk)
        copy.flush()
        bucket_objects.put_object(bucket, name, Path(copy.name), seconds=patience_seconds)


def put_bytes(name: str, content: bytes, *, patience_seconds: float = REQUEST_PATIENCE_SECONDS) -> None:
    """Store a small file; see ``put_file``."""
    bucket = private_bucket()
    if bucket is None:
        folder_files.write_file(io.BytesIO(content), _path(name), mode=_mode())
    else:
        bucket_objects.put_object(bucket, name, content, seconds=patience_seconds)


def put_folder(folder: Path, prefix: str, *, on_file: Callable[[], object]) -> None:
    """Store all files of a folder under a prefix, playlists last: who sees a playlist finds its pieces.

    Nobody may write to the files afterwards. ``on_file`` is called in this thread for each file and about once a second
    besides, also while the storage is away and waited for; an error of its own ends the transfer.

    :raises PlaceTakenError: a name is taken.
    :raises StorageAwayError: the storage was away for longer than a restart takes.
    :raises StorageRefusedError: the storage says no.
    """
    bucket = private_bucket()
    files = [path for path in folder.rglob("*") if path.is_file()]
    for wave in _waves(files):
        named = [(f"{prefix}/{path.relative_to(folder).as_posix()}", path) for path in wave]
        if bucket is not None:
            bucket_objects.put_objects(bucket, named, seconds=WORK_PATIENCE_SECONDS, on_done=on_file)
            continue
        for name, path in named:
            folder_files.place_file(path, _path(name), mode=_mode())
            on_file()


def put_stream(
    name: str, chunks: Iterator[bytes], *, size_bytes: int, content_type: str, spool: Path, stop: Event
) -> None:
    """Store what comes in chunks, and will be ``size_bytes``; several threads may do so at once.

    A bucket gets smaller ones from memory and larger ones from a file in ``spool``, so that a request can be repeated.
    An error of ``chunks`` goes to the caller, and nothing is stored. ``stop`` ends the waiting for a storage that is
    away.

    :raises PlaceTakenError: the name is taken.
    :raises StorageAwayError: the storage was away for longer than a restart takes.
    :raises StorageRefusedError: the storage says no.
    :raises TransferStoppedError: ``stop`` was set.
    """
    bucket = private_bucket()
    if bucket is None:
        folder_files.write_chunks(chunks, _path(name), mode=_mode())
        return
    put = partial(bucket_objects.put_object, bucket, name, seconds=WORK_PATIENCE_SECONDS, stop=stop)
    if size_bytes <= _STREAM_IN_MEMORY_BYTES:
        put(b"".join(chunks), content_type=content_type)
        return
    with NamedTemporaryFile(dir=spool, prefix="put-") as copy:
        copy.writelines(chunks)
        copy.flush()
        put(Path(copy.name), content_type=content_type)


def open_file(name: str, *, size: int | None = None) -> IO[bytes]:
    """Open a stored file for reading and seeking; nothing is copied. Who knows its size spares a question for it.

    :raises FileNotFoundError: there is none; where the size was given, perhaps only when it is read.
    """
    bucket = private_bucket()
    if bucket is None:
        return _path(name).open("rb")
    return io.BufferedReader(bucket_objects.ObjectReader(bucket, name, size=size), _READ_AHEAD_BYTES)


def read_file(name: str) -> bytes:
    """Read a small stored file whole, in one request.

    :raises FileNotFoundError: there is none.
    """
    bucket = private_bucket()
    if bucket is None:
        return _path(name).read_bytes()
    return bucket_objects.read_object(bucket, name, seconds=REQUEST_PATIENCE_SECONDS)


def file_size(name: str) -> int:
    """How many bytes a stored file has.

    :raises FileNotFoundError: there is none.
    """
    bucket = private_bucket()
    if bucket is None:
        return _path(name).stat().st_size
    return bucket_objects.object_size(bucket, name, seconds=REQUEST_PATIENCE_SECONDS)


def local_path(name: str) -> Path | None:
    """The file's place on this machine, where the storage is a folder; None on S3."""
    return Path(private_storage().path(name)) if private_bucket() is None else None


def fetch_file(name: str, target: Path, *, on_chunk: Callable[[], object]) -> Path:
    """Give a place on this machine to read a stored file at: its own, or else a copy at ``target``.

    ``on_chunk`` is called in this thread about once a second, also while the storage is away and waited for; what has
    come stays, and the copy goes on from there.

    :raises FileNotFoundError: there is none.
    :raises StorageAwayError: the storage was away for longer than a restart takes.
    :raises StorageRefusedError: the storage says no.
    """
    bucket = private_bucket()
    if bucket is None:
        return _path(name)
    bucket_objects.fetch_object(bucket, name, target, seconds=WORK_PATIENCE_SECONDS, on_chunk=on_chunk)
    return target


def delete_file(name: str) -> None:
    """Delete a stored file; one that is not there is no error."""
    bucket = private_bucket()
    if bucket is None:
        _path(name).unlink(missing_ok=True)
    else:
        bucket_objects.delete_object(bucket, name, seconds=REQUEST_PATIENCE_SECONDS)


def delete_prefix(prefix: str) -> None:
    """Delete everything under a prefix; nothing there is no error.

    :raises StorageAwayError: the storage does not answer; some may be left.
    :raises StorageRefusedError: the storage says no.
    :raises OSError: the folder cannot be deleted.
    """
    bucket = private_bucket()
    if bucket is not None:
        bucket_objects.delete_objects(bucket, prefix, seconds=REQUEST_PATIENCE_SECONDS)
        return
    folder_files.delete_folder(_path(prefix))
    _remove_empty_parents(prefix)


def list_prefix(prefix: str) -> Iterator[str]:
    """Name every file under a prefix, in no promised order."""
    bucket = private_bucket()
    if bucket is not None:
        yield from bucket_objects.list_objects(bucket, prefix, seconds=REQUEST_PATIENCE_SECONDS)
        return
    folder = _path(prefix)
    for path in folder_files.list_folder(folder):
        yield f"{prefix}/{path.relative_to(folder).as_posix()}"


def list_folders(prefix: str) -> Iterator[str]:
    """Give the names of the folders that stand in a folder, in no promised order; what they hold is not listed."""
    bucket = private_bucket()
    if bucket is not None:
        yield from bucket_objects.list_folders(bucket, prefix, seconds=REQUEST_PATIENCE_SECONDS)
    elif (folder := _path(prefix)).exists():
        yield from (path.name for path in folder.iterdir() if path.is_dir())


def _waves(files: list[Path]) -> list[list[Path]]:
    """What may be stored side by side: first the pieces, then their playlists, at last the one that names these."""
    waves: list[list[Path]] = [[], [], []]
    for path in sorted(files):
        waves[2 if path.name == "master.m3u8" else 1 if path.suffix == ".m3u8" else 0].append(path)
    return [wave for wave in waves if wave]


def _path(name: str) -> Path:
    check_name(name)
    return Path(private_storage().path(name))


def _mode() -> int | None:
    storage = private_storage()
    return storage.file_permissions_mode if isinstance(storage, FileSystemStorage) else None


def _remove_empty_parents(prefix: str) -> None:
    """Folders that have become empty go too, but for the outermost, which others are writing into."""
    for parent in list(PurePosixPath(prefix).parents)[:-2]:
        try:
            _path(str(parent)).rmdir()
        except OSError:
            return
