"""Questions that can be asked, and those that cannot."""

import pytest

from courses.rules.lesson_questions import QuestionFault, QuestionText, find_faults

GOOD = QuestionText("入模温度不应高于多少？", ("35℃", "40℃", "45℃"), 57_000)


def faults_of(*questions, is_video=True, duration_ms=69_000):
    return find_faults(questions, is_video=is_video, duration_ms=duration_ms)


def test_a_question_with_two_to_four_different_options_has_no_fault():
    assert faults_of(GOOD, QuestionText("严禁什么？", ("加水", "振捣")), QuestionText("几？", tuple("1234"))) == []


@pytest.mark.parametrize(
    ("question", "fault"),
    [
        (QuestionText(" \u3000", ("甲", "乙")), QuestionFault.NO_PROMPT),
        (QuestionText("问" * 201, ("甲", "乙")), QuestionFault.PROMPT_TOO_LONG),
        (QuestionText("问？", ("甲",)), QuestionFault.TOO_FEW_OPTIONS),
        (QuestionText("问？", tuple("甲乙丙丁戊")), QuestionFault.TOO_MANY_OPTIONS),
        (QuestionText("问？", ("甲", " ")), QuestionFault.EMPTY_OPTION),
        (QuestionText("问？", ("甲", "乙" * 101)), QuestionFault.OPTION_TOO_LONG),
        (QuestionText("问？", ("甲 乙", "丙", " 甲\u3000乙 ")), QuestionFault.SAME_OPTIONS),
        (QuestionText("问？", ("甲", "乙"), 69_001), QuestionFault.AFTER_END),
    ],
)
def test_a_fault_is_named_with_the_question_that_has_it(question, fault):
    assert faults_of(GOOD, question) == [(1, fault)]


def test_an_answer_shown_at_the_very_end_may_be_asked_for():
    assert faults_of(QuestionText("问？", ("甲", "乙"), 69_000)) == []


def test_a_video_of_unknown_length_bounds_nothing_yet():
    assert faults_of(QuestionText("问？", ("甲", "乙"), 9_000_000), duration_ms=None) == []


def test_a_text_has_no_moment_at_which_something_was_shown():
    assert faults_of(GOOD, is_video=False, duration_ms=None) == [(0, QuestionFault.TIME_IN_READING)]


def test_the_same_prompt_twice_is_a_fault_of_the_second():
    assert faults_of(GOOD, QuestionText(" 入模温度不应高于多少？ ", ("甲", "乙"))) == [(1, QuestionFault.SAME_PROMPT)]
