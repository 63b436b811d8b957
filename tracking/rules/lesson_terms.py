"""How long a lesson is and how much of it must be studied."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LessonTerms:
    """``duration_ms`` is the length of the lesson's timeline, ``required_ms`` how much of it must be covered."""

    duration_ms: int
    required_ms: int


def terms_of_lesson(*, required_seconds: int, video_duration_ms: int | None) -> LessonTerms:
    """The terms of a lesson of a film or of slides, or of a reading lesson (``video_duration_ms`` None).

    The timeline of slides is one page after the other, each for its seconds: 6 pages of 30 s are 180,000 ms.
    A reading lesson's timeline is the dwell time itself, so it is exactly as long as what is asked. Evidence of more
    than a video holds cannot be asked: 60 s required of a film of 55,400 ms ask 55,400 ms.
    """
    required_ms = required_seconds * 1000
    if video_duration_ms is None:
        return LessonTerms(duration_ms=required_ms, required_ms=required_ms)
    return LessonTerms(duration_ms=video_duration_ms, required_ms=min(required_ms, video_duration_ms))
