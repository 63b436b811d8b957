"""Heal what a crash left behind."""

from __future__ import annotations

from datetime import datetime

from tracking.operations.challenges import miss_expired_challenges
from tracking.operations.completion import book_completed_lessons
from tracking.operations.leases import end_silent_leases
from tracking.operations.recognition import recognise_met_years
from tracking.operations.years import extend_renewal_years, open_due_years


def sweep_study(*, now: datetime) -> dict[str, int]:
    """Heal what was left standing, in the order in which one thing follows from another.

    Give up unanswered challenges, end silent leases, book what was studied, recognise what was met, follow an extended
    deadline, and open the year that follows one that is over.

    Each row in a transaction of its own, and a row that is refused holds up no other. Returns how many of each.
    """
    return {
        "challenges_missed": miss_expired_challenges(now=now),
        "leases_ended": end_silent_leases(now=now),
        "lessons_booked": book_completed_lessons(now=now),
        "years_recognised": recognise_met_years(now=now),
        "years_extended": extend_renewal_years(now=now),
        "years_opened": open_due_years(now=now),
    }
