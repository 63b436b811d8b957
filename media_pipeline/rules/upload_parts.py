"""How a file is cut into parts for its way in, and what may be said about one."""

from __future__ import annotations

import re

PART_BYTES = 8 * 1024**2
MAX_PARTS = 10_000  # of S3, which asks for 5 MiB a part but for the last
_DIGEST = re.compile(r"[0-9a-f]{64}")


def choose_part_bytes(total_bytes: int) -> int:
    """How long a part is: 8 MiB, doubled until ten thousand parts are enough (from 78 GiB on)."""
    part_bytes = PART_BYTES
    while count_parts(total_bytes, part_bytes) > MAX_PARTS:
        part_bytes *= 2
    return part_bytes


def count_parts(total_bytes: int, part_bytes: int) -> int:
    """How many parts there are; the last may be shorter."""
    return -(-total_bytes // part_bytes)


def part_size(number: int, *, total_bytes: int, part_bytes: int) -> int:
    """How many bytes part ``number`` has, counted from 1.

    :raises ValueError: there is no such part.
    """
    if not 1 <= number <= count_parts(total_bytes, part_bytes):
        raise ValueError(f"no part {number}")
    return min(part_bytes, total_bytes - (number - 1) * part_bytes)


def is_digest(text: object) -> bool:
    """Whether it is a SHA-256 as 64 lower-case hexadecimal digits."""
    return isinstance(text, str) and _DIGEST.fullmatch(text) is not None


def plain_name(name: str) -> str:
    """The file's own name: no folders, of whatever system, and nothing that cannot be seen; at most 255 characters.

    ``..\\..\\课.mp4`` is ``课.mp4``; ``..`` and an empty name give an empty one.
    """
    last = name.replace("\\", "/").rstrip("/").rpartition("/")[2]
    seen = visible(last)
    return "" if seen in (".", "..") else seen[:255]


def visible(text: str) -> str:
    """What of a text can be seen: a database takes neither NUL nor half a character, and both may be sent as JSON."""
    return "".join(character for character in text if character.isprintable()).strip()
