"""Go through what a crash left, one row after another."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from typing import TypeVar

from lms.lib.errors import DomainError

Row = TypeVar("Row")
logger = logging.getLogger(__name__)


def heal_each(rows: Iterable[Row], heal: Callable[[Row], object]) -> int:
    """Heal each row by itself and return how many were; a row that is refused waits for the next sweep and is named.

    ``heal`` opens its own transaction. Only refusals are survived: a fault of the program ends the sweep and is seen.
    """
    healed = 0
    for row in rows:
        try:
            heal(row)
        except DomainError as refusal:
            logger.warning("not healed: %r: %s (%s)", row, refusal, refusal.code)
        else:
            healed += 1
    return healed
