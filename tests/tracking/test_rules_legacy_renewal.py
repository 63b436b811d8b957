"""The renewal of an old certificate."""

from datetime import date
from typing import Any

import pytest

from tests.factories.hour_rules import make_hour_rules
from tracking.rules.clauses import Clause
from tracking.rules.credit_entries import CreditEntry
from tracking.rules.legacy_renewal import LegacyVerdict, judge_legacy_renewal

STUDIED = [CreditEntry(date(2021, 9, 1), 450, "common"), CreditEntry(date(2021, 9, 30), 990, "professional", "A")]


def _judge(**overrides: Any) -> LegacyVerdict:
    given: dict[str, Any] = {
        "issued_on": date(2015, 5, 1),
        "claimed_on": date(2021, 8, 1),
        "on": date(2021, 9, 30),
        "entries": STUDIED,
        "post": "A",
        "rules": make_hour_rules(),
    }
    return judge_legacy_renewal(**{**given, **overrides})


def test_thirty_two_hours_in_time_renew_the_certificate() -> None:
    verdict = _judge()
    assert (verdict.status, verdict.is_exam_missing) == ("met", False)
    assert verdict.clauses == (Clause.PROFESSIONAL_MIN, Clause.SHARED_COMMON_BLOCK, Clause.RENEWAL_MIN)


def test_hours_earned_in_time_renew_after_the_deadline_too() -> None:
    assert _judge(on=date(2021, 12, 1)).status == "met"


@pytest.mark.parametrize(("on", "status"), [(date(2021, 9, 30), "open"), (date(2021, 10, 1), "closed")])
def test_renewal_is_open_through_the_deadline_itself(on: date, status: str) -> None:
    assert _judge(on=on, entries=STUDIED[:1]).status == status


def test_study_before_the_claim_does_not_count() -> None:
    verdict = _judge(claimed_on=date(2021, 9, 2))
    assert verdict.state is not None
    assert (verdict.status, verdict.state.missing_minutes) == ("open", 450)


def test_study_after_the_deadline_does_not_count() -> None:
    late = [STUDIED[0], CreditEntry(date(2021, 10, 1), 990, "professional", "A")]
    assert _judge(on=date(2021, 10, 2), entries=late).status == "closed"


def test_claim_after_the_deadline_is_closed_without_a_window() -> None:
    verdict = _judge(claimed_on=date(2021, 10, 1), on=date(2021, 10, 1))
    assert (verdict.status, verdict.window, verdict.state) == ("closed", None, None)
    assert verdict.clauses == (Clause.LEGACY_DEADLINE,)


@pytest.mark.parametrize(("issued_on", "status"), [(date(2018, 12, 12), "met"), (date(2018, 12, 13), "not_legacy")])
def test_certificate_issued_on_the_cut_off_day_is_not_an_old_one(issued_on: date, status: str) -> None:
    assert _judge(issued_on=issued_on).status == status


def test_required_test_holds_the_renewal_back_until_passed() -> None:
    rules = make_hour_rules(exam_required=True)
    before, after = _judge(rules=rules), _judge(rules=rules, exam_passed=True)
    assert (before.status, before.is_exam_missing) == ("open", True)
    assert Clause.RENEWAL_EXAM in before.clauses
    assert (after.status, after.is_exam_missing) == ("met", False)


def test_renewal_without_a_deadline_never_closes() -> None:
    verdict = _judge(rules=make_hour_rules(legacy_deadline=None), entries=[], on=date(2090, 1, 1))
    assert verdict.status == "open"
    assert Clause.LEGACY_DEADLINE not in verdict.clauses
