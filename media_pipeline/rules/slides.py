"""The script of a slide video, and where its words go."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from media_pipeline.rules.captions import Cue

_NEVER_FIRST = "，。、；：！？）》」』】”’…—·,.;:!?)%℃"
_NEVER_LAST = "（《「『【“‘("
_PIECES = re.compile(r"[A-Za-z0-9.,/%+\-]+|.", re.DOTALL)
_SENTENCE = re.compile(r"[^。！？]+[。！？]?")


@dataclass(frozen=True, slots=True)
class Slide:
    """One slide, how long it stands, and what is said meanwhile."""

    title: str
    lines: tuple[str, ...]
    seconds: int
    narration: str


@dataclass(frozen=True, slots=True)
class SlideScript:
    """A video made of slides."""

    name: str
    title: str
    slides: tuple[Slide, ...]

    @property
    def seconds(self) -> int:
        """How long the video is."""
        return sum(slide.seconds for slide in self.slides)


def parse_slide_script(data: Mapping[str, Any]) -> SlideScript:
    """Read a script from its data file.

    :raises ValueError: no slides, or a slide that stands for no time.
    :raises KeyError: a missing name.
    """
    slides = tuple(
        Slide(
            title=str(item["title"]),
            lines=tuple(str(line) for line in item.get("lines", ())),
            seconds=int(item["seconds"]),
            narration=str(item.get("narration", "")),
        )
        for item in data["slides"]
    )
    if not slides or any(slide.seconds < 1 for slide in slides):
        raise ValueError("a script needs slides, and each of them at least one second")
    return SlideScript(name=str(data["name"]), title=str(data["title"]), slides=slides)


def caption_cues(script: SlideScript) -> tuple[Cue, ...]:
    """Spread each slide's sentences over its time, by their length, with a quarter of a second of quiet at its end."""
    cues: list[Cue] = []
    slide_starts_ms = 0
    for slide in script.slides:
        sentences = [sentence.strip() for sentence in _SENTENCE.findall(slide.narration) if sentence.strip()]
        letters, total = 0, sum(map(len, sentences))
        speaking_ms = slide.seconds * 1000 - 250
        for sentence in sentences:
            starts_at = slide_starts_ms + speaking_ms * letters // total
            letters += len(sentence)
            cues.append(Cue(starts_at, slide_starts_ms + speaking_ms * letters // total, sentence))
        slide_starts_ms += slide.seconds * 1000
    return tuple(cues)


def break_lines(text: str, width: int, measure: Callable[[str], float]) -> list[str]:
    """Break Chinese text into lines no wider than ``width``: anywhere between characters, but never inside a number or
    a Latin word, never with a closing mark first or an opening one last. ``measure`` gives the width of a text.
    """
    lines: list[str] = []
    line = ""
    for piece in _PIECES.findall(text):
        if not line or measure(line + piece) <= width or piece[0] in _NEVER_FIRST:
            line += piece
            continue
        carried = ""
        while line and line[-1] in _NEVER_LAST:
            carried, line = line[-1] + carried, line[:-1]
        lines.append(line.rstrip())
        line = (carried + piece).lstrip()
    return [*lines, line] if line else lines
