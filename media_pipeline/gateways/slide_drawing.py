"""Draws the pages of a PDF with pdfium. Run in a process of its own, contained: PDF files are hard to read safely.

``main([SOURCE, FOLDER, PAGE_SECONDS])`` writes the pictures of every page, ``poster.jpg`` and ``pages.json`` with each
page's size and text, and says ``pages N``, then ``page K`` after each. It never looks at what a PDF links to, carries
with it or would run. Pictures of text are smaller and sharper without loss, photographs much larger: each page takes
what suits it.
"""

from __future__ import annotations

import io
import json
import signal
import sys
from pathlib import Path

import pypdfium2
import pypdfium2.raw as pdfium
from PIL import Image

from media_pipeline.rules.slide_deck import (
    MAX_PAGES,
    PAGE_BOXES,
    PAGES_FILE,
    POSTER,
    Drawing,
    clean_text,
    fitted,
    picture_name,
)

_LOSSLESS_MAY_BE = 1.3  # times as large as with loss
_QUALITY = 82
_POSTER_BOX = (1280, 1280)


def main(arguments: list[str]) -> int:
    """Draw all pages; give a ``Drawing``: done, or why there is nothing to be drawn."""
    source, folder, page_seconds = Path(arguments[0]), Path(arguments[1]), int(arguments[2])
    try:
        document = pypdfium2.PdfDocument(source)
    except pypdfium2.PdfiumError as error:
        return _refusal(error.err_code)
    if len(document) > MAX_PAGES:
        return Drawing.TOO_MANY_PAGES
    _say("pages", len(document))
    facts = []
    for number in range(1, len(document) + 1):
        signal.alarm(page_seconds)  # ends the process, even within pdfium
        try:
            facts.append(_draw(document[number - 1], number, folder))
        except pypdfium2.PdfiumError:
            return Drawing.BROKEN
        except MemoryError:
            return Drawing.TOO_HEAVY
        _say("page", number)
    signal.alarm(0)
    (folder / PAGES_FILE).write_text(json.dumps({"pages": facts}, ensure_ascii=False), encoding="utf-8")
    return Drawing.DONE


def _refusal(code: int | None) -> Drawing:
    if code in (pdfium.FPDF_ERR_PASSWORD, pdfium.FPDF_ERR_SECURITY):
        return Drawing.ENCRYPTED
    return Drawing.NO_PAGES if code == pdfium.FPDF_ERR_SUCCESS else Drawing.BROKEN


def _draw(page: pypdfium2.PdfPage, number: int, folder: Path) -> dict[str, object]:
    points = page.get_size()
    if not (points[0] > 0 and points[1] > 0):
        raise pypdfium2.PdfiumError("a page without a size")
    sizes = []
    for width, box in PAGE_BOXES.items():
        picture = _picture(page, fitted(points[0], points[1], box))
        sizes.append(picture.size)
        (folder / picture_name(number, width)).write_bytes(_smallest(picture))
        if number == 1 and len(sizes) == 1:
            picture.resize(fitted(picture.width, picture.height, _POSTER_BOX)).save(folder / POSTER, "JPEG", quality=85)
    text = clean_text(page.get_textpage().get_text_bounded())
    page.close()
    return {"width": sizes[0][0], "height": sizes[0][1], "text": text}


def _picture(page: pypdfium2.PdfPage, size: tuple[int, int]) -> Image.Image:
    """Draw a page and the notes on it, upright, on white."""
    bitmap = pypdfium2.PdfBitmap.new_native(*size, pdfium.FPDFBitmap_BGRx)
    bitmap.fill_rect((255, 255, 255, 255), 0, 0, *size)
    pdfium.FPDF_RenderPageBitmap(bitmap, page, 0, 0, *size, 0, pdfium.FPDF_ANNOT)
    picture = bitmap.to_pil().convert("RGB")
    bitmap.close()
    return picture


def _smallest(picture: Image.Image) -> bytes:
    lossless, lossy = io.BytesIO(), io.BytesIO()
    picture.save(lossy, "WEBP", quality=_QUALITY, method=4)
    picture.save(lossless, "WEBP", lossless=True, quality=50, method=3)
    best = lossless if lossless.tell() <= lossy.tell() * _LOSSLESS_MAY_BE else lossy
    return best.getvalue()


def _say(word: str, number: int) -> None:
    sys.stdout.write(f"{word} {number}\n")
    sys.stdout.flush()
