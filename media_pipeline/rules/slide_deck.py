"""Decks of slides: which files are decks, how their pages are drawn, and what may stand in their texts."""

from __future__ import annotations

import re
from collections.abc import Collection
from enum import IntEnum, StrEnum

MAX_PAGES = 500
MAX_DECK_BYTES = 500 * 1024**2
MAX_UNPACKED_BYTES = 2 * 1024**3
MAX_MEMBERS = 20_000
SHORTEST_PAGE_SECONDS, LONGEST_PAGE_SECONDS = 5, 600
# a page is drawn into these boxes: the large one for reading, the middle one for phones, the small one to choose from
PAGE_BOXES = {1600: (1600, 2400), 800: (800, 1200), 240: (240, 360)}
LONGEST_TEXT = 4_000
PAGES_FOLDER, PAGES_FILE, POSTER = "pages", "pages.json", "poster.jpg"
PDF_HEAD_BYTES = 1024  # readers look for the mark that far, because mail programs put lines before it

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIPS = (b"PK\x03\x04", b"PK\x05\x06")
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff]")
_LINKED = re.compile(r"^[a-zA-Z][a-zA-Z0-9+.-]*:|^//|^\\\\")


class DeckFormat(StrEnum):
    """A file that has pages to turn; the value is what LibreOffice expects its name to end in."""

    PDF = "pdf"
    PPTX = "pptx"
    PPT = "ppt"
    ODP = "odp"


class Drawing(IntEnum):
    """How the drawing of a PDF ended: the exit code of the process that draws."""

    DONE = 0
    ENCRYPTED = 10
    BROKEN = 11
    NO_PAGES = 12
    TOO_MANY_PAGES = 13
    TOO_HEAVY = 14


class Container(StrEnum):
    """What kind of container a file is, before it is known what is inside."""

    PDF = "pdf"
    ZIP = "zip"
    OLE = "ole"


def container_of_head(head: bytes) -> Container | None:
    """Tell by the first kilobyte whether a file may be a deck; None for films and all else."""
    if head.startswith(_OLE):
        return Container.OLE
    if head.startswith(_ZIPS):
        return Container.ZIP
    return Container.PDF if b"%PDF-" in head[:PDF_HEAD_BYTES] else None


def format_of_members(names: Collection[str], mimetype: bytes) -> DeckFormat | None:
    """Tell what a zip is by the names inside and the content of its member ``mimetype``; None for what is no deck.

    A text document, a spreadsheet and a plain archive are none, whatever they are called.
    """
    if "[Content_Types].xml" in names and "ppt/presentation.xml" in names:
        return DeckFormat.PPTX
    if mimetype.strip() == b"application/vnd.oasis.opendocument.presentation":
        return DeckFormat.ODP
    return None


def is_linked(target: str) -> bool:
    """Whether a relation's target lies outside of the file: an address, a share, a drive (``C:``)."""
    return bool(_LINKED.match(target.strip()))


def clean_text(text: str) -> str:
    """Make what a page says fit to be read out: no control characters, no marks of direction, no empty lines.

    A hyphen that pdfium marks as the end of a line (U+FFFE) is taken out, so that the word is whole again.
    """
    lines = (" ".join(line.split()) for line in _CONTROLS.sub("", text.replace("\r", "\n")).split("\n"))
    return "\n".join(line for line in lines if line)[:LONGEST_TEXT]


def fitted(width: float, height: float, box: tuple[int, int]) -> tuple[int, int]:
    """The size in pixels of a page drawn as large as a box allows, and of one pixel at least.

    720 × 405 points in 1600 × 2400 are 1600 × 900; 405 × 7200 are 135 × 2400; 1 × 14400 are 1 × 2400.
    """
    scale = min(box[0] / width, box[1] / height)
    return max(1, min(box[0], round(width * scale))), max(1, min(box[1], round(height * scale)))


def picture_name(page: int, width: int) -> str:
    """The name of a page's picture, pages counted from 1: ``0001-1600.webp``."""
    return f"{page:04d}-{width}.webp"
