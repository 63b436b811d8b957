"""Issued certificates and photos in the private storage."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO, cast

from django.core.files.base import ContentFile
from django.core.files.storage import Storage, storages


@dataclass(frozen=True, slots=True)
class StoredFile:
    """Where a file lies, and what it is: ``sha256`` in hex, ``size_bytes``."""

    path: str
    sha256: str
    size_bytes: int


def store_certificate(pdf: bytes, *, issue_key: str, begun_at: datetime) -> StoredFile:
    """Keep one signed PDF of an issue, in the folder of the month in which the issue was begun.

    The name holds the digest, so another attempt at the same issue, whose signature differs, writes another file:
    what a committed certificate names is never written over, not even by a worker that lost its lock. What a crash
    left behind is named by no certificate.
    """
    digest = hashlib.sha256(pdf).hexdigest()
    return _keep(f"certificates/{begun_at:%Y/%m}/{issue_key}-{digest[:16]}.pdf", pdf)


def open_certificate(path: str) -> BinaryIO | None:
    """Open a stored PDF for reading, or None where the storage has lost it."""
    storage = _private()
    try:
        return cast(BinaryIO, storage.open(path, "rb"))
    except FileNotFoundError:
        return None


def read_certificate(path: str, *, sha256: str) -> bytes | None:
    """Read a stored PDF whose digest must be ``sha256``; None where it is lost or has other bytes."""
    stream = open_certificate(path)
    if stream is None:
        return None
    with stream:
        data = stream.read()
    return data if hashlib.sha256(data).hexdigest() == sha256 else None


def store_photo(photo: bytes) -> StoredFile:
    """Keep a photo under its own digest: the same photo is kept once."""
    return _keep(f"photos/{hashlib.sha256(photo).hexdigest()}.jpg", photo)


def open_photo(path: str) -> bytes | None:
    """Read a stored photo, or None where the storage has lost it."""
    stream = open_certificate(path)
    if stream is None:
        return None
    with stream:
        return stream.read()


def _keep(path: str, data: bytes) -> StoredFile:
    """Write ``data`` under a path that its digest made, once; a file cut short by a crash is written anew."""
    storage = _private()
    digest = hashlib.sha256(data).hexdigest()
    if storage.exists(path):
        if read_certificate(path, sha256=digest) is not None:
            return StoredFile(path=path, sha256=digest, size_bytes=len(data))
        storage.delete(path)
    return StoredFile(path=storage.save(path, ContentFile(data)), sha256=digest, size_bytes=len(data))


def _private() -> Storage:
    return storages["private"]
