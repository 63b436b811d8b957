"""Bitstring status lists: one bit a certificate, published for anyone who checks without asking us of whom.

Source: W3C Bitstring Status List v1.0, sections 2.2 and 3.1 to 3.3: a list has at least 131,072 places, the first
place is the leftmost bit, the list is compressed with GZIP and written in multibase base64url.
"""

from __future__ import annotations

import base64
import gzip
from collections.abc import Iterable

LIST_BITS = 17
LIST_LENGTH = 1 << LIST_BITS  # places in one list; the least that the standard allows
_MASK = LIST_LENGTH - 1


def status_index(serial: int) -> int:
    """The place of the ``serial``-th certificate (from 1): every serial has one of its own, lists fill one by one.

    Neighbours in time get places far apart within a list, so that a place does not tell the order of issue. The
    permutation is fixed for ever; it keeps no secret.
    """
    if serial < 1:
        raise ValueError(f"serial {serial}")
    number, position = divmod(serial - 1, LIST_LENGTH)
    for factor, shift in ((0x1C6EF, 9), (0x0F4A5, 8), (0x19E37, 7)):  # each step can be undone, so no two meet
        position = (position * factor + number * 0x9E3B + 0x5F35) & _MASK
        position ^= position >> shift
    return number * LIST_LENGTH + position


def list_of(index: int) -> tuple[int, int]:
    """Which list a place lies in, and where in that list; both count from 0."""
    return divmod(index, LIST_LENGTH)


def bitstring(set_places: Iterable[int]) -> bytes:
    """One list as bytes, the given places set; the first place is the highest bit of the first byte."""
    bits = bytearray(LIST_LENGTH // 8)
    for place in set_places:
        bits[place >> 3] |= 0x80 >> (place & 7)
    return bytes(bits)


def encoded_list(bits: bytes) -> str:
    """The ``encodedList`` of a status list credential; the same bits give the same text."""
    packed = gzip.compress(bits, compresslevel=6, mtime=0)
    return "u" + base64.urlsafe_b64encode(packed).rstrip(b"=").decode()
