"""The list of entries at the end of a zip, and the headers it points to, read byte by byte (APPNOTE.TXT 6.3.10).

Python's own ``zipfile`` believes what it reads: it lets entries overlap, so that a small file unpacks to terabytes, and
takes its memory by a size that the file itself declares. Here every number is compared with the file and the others.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from media_pipeline.enums import FailureReason
from media_pipeline.rules.package_limits import MAX_DIRECTORY_BYTES, MAX_ENTRIES, PackageRefusedError

STORED, DEFLATED = 0, 8
_AES = 99
_LOCAL, _CENTRAL, _END = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"
_END64_LOCATOR, _END64 = b"PK\x06\x07", b"PK\x06\x06"
_END_FACTS, _END64_FACTS = struct.Struct("<4s4H2LH"), struct.Struct("<4sQ2H2L4Q")
_LOCATOR_FACTS = struct.Struct("<4sLQL")
_CENTRAL_FACTS, _LOCAL_FACTS = struct.Struct("<4s4B4HL2L5H2L"), struct.Struct("<4s5H3L2H")
_LONGEST_COMMENT = 0xFFFF
_FULL_16, _FULL_32 = 0xFFFF, 0xFFFFFFFF
_ENCRYPTED_FLAGS = 0x1 | 0x40 | 0x2000  # an entry, strongly, its header
_HAS_DESCRIPTOR = 0x8
_EXTRA_ZIP64, _EXTRA_AES, _EXTRA_STRONG, _EXTRA_NAME, _EXTRA_ASI = 0x0001, 0x9901, 0x0017, 0x7075, 0x756E

Read = Callable[[int, int], bytes]


@dataclass(frozen=True, slots=True)
class Directory:
    """Where the list of entries lies, and how many it holds."""

    at: int
    size: int
    entries: int


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry as the list has it. ``unicode_name`` is a second name that belongs to ``raw_name``, or None."""

    raw_name: bytes
    unicode_name: str | None
    flags: int
    method: int
    crc: int
    packed_bytes: int
    unpacked_bytes: int
    header_at: int
    host: int
    attributes: int
    is_encrypted: bool
    is_linked: bool


def find_directory(read: Read, size: int) -> Directory:
    """Find the list of entries; ``read(at, count)`` gives bytes of the file, which has ``size``.

    :raises PackageRefusedError: the end is missing, or does not tell where the list is.
    """
    tail_at = max(0, size - _LONGEST_COMMENT - _END_FACTS.size)
    at = tail_at + _find_end(read(tail_at, size - tail_at))
    _, disk, first_disk, here, entries, length, start, _ = _END_FACTS.unpack(read(at, _END_FACTS.size))
    if disk not in (0, _FULL_16) or first_disk not in (0, _FULL_16):
        raise PackageRefusedError(FailureReason.ZIP_BROKEN, "one of several volumes")
    ends_at = at
    locator = read(at - _LOCATOR_FACTS.size, _LOCATOR_FACTS.size) if at >= _LOCATOR_FACTS.size else b""
    if locator.startswith(_END64_LOCATOR):
        given = (here, entries, length, start)
        ends_at, here, entries, length, start = _read_end64(read, at, locator)
        _compare_ends(given, (here, entries, length, start))
    if here != entries:
        raise PackageRefusedError(FailureReason.ZIP_BROKEN, "one of several volumes")
    if start + length != ends_at:
        raise PackageRefusedError(FailureReason.ZIP_TAMPERED, "the list of entries is not where it should be")
    if entries > MAX_ENTRIES or length > MAX_DIRECTORY_BYTES:
        raise PackageRefusedError(FailureReason.TOO_MANY_FILES, f"{entries}")
    return Directory(start, length, entries)


def parse_directory(data: bytes, entries: int) -> list[Entry]:
    """Read the list of entries.

    :raises PackageRefusedError: it holds more or fewer than it says, or is damaged.
    """
    found, at = [], 0
    try:
        while at < len(data):
            entry, at = _parse_entry(data, at)
            found.append(entry)
            if len(found) > entries:  # memory is taken by what was promised, not by what comes
                break
    except struct.error as error:
        raise PackageRefusedError(FailureReason.ZIP_BROKEN, "the list of entries is damaged") from error
    if len(found) != entries or at != len(data):
        raise PackageRefusedError(FailureReason.ZIP_TAMPERED, f"{len(found)} entries, not {entries}")
    return found


