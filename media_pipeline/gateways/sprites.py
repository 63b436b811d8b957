"""Pillow: small pictures are judged, and put together into large ones."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageStat

from media_pipeline.rules.previews import COLUMNS, ROWS, Look, sprite_name

_QUALITY = 70


def look_at(picture: Path) -> Look:
    """Say how much there is to be seen in a picture."""
    with Image.open(picture) as opened:
        grey = opened.convert("L")
        return Look(spread=ImageStat.Stat(grey).stddev[0], entropy=grey.entropy())


def write_sprites(pictures: Sequence[Path], folder: Path) -> tuple[int, int]:
    """Put pictures of one size into sheets of 5 × 5 in ``folder``; give the size of one of them."""
    with Image.open(pictures[0]) as first:
        width, height = first.size
    sheet_holds = COLUMNS * ROWS
    for number in range(0, len(pictures), sheet_holds):
        tiles = pictures[number : number + sheet_holds]
        rows, columns = -(-len(tiles) // COLUMNS), min(len(tiles), COLUMNS)
        sheet = Image.new("RGB", (columns * width, rows * height))
        for position, tile in enumerate(tiles):
            with Image.open(tile) as opened:
                sheet.paste(opened.resize((width, height)), (position % COLUMNS * width, position // COLUMNS * height))
        sheet.save(folder / sprite_name(number // sheet_holds), "JPEG", quality=_QUALITY, optimize=True)
    return width, height
