"""The courses that count for a holding."""

from __future__ import annotations

from certificates.models import Holding
from courses.models import Course
from courses.queries import courses_for_post


def holding_courses(holding: Holding) -> list[Course]:
    """Open courses for the holding's post, common block first; as many statements as ``courses_for_post`` needs."""
    return list(courses_for_post(holding.post))
