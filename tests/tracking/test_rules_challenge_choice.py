"""What is asked, in which order, and how long one waits after wrong answers."""

from collections import Counter
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracking.rules.challenge_choice import (
    Askable,
    Asking,
    choose_asking,
    choose_question,
    cool_down_ms,
    shuffle_options,
    wrong_in_a_row,
)

ANYTIME, EARLY, LATE = Askable(1, 0), Askable(2, 30_000), Askable(3, 400_000)


def chosen(questions, *, watched=((0, 600_000),), position_ms=0, **last):
    return {
        choose_question(
            questions, watched=watched, position_ms=position_ms, draw=Random(seed), **{"last_id": None, **last}
        )
        for seed in range(40)
    }


def test_what_was_just_watched_is_asked_for_first():
    assert chosen([ANYTIME, EARLY, LATE], position_ms=410_000) == {3}
    assert chosen([ANYTIME, EARLY, LATE], position_ms=30_000) == {2}


@pytest.mark.parametrize(("position_ms", "expected"), [(520_000, {3}), (520_001, {1, 2, 3}), (399_999, {1, 2, 3})])
def test_just_watched_is_two_minutes_at_most(position_ms, expected):
    assert chosen([ANYTIME, EARLY, LATE], position_ms=position_ms) == expected


def test_what_was_not_watched_is_not_asked_for():
    assert chosen([ANYTIME, EARLY, LATE], watched=((0, 399_999),), position_ms=410_000) == {1, 2}
    assert chosen([EARLY, LATE], watched=((0, 29_999),)) == {None}


def test_the_millisecond_that_shows_the_answer_decides():
    assert chosen([EARLY], watched=((29_999, 30_000),)) == {2}
    assert chosen([EARLY], watched=((0, 29_999), (30_000, 600_000))) == {None}


def test_the_question_asked_last_is_asked_again_only_if_there_is_no_other():
    assert chosen([ANYTIME, EARLY], last_id=1) == {2}
    assert chosen([ANYTIME, LATE], watched=(), last_id=1) == {1}


def test_the_question_left_unanswered_comes_again():
    assert chosen([ANYTIME, EARLY, LATE], position_ms=410_000, last_id=2, is_last_left=True) == {2}
    assert chosen([ANYTIME, EARLY], last_id=7, is_last_left=True) == {1, 2}


def test_a_lesson_without_questions_has_none_to_ask():
    assert chosen([]) == {None}


@pytest.mark.parametrize(
    ("wants", "has", "others", "expected"),
    [
        (True, True, True, {Asking.QUESTION}),
        (True, False, True, {Asking.LESSON, Asking.WORD}),
        (True, False, False, {Asking.WORD}),
        (False, True, True, {Asking.LESSON, Asking.WORD}),
        (False, False, False, {Asking.WORD}),
    ],
)
def test_presence_is_asked_where_no_question_is_wanted_or_there_is_none(wants, has, others, expected):
    assert {
        choose_asking(wants_question=wants, has_question=has, has_other_lessons=others, draw=Random(seed))
        for seed in range(40)
    } == expected


@given(st.lists(st.text(min_size=1, max_size=8), max_size=9), st.integers(0, 1000))
def test_shown_options_hold_the_right_one_and_at_most_three_others_each_once(wrong, seed):
    shown = shuffle_options("对", wrong, draw=Random(seed))

    texts = {option["key"]: option["text"] for option in shown.options}
    assert texts[shown.right_key] == "对"
    assert len(texts) == len(shown.options) == len(set(texts.values())) <= 4
    assert set(texts.values()) <= {"对", *wrong}
    assert [set(option) for option in shown.options] == [{"key", "text"}] * len(shown.options)


def test_the_place_of_the_right_option_is_no_habit():
    places = Counter()
    for seed in range(900):
        shown = shuffle_options("对", ["甲", "乙"], draw=Random(seed))
        places[[option["key"] for option in shown.options].index(shown.right_key)] += 1

    assert all(240 < places[place] < 360 for place in range(3))


def test_keys_are_drawn_anew_and_say_nothing_about_the_text():
    keys = [option["key"] for _ in range(200) for option in shuffle_options("对", ["错"], draw=Random(1)).options]

    assert len(set(keys)) == 400
    assert {len(key) for key in keys} == {12}


@pytest.mark.parametrize(
    ("outcomes", "expected"),
    [
        ([], 0),
        (["right", "wrong", "wrong"], 0),
        (["wrong", "wrong", "right", "wrong"], 2),
        (["wrong", "missed", "wrong"], 2),
    ],
)
def test_wrong_answers_are_counted_since_the_last_right_one(outcomes, expected):
    assert wrong_in_a_row(outcomes) == expected


@pytest.mark.parametrize(
    ("wrong", "expected"), [(0, 0), (1, 0), (2, 30_000), (3, 60_000), (4, 120_000), (5, 240_000), (6, 300_000)]
)
def test_waiting_doubles_after_the_second_wrong_answer_and_ends_at_five_minutes(wrong, expected):
    assert cool_down_ms(wrong) == expected
    assert cool_down_ms(10**6) == 300_000
