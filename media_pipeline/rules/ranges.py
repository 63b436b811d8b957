"""Byte ranges of HTTP (RFC 9110, section 14)."""

from __future__ import annotations

import re
from dataclasses import dataclass

# one answer to a range never carries more: players ask on, and a server that must gather an answer stays small
MAX_RANGE_BYTES = 4 * 1024**2
_RANGE = re.compile(r"^bytes=([0-9]{0,18})-([0-9]{0,18})$")  # int() refuses the longest numbers


class RangeNotSatisfiableError(ValueError):
    """The range lies outside the file."""


@dataclass(frozen=True, slots=True)
class ByteRange:
    """Bytes ``start`` to ``end``, both counted in, from zero."""

    start: int
    end: int

    @property
    def length(self) -> int:
        """How many bytes it is."""
        return self.end - self.start + 1


def parse_range(header: str, size: int) -> ByteRange | None:
    """Understand a ``Range`` header for a file of ``size`` bytes.

    ``bytes=0-99`` is the first hundred, ``bytes=-100`` the last hundred, ``bytes=100-`` what follows, cut at 4 MiB.
    None means: answer with the whole file (no header, several ranges, another unit, words that make no sense).

    :raises RangeNotSatisfiableError: it starts beyond the end, or asks for the last zero bytes.
    """
    found = _RANGE.match(header.strip())
    if not found or found[0] == "bytes=-":
        return None
    first, last = found[1], found[2]
    if first == "":
        start, end = max(0, size - int(last)), size - 1
    else:
        start, end = int(first), min(int(last), size - 1) if last else size - 1
        if last and int(last) < start:
            return None
    if start >= size or start > end:
        raise RangeNotSatisfiableError(header)
    return ByteRange(start=start, end=min(end, start + MAX_RANGE_BYTES - 1))
