"""Issued certificates and photos in the private storage."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import BinaryIO, cast

from boto3.exceptions import Boto3Error
from botocore.exceptions import BotoCoreError, ClientError
from django.core.files.base import ContentFile
from django.core.files.storage import Storage, storages
from django.utils import timezone

PIECE_BYTES = 1024**2


class StoreAwayError(RuntimeError):
    """The storage takes or gives no files at the moment, or lacks a right; nothing is wrong with what was asked."""


@dataclass(frozen=True, slots=True)
class StoredFile:
    """Where a file lies, and what it is: ``sha256`` in hex, ``size_bytes``."""

    path: str
    sha256: str
    size_bytes: int


def store_certificate(pdf: bytes, *, issue_key: str, begun_at: datetime) -> StoredFile:
    """Keep one signed PDF of an issue for ever, in the folder of the day on which the attempt was begun.

    The name holds the digest, so another attempt at the same issue, whose signature differs, writes another file:
    what a committed certificate names is never written over, not even by a worker that lost its lock. What a crash
    left behind is named by no certificate.

    :raises StoreAwayError: the storage did not take it.
    """
    digest = hashlib.sha256(pdf).hexdigest()
    return _keep(f"{_day_folder(timezone.localdate(begun_at))}/{issue_key}-{digest[:16]}.pdf", pdf)


def open_certificate(path: str) -> BinaryIO | None:
    """Open a stored PDF for reading, or None where the storage has lost it.

    :raises StoreAwayError: the storage does not answer.
    """
    storage = _private()
    with _answering():
        try:
            return cast(BinaryIO, storage.open(path, "rb"))
        except FileNotFoundError:
            return None


def read_certificate(path: str, *, sha256: str) -> bytes | None:
    """Read a stored PDF whose digest must be ``sha256``; None where it is lost or has other bytes.

    :raises StoreAwayError: the storage does not answer.
    """
    data = _read(path)
    return data if data is not None and hashlib.sha256(data).hexdigest() == sha256 else None


def stored_digest(path: str) -> str | None:
    """The SHA-256 of a stored file as it is now, in hex, or None where it is lost.

    :raises StoreAwayError: the storage does not answer.
    """
    stream = open_certificate(path)
    if stream is None:
        return None
    digest = hashlib.sha256()
    with _answering(), stream:
        while piece := stream.read(PIECE_BYTES):
            digest.update(piece)
    return digest.hexdigest()


def certificates_of_day(day: date) -> list[str]:
    """The paths of all PDFs of attempts begun on ``day``, in order.

    :raises StoreAwayError: the storage does not answer.
    """
    folder = _day_folder(day)
    with _answering():
        try:
            _folders, names = _private().listdir(folder)
        except FileNotFoundError:
            return []
    return sorted(f"{folder}/{name}" for name in names if name)


def delete_certificate(path: str) -> None:
    """Delete a PDF that no certificate names; one that is gone already is no error.

    :raises StoreAwayError: the storage does not answer.
    """
    with _answering():
        _private().delete(path)


def store_photo(photo: bytes) -> StoredFile:
    """Keep a photo under its own digest: the same photo is kept once.

    :raises StoreAwayError: the storage did not take it.
    """
    return _keep(photo_path(hashlib.sha256(photo).hexdigest()), photo)


def photo_path(sha256: str) -> str:
    """Where the photo with this digest is kept."""
    return f"photos/{sha256}.jpg"


def open_photo(path: str) -> bytes | None:
    """Read a stored photo, or None where the storage has lost it.

    :raises StoreAwayError: the storage does not answer.
    """
    return _read(path)


def _read(path: str) -> bytes | None:
    stream = open_certificate(path)
    if stream is None:
        return None
    with _answering(), stream:
        return stream.read()


def _day_folder(day: date) -> str:
    return f"certificates/{day:%Y/%m/%d}"


def store_mark(picture: bytes) -> StoredFile:
    """Keep a seal's or signature's picture (PNG) under its own digest: the same picture is kept once."""
    return _keep(_mark_path(hashlib.sha256(picture).hexdigest()), picture)


def read_mark(sha256: str) -> bytes | None:
    """Read a seal's or signature's picture by its digest; None where it is lost or has other bytes."""
    return read_certificate(_mark_path(sha256), sha256=sha256)


def _mark_path(sha256: str) -> str:
    return f"marks/{sha256}.png"


def _keep(path: str, data: bytes) -> StoredFile:
    """Write ``data`` under a path that its digest made, once; a file cut short by a crash is written anew."""
    storage = _private()
    digest = hashlib.sha256(data).hexdigest()
    with _answering():
        if storage.exists(path):
            if read_certificate(path, sha256=digest) is not None:
                return StoredFile(path=path, sha256=digest, size_bytes=len(data))
            storage.delete(path)
        kept = storage.save(path, ContentFile(data))
        _press_to_disk(storage, kept)
    return StoredFile(path=kept, sha256=digest, size_bytes=len(data))


def _press_to_disk(storage: Storage, path: str) -> None:
    """See that a file survives the power's failure: what the database will name must be there. A bucket sees to it."""
    try:
        place = Path(storage.path(path))
    except NotImplementedError:
        return
    for each in (place, place.parent):
        descriptor = os.open(each, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


@contextmanager
def _answering() -> Iterator[None]:
    """Name one thing what a folder and a bucket call by many names."""
    try:
        yield
    except FileNotFoundError:
        raise
    except (OSError, BotoCoreError, ClientError, Boto3Error) as error:
        raise StoreAwayError(f"{type(error).__name__}: {error}") from error


def _private() -> Storage:
    return storages["private"]
