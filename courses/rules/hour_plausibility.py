"""Does the evidence asked for fit the credit given?

Nominal hours are often assigned, not timed, so a course carries both: what a lesson earns (approved) and how much of it
must be watched. This compares the two with each other and with the video's checked length. It finds; a person decides.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

THIN_PERCENT = 50  # less evidence than half of the credited time is worth a question
GENEROUS_PERCENT = 200  # and so is credit for more than twice the video


class PlausibilityCode(StrEnum):
    """What is odd about a lesson."""

    REQUIRED_BEYOND_MEDIA = "required_beyond_media"  # nobody can complete it
    CREDIT_WITHOUT_EVIDENCE = "credit_without_evidence"  # earns something for nothing
    EVIDENCE_THIN = "evidence_thin"
    CREDIT_BEYOND_MEDIA = "credit_beyond_media"
    NO_CREDIT = "no_credit"  # watched for nothing


BLOCKING = frozenset({PlausibilityCode.REQUIRED_BEYOND_MEDIA, PlausibilityCode.CREDIT_WITHOUT_EVIDENCE})


@dataclass(frozen=True, slots=True)
class LessonFigures:
    """A lesson's figures. ``media_seconds`` is the checked length of its video, None where it has none (yet)."""

    lesson_key: UUID
    credit_minutes: int
    required_seconds: int
    media_seconds: int | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One oddity. ``found_seconds`` is what the lesson states, ``expected_seconds`` the bound that it crosses."""

    lesson_key: UUID
    code: PlausibilityCode
    found_seconds: int
    expected_seconds: int

    @property
    def is_blocking(self) -> bool:
        """Whether the course must not be published so; the others are questions to the editor."""
        return self.code in BLOCKING


def check_hours(lessons: Iterable[LessonFigures]) -> tuple[Finding, ...]:
    """Findings lesson by lesson, in the order given.

    1 minute of credit asks for 30 s of evidence at least, and for a video of 30 s at least: 30 s is fine, 29 s is thin.
    """
    return tuple(finding for lesson in lessons for finding in _check(lesson))


def _check(lesson: LessonFigures) -> Iterable[Finding]:
    credit = lesson.credit_minutes * 60
    required, media = lesson.required_seconds, lesson.media_seconds
    if media is not None and required > media:
        yield Finding(lesson.lesson_key, PlausibilityCode.REQUIRED_BEYOND_MEDIA, required, media)
    if credit == 0:
        yield Finding(lesson.lesson_key, PlausibilityCode.NO_CREDIT, 0, required)
    elif required == 0:
        yield Finding(lesson.lesson_key, PlausibilityCode.CREDIT_WITHOUT_EVIDENCE, 0, credit)
    elif required * 100 < credit * THIN_PERCENT:
        yield Finding(lesson.lesson_key, PlausibilityCode.EVIDENCE_THIN, required, credit * THIN_PERCENT // 100)
    if media is not None and credit * 100 > media * GENEROUS_PERCENT:
        yield Finding(lesson.lesson_key, PlausibilityCode.CREDIT_BEYOND_MEDIA, credit, media * GENEROUS_PERCENT // 100)
