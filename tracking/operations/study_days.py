"""Begin a learner's day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from tracking.models import StudyDay


def begin_days(days: Iterable[tuple[int, date]]) -> None:
    """Make the rows of days (learner, day) that are not there yet.

    What was left until the next challenge on the last day that knew one is left on the new day too: nobody gets past a
    challenge by waiting for midnight. One that stood unanswered is asked at once.
    """
    begun = [
        StudyDay(learner_id=learner_id, on=on, next_challenge_ms=_carried_ms(learner_id, on)) for learner_id, on in days
    ]
    StudyDay.objects.bulk_create(begun, ignore_conflicts=True)  # what stands already stays


def _carried_ms(learner_id: int, on: date) -> int | None:
    """The new day's first point; None where none was ever drawn."""
    earlier = StudyDay.objects.filter(learner_id=learner_id, on__lt=on, next_challenge_ms__isnull=False)
    last = earlier.order_by("-on").values_list("next_challenge_ms", "credited_ms").first()
    return None if last is None else max(1, (last[0] or 0) - last[1])
