"""An officer lets a closed year be made up."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from accounts.models import AuditEntry, User
from courses.enums import Block
from lms.lib.errors import DomainError
from tests.factories.accounts import appoint_officer, make_learner, make_user
from tests.factories.courses import make_policy
from tests.factories.threads import in_threads
from tests.factories.tracking import make_annual_year, make_ce_year, make_entry, make_ruled_authority
from tracking.models import CeYear, MakeUpApproval, Recognition
from tracking.operations import MakeUpRefusedError, approve_make_up, open_due_years
from tracking.operations.recognition import settle_learner
from tracking.queries import standing_of_year, standings_of

pytestmark = pytest.mark.django_db
CONSENT = {"make_up_allowed": True, "make_up_years_back": 1, "make_up_needs_approval": True}
IN_2027 = datetime(2027, 4, 1, 2, 0, tzinfo=UTC)
REASON = "工地封闭期间无法学习"


def closed_year(**options: Any) -> tuple[CeYear, CeYear]:
    """The annual year 2026, over and not met, and the year after it."""
    options.setdefault("policy", CONSENT)
    year = make_annual_year(**options)
    open_due_years(now=IN_2027)
    year.refresh_from_db()
    return year, CeYear.objects.get(learner=year.learner, post=year.post, label=2027)


def study(year: CeYear, minutes: int, now: datetime = IN_2027) -> None:
    entry = make_entry(ce_year=year, block=Block.PROFESSIONAL, minutes=minutes, earned_at=now)
    settle_learner(learner_id=entry.learner_id, now=now)


@pytest.fixture
def officer() -> User:
    return make_user()


def approve(year: CeYear, actor: User, **changes: Any) -> MakeUpApproval:
    return approve_make_up(**{"ce_year_id": year.pk, "actor": actor, "reason": REASON, "now": IN_2027, **changes})


def test_without_approval_the_surplus_waits(officer: User) -> None:
    year, following = closed_year()
    study(following, 6)
    standing = standing_of_year(year)
    assert (standing.met, standing.missing_minutes, standing.waiting_minutes) == (False, 3, 3)
    assert standing.make_up_approval is None


def test_approval_makes_the_year_met_and_recognises_it(officer: User) -> None:
    year, following = closed_year()
    study(following, 6)
    approval = approve(year, officer, reason=f"  {REASON} ")
    year.refresh_from_db()
    standing = standing_of_year(year)
    assert (standing.met, standing.waiting_minutes, standing.make_up_approval) == (True, 0, approval)
    assert (approval.approved_by, approval.approved_at, approval.reason) == (officer, IN_2027, REASON)
    assert year.met_at == IN_2027
    assert set(Recognition.objects.values_list("ce_year__label", "outcome")) == {
        (2026, "recognised"),
        (2027, "recognised"),
    }
    audit = AuditEntry.objects.get(action="ce_year.approve_make_up")
    assert (audit.actor, audit.target, audit.detail) == (officer, f"tracking.ceyear:{year.uuid}", {"reason": REASON})


def test_study_after_the_approval_counts_for_the_earlier_year_once_its_own_is_met(officer: User) -> None:
    year, following = closed_year()
    approve(year, officer)
    study(following, 4)
    assert [each.missing_minutes for each in standings_of([year, following])] == [2, 0]
    study(following, 2)
    year.refresh_from_db()
    assert year.met_at == IN_2027


def test_approving_twice_approves_once(officer: User) -> None:
    year, _ = closed_year()
    first = approve(year, officer)
    assert approve(year, make_user(), reason="另一理由") == first
    assert MakeUpApproval.objects.count() == 1
    assert AuditEntry.objects.filter(action="ce_year.approve_make_up").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_officers_at_the_same_moment_approve_once(officer: User) -> None:
    year, following = closed_year()
    study(following, 6)
    other = make_user()
    results = in_threads(lambda: approve(year, officer), lambda: approve(year, other), lambda: approve(year, officer))
    assert {type(result) for result in results} == {MakeUpApproval}
    assert MakeUpApproval.objects.count() == 1
    assert Recognition.objects.filter(ce_year=year).count() == 1


@pytest.mark.parametrize("reason", ["", "   "])
def test_approval_needs_a_reason(officer: User, reason: str) -> None:
    year, _ = closed_year()
    with pytest.raises(DomainError) as caught:
        approve(year, officer, reason=reason)
    assert caught.value.code == "reason_missing"
    assert not MakeUpApproval.objects.exists()


def test_a_year_that_is_not_over_needs_no_make_up(officer: User) -> None:
    _, following = closed_year()
    with pytest.raises(MakeUpRefusedError) as caught:
        approve(following, officer)
    assert caught.value.code == "not_over"


def test_a_renewal_has_no_make_up(officer: User) -> None:
    year = make_ce_year(policy={**CONSENT, "legacy_deadline": date(2026, 12, 31)})
    with pytest.raises(MakeUpRefusedError) as caught:
        approve(year, officer)
    assert caught.value.code == "not_annual"


def test_a_year_that_is_met_needs_no_make_up(officer: User) -> None:
    year, _ = closed_year()
    make_entry(ce_year=year, block=Block.PROFESSIONAL, minutes=3)
    with pytest.raises(MakeUpRefusedError) as caught:
        approve(year, officer)
    assert caught.value.code == "met"


@pytest.mark.parametrize("policy", [{"make_up_allowed": False}, {**CONSENT, "make_up_needs_approval": False}])
def test_where_the_policy_asks_for_no_approval_none_is_given(officer: User, policy: dict[str, Any]) -> None:
    year, _ = closed_year(policy=policy)
    with pytest.raises(MakeUpRefusedError) as caught:
        approve(year, officer)
    assert caught.value.code == "not_permitted"


def test_the_policy_of_the_later_year_decides_whether_it_may_make_up(officer: User) -> None:
    authority = make_ruled_authority(make_up_allowed=False)
    make_policy(
        authority=authority, effective_from=date(2027, 1, 1), **{**CONSENT, "hour_minutes": 1, "annual_min_hours": 3}
    )
    year, _ = closed_year(authority=authority)
    assert approve(year, officer).ce_year == year


def test_a_year_too_long_ago_is_out_of_reach(officer: User) -> None:
    year, _ = closed_year(policy={**CONSENT, "rolling_years": 0})
    in_2028 = datetime(2028, 4, 1, 2, 0, tzinfo=UTC)
    open_due_years(now=in_2028)
    approve(year, officer, now=in_2028)  # 2027 may still have made it up
    third = CeYear.objects.get(label=2028)
    study(third, 30, now=in_2028)
    assert standing_of_year(year).met is False


def test_nobody_approves_make_up_of_one_s_own() -> None:
    officer = appoint_officer().user
    year, _ = closed_year(learner=make_learner(user=officer))
    with pytest.raises(MakeUpRefusedError) as caught:
        approve(year, officer)
    assert caught.value.code == "own"


def test_an_approval_keeps_the_certificate_s_years_going(officer: User) -> None:
    year, following = closed_year()
    study(following, 6)
    now = datetime(2028, 3, 2, 2, 0, tzinfo=UTC)
    assert open_due_years(now=now) == 1  # what waits for a decision is not held against the holder
    approve(year, officer, now=now)
    assert standing_of_year(year).met is True
