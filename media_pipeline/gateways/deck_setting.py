"""typst: decks of slides set as PDF, for demonstrations."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import typst
from django.conf import settings

from media_pipeline.rules.slides import SlideScript

_TEMPLATE = Path(__file__).resolve().parents[1] / "data" / "templates" / "deck.typ"
_FAMILIES = ("Noto Serif SC", "Noto Serif CJK SC", "Noto Sans CJK SC")


class DeckNotSetError(RuntimeError):
    """typst refused the deck; the message carries its last words."""


def set_deck(script: SlideScript, target: Path) -> None:
    """Set a script's slides as a PDF, a page each, the first one as the title. The same script gives the same pages.

    :raises DeckNotSetError: see there.
    """
    inputs = {"script": json.dumps(asdict(script), ensure_ascii=False), "families": json.dumps(_FAMILIES)}
    folders = [str(folder) for folder in settings.XUESHI_FONT_DIRS if Path(folder).is_dir()]
    try:
        typst.compile(str(_TEMPLATE), output=str(target), font_paths=folders, sys_inputs=inputs)
    except typst.TypstError as error:
        raise DeckNotSetError(str(error)) from error
