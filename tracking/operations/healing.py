"""Go through what a crash left, one row after another."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from typing import TypeVar

from django.db import OperationalError

from lms.lib.errors import DomainError

Row = TypeVar("Row")
logger = logging.getLogger(__name__)


def heal_each(rows: Iterable[Row], heal: Callable[[Row], object]) -> int:
    """Heal each row by itself and return how many were; a row that is not healed waits for the next sweep and is named.

    ``heal`` opens its own transaction. A refusal is survived, and so is a database that gave the row up (a deadlock, a
    lock not had in time); a fault of the program ends the sweep and is seen.
    """
    healed = 0
    for row in rows:
        try:
            heal(row)
        except DomainError as refusal:
            logger.warning("not healed: %r: %s (%s)", row, refusal, refusal.code)
        except OperationalError as failure:
            logger.warning("not healed: %r: %s", row, failure)
        else:
            healed += 1
    return healed