def data_spans(entries: Iterable[Entry], directory: Directory, read: Read) -> Iterator[int]:
    """Give where the data of each entry begins, in the order given, and see that no two share a byte.

    :raises PackageRefusedError: they do, or an entry's own header says something else than the list.
    """
    spans = []
    for entry in entries:
        begins = _check_header(entry, directory, read)
        spans.append((entry.header_at, begins + entry.packed_bytes, entry))
        yield begins
    spans.sort(key=lambda span: span[:2])
    last_end = 0
    for start, end, entry in spans:
        if start < last_end:
            raise PackageRefusedError(FailureReason.ZIP_TAMPERED, f"{shown(entry)}: overlaps another entry")
        last_end = end


def shown(entry: Entry) -> str:
    """An entry's name for people, however it is encoded."""
    return entry.raw_name.decode("utf-8", "replace")[:200]


def _find_end(tail: bytes) -> int:
    """Find the last record whose comment reaches to the end; zeros and blank lines after it do no harm."""
    at = len(tail)
    while (at := tail.rfind(_END, 0, at)) >= 0:
        if at + _END_FACTS.size <= len(tail):
            rest = at + _END_FACTS.size + _END_FACTS.unpack_from(tail, at)[-1]
            if rest <= len(tail) and not tail[rest:].strip(b"\0\r\n \x1a"):
                return at
    raise PackageRefusedError(FailureReason.ZIP_BROKEN, "the end of the file is missing")


def _read_end64(read: Read, end_at: int, locator: bytes) -> tuple[int, int, int, int, int]:
    _, _, at, _ = _LOCATOR_FACTS.unpack(locator)
    record = read(at, _END64_FACTS.size) if at + _END64_FACTS.size <= end_at - _LOCATOR_FACTS.size else b""
    if not record.startswith(_END64):
        raise PackageRefusedError(FailureReason.ZIP_TAMPERED, "the zip64 end is not where it should be")
    _, length, _, _, disk, first_disk, here, entries, size, start = _END64_FACTS.unpack(record)
    if disk or first_disk or at + 12 + length != end_at - _LOCATOR_FACTS.size:
        raise PackageRefusedError(FailureReason.ZIP_TAMPERED, "the zip64 end is not where it should be")
    return at, here, entries, size, start


def _compare_ends(small: tuple[int, int, int, int], large: tuple[int, int, int, int]) -> None:
    """What fits into the old record must say the same there as in the new one."""
    limits = (_FULL_16, _FULL_16, _FULL_32, _FULL_32)
    if any(old not in (limit, new) for old, new, limit in zip(small, large, limits, strict=True)):
        raise PackageRefusedError(FailureReason.ZIP_TAMPERED, "two ends that differ")


def _parse_entry(data: bytes, at: int) -> tuple[Entry, int]:
    (sign, _, host, _, _, flags, method, _, _, crc, packed, unpacked, name_bytes, extra_bytes, comment_bytes, disk, _,
     attributes, header_at) = _CENTRAL_FACTS.unpack_from(data, at)  # fmt: skip
    name_at = at + _CENTRAL_FACTS.size
    extra_at = name_at + name_bytes
    end = extra_at + extra_bytes + comment_bytes
    if sign != _CENTRAL or end > len(data):
        raise PackageRefusedError(FailureReason.ZIP_BROKEN, "the list of entries is damaged")
    raw_name = data[name_at:extra_at]
    extras = parse_extras(data[extra_at : extra_at + extra_bytes])
    unpacked, packed, header_at = _widened((unpacked, packed, header_at), extras.get(_EXTRA_ZIP64, b""))
    if disk not in (0, _FULL_16):
        raise PackageRefusedError(FailureReason.ZIP_BROKEN, "one of several volumes")
    entry = Entry(
        raw_name=raw_name,
        unicode_name=_unicode_name(raw_name, extras.get(_EXTRA_NAME, b"")),
        flags=flags,
        method=method,
        crc=crc,
        packed_bytes=packed,
        unpacked_bytes=unpacked,
        header_at=header_at,
        host=host,
        attributes=attributes,
        is_encrypted=bool(flags & _ENCRYPTED_FLAGS) or method == _AES or bool({_EXTRA_AES, _EXTRA_STRONG} & {*extras}),
        is_linked=_names_link(extras.get(_EXTRA_ASI, b"")),
    )
    return entry, end


