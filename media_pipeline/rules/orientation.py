"""Which way up a source is: the display matrix of its container."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# turn → ffmpeg's filters; "clock" is a quarter turn with the clock, "_flip" mirrors on top of it
TURNS: dict[str, tuple[tuple[str, dict[str, str]], ...]] = {
    "": (),
    "hflip": (("hflip", {}),),
    "vflip": (("vflip", {}),),
    "half": (("hflip", {}), ("vflip", {})),
    "clock": (("transpose", {"dir": "clock"}),),
    "cclock": (("transpose", {"dir": "cclock"}),),
    "clock_flip": (("transpose", {"dir": "clock_flip"}),),
    "cclock_flip": (("transpose", {"dir": "cclock_flip"}),),
}
QUARTERS = {"clock": 90, "cclock": 270, "clock_flip": 90, "cclock_flip": 270, "half": 180}
_UPRIGHT = {(1, 1): "", (-1, 1): "hflip", (1, -1): "vflip", (-1, -1): "half"}
_LYING = {(1, -1): "clock", (-1, 1): "cclock", (1, 1): "cclock_flip", (-1, -1): "clock_flip"}
_BY_ANGLE = {270: "clock", 90: "cclock", 180: "half"}


def turn_of(side_data: Mapping[str, Any]) -> str:
    """Name what brings a stream's pictures upright; empty for upright ones, slants, and a broken matrix.

    ffprobe prints the matrix as three numbered rows; its ``rotation`` (degrees against the clock) cannot tell mirrors.
    """
    numbers = [number for row in str(side_data.get("displaymatrix", "")).splitlines() for number in row.split()[1:3]]
    if len(numbers) >= 4 and all(number.lstrip("-").isdigit() for number in numbers[:4]):
        return _turn_of_matrix(*(int(number) for number in numbers[:4]))
    angle = side_data.get("rotation")
    if isinstance(angle, int | float) and abs(angle) <= 360 and round(angle) % 90 == 0:
        return _BY_ANGLE.get(round(angle) % 360, "")
    return ""


def _turn_of_matrix(a: int, b: int, c: int, d: int) -> str:
    if b == c == 0:
        return _UPRIGHT.get((_sign(a), _sign(d)), "")
    if a == d == 0:
        return _LYING.get((_sign(b), _sign(c)), "")
    return ""


def _sign(number: int) -> int:
    return (number > 0) - (number < 0)
