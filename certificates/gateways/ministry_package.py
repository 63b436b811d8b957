"""Archives for and from the ministry's system, on disk and in the private storage."""

from __future__ import annotations

import hashlib
import stat
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import IO, BinaryIO, cast
from uuid import UUID

from django.core.files import File
from django.core.files.storage import storages

from certificates.rules.ministry_package import (
    ALL_LARGEST_BYTES,
    MANIFEST,
    MOST_MEMBERS,
    RENEWALS,
    RESULTS,
    PackageError,
    largest_bytes,
    read_manifest,
)

UPLOAD_LARGEST_BYTES = 200 * 1024**2
_CHUNK_BYTES = 64 * 1024
_ENCRYPTED = 0x1
_BROKEN = (zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, EOFError, NotImplementedError, OSError, ValueError)


@dataclass(frozen=True, slots=True)
class StoredPackage:
    """Where an archive lies, and the SHA-256 of its bytes."""

    path: str
    sha256: str


def store_package(
    lines: Iterable[bytes],
    photos: Iterable[tuple[str, bytes]],
    *,
    batch: UUID,
    manifest: Callable[[dict[str, str]], bytes],
) -> StoredPackage:
    """Write an archive through a file on disk, however large, and keep it under its digest.

    ``manifest`` gives the last member from the digests of the others. The same content is the same file.
    """
    with TemporaryFile() as draft:
        digests: dict[str, str] = {}
        with zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED) as archive:
            _add(archive, digests, RENEWALS, b"".join(lines))
            for name, data in photos:
                if name not in digests:
                    _add(archive, digests, name, data, zipfile.ZIP_STORED)
            _add(archive, {}, MANIFEST, manifest(digests))
        sha256 = _sha256(draft)
        path = f"ministry/{batch}-{sha256[:16]}.zip"
        storage = storages["private"]
        if not storage.exists(path):
            draft.seek(0)
            path = storage.save(path, File(draft))
        return StoredPackage(path, sha256)


def open_package(path: str) -> BinaryIO | None:
    """Open a kept archive for reading, or None where the storage has lost it."""
    try:
        return cast(BinaryIO, storages["private"].open(path, "rb"))
    except FileNotFoundError:
        return None


class ReturnedPackage:
    """An archive that came back, looked through: every member is one we know, listed, and within its size.

    Sizes are counted while reading, whatever the archive's own directory claims.
    """

    def __init__(self, archive: zipfile.ZipFile, *, batch: UUID) -> None:
        self._archive = archive
        self._members = _checked_members(archive)
        self._read_bytes = 0
        if MANIFEST not in self._members or RESULTS not in self._members:
            raise PackageError("member_missing", MANIFEST if MANIFEST not in self._members else RESULTS)
        self._digests = read_manifest(self._read(MANIFEST), batch=batch)
        if unlisted := self._members.keys() ^ {*self._digests, MANIFEST}:
            raise PackageError("not_as_listed", min(unlisted))
        self.results = self.file(RESULTS)

    def __contains__(self, name: str) -> bool:
        return name in self._members

    def file(self, name: str) -> bytes:
        """One member whose digest is the listed one.

        :raises PackageError: its bytes are others, too many, or broken.
        """
        data = self._read(name)
        if hashlib.sha256(data).hexdigest() != self._digests[name]:
            raise PackageError("digest", name)
        return data

    def _read(self, name: str) -> bytes:
        largest = largest_bytes(name)
        try:
            with self._archive.open(self._members[name]) as stream:
                data = stream.read(largest + 1)
        except _BROKEN as error:
            raise PackageError("broken", name) from error
        self._read_bytes += len(data)
        if len(data) > largest or self._read_bytes > ALL_LARGEST_BYTES:
            raise PackageError("too_large", name)
        return data


@contextmanager
def returned_package(stream: IO[bytes], *, batch: UUID) -> Iterator[ReturnedPackage]:
    """Open what came back for ``batch``.

    :raises PackageError: not such an archive: too large, no ZIP, members that do not belong, are encrypted or links,
        are not as listed, or whose bytes are not those of the list.
    """
    if stream.seek(0, 2) > UPLOAD_LARGEST_BYTES:
        raise PackageError("too_large")
    stream.seek(0)
    try:
        archive = zipfile.ZipFile(stream)
    except _BROKEN as error:
        raise PackageError("not_zip") from error
    with archive:
        yield ReturnedPackage(archive, batch=batch)


def _checked_members(archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    infos = archive.infolist()
    if len(infos) > MOST_MEMBERS:
        raise PackageError("too_many")
    members: dict[str, zipfile.ZipInfo] = {}
    for info in infos:
        largest = largest_bytes(info.orig_filename)  # as it stands in the archive: no zero byte cuts it
        if info.filename in members:
            raise PackageError("member_twice", info.filename)
        if info.flag_bits & _ENCRYPTED:
            raise PackageError("encrypted", info.filename)
        kind = stat.S_IFMT(info.external_attr >> 16)
        if info.is_dir() or kind not in (0, stat.S_IFREG):
            raise PackageError("link", info.filename)
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise PackageError("compression", info.filename)
        if info.file_size > largest:
            raise PackageError("too_large", info.filename)
        members[info.filename] = info
    return members


def _add(
    archive: zipfile.ZipFile, digests: dict[str, str], name: str, data: bytes, method: int = zipfile.ZIP_DEFLATED
) -> None:
    info = zipfile.ZipInfo(name)  # of 1980: the same content is the same archive
    info.compress_type, info.external_attr = method, 0o600 << 16
    archive.writestr(info, data)
    digests[name] = hashlib.sha256(data).hexdigest()


def _sha256(stream: IO[bytes]) -> str:
    stream.seek(0)
    found = hashlib.sha256()
    while chunk := stream.read(_CHUNK_BYTES):
        found.update(chunk)
    return found.hexdigest()
