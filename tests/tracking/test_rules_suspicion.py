"""Signals at their thresholds."""

from datetime import UTC, datetime, timedelta

import pytest

from tracking.rules.suspicion import DeviceUse, answers_inhumanly, is_long_day, is_telling_trace, learners_sharing

MORNING = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


def uses(*pairs: tuple[int, timedelta]) -> list[DeviceUse]:
    return [DeviceUse(learner_id, MORNING + after) for learner_id, after in pairs]


def hours(number: float) -> timedelta:
    return timedelta(hours=number)


def seconds(*numbers: float) -> list[int]:
    return [round(number * 1_000) for number in numbers]


def test_four_people_within_a_day_share_a_device() -> None:
    found = learners_sharing(uses((1, hours(0)), (2, hours(8)), (3, hours(16)), (4, hours(24))))
    assert found == {1, 2, 3, 4}


def test_four_people_a_second_more_than_a_day_apart_do_not() -> None:
    late = hours(24) + timedelta(seconds=1)
    assert learners_sharing(uses((1, hours(0)), (2, hours(8)), (3, hours(16)), (4, late))) == set()


def test_three_people_are_a_household() -> None:
    assert learners_sharing(uses((1, hours(0)), (2, hours(1)), (3, hours(2)))) == set()


def test_one_person_who_comes_back_is_one_person() -> None:
    assert learners_sharing(uses((1, hours(0)), (2, hours(1)), (3, hours(2)), (1, hours(3)), (2, hours(4)))) == set()


def test_who_used_it_on_another_day_does_not_share_it() -> None:
    days = uses((9, hours(0)), (1, hours(40)), (2, hours(41)), (3, hours(42)), (4, hours(43)), (8, hours(90)))
    assert learners_sharing(days) == {1, 2, 3, 4}


def test_no_use_is_nobody_s() -> None:
    assert learners_sharing([]) == set()


@pytest.mark.parametrize(
    ("quiz", "presence", "is_inhuman"),
    [
        (seconds(1.4, 9, 1.2, 1.499, 8), [], True),  # the median is 1.499 s
        (seconds(1.4, 9, 1.2, 1.5, 8), [], False),  # the median is 1.500 s
        (seconds(1.0, 1.2, 0.5, 1.4), [], False),  # four say nothing
        (seconds(7.0, 7.149, 7.1, 7.02, 7.08), [], True),  # 0.149 s apart
        (seconds(7.0, 7.15, 7.1, 7.02, 7.08), [], False),  # 0.150 s apart
        ([], seconds(0.8, 1.2, 1.0, 0.9, 1.3), False),  # a button is pressed as soon as it is seen
        ([], seconds(0.8, 0.82, 0.85, 0.81, 0.9), True),  # but not so evenly
        (seconds(2, 5, 3), seconds(0.8, 0.9), False),  # the forms are not mixed
        ([], [], False),
    ],
)
def test_answers_faster_or_more_even_than_people_give_them_stand_out(
    quiz: list[int], presence: list[int], is_inhuman: bool
) -> None:
    assert answers_inhumanly(quiz_ms=quiz, presence_ms=presence) is is_inhuman


@pytest.mark.parametrize(("credited_ms", "is_long"), [(57_600_000, False), (57_600_001, True), (0, False)])
def test_day_of_more_than_sixteen_hours_is_long(credited_ms: int, is_long: bool) -> None:
    assert is_long_day(credited_ms) is is_long


@pytest.mark.parametrize(("trace", "last", "is_telling"), [(7, 9, True), (7, 8, False), (0, 9, False), (-7, 9, True)])
def test_trace_tells_after_ten_reports(trace: int, last: int, is_telling: bool) -> None:
    assert is_telling_trace(trace=trace, last_sequence=last) is is_telling
