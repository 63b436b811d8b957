"""Drawings put into a page that was set around empty pictures.

typst draws a picture anew for every page, and the frame of a certificate alone costs more than all its words. So the
template places pictures one sample wide, and this module replaces them by drawings that were compressed beforehand. It
reads no PDF but typst's own: one revision, one classic table of objects, no object streams (ISO 32000-1, 7.5).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

_EMPTY_PICTURE = re.compile(
    rb"(?<=\n)(\d+) 0 obj\n<</Length \d+/Type/XObject/Subtype/Image[^>]*/Width 1/Height (\d+)/.*?\nendobj\n", re.DOTALL
)
_TABLE = re.compile(
    rb"xref\n0 (\d+)\n((?:\d{10} \d{5} [nf][ \r]\n)+)trailer\n<</Size \d+/(.*?)\nstartxref\n", re.DOTALL
)


class GraftingError(RuntimeError):
    """typst wrote the file otherwise than expected."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One object with a stream: ``entries`` of its dictionary but the length, and ``data``, compressed as they say.

    ``@Name`` in the entries stands for the attached piece of that name.
    """

    entries: bytes
    data: bytes
    attached: Mapping[str, Piece] = field(default_factory=dict)


def graft(pdf: bytes, pieces: Mapping[int, Piece]) -> bytes:
    """Replace each empty picture of height N by ``pieces[N]``, which fills its place (the unit square).

    :raises GraftingError: the file is built otherwise than typst builds them, or a place for a piece is missing.
    """
    table = _TABLE.search(pdf, pdf.rfind(b"xref\n0 "))
    if table is None:
        raise GraftingError("no table of objects")
    entries = table.group(2).splitlines()
    if len(entries) != int(table.group(1)):
        raise GraftingError("the table of objects has another length than it says")
    body, added, moved = _replaced(pdf[: table.start()], pieces, len(entries))
    lines = [entry if entry[17:18] == b"f" else _entry(_after(int(entry[:10]), moved)) for entry in entries]
    for number, written in enumerate(added, len(entries)):
        lines.append(_entry(len(body)))
        body += b"%d 0 obj\n" % number + written
    tail = b"trailer\n<</Size %d/" % len(lines) + table.group(3) + b"\nstartxref\n%d\n%%%%EOF" % len(body)
    return bytes(body) + b"xref\n0 %d\n" % len(lines) + b"".join(line.rstrip() + b" \n" for line in lines) + tail


def _replaced(
    pdf: bytes, pieces: Mapping[int, Piece], first: int
) -> tuple[bytearray, list[bytes], list[tuple[int, int]]]:
    """The objects with the pieces in place, what is to be added, and how far what lies after a place has moved."""
    body, added, moved = bytearray(), list[bytes](), list[tuple[int, int]]()
    left, read = dict(pieces), 0
    for found in _EMPTY_PICTURE.finditer(pdf):
        piece = left.pop(int(found.group(2)), None)
        if piece is not None:
            body += pdf[read : found.start()] + b"%d 0 obj\n" % int(found.group(1)) + _object(piece, added, first)
            read = found.end()
            moved.append((read, len(body) - read))
    if left:
        raise GraftingError(f"no place for {sorted(left)}")
    return body + pdf[read:], added, moved


def _after(offset: int, moved: list[tuple[int, int]]) -> int:
    """Move an offset by what was put in before it."""
    return offset + next((by for end, by in reversed(moved) if end <= offset), 0)


def _entry(offset: int) -> bytes:
    return b"%010d 00000 n" % offset


def _object(piece: Piece, added: list[bytes], first: int) -> bytes:
    entries = piece.entries
    for name, part in piece.attached.items():
        written = _object(part, added, first)
        entries = entries.replace(b"@" + name.encode(), b"%d 0 R" % (first + len(added)))
        added.append(written)
    return b"<<" + entries + b"/Length %d>>\nstream\n" % len(piece.data) + piece.data + b"\nendstream\nendobj\n"
