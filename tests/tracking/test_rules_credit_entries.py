"""Each lesson counts once in a window."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from tests.factories.hour_rules import make_hour_rules
from tracking.rules.ce_windows import CeWindow
from tracking.rules.ce_years import judge_years
from tracking.rules.credit_entries import CreditEntry, once_a_lesson, sum_minutes
from tracking.rules.year_state import year_state

WINDOW = CeWindow(label=2026, opens_on=date(2026, 1, 1), closes_on=date(2026, 12, 31), kind="annual")
NEXT = CeWindow(label=2027, opens_on=date(2027, 1, 1), closes_on=date(2027, 12, 31), kind="annual")
LESSON = UUID(int=1)
RULES = make_hour_rules()


def entry(
    minutes: int = 45, *, on: date = date(2026, 3, 2), lesson: UUID | None = LESSON, is_reversed: bool = False
) -> CreditEntry:
    return CreditEntry(earned_on=on, minutes=minutes, block="common", lesson_key=lesson, is_reversed=is_reversed)


def test_lesson_written_twice_counts_by_its_earliest_day() -> None:
    early, late = entry(30), entry(45, on=date(2026, 3, 3))
    assert once_a_lesson([late, early]) == [early]
    assert once_a_lesson([early, late]) == [early]


def test_the_same_entry_twice_counts_once() -> None:
    once = entry()
    assert once_a_lesson([once, once]) == [once]


def test_other_lessons_and_what_is_no_lesson_all_count() -> None:
    entries = [entry(), entry(lesson=UUID(int=2)), entry(lesson=None), entry(lesson=None)]
    assert once_a_lesson(entries) == entries


def test_lesson_taken_back_makes_room_for_the_next() -> None:
    reversed_, counter, second = entry(is_reversed=True), entry(-45), entry(40, on=date(2026, 4, 1))
    assert sum_minutes(once_a_lesson([reversed_, counter, second])).common == 40


def test_double_taken_back_leaves_the_first() -> None:
    first, double, counter = entry(), entry(on=date(2026, 4, 1), is_reversed=True), entry(-45, on=date(2026, 4, 1))
    assert sum_minutes(once_a_lesson([first, double, counter])).common == 45


def test_lesson_counts_once_in_each_window() -> None:
    entries = [entry(), entry(on=date(2026, 5, 1)), entry(on=date(2027, 5, 1)), entry(on=date(2027, 6, 1))]
    outcome = judge_years(post="SGY-TJ", entries=entries, years=[(WINDOW, RULES), (NEXT, RULES)], on=date.max)
    assert [state.studied.common for state in outcome.years] == [45, 45]
    assert year_state(entries, WINDOW, RULES, post="SGY-TJ").studied.common == 45


@given(st.lists(st.tuples(st.integers(1, 3), st.integers(1, 28)), max_size=12), st.randoms())
def test_order_of_writing_changes_nothing(facts: list[tuple[int, int]], chance: object) -> None:
    entries = [entry(lesson=UUID(int=number), on=date(2026, 3, day)) for number, day in facts]
    shuffled = list(entries)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert sum_minutes(once_a_lesson(entries)) == sum_minutes(once_a_lesson(shuffled))
    assert sum_minutes(once_a_lesson(entries * 2)) == sum_minutes(once_a_lesson(entries))
    assert sum_minutes(once_a_lesson(entries)).common == 45 * len({number for number, _ in facts})
