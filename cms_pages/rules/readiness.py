"""Whether a course page may be published: what is missing, lesson by lesson."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

QUESTION_CODES = {
    "after_end": "question_after_end",
    "time_in_reading": "question_time_in_reading",
    "same_prompt": "question_twice",
}


@dataclass(frozen=True, slots=True)
class LessonFacts:
    """A lesson as it stands in the editor. ``video_state`` is empty where nothing of the media library is chosen.

    ``is_video`` holds for all that the media library shows: ``wants`` says which kind it is to be, ``shows`` which is
    chosen.
    ``question_faults`` names what is wrong with its questions, each fault once.
    """

    title: str
    is_video: bool
    video_state: str
    video_seconds: int | None
    has_text: bool
    credit_minutes: int | None
    required_seconds: int | None
    question_faults: tuple[str, ...] = ()
    wants: str = "video"
    shows: str = "video"


@dataclass(frozen=True, slots=True)
class Problem:
    """A value of ``Shortcoming`` and the lesson that has it; ``lesson`` None concerns the whole page."""

    code: str
    lesson: int | None = None


def find_problems(*, is_professional: bool, posts: int, lessons: Sequence[LessonFacts]) -> list[Problem]:
    """Everything that keeps the page from being published, the page's own first; ``lesson`` counts from 0."""
    problems = [Problem("no_post")] if is_professional and not posts else []
    if not lessons:
        problems.append(Problem("no_lesson"))
    for index, lesson in enumerate(lessons):
        problems += [Problem(code, index) for code in _lesson_codes(lesson)]
    return problems


def _lesson_codes(lesson: LessonFacts) -> list[str]:
    return [*_material_codes(lesson), *_question_codes(lesson)]


def _question_codes(lesson: LessonFacts) -> list[str]:
    """Three things to say, whatever the faults: a time that does not fit, the same question twice, the rest."""
    codes = [QUESTION_CODES.get(fault, "question_faulty") for fault in lesson.question_faults]
    return list(dict.fromkeys(codes))


def _material_codes(lesson: LessonFacts) -> list[str]:
    codes = []
    if not lesson.credit_minutes or not lesson.required_seconds:
        codes.append("no_credit")
    if not lesson.is_video:
        return codes if lesson.has_text else [*codes, "no_text"]
    if not lesson.video_state:
        codes.append(f"no_{lesson.wants}")
    elif lesson.video_state == "ready" and lesson.wants != lesson.shows:
        codes.append(f"not_{lesson.wants}")
    elif lesson.video_state != "ready":
        codes.append("video_failed" if lesson.video_state == "failed" else "video_not_ready")
    elif (
        lesson.required_seconds and lesson.video_seconds is not None and lesson.required_seconds > lesson.video_seconds
    ):
        codes.append("unreachable" if lesson.wants == "video" else f"{lesson.wants}_unreachable")
    return codes
