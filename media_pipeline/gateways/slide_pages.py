"""From a deck to the pictures of its pages: pdfium draws, each deck in a process of its own that may do very little."""

from __future__ import annotations

import mmap
import sys
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

from media_pipeline.gateways.contained import TIME_IS_UP, contained_command
from media_pipeline.gateways.scorm_archive import Archive
from media_pipeline.gateways.tools import ToolError, run_tool
from media_pipeline.rules.package_limits import PackageRefusedError
from media_pipeline.rules.slide_deck import (
    MAX_MEMBERS,
    MAX_PAGES,
    MAX_UNPACKED_BYTES,
    PDF_HEAD_BYTES,
    Container,
    DeckFormat,
    Drawing,
    container_of_head,
    format_of_members,
)

PAGE_SECONDS = 60  # a page takes a tenth of a second; one that takes a minute was made to
DRAWING_SECONDS = 3600
_MEMORY_BYTES = 1536 * 1024**2
_LARGEST_FILE = 64 * 1024**2
_UNREADABLE = (
    zipfile.BadZipFile,
    EOFError,
    NotImplementedError,
    OSError,
    KeyError,
    ValueError,
    RuntimeError,
    zlib.error,
    PackageRefusedError,
)
_DRAW = (
    f"import sys; sys.path.insert(0, {str(Path(__file__).resolve().parents[2])!r}); "
    "from media_pipeline.gateways.slide_drawing import main; sys.exit(main(sys.argv[1:]))"
)


class DeckLockedError(Exception):
    """The deck asks for a password."""


class DeckBrokenError(Exception):
    """The deck's container cannot be read."""


class DeckTooHeavyError(Exception):
    """Reading the deck takes more memory or time than a deck may."""


class DrawingRefusedError(Exception):
    """Nothing can be drawn; ``ending`` says why."""

    def __init__(self, ending: Drawing, words: str) -> None:
        super().__init__(f"{ending.name}: {words}")
        self.ending = ending
        self.words = words


def recognise_deck(source: Path) -> DeckFormat | None:
    """Tell by its content whether a file is a deck, and of which kind; None for films and everything else.

    :raises DeckLockedError: it is, and a password is asked for.
    :raises DeckBrokenError: it is a zip that cannot be read.
    :raises DeckTooHeavyError: it would unpack to more than any deck needs.
    """
    with source.open("rb") as opened:
        container = container_of_head(opened.read(PDF_HEAD_BYTES))
    if container is Container.PDF:
        return DeckFormat.PDF
    if container is Container.OLE:
        return _format_of_ole(source)
    return _format_of_zip(source) if container is Container.ZIP else None


def draw_pages(source: Path, folder: Path, *, on_line: Callable[[int, int], object]) -> int:
    """Draw a PDF's pages into ``folder`` (see ``slide_drawing``) and give their number.

    ``on_line`` gets the pages drawn and the pages in all, at least once a second.

    :raises DrawingRefusedError: there is nothing to draw, or it takes too much.
    """
    pages, drawn = 0, 0

    def take(line: str) -> None:
        nonlocal pages, drawn
        word, _, number = line.strip().partition(" ")
        if word == "pages" and number.isdigit():
            pages = min(int(number), MAX_PAGES)
        elif word == "page" and number.isdigit():
            drawn = int(number)
        on_line(drawn, pages)

    try:
        run_tool(_drawing_command(source, folder), time_limit_seconds=DRAWING_SECONDS + 60, on_line=take)
    except ToolError as error:
        raise DrawingRefusedError(_ending(error), error.last_words) from error
    return pages


def _drawing_command(source: Path, folder: Path) -> list[str]:
    return contained_command(
        [sys.executable, "-I", "-c", _DRAW, str(source.resolve()), str(folder.resolve()), str(PAGE_SECONDS)],
        home=str(folder.resolve()),
        memory_bytes=_MEMORY_BYTES,
        cpu_seconds=DRAWING_SECONDS,
        file_bytes=_LARGEST_FILE,
        seconds=DRAWING_SECONDS,
    )


def _ending(error: ToolError) -> Drawing:
    """A process that a signal has ended ran into one of its limits, or into what the file was made for.

    :raises ToolError: it did not run at all.
    """
    code = error.exit_code or 0
    if code in set(Drawing):
        return Drawing(code)
    if code == TIME_IS_UP or code > 128 or code < 0 or "MemoryError" in error.last_words:
        return Drawing.TOO_HEAVY
    raise error


def _format_of_ole(source: Path) -> DeckFormat | None:
    with source.open("rb") as opened, mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ) as content:
        if content.find("EncryptedPackage".encode("utf-16-le")) >= 0:
            raise DeckLockedError
        return DeckFormat.PPT if content.find("PowerPoint Document".encode("utf-16-le")) >= 0 else None


def _format_of_zip(source: Path) -> DeckFormat | None:
    try:
        with Archive(source) as archive:
            archive.directory()  # Python's module reads a list of entries of any length into memory
        with zipfile.ZipFile(source) as opened:
            members = opened.infolist()
            names = {member.filename for member in members}
            mimetype = _beginning(opened, "mimetype") if "mimetype" in names else b""
            found = format_of_members(names, mimetype)
            if found is None:
                return None
            if len(members) > MAX_MEMBERS or sum(member.file_size for member in members) > MAX_UNPACKED_BYTES:
                raise DeckTooHeavyError
            if any(member.flag_bits & 1 for member in members):
                raise DeckLockedError
            if found is DeckFormat.ODP and b"encryption-data" in _beginning(opened, "META-INF/manifest.xml"):
                raise DeckLockedError
            return found
    except _UNREADABLE as error:
        if _names_slides(source):
            raise DeckBrokenError(str(error)) from error
        return None


def _names_slides(source: Path) -> bool:
    """Whether a zip without its end, where the names stand, names slides on the way there."""
    with source.open("rb") as opened, mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ) as content:
        return content.find(b"ppt/slides/") >= 0 or content.find(b"opendocument.presentation", 0, 1024) >= 0


def _beginning(opened: zipfile.ZipFile, name: str) -> bytes:
    with opened.open(name) as member:
        return member.read(1024**2)
