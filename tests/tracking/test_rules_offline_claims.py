"""What a claim of classroom hours may say."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracking.rules.ce_windows import CeWindow
from tracking.rules.offline_claims import (
    DAY_MINUTES_MAX,
    ClaimError,
    ClassroomSpan,
    check_claim,
    comparable_title,
    fit_the_days,
    one_line,
)

WINDOW = CeWindow(label=2026, opens_on=date(2026, 3, 2), closes_on=date(2027, 3, 1))
TODAY = date(2026, 6, 1)


def span(first: str, last: str = "", minutes: int = 60, title: str = "测试培训") -> ClassroomSpan:
    return ClassroomSpan(date.fromisoformat(first), date.fromisoformat(last or first), minutes, title)


def refusal(claim: ClassroomSpan, *standing: ClassroomSpan, today: date = TODAY) -> str:
    try:
        check_claim(claim, window=WINDOW, today=today, standing=standing)
    except ClaimError as error:
        return error.code
    return ""


@pytest.mark.parametrize(
    ("first", "last", "code"),
    [
        ("2026-03-02", "2026-03-02", ""),
        ("2026-03-01", "2026-03-02", "outside_window"),
        ("2026-06-01", "2026-06-01", ""),
        ("2026-06-01", "2026-06-02", "in_future"),
        ("2026-05-02", "2026-05-01", "days_reversed"),
    ],
    ids=["first-day", "day-before", "today", "tomorrow", "reversed"],
)
def test_days_lie_in_the_window_and_are_over(first: str, last: str, code: str) -> None:
    assert refusal(span(first, last)) == code


def test_the_window_s_last_day_is_in_and_the_next_is_out() -> None:
    later = date(2027, 6, 1)
    assert refusal(span("2027-03-01"), today=later) == ""
    assert refusal(span("2027-03-01", "2027-03-02"), today=later) == "outside_window"


@pytest.mark.parametrize(
    ("minutes", "code"),
    [(0, "no_minutes"), (-1, "no_minutes"), (1, ""), (960, ""), (961, "too_many_minutes")],
)
def test_two_days_hold_sixteen_hours(minutes: int, code: str) -> None:
    assert refusal(span("2026-04-01", "2026-04-02", minutes)) == code


def test_too_many_minutes_says_how_many_would_fit() -> None:
    with pytest.raises(ClaimError) as caught:
        check_claim(span("2026-04-01", minutes=481), window=WINDOW, today=TODAY, standing=[])
    assert caught.value.minutes == DAY_MINUTES_MAX == 480


@pytest.mark.parametrize(
    ("title", "first", "last", "code"),
    [
        ("测试 培训", "2026-04-03", "2026-04-05", "claimed_before"),
        ("《测试培训》", "2026-04-01", "2026-04-01", "claimed_before"),
        ("测试培训", "2026-04-04", "2026-04-05", ""),
        ("测试另一培训", "2026-04-03", "2026-04-03", ""),
    ],
    ids=["spaced", "quoted", "later", "other"],
)
def test_the_same_training_on_the_same_days_is_claimed_once(title: str, first: str, last: str, code: str) -> None:
    assert refusal(span(first, last, title=title), span("2026-04-01", "2026-04-03")) == code


def test_different_titles_do_not_make_a_day_longer() -> None:
    full = span("2026-04-01", minutes=480, title="测试甲")
    assert refusal(span("2026-04-01", minutes=1, title="测试乙"), full) == "days_are_full"
    assert refusal(span("2026-04-01", "2026-04-02", minutes=480, title="测试乙"), full) == ""
    assert refusal(span("2026-04-01", "2026-04-02", minutes=481, title="测试乙"), full) == "days_are_full"


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 3), st.integers(1, 900)), max_size=5))
def test_spans_fit_exactly_when_a_timetable_can_be_written(drawn: list[tuple[int, int, int]]) -> None:
    start = date(2026, 4, 1)
    spans = [
        ClassroomSpan(start + timedelta(days=first), start + timedelta(days=first + length), minutes)
        for first, length, minutes in drawn
    ]
    assert fit_the_days(spans) == has_timetable(spans)


def has_timetable(spans: list[ClassroomSpan]) -> bool:
    """Fill the days one after another, always with what must end first."""
    left = {index: span.minutes for index, span in enumerate(spans)}
    for number in range(10):
        day, room = date(2026, 4, 1) + timedelta(days=number), DAY_MINUTES_MAX
        for index, span in sorted(enumerate(spans), key=lambda pair: pair[1].last):
            if span.first <= day <= span.last:
                used = min(room, left[index])
                left[index], room = left[index] - used, room - used
    return not any(left.values())


def test_titles_are_compared_without_blanks_width_case_and_punctuation() -> None:
    assert comparable_title("ＢＩＭ 建模（第 2 期）") == comparable_title("bim建模(第2期)")


def test_marks_that_hide_or_reverse_text_are_dropped() -> None:
    assert one_line(" 测试\u202e培\x00训\n第\u200b二  期 ") == "测试培训 第二 期"
