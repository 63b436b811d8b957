"""Standing, times and rows from the words of both data models."""

from __future__ import annotations

import pytest

from tracking.rules.scorm_commit import Standing
from tracking.rules.scorm_standing import (
    MOST_CLAIMED_MS,
    Interaction,
    Objective,
    interaction_at,
    objective_at,
    span_ms,
    standing_of,
)


@pytest.mark.parametrize(
    ("status", "completion", "success"),
    [
        ("passed", "completed", "passed"),
        ("failed", "completed", "failed"),
        ("completed", "completed", "unknown"),
        ("incomplete", "incomplete", "unknown"),
        ("browsed", "incomplete", "unknown"),
        ("not attempted", "not attempted", "unknown"),
    ],
)
def test_one_word_of_1_2_says_two_things(status: str, completion: str, success: str) -> None:
    assert standing_of("1.2", {"cmi.core.lesson_status": status}) == Standing(completion, success)


def test_score_of_1_2_is_kept_as_it_is() -> None:
    elements = {"cmi.core.score.raw": "80", "cmi.core.score.min": "0", "cmi.core.score.max": ""}
    assert standing_of("1.2", elements) == Standing(raw=80.0, min=0.0)


def test_2004_says_each_by_itself() -> None:
    elements = {
        "cmi.completion_status": "incomplete",
        "cmi.success_status": "passed",
        "cmi.score.scaled": "-0.5",
        "cmi.score.raw": "3.25",
        "cmi.score.min": "-7",
        "cmi.score.max": "9",
        "cmi.progress_measure": "0.75",
    }
    assert standing_of("2004-4", elements) == Standing("incomplete", "passed", -0.5, 3.25, -7.0, 9.0, 0.75)
    assert standing_of("2004-2", {}) == Standing()


def test_number_beyond_all_numbers_is_not_said() -> None:
    assert standing_of("2004-4", {"cmi.score.raw": "9" * 400}) == Standing()


@pytest.mark.parametrize(
    ("said", "ms"),
    [
        ("0000:01:30.5", 90_500),
        ("00:00:00", 0),
        ("9999:99:99.99", 9_999 * 3_600_000 + 99 * 60_000 + 99_990),
        ("PT1H30M", 5_400_000),
        ("PT0.01S", 10),
        ("PT90S", 90_000),
        ("P1DT1S", 86_401_000),
        ("P1Y2M3D", (365 + 60 + 3) * 86_400_000),
        ("P" + "9" * 40 + "Y", MOST_CLAIMED_MS),
        ("999999:00:00", MOST_CLAIMED_MS),
        ("P", None),
        ("PT", None),
        ("", None),
        ("half an hour", None),
        ("１:00:00", None),
        ("P" + "9" * 90 + "Y", None),
    ],
)
def test_spans_of_both_standards(said: str, ms: int | None) -> None:
    expected = None if ms is None else min(ms, MOST_CLAIMED_MS)
    assert span_ms(said) == expected


def test_interaction_of_1_2() -> None:
    elements = {
        "cmi.interactions.2.id": "q3",
        "cmi.interactions.2.type": "choice",
        "cmi.interactions.2.time": "10:00:00",
        "cmi.interactions.2.weighting": "1.5",
        "cmi.interactions.2.student_response": "b",
        "cmi.interactions.2.result": "wrong",
        "cmi.interactions.2.latency": "00:00:12.5",
        "cmi.interactions.2.objectives.0.id": "o1",
        "cmi.interactions.2.objectives.1.id": "o2",
        "cmi.interactions.2.correct_responses.0.pattern": "a",
        "cmi.interactions.22.id": "another",
    }
    assert interaction_at("1.2", elements, 2) == Interaction(
        2, "q3", "choice", "10:00:00", 1.5, ["a"], "b", "wrong", 12_500, "", ["o1", "o2"]
    )


def test_interaction_of_2004() -> None:
    elements = {
        "cmi.interactions.0.id": "urn:q:1",
        "cmi.interactions.0.type": "numeric",
        "cmi.interactions.0.timestamp": "2026-03-02T10:00:00.0Z",
        "cmi.interactions.0.learner_response": "7",
        "cmi.interactions.0.result": "0.75",
        "cmi.interactions.0.latency": "PT1M",
        "cmi.interactions.0.description": "{lang=zh-CN}测试",
    }
    assert interaction_at("2004-4", elements, 0) == Interaction(
        0, "urn:q:1", "numeric", "2026-03-02T10:00:00.0Z", None, [], "7", "0.75", 60_000, "{lang=zh-CN}测试", []
    )


def test_objectives_of_both_standards() -> None:
    old = {"cmi.objectives.0.id": "o1", "cmi.objectives.0.status": "failed", "cmi.objectives.0.score.raw": "10"}
    assert objective_at("1.2", old, 0) == Objective(0, "o1", "", Standing("completed", "failed", raw=10.0))
    new = {
        "cmi.objectives.3.id": "o4",
        "cmi.objectives.3.success_status": "passed",
        "cmi.objectives.3.completion_status": "completed",
        "cmi.objectives.3.score.scaled": "1",
        "cmi.objectives.3.progress_measure": "1",
        "cmi.objectives.3.description": "测试",
    }
    assert objective_at("2004-3", new, 3) == Objective(
        3, "o4", "测试", Standing("completed", "passed", scaled=1.0, progress=1.0)
    )
