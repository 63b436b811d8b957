"""Pillow: slides drawn as pictures."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from django.conf import settings
from PIL import Image, ImageDraw, ImageFont

from media_pipeline.rules.slides import Slide, SlideScript, break_lines

WIDTH, HEIGHT = 1280, 720
INK, PAPER, SEAL, GREY, PALE = "#1f3a5f", "#fbfaf7", "#b3261e", "#5b6675", "#c9d4e3"
_FONT_NAMES = ("NotoSerifSC-{weight}.ttf", "NotoSerifCJK-{weight}.ttc", "NotoSansCJK-{weight}.ttc")
_SYSTEM_FONTS = Path("/usr/share/fonts/opentype/noto")
_LEFT, _RIGHT = 112, 1168


class FontMissingError(Exception):
    """No Chinese font was found in the folders of XUESHI_FONT_DIRS, or among the system's."""


def draw_slide(script: SlideScript, number: int, target: Path) -> None:
    """Draw slide ``number`` (from 0) as a PNG of 1280 × 720; the first one is the title slide.

    :raises FontMissingError: see there.
    """
    slide = script.slides[number]
    if number == 0:
        picture = _draw_title(slide)
    else:
        picture = _draw_points(slide, script.title, f"{number + 1} / {len(script.slides)}")
    picture.save(target, "PNG", compress_level=1)


def _draw_title(slide: Slide) -> Image.Image:
    picture = Image.new("RGB", (WIDTH, HEIGHT), INK)
    draw = ImageDraw.Draw(picture)
    draw.rectangle((_LEFT, 176, _LEFT + 96, 182), fill=SEAL)
    y = _write(draw, slide.title, y=212, size=64, weight="Bold", fill="#ffffff", leading=92)
    y += 28
    for line in slide.lines:
        y = _write(draw, line, y=y, size=32, weight="Regular", fill=PALE, leading=52)
    _draw_seal(draw, WIDTH - 176, HEIGHT - 176)
    return picture


def _draw_points(slide: Slide, running_title: str, page: str) -> Image.Image:
    picture = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 0, 28, HEIGHT), fill=INK)
    y = _write(draw, slide.title, y=84, size=54, weight="Bold", fill=INK, leading=78)
    draw.rectangle((_LEFT, y + 20, _LEFT + 96, y + 26), fill=SEAL)
    y += 70
    for line in slide.lines:
        draw.rectangle((_LEFT, y + 24, _LEFT + 14, y + 38), fill=SEAL)
        y = _write(draw, line, y=y, size=42, weight="Regular", fill="#20262e", leading=64, indent=44) + 22
    small = _font(24, "Regular")
    draw.text((_LEFT, HEIGHT - 68), running_title, font=small, fill=GREY)
    draw.text((_RIGHT, HEIGHT - 68), page, font=small, fill=GREY, anchor="ra")
    return picture


def _write(
    draw: ImageDraw.ImageDraw,
    text: str,
    *,
    y: int,
    size: int,
    weight: str,
    fill: str,
    leading: int,
    indent: int = 0,
) -> int:
    """Write a text in as many lines as it needs; give the height below it."""
    font = _font(size, weight)
    for line in break_lines(text, _RIGHT - _LEFT - indent, font.getlength):
        draw.text((_LEFT + indent, y), line, font=font, fill=fill)
        y += leading
    return y


def _draw_seal(draw: ImageDraw.ImageDraw, x: int, y: int) -> None:
    draw.rounded_rectangle((x, y, x + 88, y + 88), radius=10, fill=SEAL)
    draw.text((x + 44, y + 44), "学时", font=_font(34, "Bold"), fill="#ffffff", anchor="mm")


@cache
def _font(size: int, weight: str) -> ImageFont.FreeTypeFont:
    for folder in [*settings.XUESHI_FONT_DIRS, _SYSTEM_FONTS]:
        for name in _FONT_NAMES:
            path = Path(folder) / name.format(weight=weight)
            if path.exists():
                return ImageFont.truetype(str(path), size)
    raise FontMissingError(f"no Chinese font ({weight}) in {settings.XUESHI_FONT_DIRS}")