def parse_extras(data: bytes) -> dict[int, bytes]:
    """Read the extra fields as far as they make sense; of two of a kind the first counts."""
    found: dict[int, bytes] = {}
    at = 0
    while at + 4 <= len(data):
        kind, length = struct.unpack_from("<2H", data, at)
        found.setdefault(kind, data[at + 4 : at + 4 + length])
        at += 4 + length
    return found


def _widened(values: tuple[int, int, int], extra: bytes) -> tuple[int, int, int]:
    """Take what does not fit into 32 bits from the zip64 field, which holds only those, in this order."""
    wide, at = list(values), 0
    for index, value in enumerate(values):
        if value == _FULL_32 and at + 8 <= len(extra):
            wide[index] = struct.unpack_from("<Q", extra, at)[0]
            at += 8
    return wide[0], wide[1], wide[2]


def _own_sizes(values: tuple[int, int], extra: bytes) -> tuple[int, int]:
    """The same in an entry's own header, where the field holds both sizes whichever is asked for."""
    if len(extra) < 16:
        return values
    both = struct.unpack_from("<2Q", extra)
    first, second = (wide if value == _FULL_32 else value for value, wide in zip(values, both, strict=True))
    return first, second


def _unicode_name(raw_name: bytes, extra: bytes) -> str | None:
    """Read Info-ZIP's second name; one that belongs to another first name, or is not UTF-8, counts for nothing."""
    if len(extra) < 6 or extra[0] != 1 or struct.unpack_from("<L", extra, 1)[0] != zlib.crc32(raw_name):
        return None
    try:
        return extra[5:].decode()
    except UnicodeDecodeError:
        return None


def _names_link(extra: bytes) -> bool:
    """Whether an ASi Unix field gives the target of a link: it follows CRC, mode, size, user and group."""
    return len(extra) >= 10 and struct.unpack_from("<L", extra, 6)[0] > 0


def _check_header(entry: Entry, directory: Directory, read: Read) -> int:
    """Compare an entry's own header with the list, and give where its data begins."""
    if entry.header_at + _LOCAL_FACTS.size > directory.at:
        raise PackageRefusedError(FailureReason.ZIP_TAMPERED, f"{shown(entry)}: lies outside of the file")
    header = read(entry.header_at, _LOCAL_FACTS.size)
    sign, _, flags, method, _, _, crc, packed, unpacked, name_bytes, extra_bytes = _LOCAL_FACTS.unpack(header)
    if sign != _LOCAL:
        raise PackageRefusedError(FailureReason.ZIP_BROKEN, f"{shown(entry)}: has no header")
    rest = read(entry.header_at + _LOCAL_FACTS.size, name_bytes + extra_bytes)
    begins: int = entry.header_at + _LOCAL_FACTS.size + name_bytes + extra_bytes
    sizes = _own_sizes((unpacked, packed), parse_extras(rest[name_bytes:]).get(_EXTRA_ZIP64, b""))
    listed = (entry.unpacked_bytes, entry.packed_bytes)
    later = bool(flags & _HAS_DESCRIPTOR) and all(
        own in (0, _FULL_32, right) for own, right in zip(sizes, listed, strict=True)
    )
    if rest[:name_bytes] != entry.raw_name or method != entry.method or (flags ^ entry.flags) & _ENCRYPTED_FLAGS:
        raise PackageRefusedError(FailureReason.ZIP_TAMPERED, f"{shown(entry)}: its header says something else")
    if sizes != listed and not later:
        raise PackageRefusedError(FailureReason.ZIP_TAMPERED, f"{shown(entry)}: its header gives another size")
    if crc != entry.crc and not (later and crc == 0):
        raise PackageRefusedError(FailureReason.ZIP_TAMPERED, f"{shown(entry)}: its header gives another sum")
    if begins + entry.packed_bytes > directory.at:
        raise PackageRefusedError(FailureReason.ZIP_TAMPERED, f"{shown(entry)}: lies outside of the file")
    return begins
