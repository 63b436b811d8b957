"""The colours of a certificate's page."""

from __future__ import annotations

from dataclasses import dataclass

from certificates.rules.design import Palette

SEAL_RED = "#c0271f"


@dataclass(frozen=True, slots=True)
class Colours:
    """Each as ``#rrggbb``.

    ``dark``: headings, frame and code; ``soft``: labels; ``hair``: rules under fields; ``accent``: fine ornament;
    ``whisper``: the rosette behind the words; ``tint``: the ground of the frame.
    """

    dark: str
    soft: str
    hair: str
    accent: str
    whisper: str
    tint: str


COLOURS = {
    Palette.INK: Colours("#1f3a5f", "#5a6b82", "#c5d0dd", "#b6955a", "#e9eef5", "#f5f8fb"),
    Palette.PINE: Colours("#1d4b3c", "#577065", "#c4d5cd", "#b6955a", "#e6f0eb", "#f4f9f6"),
    Palette.VERMILION: Colours("#8a1f1a", "#7c6461", "#e2cfcc", "#b6955a", "#f8ecea", "#fdf8f7"),
    Palette.GRAPHITE: Colours("#2c333d", "#636b75", "#cbd0d6", "#8b929b", "#eceef0", "#f7f8f9"),
}
