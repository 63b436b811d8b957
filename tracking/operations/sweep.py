"""Heal what a crash left behind."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime

from django.db import OperationalError

from tracking.operations.challenges import miss_expired_challenges
from tracking.operations.completion import book_completed_lessons
from tracking.operations.following_years import open_due_years
from tracking.operations.leases import end_silent_leases
from tracking.operations.recognition import recognise_met_years
from tracking.operations.scorm_hours import judge_waiting_lessons
from tracking.operations.years import extend_renewal_years

logger = logging.getLogger(__name__)


def sweep_study(*, now: datetime) -> dict[str, int]:
    """Heal what was left standing, in the order in which one thing follows from another.

    Give up unanswered challenges, end silent leases, judge packages, book what was studied, recognise what was met,
    follow an extended deadline, and open the year that follows one that is over.

    Each row in a transaction of its own, and a row that is refused, or given up by the database, holds up no other; nor
    does a step that the database gave up hold up the next. Returns how many of each.
    """
    steps: dict[str, Callable[..., int]] = {
        "challenges_missed": miss_expired_challenges,
        "leases_ended": end_silent_leases,
        "packages_judged": judge_waiting_lessons,
        "lessons_booked": book_completed_lessons,
        "years_recognised": recognise_met_years,
        "years_extended": extend_renewal_years,
        "years_opened": open_due_years,
    }
    return {name: _attempt(name, step, now=now) for name, step in steps.items()}


def _attempt(name: str, step: Callable[..., int], *, now: datetime) -> int:
    """What the step came to; 0 where the database gave it up, which is written down: the next sweep takes the rest."""
    try:
        return step(now=now)
    except OperationalError:
        logger.exception("step of the sweep given up: %s", name)
        return 0
