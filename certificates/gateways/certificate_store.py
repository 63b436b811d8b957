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


def store_certificate(pdf: bytes, *, issue_key: str, issued_at: datetime) -> StoredFile:
    """Keep the PDF of one issue under its own name.

    ``issue_key`` names the issue, not the bytes: the caller holds the issue's lock and has seen that no certificate was
    committed for it, so a file of that name was left by a crash and is replaced.
    """
    return _keep(f"certificates/{issued_at:%Y/%m}/{issue_key}.pdf", pdf, replace=True)


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
    return _keep(f"photos/{hashlib.sha256(photo).hexdigest()}.jpg", photo, replace=False)


def open_photo(path: str) -> bytes | None:
    """Read a stored photo, or None where the storage has lost it."""
    stream = open_certificate(path)
    if stream is None:
        return None
    with stream:
        return stream.read()


def _keep(path: str, data: bytes, *, replace: bool) -> StoredFile:
    storage = _private()
    stored = StoredFile(path=path, sha256=hashlib.sha256(data).hexdigest(), size_bytes=len(data))
    if storage.exists(path):
        if not replace:
            return stored
        storage.delete(path)
    saved = storage.save(path, ContentFile(data))
    return StoredFile(path=saved, sha256=stored.sha256, size_bytes=stored.size_bytes)


def _private() -> Storage:
    return storages["private"]
