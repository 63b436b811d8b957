"""A package on this machine's disk: its members are unpacked a piece at a time, and every byte is counted."""

from __future__ import annotations

import os
import zlib
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType

from media_pipeline.enums import FailureReason
from media_pipeline.rules.member_names import ReadNames, read_names
from media_pipeline.rules.package_limits import PackageRefusedError
from media_pipeline.rules.scorm_archive import Member, is_folder, judge_entries
from media_pipeline.rules.zip_directory import STORED, Directory, Entry, data_spans, find_directory, parse_directory

_CHUNK_BYTES = 256 * 1024
_RAW_DEFLATE = -15


class Archive:
    """An open zip. Threads may read different members at once: nothing here has a place of its own in the file."""

    def __init__(self, source: Path) -> None:
        """Open the file; nothing is read yet."""
        self._file = os.open(source, os.O_RDONLY)
        self._size = os.fstat(self._file).st_size

    def __enter__(self) -> Archive:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self._file)

    def directory(self) -> Directory:
        """Find the list of entries.

        :raises PackageRefusedError: it is no zip, or a broken one.
        """
        return find_directory(self.read, self._size)

    def entries(self) -> tuple[Directory, list[Entry]]:
        """Read the list of entries, which is never large.

        :raises PackageRefusedError: it is no zip, or a broken one.
        """
        directory = self.directory()
        return directory, parse_directory(self.read(directory.at, directory.size), directory.entries)

    def members(self) -> tuple[list[Member], ReadNames]:
        """Judge all entries, and give the files among them.

        :raises PackageRefusedError: one of them may not be imported.
        """
        directory, entries = self.entries()
        read = read_names(entries)
        judge_entries(entries, read)
        starts = data_spans(entries, directory, self.read)
        members = [
            Member(name, entry.method, entry.crc, entry.packed_bytes, entry.unpacked_bytes, start)
            for entry, name, start in zip(entries, read.names, starts, strict=True)
            if not is_folder(entry, name)
        ]
        return members, read

    def read(self, at: int, count: int) -> bytes:
        """Read bytes of the zip itself; fewer only at its end."""
        data = os.pread(self._file, count, at)
        while 0 < len(data) < count and (more := os.pread(self._file, count - len(data), at + len(data))):
            data += more
        return data

    def chunks(self, member: Member) -> Iterator[bytes]:
        """Unpack a member in pieces of at most 256 KiB, and compare what comes with what was promised.

        :raises PackageRefusedError: it is damaged, or holds more or less than it says.
        """
        pieces = self._packed(member) if member.method == STORED else _inflate(self._packed(member), member)
        written = crc = 0
        for piece in pieces:
            written += len(piece)
            if written > member.unpacked_bytes:
                raise PackageRefusedError(FailureReason.ZIP_TAMPERED, f"{member.name}: > {member.unpacked_bytes} B")
            crc = zlib.crc32(piece, crc)
            yield piece
        if written != member.unpacked_bytes:
            told = f"{member.name}: {written} ≠ {member.unpacked_bytes} B"
            raise PackageRefusedError(FailureReason.ZIP_TAMPERED, told)
        if crc != member.crc:
            raise PackageRefusedError(FailureReason.ZIP_BROKEN, f"{member.name}: CRC")

    def read_member(self, member: Member, *, most_bytes: int) -> bytes:
        """Unpack a small member whole.

        :raises PackageRefusedError: it is larger than ``most_bytes``; or see ``chunks``.
        """
        if member.unpacked_bytes > most_bytes:
            raise PackageRefusedError(FailureReason.FILE_TOO_LARGE, f"{member.name}: {member.unpacked_bytes} B")
        return b"".join(self.chunks(member))

    def _packed(self, member: Member) -> Iterator[bytes]:
        at, end = member.data_at, member.data_at + member.packed_bytes
        while at < end:
            piece = self.read(at, min(_CHUNK_BYTES, end - at))
            if not piece:
                raise PackageRefusedError(FailureReason.ZIP_BROKEN, f"{member.name}: cut off")
            at += len(piece)
            yield piece


def _inflate(packed: Iterator[bytes], member: Member) -> Iterator[bytes]:
    stream, given, is_full = zlib.decompressobj(_RAW_DEFLATE), b"", False
    while not stream.eof:
        if not given and not is_full:
            given = next(packed, b"")
            if not given:
                raise PackageRefusedError(FailureReason.ZIP_BROKEN, f"{member.name}: cut off")
        try:
            piece = stream.decompress(given, _CHUNK_BYTES)
        except zlib.error as error:
            raise PackageRefusedError(FailureReason.ZIP_BROKEN, f"{member.name}: {error}") from error
        given, is_full = stream.unconsumed_tail, len(piece) == _CHUNK_BYTES
        if piece:
            yield piece
    if stream.unused_data or next(packed, b""):
        raise PackageRefusedError(FailureReason.ZIP_TAMPERED, f"{member.name}: bytes after its end")
