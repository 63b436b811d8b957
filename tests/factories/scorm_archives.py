"""Zips of packages for tests, put together byte by byte, so that any record in them may lie."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from tests.factories.scorm_manifests import make_manifest

PAGE = b"<!doctype html><title>x</title><script>var a = parent.API; a.LMSInitialize('');</script>"
_TIME, _DATE = 0, 0x5A21


@dataclass(frozen=True, slots=True)
class Part:
    """One entry. What is None is as it ought to be; a ``central_`` fact stands in the list of entries alone."""

    name: str | bytes
    data: bytes = b""
    method: int = 8
    flags: int | None = None
    mode: int = 0o100644
    host: int = 3
    dos: int = 0
    packed: bytes | None = None
    crc: int | None = None
    size: int | None = None
    local_name: bytes | None = None
    local_size: int | None = None
    extra: bytes = b""
    central_extra: bytes | None = None
    central_size: int | None = None
    central_packed: int | None = None
    header_at: int | None = None
    shares_with: int | None = None

    @property
    def raw_name(self) -> bytes:
        """The name's bytes."""
        return self.name if isinstance(self.name, bytes) else self.name.encode()

    @property
    def marks(self) -> int:
        """The flags: a name of letters beyond ASCII is marked as UTF-8."""
        if self.flags is not None:
            return self.flags
        return 0x800 if isinstance(self.name, str) and not self.name.isascii() else 0

    def pack(self) -> bytes:
        """The bytes as they lie in the zip."""
        if self.packed is not None:
            return self.packed
        return self.data if self.method == 0 else deflate(self.data)


def deflate(data: bytes, level: int = 6) -> bytes:
    """Pack without a header."""
    packer = zlib.compressobj(level, zlib.DEFLATED, -15)
    return packer.compress(data) + packer.flush()


