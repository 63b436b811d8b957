"""QR codes: what is drawn is read back by a reader of codes."""

from __future__ import annotations

import re

import pytest
import zxingcpp
from defusedxml.ElementTree import fromstring
from PIL import Image, ImageDraw

from certificates.gateways.qr import LARGEST_MODULES, QrTooLongError, qr_svg

ADDRESS = "https://xueshi.example.org/verify/abcdefghijklmnopqrstuvwxyz/"
WITH_CODE = f"{ADDRESS}#{'Ab3-_x' * 49}"[:350]
QUIET = 4  # modules of white around a code, as ISO/IEC 18004 asks


def picture_of(svg: str, *, scale: int = 4) -> Image.Image:
    """Paint the rectangles of the path, and the white around them."""
    drawing = fromstring(svg)
    size = int(drawing.get("width") or 0)
    (path,) = drawing.iter("{http://www.w3.org/2000/svg}path")
    picture = Image.new("L", ((size + 2 * QUIET) * scale,) * 2, 255)
    painter = ImageDraw.Draw(picture)
    for x, y, width, height in re.findall(r"M(\d+) (\d+)h(\d+)v(\d+)h-\d+z", path.get("d") or ""):
        left, top = (int(x) + QUIET) * scale, (int(y) + QUIET) * scale
        painter.rectangle((left, top, left + int(width) * scale - 1, top + int(height) * scale - 1), fill=0)
    return picture


@pytest.mark.parametrize("text", [ADDRESS, WITH_CODE, "短文", "A" * 500])
def test_drawn_code_is_read_back(text: str):
    (found,) = zxingcpp.read_barcodes(picture_of(qr_svg(text)))
    assert (found.text, found.ec_level, found.format) == (text, "M", zxingcpp.BarcodeFormat.QRCode)


@pytest.mark.parametrize("text", [ADDRESS, WITH_CODE])
def test_code_with_a_scratch_is_still_read(text: str):
    picture = picture_of(qr_svg(text))
    side = picture.width
    ImageDraw.Draw(picture).rectangle((side * 0.42, side * 0.40, side * 0.62, side * 0.60), fill=255)
    assert [found.text for found in zxingcpp.read_barcodes(picture)] == [text]


def test_code_of_an_address_and_a_signed_payload_has_modules_large_enough_on_the_page():
    modules = int(fromstring(qr_svg(WITH_CODE)).get("width") or 0)
    assert (len(WITH_CODE), modules, round(30 / modules, 2)) == (350, 73, 0.41)


@pytest.mark.parametrize("length", [520, 5000])
def test_text_that_would_be_too_fine_to_scan_is_refused(length: int):
    with pytest.raises(QrTooLongError):
        qr_svg("a" * length)
    assert LARGEST_MODULES == 85


def test_same_text_gives_the_same_drawing_in_the_colour_that_is_asked():
    assert qr_svg(ADDRESS) == qr_svg(ADDRESS)
    assert 'fill="#aa0000"' in qr_svg(ADDRESS, ink="#aa0000")
