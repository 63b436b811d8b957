"""Study as an officer types it: a day, a block and 学时, one line each."""

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Literal

MOST_LINES = 300
MOST_HOURS = Decimal(2000)
BLOCKS: dict[str, Literal["common", "professional"]] = {
    "公共": "common",
    "公共基础知识": "common",
    "common": "common",
    "专业": "professional",
    "专业岗位知识": "professional",
    "professional": "professional",
}


class StudyLineError(ValueError):
    """A line cannot be read: ``number`` counts from 1; ``fault`` is ``shape``, ``day``, ``block``, ``hours`` or
    ``too_many``.
    """

    def __init__(self, number: int, fault: str) -> None:
        self.number, self.fault = number, fault
        super().__init__(f"line {number}: {fault}")


@dataclass(frozen=True, slots=True)
class StudyLine:
    """So many 学时 of one block on one day."""

    on: date
    hours: Decimal
    block: Literal["common", "professional"]


def parse_study_lines(text: str) -> tuple[StudyLine, ...]:
    """Read lines such as ``2026-05-01 公共 10`` or ``2026-06-01，专业，22学时``; empty lines are passed over.

    :raises StudyLineError: a line cannot be read, or there are more than 300.
    """
    found: list[StudyLine] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        if len(found) == MOST_LINES:
            raise StudyLineError(number, "too_many")
        parts = [part for part in re.split(r"[\s,，、;；]+", line.strip()) if part]
        if len(parts) != 3:
            raise StudyLineError(number, "shape")
        found.append(
            StudyLine(on=_day(parts[0], number), hours=_hours(parts[2], number), block=_block(parts[1], number))
        )
    return tuple(found)


def _day(text: str, number: int) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise StudyLineError(number, "day") from error


def _block(text: str, number: int) -> Literal["common", "professional"]:
    try:
        return BLOCKS[text.lower()]
    except KeyError as error:
        raise StudyLineError(number, "block") from error


def _hours(text: str, number: int) -> Decimal:
    try:
        hours = Decimal(text.removesuffix("学时"))
    except InvalidOperation as error:
        raise StudyLineError(number, "hours") from error
    if not hours.is_finite() or not 0 < hours <= MOST_HOURS:
        raise StudyLineError(number, "hours")
    return hours