def zip_bytes(
    parts: Iterable[Part],
    *,
    before: bytes = b"",
    shift: int = 0,
    between: bytes = b"",
    after: bytes = b"",
    comment: bytes = b"",
    entries: int | None = None,
    directory_size: int | None = None,
    directory_at: int | None = None,
    disk: int = 0,
    zip64: bool = False,
) -> bytes:
    """A zip of these parts; the numbers at its end may be others than the right ones.

    ``before`` stands before it without its knowing, unless ``shift`` is its length.
    """
    parts = list(parts)
    body, places = b"", []
    for part in parts:
        if part.shares_with is not None:
            places.append(places[part.shares_with])
            continue
        places.append(len(body) + shift)
        body += _local(part)
    listed = b"".join(_central(part, at) for part, at in zip(parts, places, strict=True))
    body += between
    count = len(parts) if entries is None else entries
    size = len(listed) if directory_size is None else directory_size
    at = len(body) + shift if directory_at is None else directory_at
    end = b""
    if zip64:
        end += struct.pack("<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, count, count, size, at)
        end += struct.pack("<4sLQL", b"PK\6\7", 0, len(body) + shift + len(listed), 1)
        count, size, at = 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF
    end += struct.pack("<4s4H2LH", b"PK\5\6", disk, disk, count, count, size, at, len(comment)) + comment
    return before + body + listed + end + after


def package_parts(
    files: Mapping[str, bytes] | None = None, *, root: str = "", manifest: str | None = None
) -> list[Part]:
    """The parts of a sound package: a manifest and ``a.html``, and whatever else is given."""
    text = make_manifest() if manifest is None else manifest
    held = {"imsmanifest.xml": text.encode(), "a.html": PAGE, **(files or {})}
    return [Part(f"{root}{name}", data) for name, data in held.items()]


def write_package(
    path: Path,
    files: Mapping[str, bytes] | None = None,
    *,
    extra: Iterable[Part] = (),
    root: str = "",
    manifest: str | None = None,
) -> Path:
    """Write a sound package with more parts in it."""
    path.write_bytes(zip_bytes([*package_parts(files, root=root, manifest=manifest), *extra]))
    return path


def write_zeros_package(path: Path, *, bytes_each: int, count: int = 1, name: str = "bomb{n}.bin") -> Path:
    """Write a package of members of zeros, packed as tightly as deflate goes."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    piece, packed, crc, left = b"\0" * 1024**2, [], 0, bytes_each
    while left:
        given = piece[: min(left, len(piece))]
        packed.append(packer.compress(given))
        crc, left = zlib.crc32(given, crc), left - len(given)
    body = b"".join(packed) + packer.flush()
    bombs = [Part(name.format(n=n), packed=body, crc=crc, size=bytes_each) for n in range(count)]
    path.write_bytes(zip_bytes([*package_parts(), *bombs]))
    return path


def overlapping_parts(count: int, *, kernel: bytes) -> list[Part]:
    """The full overlap: many entries that all unpack the same bytes of the zip, under the header of the first."""
    first = Part("0000.bin", kernel)
    return [first, *(replace(first, name=f"{n:04d}.bin", shares_with=0) for n in range(1, count))]


def quoting_zip(count: int, *, kernel: bytes) -> bytes:
    """The overlap that readers who compare names let pass: each entry quotes the next one's header as stored data of a
    deflate stream, and all end in one kernel.
    """
    packed_kernel = deflate(kernel, 9)
    names = [f"{n:04d}.bin".encode() for n in range(count)]
    facts = [(zlib.crc32(kernel), len(packed_kernel), len(kernel))]
    blocks: list[bytes] = [_header(names[-1], 8, *facts[0]) + packed_kernel]
    data = kernel
    for name in reversed(names[:-1]):
        following = blocks[0]
        header = following[: 30 + len(name)]
        data = header + data
        packed_size = 5 + len(header) + facts[0][1]
        quote = struct.pack("<BHH", 0, len(header), 0xFFFF ^ len(header))
        facts.insert(0, (zlib.crc32(data), packed_size, len(data)))
        blocks.insert(0, _header(name, 8, *facts[0]) + quote)
    body = b"".join(blocks)
    listed, at = b"", 0
    for name, block, (crc, packed, size) in zip(names, blocks, facts, strict=True):
        listed += _listing(name, 8, 0, crc, packed, size, at, 0o100644 << 16, 3, b"")
        at += len(block)
    sound = b"".join(_local(part) for part in package_parts())
    places = _places(package_parts(), len(body))
    listed += b"".join(_central(part, place) for part, place in zip(package_parts(), places, strict=True))
    count += len(places)
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, count, count, len(listed), len(body) + len(sound), 0)
    return body + sound + listed + end


def unicode_path(raw_name: bytes, name: str) -> bytes:
    """Info-ZIP's second name in UTF-8."""
    text = struct.pack("<BL", 1, zlib.crc32(raw_name)) + name.encode()
    return struct.pack("<2H", 0x7075, len(text)) + text


def zip64_extra(*values: int) -> bytes:
    """The field that holds what does not fit into 32 bits."""
    return struct.pack(f"<2H{len(values)}Q", 1, 8 * len(values), *values)


def _places(parts: Iterable[Part], start: int) -> list[int]:
    places = []
    for part in parts:
        places.append(start)
        start += len(_local(part))
    return places


def _local(part: Part) -> bytes:
    packed = part.pack()
    crc = zlib.crc32(part.data) if part.crc is None else part.crc
    size = len(part.data) if part.size is None else part.size
    shown = size if part.local_size is None else part.local_size
    name = part.raw_name if part.local_name is None else part.local_name
    descriptor = struct.pack("<4s3L", b"PK\7\10", crc, len(packed), size) if part.marks & 8 else b""
    facts = (0, 0, 0) if part.marks & 8 else (crc, len(packed), shown)
    return _header(name, part.method, *facts, flags=part.marks, extra=part.extra) + packed + descriptor


def _header(name: bytes, method: int, crc: int, packed: int, size: int, *, flags: int = 0, extra: bytes = b"") -> bytes:
    facts = struct.pack(
        "<4s5H3L2H", b"PK\3\4", 20, flags, method, _TIME, _DATE, crc, packed, size, len(name), len(extra)
    )
    return facts + name + extra


def _central(part: Part, at: int) -> bytes:
    crc = zlib.crc32(part.data) if part.crc is None else part.crc
    size = len(part.data) if part.size is None else part.size
    return _listing(
        part.raw_name,
        part.method,
        part.marks,
        crc,
        len(part.pack()) if part.central_packed is None else part.central_packed,
        size if part.central_size is None else part.central_size,
        at if part.header_at is None else part.header_at,
        part.mode << 16 | part.dos,
        part.host,
        part.extra if part.central_extra is None else part.central_extra,
    )


def _listing(
    name: bytes, method: int, flags: int, crc: int, packed: int, size: int, at: int, mode: int, host: int, extra: bytes
) -> bytes:
    facts = struct.pack(
        "<4s4B4HL2L5H2L", b"PK\1\2", 20, host, 20, 0, flags, method, _TIME, _DATE, crc, packed, size,
        len(name), len(extra), 0, 0, 0, mode, at,
    )  # fmt: skip
    return facts + name + extra
