"""A page as a picture, to be looked at on a screen."""

from __future__ import annotations

import io
from threading import Lock

import pypdfium2

_ONE_AT_A_TIME = Lock()  # pdfium is not made for several threads


def page_png(pdf: bytes, *, width_px: int) -> bytes:
    """Draw the first page of one of our own PDF files, ``width_px`` wide, as PNG."""
    with _ONE_AT_A_TIME:
        document = pypdfium2.PdfDocument(pdf)
        try:
            page = document[0]
            picture = page.render(scale=width_px / page.get_width()).to_pil().convert("RGB")
        finally:
            document.close()
    stream = io.BytesIO()
    picture.save(stream, "PNG", compress_level=3)
    return stream.getvalue()
