"""What a PDF that somebody hands in has in common with the one that was issued, and in what it differs.

Only the bytes decide: a file is genuine if it is the issued one to the last byte, and nothing that is found here makes
another one genuine. What is found says where to look. No text of the file that was handed in is repeated.
"""

from __future__ import annotations

import enum
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

SEAL_CONTENTS = re.compile(rb"/Contents\s*<([0-9A-Fa-f]{256,})>")
VISIBLY = 40  # of 255 shades: less may be the drawing's own


@dataclass(frozen=True, slots=True)
class PageReading:
    """A page: size in points, its lines of text without blanks, digests of its pictures, a small grey drawing."""

    width: int
    height: int
    lines: tuple[str, ...]
    pictures: tuple[str, ...]
    drawing: bytes


@dataclass(frozen=True, slots=True)
class PdfReading:
    """What was read of a PDF; ``pages`` are the first few of ``page_count``."""

    page_count: int
    pages: tuple[PageReading, ...]
    metadata: tuple[str, ...]

    @property
    def lines(self) -> tuple[str, ...]:
        """The lines of all pages that were read."""
        return tuple(line for page in self.pages for line in page.lines)

    @property
    def text(self) -> str:
        """All that was read as one text without blanks."""
        return "".join([*self.lines, *(squash(each) for each in self.metadata)])


class Change(enum.StrEnum):
    """In what a file differs from the one that was issued."""

    APPENDED = "appended"
    CUT = "cut"
    BYTES = "bytes"
    REWRITTEN = "rewritten"
    SEAL_BROKEN = "seal_broken"
    SEAL_GONE = "seal_gone"
    FIELD = "field"
    OTHER_TEXT = "other_text"
    ADDED_TEXT = "added_text"
    PICTURES = "pictures"
    PAGES = "pages"
    LOOKS = "looks"
    METADATA = "metadata"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference: of which field (by the name that ``compare_readings`` was given), on which page, how many bytes.

    ``offset`` is where the first byte differs, counted from 0; what does not apply is None.
    """

    change: Change
    field: str | None = None
    page: int | None = None
    bytes: int | None = None
    offset: int | None = None


def compare_bytes(given: bytes, issued: bytes) -> list[Difference]:
    """How the bytes differ: appended after the end, cut off, changed in place, or another file altogether."""
    if given == issued:
        return []
    if given.startswith(issued):
        found = [Difference(Change.APPENDED, bytes=len(given) - len(issued), offset=len(issued))]
    elif issued.startswith(given):
        found = [Difference(Change.CUT, bytes=len(issued) - len(given), offset=len(given))]
    elif len(given) == len(issued):
        places = [place for place, (one, other) in enumerate(zip(given, issued, strict=True)) if one != other]
        found = [Difference(Change.BYTES, bytes=len(places), offset=places[0])]
    else:
        found = [Difference(Change.REWRITTEN)]
    return [*found, Difference(Change.SEAL_BROKEN if shares_seal(given, issued) else Change.SEAL_GONE)]


def is_made_out_of(given: bytes, issued: bytes) -> bool:
    """Whether whoever made ``given`` had the issued file: it bears its seal, or most of its bytes in their places."""
    if shares_seal(given, issued):
        return True
    (first, *_rest) = compare_bytes(given, issued) or [Difference(Change.APPENDED, bytes=0)]
    if first.change is Change.APPENDED:
        return True
    return first.change in (Change.BYTES, Change.CUT) and (first.bytes or 0) * 2 < len(issued)


def shares_seal(given: bytes, issued: bytes) -> bool:
    """Whether a file bears the very seal of the issued one: no two seals are alike, so it was made out of it."""
    seals = set(_seals(issued))
    return bool(seals) and bool(seals & set(_seals(given)))


def compare_readings(given: PdfReading, issued: PdfReading, *, fields: dict[str, Sequence[str]]) -> list[Difference]:
    """Which printed fields, pages and pictures differ; ``fields`` maps a field's name to the texts it prints.

    A field differs where no line that printed it is left: a name that grew by a character counts.
    """
    found: list[Difference] = []
    if given.page_count != issued.page_count:
        found.append(Difference(Change.PAGES))
    kept = set(given.lines)
    gone = [line for line in issued.lines if line not in kept]
    found += [Difference(Change.FIELD, field=name) for name, texts in fields.items() if _is_gone(texts, issued, kept)]
    printed = [squash(text) for texts in fields.values() for text in texts if squash(text)]
    if any(not any(text in line for text in printed) for line in gone):
        found.append(Difference(Change.OTHER_TEXT))
    if not gone and set(given.lines) - set(issued.lines):
        found.append(Difference(Change.ADDED_TEXT))
    for number, (one, other) in enumerate(zip(given.pages, issued.pages, strict=False), start=1):
        if one.pictures != other.pictures:
            found.append(Difference(Change.PICTURES, page=number))
        if looks_different(one, other):
            found.append(Difference(Change.LOOKS, page=number))
    if given.metadata != issued.metadata:
        found.append(Difference(Change.METADATA))
    return found


def looks_different(one: PageReading, other: PageReading) -> bool:
    """Whether anybody would see that two drawings differ somewhere."""
    if (one.width, one.height) != (other.width, other.height) or len(one.drawing) != len(other.drawing):
        return True
    if one.drawing == other.drawing:
        return False
    return any(abs(a - b) > VISIBLY for a, b in zip(one.drawing, other.drawing, strict=True))


def lines_of(text: str) -> tuple[str, ...]:
    """The lines of a page's text as they are compared, without empty ones."""
    return tuple(squashed for line in text.splitlines() if (squashed := squash(line)))


def squash(text: str) -> str:
    """Text without blanks and characters that nobody sees, half width."""
    seen = unicodedata.normalize("NFKC", text)
    return "".join(sign for sign in seen if not sign.isspace() and unicodedata.category(sign) not in {"Cf", "Cc"})


def _is_gone(texts: Iterable[str], issued: PdfReading, kept: set[str]) -> bool:
    """Whether some text was printed on a line of the issued file, and no such line is left."""
    for text in texts:
        bearing = [line for line in issued.lines if squash(text) and squash(text) in line]
        if bearing and not any(line in kept for line in bearing):
            return True
    return False


def _seals(pdf: bytes) -> list[bytes]:
    return [contents.lower().rstrip(b"0") for contents in SEAL_CONTENTS.findall(pdf)]
