"""Files that prove classroom training: looked into, kept in the private storage, opened again."""

from __future__ import annotations

import hashlib
import os
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import IO, cast
from uuid import uuid4

from django.core.files import File
from django.core.files.storage import Storage, storages
from PIL import Image, UnidentifiedImageError

from tracking.rules.offline_evidence import (
    EXTENSIONS,
    HEAD_BYTES,
    LARGEST_BYTES,
    TAIL_BYTES,
    EvidenceError,
    content_type_of,
    is_whole_pdf,
    shown_name,
)

LARGEST_PIXELS = 40_000_000
FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG"}
_CHUNK_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class EvidenceUpload:
    """A file as somebody sends it; ``name`` is what they call it and decides nothing."""

    name: str
    content: IO[bytes]


@dataclass(frozen=True, slots=True)
class CheckedEvidence:
    """A file that was looked into: its type by content, ``sha256`` in hex, ``size_bytes``, a ``name`` fit to show."""

    content: IO[bytes]
    name: str
    content_type: str
    sha256: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class KeptEvidence:
    """A file that was checked, and where it lies in the private storage."""

    path: str
    checked: CheckedEvidence


def check_evidence(upload: EvidenceUpload) -> CheckedEvidence:
    """Look into a file: type by content, size, and whether a picture can be opened and a PDF has its end.

    :raises EvidenceError: empty, larger than 10 MiB, neither PDF nor JPEG nor PNG, or broken.
    """
    stream, name = upload.content, shown_name(upload.name, content_type="application/pdf")[: -len(".pdf")]
    size_bytes = stream.seek(0, os.SEEK_END)
    if size_bytes == 0:
        raise EvidenceError("empty", name)
    if size_bytes > LARGEST_BYTES:
        raise EvidenceError("too_large", name)
    stream.seek(0)
    content_type = content_type_of(stream.read(HEAD_BYTES))
    if content_type is None:
        raise EvidenceError("not_accepted", name)
    if content_type == "application/pdf":
        stream.seek(max(0, size_bytes - TAIL_BYTES))
        if not is_whole_pdf(stream.read()):
            raise EvidenceError("broken", name)
    else:
        _open_picture(stream, FORMATS[content_type], name)
    return CheckedEvidence(
        content=stream,
        name=shown_name(upload.name, content_type=content_type),
        content_type=content_type,
        sha256=_sha256(stream),
        size_bytes=size_bytes,
    )


@dataclass(slots=True)
class HeldEvidence:
    """Files that were written before the rows that name them; whoever commits such a row says so in ``is_named``."""

    files: list[KeptEvidence]
    is_named: bool = False


@contextmanager
def hold_evidence(files: Sequence[CheckedEvidence], *, now: datetime) -> Iterator[HeldEvidence]:
    """Write the files, and take them away again unless a row names them in the end: no row, no file.

    Nothing of a path comes from whoever sent the file.
    """
    held = HeldEvidence([])
    try:
        for checked in files:
            path = f"offline/{now:%Y/%m}/{uuid4().hex}{EXTENSIONS[checked.content_type]}"
            checked.content.seek(0)
            held.files.append(KeptEvidence(path, checked))  # before it is written: half of a file is taken away too
            _private().save(path, File(checked.content))
        yield held
    finally:
        if not held.is_named:
            for each in held.files:
                _private().delete(each.path)


def open_evidence(path: str) -> IO[bytes] | None:
    """Open a kept file for reading, or None where the storage has lost it."""
    try:
        return cast("IO[bytes]", _private().open(path, "rb"))
    except FileNotFoundError:
        return None


def _open_picture(stream: IO[bytes], expected: str, name: str) -> None:
    """Read every pixel, of which there may be 40 million: a header alone proves nothing, and a bomb goes no further."""
    stream.seek(0)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of damaged EXIF, and of sizes: the pixel limit below is stricter
            with Image.open(stream, formats=(expected,)) as picture:
                if picture.width * picture.height > LARGEST_PIXELS:
                    raise EvidenceError("too_large", name)
                picture.draft("RGB", (1000, 1000))  # JPEG alone: decodes to an eighth and still reads every byte
                picture.load()
    except EvidenceError:
        raise
    except Image.DecompressionBombError as error:
        raise EvidenceError("too_large", name) from error
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as error:
        raise EvidenceError("broken", name) from error


def _sha256(stream: IO[bytes]) -> str:
    stream.seek(0)
    found = hashlib.sha256()
    while chunk := stream.read(_CHUNK_BYTES):
        found.update(chunk)
    return found.hexdigest()


def _private() -> Storage:
    return storages["private"]
