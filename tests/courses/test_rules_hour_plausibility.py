"""Credit, required evidence and the video's length are compared."""

from uuid import UUID

import pytest

from courses.rules.hour_plausibility import Finding, LessonFigures, PlausibilityCode, check_hours

KEY = UUID(int=1)


def test_demonstration_lesson_is_plausible() -> None:
    assert check_hours([LessonFigures(KEY, credit_minutes=1, required_seconds=55, media_seconds=60)]) == ()


@pytest.mark.parametrize(
    ("credit", "required", "media", "finding"),
    [
        (1, 61, 60, Finding(KEY, PlausibilityCode.REQUIRED_BEYOND_MEDIA, 61, 60)),
        (1, 0, 60, Finding(KEY, PlausibilityCode.CREDIT_WITHOUT_EVIDENCE, 0, 60)),
        (0, 55, 60, Finding(KEY, PlausibilityCode.NO_CREDIT, 0, 55)),
        (1, 29, 60, Finding(KEY, PlausibilityCode.EVIDENCE_THIN, 29, 30)),
        (1, 29, None, Finding(KEY, PlausibilityCode.EVIDENCE_THIN, 29, 30)),
    ],
)
def test_implausible_lesson_is_found_with_both_figures(
    credit: int, required: int, media: int | None, finding: Finding
) -> None:
    assert check_hours([LessonFigures(KEY, credit, required, media)]) == (finding,)


def test_credit_for_more_than_twice_the_video_is_found_beside_thin_evidence() -> None:
    assert check_hours([LessonFigures(KEY, credit_minutes=2, required_seconds=55, media_seconds=59)]) == (
        Finding(KEY, PlausibilityCode.EVIDENCE_THIN, 55, 60),
        Finding(KEY, PlausibilityCode.CREDIT_BEYOND_MEDIA, 120, 118),
    )


@pytest.mark.parametrize(("required", "media"), [(30, 60), (30, 30), (60, 60), (60, None)])
def test_bounds_themselves_are_plausible(required: int, media: int | None) -> None:
    assert check_hours([LessonFigures(KEY, 1, required, media)]) == ()


def test_only_what_cannot_work_blocks_publication() -> None:
    findings = check_hours([LessonFigures(KEY, 1, 61, 60), LessonFigures(KEY, 1, 29, 60), LessonFigures(KEY, 1, 0)])
    assert [finding.is_blocking for finding in findings] == [True, False, True]
