"""A page of captions as an editor mends it: rows of typed times and words over the cues that stand behind them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from media_pipeline.enums import CaptionFault
from media_pipeline.rules.captions import CaptionsInvalidError, Cue, clean_text
from media_pipeline.rules.stamps import parse_stamp, stamp_text

ROWS_A_PAGE = 50
NEW_CUE_MS = 2000
SHORTEST_GAP_MS = 200


@dataclass(frozen=True, slots=True)
class CueRow:
    """One cue as typed; ``number`` counts from 1."""

    number: int
    start: str
    end: str
    text: str


def rows_of(cues: Sequence[Cue], page: int) -> list[CueRow]:
    """The rows of a page; pages count from 1."""
    first = (page - 1) * ROWS_A_PAGE
    return [
        CueRow(number, stamp_text(cue.starts_at_ms), stamp_text(cue.ends_at_ms), cue.text)
        for number, cue in enumerate(cues[first : first + ROWS_A_PAGE], start=first + 1)
    ]


def typed_rows(data: Mapping[str, str], page: int) -> list[CueRow]:
    """The rows that were sent, in their order: ``start-7``, ``end-7`` and ``text-7`` are row 7."""
    first = (page - 1) * ROWS_A_PAGE
    numbers = [number for number in range(first + 1, first + ROWS_A_PAGE + 1) if f"start-{number}" in data]
    return [
        CueRow(number, *(data.get(f"{name}-{number}", "").strip() for name in ("start", "end", "text")))
        for number in numbers
    ]


def page_of(number: int) -> int:
    """The page that a cue stands on."""
    return max(0, number - 1) // ROWS_A_PAGE + 1


def pages_of(cues: Sequence[Cue]) -> int:
    """How many pages there are: one at least."""
    return page_of(len(cues))


def mend_cues(cues: Sequence[Cue], rows: Sequence[CueRow]) -> list[Cue]:
    """Put typed rows in the places of their cues.

    :raises CaptionsInvalidError: a time cannot be read; ``line`` is the row's number.
    """
    mended = list(cues)
    for row in rows:
        starts_at, ends_at = parse_stamp(row.start), parse_stamp(row.end)
        if starts_at is None or ends_at is None:
            raise CaptionsInvalidError(row.number, CaptionFault.TIME)
        if row.number <= len(mended):
            mended[row.number - 1] = Cue(starts_at, ends_at, plain_text(row.text))
    return mended


def plain_text(text: str) -> str:
    """Words as typed, without what players do not show."""
    return clean_text(text.replace("\r\n", "\n").replace("\r", "\n"))


def insert_cue(cues: Sequence[Cue], after: int, words: str) -> list[Cue]:
    """Add a cue of at most two seconds after the one of that number, before the first one for 0.

    :raises CaptionsInvalidError: the next cue leaves no room.
    """
    after = min(max(0, after), len(cues))
    starts_at = cues[after - 1].ends_at_ms if after else 0
    ends_at = starts_at + NEW_CUE_MS
    if after < len(cues):
        ends_at = min(ends_at, cues[after].starts_at_ms)
    if ends_at - starts_at < SHORTEST_GAP_MS:
        raise CaptionsInvalidError(after + 1, CaptionFault.NO_ROOM)
    return [*cues[:after], Cue(starts_at, ends_at, words), *cues[after:]]


def remove_cue(cues: Sequence[Cue], number: int) -> list[Cue]:
    """Take the cue of that number away; there being none is no error."""
    return [cue for index, cue in enumerate(cues, start=1) if index != number]
