"""Questions on what a lesson shows."""

from __future__ import annotations

from courses.models import Lesson, LessonQuestion
from courses.rules.lesson_questions import (
    LONGEST_OPTION,
    LONGEST_PROMPT,
    MOST_OPTIONS,
    QuestionFault,
    QuestionText,
    find_faults,
)


def questions_of(lesson: Lesson) -> list[LessonQuestion]:
    """The lesson's frozen questions in their order; the first option of each is the right one. One statement."""
    return list(lesson.questions.order_by("position", "pk"))


__all__ = [
    "LONGEST_OPTION",
    "LONGEST_PROMPT",
    "MOST_OPTIONS",
    "QuestionFault",
    "QuestionText",
    "find_faults",
    "questions_of",
]
