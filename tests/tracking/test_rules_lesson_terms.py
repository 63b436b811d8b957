"""How long a lesson is and how much is asked of it."""

from tracking.rules.lesson_terms import LessonTerms, terms_of_lesson


def test_video_asks_for_what_the_lesson_says() -> None:
    assert terms_of_lesson(required_seconds=55, video_duration_ms=60_040) == LessonTerms(60_040, 55_000)


def test_video_never_asks_for_more_than_it_holds() -> None:
    assert terms_of_lesson(required_seconds=60, video_duration_ms=55_400) == LessonTerms(55_400, 55_400)


def test_reading_is_as_long_as_what_is_asked() -> None:
    assert terms_of_lesson(required_seconds=55, video_duration_ms=None) == LessonTerms(55_000, 55_000)
