"""Captions: SRT and WebVTT (W3C WebVTT 1) on the way in, plain WebVTT on the way out."""

from __future__ import annotations

import codecs
import html
import re
from collections.abc import Sequence
from dataclasses import dataclass

from media_pipeline.enums import CaptionFault
from media_pipeline.rules.stamps import parse_stamp, stamp_text

MAX_CUES = 10_000
MAX_CUE_LETTERS = 1000

_TIMING = re.compile(r"^(\S+)[ \t]*-->[ \t]*(\S+)(?:[ \t].*)?$")
_SPEAKER = re.compile(r"<v(?:\.[^ \t>]*)?[ \t]+([^>\n]+)>")
_TAGS = re.compile(
    r"</?(?:b|i|u|s|c|v|em|strong|font|span|div|p|a|br|lang|ruby|rt|script|style|img|svg|iframe)\b[^<>]*>"
    r"|</?c\.[^<>]*>|<(?:\d{1,3}:)?\d{2}:\d{2}\.\d{3}>",
    re.IGNORECASE,
)
_STYLES = re.compile(r"\{\\[^{}]*\}")
_NO_LETTERS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


class CaptionsInvalidError(ValueError):
    """Not captions; ``line`` is the number of the first wrong line (or cue, for ``check_cues``), counted from 1."""

    def __init__(self, line: int, fault: CaptionFault) -> None:
        super().__init__(f"{line}: {fault}")
        self.line = line
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Cue:
    """Words that stand from one millisecond to another; ``text`` is plain, its lines divided by ``\\n``."""

    starts_at_ms: int
    ends_at_ms: int
    text: str


def decode_captions(content: bytes) -> str:
    """Read bytes as UTF-8, as UTF-16 with its mark, or else as GB18030, which holds GBK and GB 2312.

    :raises CaptionsInvalidError: none of them fits.
    """
    marked = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise CaptionsInvalidError(1, CaptionFault.ENCODING)


def parse_captions(text: str) -> tuple[Cue, ...]:
    """Read SRT or WebVTT; what is no cue (numbers, notes, styles) is passed over, cues without words too.

    :raises CaptionsInvalidError: no cue, a time that cannot be read, times that run backwards or overlap, too many.
    """
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    cues: list[Cue] = []
    before: Cue | None = None
    number = 0
    while number < len(lines):
        number += 1
        if "-->" not in lines[number - 1]:
            continue
        starts_at, ends_at = _times(lines[number - 1], number)
        end = number
        while end < len(lines) and lines[end].strip() and not _starts_cue(lines, end):
            end += 1
        cue = Cue(starts_at, ends_at, clean_text("\n".join(lines[number:end])))
        _judge(cue, before, number)
        before = cue
        if cue.text:
            cues.append(cue)
        if len(cues) > MAX_CUES:
            raise CaptionsInvalidError(number, CaptionFault.TOO_MANY)
        number = end
    if not cues:
        raise CaptionsInvalidError(1, CaptionFault.NO_CUE)
    return tuple(cues)


def check_cues(cues: Sequence[Cue]) -> None:
    """Refuse cues that no player could show one after another; ``line`` of the error counts cues.

    :raises CaptionsInvalidError: see ``parse_captions``; also a cue without words.
    """
    if not cues:
        raise CaptionsInvalidError(1, CaptionFault.NO_CUE)
    if len(cues) > MAX_CUES:
        raise CaptionsInvalidError(MAX_CUES + 1, CaptionFault.TOO_MANY)
    for number, cue in enumerate(cues, start=1):
        if not cue.text.strip():
            raise CaptionsInvalidError(number, CaptionFault.NO_TEXT)
        _judge(cue, cues[number - 2] if number > 1 else None, number)


def shift_cues(cues: Sequence[Cue], by_ms: int) -> tuple[Cue, ...]:
    """Move all cues by so many milliseconds, backwards where it is negative.

    :raises CaptionsInvalidError: the first one would start before the video.
    """
    if cues and cues[0].starts_at_ms + by_ms < 0:
        raise CaptionsInvalidError(1, CaptionFault.BEFORE_START)
    return tuple(Cue(cue.starts_at_ms + by_ms, cue.ends_at_ms + by_ms, cue.text) for cue in cues)


def write_captions(cues: Sequence[Cue]) -> str:
    """Write cues as WebVTT; their words as plain text, whatever signs they hold."""
    blocks = [f"{stamp_text(cue.starts_at_ms)} --> {stamp_text(cue.ends_at_ms)}\n{_escaped(cue)}\n" for cue in cues]
    return "\n".join(["WEBVTT\n", *blocks])


def clean_text(text: str) -> str:
    """Take the marks of SRT and WebVTT out of a cue's words; ``<v 张三>`` becomes 张三：."""
    spoken = _SPEAKER.sub(lambda found: f"{found[1].strip()}：", text)
    plain = html.unescape(_TAGS.sub("", _STYLES.sub("", spoken)))
    lines = (_NO_LETTERS.sub("", line).strip() for line in plain.replace("\xa0", " ").replace("\r", "").split("\n"))
    return "\n".join(line for line in lines if line)


def _starts_cue(lines: list[str], index: int) -> bool:
    """Whether the next cue starts here without an empty line before it, with its number or at once."""
    if _reads_as_times(lines[index]):
        return True
    return lines[index].strip().isdigit() and index + 1 < len(lines) and _reads_as_times(lines[index + 1])


def _reads_as_times(line: str) -> bool:
    found = _TIMING.match(line.strip())
    return bool(found and parse_stamp(found[1]) is not None and parse_stamp(found[2]) is not None)


def _times(line: str, number: int) -> tuple[int, int]:
    found = _TIMING.match(line.strip())
    starts_at, ends_at = (parse_stamp(found[1]), parse_stamp(found[2])) if found else (None, None)
    if starts_at is None or ends_at is None:
        raise CaptionsInvalidError(number, CaptionFault.TIME)
    return starts_at, ends_at


def _judge(cue: Cue, before: Cue | None, number: int) -> None:
    if cue.ends_at_ms <= cue.starts_at_ms:
        raise CaptionsInvalidError(number, CaptionFault.ENDS_EARLY)
    if before is not None and cue.starts_at_ms < before.starts_at_ms:
        raise CaptionsInvalidError(number, CaptionFault.BACKWARDS)
    if before is not None and cue.starts_at_ms < before.ends_at_ms:
        raise CaptionsInvalidError(number, CaptionFault.OVERLAP)
    if len(cue.text) > MAX_CUE_LETTERS:
        raise CaptionsInvalidError(number, CaptionFault.TOO_LONG)


def _escaped(cue: Cue) -> str:
    return cue.text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
