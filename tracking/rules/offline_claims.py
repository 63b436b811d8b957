"""What a claim of classroom hours may say.

Source: the notice has institutions train in classrooms and authorities recognise the hours (建办人函〔2020〕662号, two
and three). How many hours a day can hold is our assumption, stated here once.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from tracking.rules.ce_windows import CeWindow

DAY_MINUTES_MAX = 8 * 60  # eight hours of classroom a day; no authority's text allows more
ONE_DAY_WAITING_MAX = 10  # claims that one person may file in 24 hours
TITLE_MAX = NAME_MAX = 120


class ClaimError(ValueError):
    """A claim cannot stand; ``code`` names why, ``minutes`` how many would have fitted where it says so."""

    def __init__(self, code: str, *, minutes: int = 0) -> None:
        super().__init__(code)
        self.code = code
        self.minutes = minutes


@dataclass(frozen=True, slots=True)
class ClassroomSpan:
    """Training on the days from ``first`` to ``last``, both included, of ``minutes`` in all."""

    first: date
    last: date
    minutes: int
    title: str = ""


def check_claim(claim: ClassroomSpan, *, window: CeWindow, today: date, standing: Sequence[ClassroomSpan]) -> None:
    """Refuse what cannot be: days out of order, outside the window or to come; more minutes than the days hold.

    ``standing`` are the person's other claims that wait or were recognised, for whatever post: nobody sits in two
    classrooms at once. Today, and the window's first and last day, are in.

    :raises ClaimError: ``days_reversed``, ``in_future``, ``outside_window``, ``no_minutes``, ``too_many_minutes``,
        ``claimed_before`` or ``days_are_full``.
    """
    if claim.last < claim.first:
        raise ClaimError("days_reversed")
    if claim.last > today:
        raise ClaimError("in_future")
    if claim.first not in window or claim.last not in window:
        raise ClaimError("outside_window")
    if claim.minutes <= 0:
        raise ClaimError("no_minutes")
    room = minutes_held(claim)
    if claim.minutes > room:
        raise ClaimError("too_many_minutes", minutes=room)
    title = comparable_title(claim.title)
    if any(comparable_title(other.title) == title and _meet(claim, other) for other in standing):
        raise ClaimError("claimed_before")
    if not fit_the_days([claim, *standing]):
        raise ClaimError("days_are_full")


def minutes_held(span: ClassroomSpan) -> int:
    """Most minutes that the span's days hold: 480 a day."""
    return DAY_MINUTES_MAX * ((span.last - span.first).days + 1)


def fit_the_days(spans: Iterable[ClassroomSpan]) -> bool:
    """Whether all spans can have taken place without a day of more than 480 minutes.

    They can if and only if, between any first day and any last day, what lies wholly between them fits: 8 h on the 1st
    and 8 h on the 2nd leave no room for a training of both days.
    """
    known = list(spans)
    for first in {span.first for span in known}:
        for last in {span.last for span in known if span.last >= first}:
            inside = sum(span.minutes for span in known if first <= span.first and span.last <= last)
            if inside > minutes_held(ClassroomSpan(first, last, 0)):
                return False
    return True


def comparable_title(title: str) -> str:
    """A title as it is compared: blanks, width, case and punctuation do not tell two trainings apart."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", title)).casefold()


def one_line(text: str) -> str:
    """What somebody typed, on one line: control and direction marks dropped, blanks made one."""
    kept = "".join(" " if c.isspace() else c for c in text if c.isspace() or unicodedata.category(c)[0] != "C")
    return " ".join(kept.split())


def _meet(one: ClassroomSpan, other: ClassroomSpan) -> bool:
    return one.first <= other.last and other.first <= one.last
