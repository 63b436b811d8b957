"""Reads a stranger's PDF with pdfium, in a process of its own that can do nothing else.

A script: it takes the file on its standard input and gives JSON on its standard output. Before it looks at the file it
gives up memory, time, and the right to open anything: no file, no network, no other program. What a PDF links to, would
run or carries along is never looked at. Exit codes: :class:`Ending`.
"""

from __future__ import annotations

import base64
import codecs
import enum
import hashlib
import json
import os
import resource
import sys
import zlib
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium

MEMORY_BYTES = 640 * 1024**2  # of address space; Python and pdfium take some 120 MB of it
CPU_SECONDS = 4
MOST_PAGES = 4
MOST_CHARACTERS = 20_000  # a page
MOST_PICTURES = 64  # a page
BOX = 420, 594  # of the small drawing by which pages are compared, pixels
METADATA = ("Title", "Author", "Subject", "Keywords")


class Ending(enum.IntEnum):
    """How the reading ended; a crash of pdfium, and a limit that was reached, are other codes."""

    READ = 0
    BROKEN = 3
    ENCRYPTED = 4
    TOO_HEAVY = 5


def main() -> int:
    """Read the file; give an :class:`Ending`."""
    data = sys.stdin.buffer.read()
    give_up_rights()
    try:
        document = pypdfium2.PdfDocument(data)
        pages = [read_page(document[number]) for number in range(min(len(document), MOST_PAGES))]
        metadata = [document.get_metadata_value(key)[:500] for key in METADATA]
        found = {"page_count": len(document), "pages": pages, "metadata": metadata}
        sys.stdout.write(json.dumps(found))
        sys.stdout.flush()
    except pypdfium2.PdfiumError as error:
        locked = (pdfium.FPDF_ERR_PASSWORD, pdfium.FPDF_ERR_SECURITY)
        return Ending.ENCRYPTED if error.err_code in locked else Ending.BROKEN
    except MemoryError:
        return Ending.TOO_HEAVY
    return Ending.READ


def give_up_rights() -> None:
    """From here on nothing can be opened, written or begun, memory and time are short, and pages go first."""
    os.nice(10)
    codecs.lookup("utf-16-le")  # which pdfium speaks; later it could not be loaded
    for kind, limit in (
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_NOFILE, 0),
    ):
        resource.setrlimit(kind, (limit, limit))


def read_page(page: pypdfium2.PdfPage) -> dict[str, Any]:
    """Tell a page's size in points, its text, its pictures by their digests, and how it looks from afar, in grey."""
    width, height = page.get_size()
    textpage = page.get_textpage()
    text = textpage.get_text_range(0, min(textpage.count_chars(), MOST_CHARACTERS))
    scale = min(BOX[0] / max(width, 1), BOX[1] / max(height, 1))
    drawing = page.render(scale=scale, grayscale=True, may_draw_forms=False)
    return {
        "width": round(width),
        "height": round(height),
        "text": text,
        "pictures": sorted(digest_of(each) for each in pictures_of(page)),
        "drawing": base64.b64encode(zlib.compress(bytes(drawing.buffer), 1)).decode(),
    }


def pictures_of(page: pypdfium2.PdfPage) -> list[Any]:
    """The first pictures on a page."""
    found = page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE], max_depth=5)
    return [each for each, _number in zip(found, range(MOST_PICTURES), strict=False)]


def digest_of(picture: Any) -> str:
    """SHA-256 of a picture as it lies in the file."""
    return hashlib.sha256(bytes(picture.get_data(decode_simple=False))).hexdigest()


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    sys.exit(code)
