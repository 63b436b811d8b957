"""QR codes: the drawn squares are those of the code."""

from __future__ import annotations

import re

import segno
from defusedxml.ElementTree import fromstring

from certificates.gateways.qr import qr_svg

ADDRESS = "https://xueshi.example.org/verify/abcdefghijklmnopqrstuvwxyz/"


def dark_modules(path: str, size: int) -> list[list[bool]]:
    """The modules that segno's path of horizontal strokes covers."""
    cells = [[False] * size for _ in range(size)]
    x = y = 0.0
    for command, numbers in re.findall(r"([Mmh])([^Mmh]*)", path):
        values = [float(number) for number in re.findall(r"-?\d*\.?\d+", numbers)]
        if command == "M":
            x, y = values
        elif command == "m":
            x, y = x + values[0], y + values[1]
        else:
            for column in range(int(x), int(x + values[0])):
                cells[int(y)][column] = True
            x += values[0]
    return cells


def test_qr_draws_every_module_of_the_code_without_a_border():
    drawing = fromstring(qr_svg(ADDRESS))
    code = segno.make(ADDRESS, error="m", micro=False)
    size = code.symbol_size(border=0)[0]
    (path,) = drawing.iter("{http://www.w3.org/2000/svg}path")
    assert (drawing.get("width"), drawing.get("height")) == (str(size), str(size))
    assert dark_modules(path.get("d") or "", size) == [[bool(cell) for cell in row] for row in code.matrix]


def test_qr_corrects_at_least_fifteen_per_cent():
    assert segno.make(ADDRESS, error="m", micro=False).error in {"M", "Q", "H"}


def test_same_text_gives_the_same_drawing():
    assert qr_svg(ADDRESS) == qr_svg(ADDRESS)
