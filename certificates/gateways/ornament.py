"""The frame of a certificate's page as PDF operators: drawn once a process, copied into every page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

from certificates.rules.design import Border, Palette
from certificates.rules.guilloche import Curve, Point, braid, medallion, rosette, tapered_braid, weave
from certificates.rules.palette import COLOURS, Colours

WIDTH, HEIGHT = 297.0, 210.0  # A4 landscape, in millimetres
POINTS = 72 / 25.4
ORIGIN = (0.0, HEIGHT)  # what is drawn here lies at the origin of a part
MIDDLE, HALF = 13.0, 4.9  # of the woven band: distance from the paper's edge, half its width
WAVES_ACROSS, WAVES_DOWN = 14, 9
OUTER, INNER, FINE = 7.2, 18.8, 20.0  # lines beside the band
MEDALLION = (INNER - OUTER) / 2  # fills the corner between the lines
KAPPA = 0.5523  # how far a cubic's control points lie for a quarter of a circle


@dataclass(frozen=True, slots=True)
class Drawing:
    """Operators, in points with y upwards, and the parts that they place by name."""

    operators: bytes
    parts: dict[str, bytes] = field(default_factory=dict)


@lru_cache(maxsize=32)
def frame_drawing(palette: Palette, border: Border, rosette_behind: bool) -> Drawing:
    """Draw the frame, the rosette and the braid under the title."""
    colours = COLOURS[palette]
    drawn = []
    if rosette_behind:
        drawn.append(_strokes(rosette((WIDTH / 2, 113), 58), colours.whisper, 0.45))
    drawn += _woven_border(colours) if border == Border.GUILLOCHE else _lined_border(colours)
    drawn.append(_strokes(tapered_braid((WIDTH / 2, 58.6), 76, 1.25, 9), colours.accent, 0.5))
    parts = _parts(colours) if border == Border.GUILLOCHE else {}
    return Drawing(operators=b"1 j 1 J\n" + b"\n".join(drawn), parts=parts)


def _parts(colours: Colours) -> dict[str, bytes]:
    across, down = (WIDTH - 2 * MIDDLE) / WAVES_ACROSS, (HEIGHT - 2 * MIDDLE) / WAVES_DOWN
    corner = [
        _fill("#ffffff") + _pen(colours.dark, 0.7) + _circle(ORIGIN, MEDALLION) + b" B",
        _strokes(medallion(ORIGIN, MEDALLION * 0.86), colours.dark, 0.22),
        _pen(colours.accent, 0.45) + _circle(ORIGIN, MEDALLION * 0.92) + b" S",
    ]
    return {"Across": _wave(colours, across), "Down": _wave(colours, down), "Corner": b"\n".join(corner)}


def _wave(colours: Colours, length: float) -> bytes:
    return (
        b"1 j 1 J\n"
        + _strokes(weave(ORIGIN, length, HALF), colours.dark, 0.27)
        + b"\n"
        + _strokes(braid(ORIGIN, length, HALF), colours.accent, 0.38)
    )


def _woven_border(colours: Colours) -> list[bytes]:
    drawn = [_fill(colours.tint) + _rectangle(OUTER) + b"\n" + _rectangle(INNER) + b" f*"]
    for y in (MIDDLE, HEIGHT - MIDDLE):
        step = (WIDTH - 2 * MIDDLE) / WAVES_ACROSS
        drawn += [_place("Across", (MIDDLE + step * index, y), "1 0 0 1") for index in range(WAVES_ACROSS)]
    for x in (MIDDLE, WIDTH - MIDDLE):
        step = (HEIGHT - 2 * MIDDLE) / WAVES_DOWN
        drawn += [_place("Down", (x, MIDDLE + step * index), "0 -1 1 0") for index in range(WAVES_DOWN)]
    drawn += _lines(colours.dark, (OUTER, 1.1), (INNER, 0.45)) + _lines(colours.accent, (FINE, 0.8))
    drawn += [_place("Corner", (x, y), "1 0 0 1") for x in (MIDDLE, WIDTH - MIDDLE) for y in (MIDDLE, HEIGHT - MIDDLE)]
    return drawn


def _lined_border(colours: Colours) -> list[bytes]:
    return _lines(colours.dark, (10, 2), (12.2, 0.4)) + _lines(colours.accent, (13.6, 0.7))


def _place(part: str, at: Point, turned: str) -> bytes:
    return f"q {turned} ".encode() + _word(at) + f" cm /{part} Do Q".encode()


def _lines(colour: str, *lines: tuple[float, float]) -> list[bytes]:
    return [_pen(colour, thickness) + _rectangle(inset) + b" S" for inset, thickness in lines]


def _strokes(curves: Iterable[Curve], colour: str, thickness: float) -> bytes:
    return _pen(colour, thickness) + b"\n".join(_path(curve) + b" S" for curve in curves)


def _pen(colour: str, thickness: float) -> bytes:
    return f"{_channels(colour)} RG {thickness:g} w\n".encode()


def _fill(colour: str) -> bytes:
    return f"{_channels(colour)} rg\n".encode()


def _channels(colour: str) -> str:
    return " ".join(f"{int(colour[at : at + 2], 16) / 255:.3f}" for at in (1, 3, 5))


def _rectangle(inset: float) -> bytes:
    size = f" {_short((WIDTH - 2 * inset) * POINTS)} {_short((HEIGHT - 2 * inset) * POINTS)} re"
    return _word((inset, HEIGHT - inset)) + size.encode()


def _circle(centre: Point, radius: float) -> bytes:
    (x, y), k = centre, radius * KAPPA
    quarters = (
        ((x + radius, y + k), (x + k, y + radius), (x, y + radius)),
        ((x - k, y + radius), (x - radius, y + k), (x - radius, y)),
        ((x - radius, y - k), (x - k, y - radius), (x, y - radius)),
        ((x + k, y - radius), (x + radius, y - k), (x + radius, y)),
    )
    return _path(Curve((x + radius, y), quarters, closed=True))


def _path(curve: Curve) -> bytes:
    words = [_word(curve.start), b"m"]
    for segment in curve.segments:
        words += [*(_word(point) for point in segment), b"c"]
    if curve.closed:
        words.append(b"h")
    return b" ".join(words)


def _word(point: Point) -> bytes:
    return f"{_short(point[0] * POINTS)} {_short((HEIGHT - point[1]) * POINTS)}".encode()


def _short(number: float) -> str:
    """Hundredths of a point: finer would only make the file larger."""
    return f"{number:.2f}".rstrip("0").rstrip(".")
