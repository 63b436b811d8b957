"""The least of clock, claim and declaration; and which attempt decides."""

import pytest

from tracking.enums import NotCountedReason
from tracking.rules.scorm_hours import (
    AttemptFacts,
    CreditedTime,
    SittingClaim,
    attempts_used,
    claimed_in_all,
    counted_attempt,
    credited_of,
    exact_score,
    meets_goal,
)

LESS, MORE, BEYOND = NotCountedReason.CLAIMED_LESS, NotCountedReason.CLAIMED_MORE, NotCountedReason.BEYOND_DECLARED


@pytest.mark.parametrize(
    ("measured", "claimed", "declared", "credited", "cut"),
    [
        (600_000, 600_000, 600_000, 600_000, {}),
        (600_000, 599_999, 600_000, 599_999, {LESS: 1}),
        (600_000, 600_001, 600_000, 600_000, {MORE: 1}),
        (60_000, 36_000_000, 600_000, 60_000, {MORE: 35_940_000}),
        (600_000, None, 600_000, 600_000, {}),
        (600_001, None, 600_000, 600_000, {BEYOND: 1}),
        (700_000, 650_000, 600_000, 600_000, {LESS: 50_000, BEYOND: 50_000}),
        (700_000, 800_000, 600_000, 600_000, {MORE: 100_000, BEYOND: 100_000}),
        (0, 36_000_000, 600_000, 0, {MORE: 36_000_000}),
        (0, None, 600_000, 0, {}),
    ],
)
def test_least_of_clock_claim_and_declaration_is_credited(
    measured: int, claimed: int | None, declared: int, credited: int, cut: dict[NotCountedReason, int]
) -> None:
    found = credited_of(measured, claimed, declared)
    assert found == CreditedTime(credited, cut)
    assert found.credited_ms + sum(found.cut.values()) == max(measured, measured if claimed is None else claimed)


def test_claim_for_what_is_accounted_for_is_not_cut_a_second_time() -> None:
    assert credited_of(60_000, 100_000, 600_000, accounted_ms=30_000).cut == {MORE: 10_000}
    assert credited_of(60_000, 90_000, 600_000, accounted_ms=30_000).cut == {}
    assert credited_of(60_000, 70_000, 600_000, accounted_ms=30_000).cut == {}


def test_package_that_never_claims_leaves_it_to_the_clock() -> None:
    assert claimed_in_all([], measured_ms=600_000) is None


def test_claim_of_nothing_is_no_claim() -> None:
    silent = SittingClaim(measured_ms=600_000, claimed_ms=0, heard_ms=0, has_silent=True)
    assert claimed_in_all([silent], measured_ms=600_000) is None


def test_claims_of_a_sitting_stand_alone_where_all_its_sessions_claim() -> None:
    sitting = SittingClaim(measured_ms=600_000, claimed_ms=420_000, heard_ms=600_000, has_silent=False)
    assert claimed_in_all([sitting], measured_ms=600_000) == 420_000


def test_sitting_without_a_claim_counts_as_it_was_measured() -> None:
    claiming = SittingClaim(measured_ms=600_000, claimed_ms=600_000, heard_ms=600_000, has_silent=False)
    assert claimed_in_all([claiming], measured_ms=900_000) == 900_000


def test_silent_sessions_have_the_time_beyond_the_claiming_ones() -> None:
    mixed = SittingClaim(measured_ms=600_000, claimed_ms=180_000, heard_ms=240_000, has_silent=True)
    assert claimed_in_all([mixed], measured_ms=600_000) == 540_000


def test_silent_sessions_have_nothing_where_the_claiming_ones_lasted_all_the_time() -> None:
    mixed = SittingClaim(measured_ms=600_000, claimed_ms=180_000, heard_ms=700_000, has_silent=True)
    assert claimed_in_all([mixed], measured_ms=600_000) == 180_000


def facts(number: int, completion: str = "unknown", success: str = "unknown", **rest: object) -> AttemptFacts:
    return AttemptFacts(number, str(rest.get("end", "")), completion, success, rest.get("score"))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("completion", "success", "completed", "passed"),
    [
        ("completed", "unknown", True, False),
        ("completed", "failed", True, False),
        ("incomplete", "passed", True, True),
        ("unknown", "passed", True, True),
        ("incomplete", "failed", False, False),
        ("unknown", "unknown", False, False),
        ("not attempted", "unknown", False, False),
    ],
)
def test_goal_is_met_by_what_it_asks(completion: str, success: str, completed: bool, passed: bool) -> None:
    attempt = facts(1, completion, success)
    assert [meets_goal(attempt, goal) for goal in ("completed", "passed", "time")] == [completed, passed, True]


def test_no_attempt_counts_before_there_is_one() -> None:
    assert counted_attempt([], counts="best", goal="passed") is None


def test_first_and_last_attempt_count_by_their_number() -> None:
    attempts = [facts(1, success="failed"), facts(2, success="passed"), facts(3)]
    assert [counted_attempt(attempts, counts=counts, goal="passed") for counts in ("first", "last")] == [
        attempts[0],
        attempts[2],
    ]


def test_best_attempt_meets_the_goal_then_has_the_higher_score_then_is_the_later() -> None:
    failed, passed = facts(1, success="failed", score=0.9), facts(2, success="passed", score=0.6)
    assert counted_attempt([failed, passed], counts="best", goal="passed") == passed
    higher, same = facts(3, success="passed", score=0.8), facts(4, success="passed", score=0.8)
    assert counted_attempt([passed, higher, facts(5)], counts="best", goal="passed") == higher
    assert counted_attempt([higher, same], counts="best", goal="passed") == same


def test_attempt_whose_package_was_exchanged_is_neither_first_nor_last_and_uses_nothing_up() -> None:
    moved, own = facts(1, success="passed", end="moved"), facts(2, success="failed")
    assert counted_attempt([moved, own], counts="first", goal="passed") == own
    assert counted_attempt([moved], counts="last", goal="passed") == moved  # there is no other yet
    assert counted_attempt([moved, own], counts="best", goal="passed") == moved
    assert attempts_used([moved, own]) == 1


@pytest.mark.parametrize(
    ("score", "text"), [(None, None), (0.8, "0.8"), (1.0, "1"), (-1.0, "-1"), (0.0, "0"), (1 / 3, "0.3333333")]
)
def test_score_is_kept_as_text(score: float | None, text: str | None) -> None:
    assert exact_score(score) == text
