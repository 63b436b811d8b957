"""Days of grace follow the legacy deadline: whoever claimed in time may finish in them, and nobody may begin."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from accounts.models import AuditEntry
from courses.enums import Block
from tests.factories.accounts import make_learner
from tests.factories.certificates import meet_year
from tests.factories.courses import make_policy, make_post
from tests.factories.hour_rules import make_hour_rules
from tests.factories.tracking import LEGACY_ISSUED_ON, NOW, make_ce_year, make_entry, make_ruled_authority
from tracking.enums import CeYearKind
from tracking.operations import RenewalNotOpenError, extend_renewal_years, open_ce_year
from tracking.operations.recognition import settle_learner
from tracking.queries.clause_texts import clause_texts
from tracking.rules.ce_windows import RenewalClosedError, last_renewal_day, renewal_window
from tracking.rules.clauses import Clause
from tracking.rules.legacy_renewal import judge_legacy_renewal

GRACIOUS = make_hour_rules(legacy_deadline=date(2021, 9, 30), grace_days=30)


def test_the_last_day_of_grace_is_so_many_days_after_the_deadline():
    assert last_renewal_day(GRACIOUS) == date(2021, 10, 30)
    assert last_renewal_day(make_hour_rules(legacy_deadline=date(2021, 9, 30))) == date(2021, 9, 30)
    assert last_renewal_day(make_hour_rules(legacy_deadline=None, grace_days=30)) == date.max


def test_a_window_claimed_on_the_deadline_runs_to_the_last_day_of_grace():
    window = renewal_window(claimed_on=date(2021, 9, 30), rules=GRACIOUS)
    assert (window.opens_on, window.closes_on) == (date(2021, 9, 30), date(2021, 10, 30))


def test_grace_opens_no_window_to_who_comes_after_the_deadline():
    with pytest.raises(RenewalClosedError):
        renewal_window(claimed_on=date(2021, 10, 1), rules=GRACIOUS)


@pytest.mark.parametrize(("on", "status"), [(date(2021, 10, 30), "open"), (date(2021, 10, 31), "closed")])
def test_a_renewal_is_open_on_the_last_day_of_grace_and_closed_the_day_after(on: date, status: str):
    verdict = judge_legacy_renewal(
        issued_on=date(2016, 1, 1), claimed_on=date(2021, 9, 1), on=on, entries=[], post="ZLY-TJ", rules=GRACIOUS
    )
    assert (verdict.status, verdict.deadline) == (status, date(2021, 9, 30))


@pytest.mark.django_db
def test_a_row_written_before_grace_was_known_gives_none():
    year = make_ce_year(policy={"legacy_deadline": date(2026, 12, 31)})
    assert (year.closes_on, year.due_on, year.deadline) == (date(2026, 12, 31), None, date(2026, 12, 31))


@pytest.mark.django_db
def test_the_row_of_a_year_names_the_deadline_and_closes_after_grace():
    year = make_ce_year(policy={"legacy_deadline": date(2026, 12, 31), "grace_days": 31})
    assert (year.closes_on, year.due_on, year.deadline) == (date(2027, 1, 31), date(2026, 12, 31), date(2026, 12, 31))


@pytest.mark.django_db
def test_hours_of_the_last_day_of_grace_count_and_those_of_the_day_after_do_not():
    for earned_on, met in ((date(2026, 4, 10), True), (date(2026, 4, 11), False)):
        year = make_ce_year(policy={"legacy_deadline": date(2026, 3, 31), "grace_days": 10})
        make_entry(ce_year=year, block=Block.PROFESSIONAL, minutes=3, earned_on=earned_on)
        settle_learner(learner_id=year.learner_id, now=datetime(2026, 4, 12, tzinfo=UTC))
        year.refresh_from_db()
        assert (year.met_at is not None) is met


@pytest.mark.django_db
def test_a_claim_in_the_days_of_grace_is_refused():
    authority = make_ruled_authority(legacy_deadline=date(2026, 3, 1), grace_days=30)
    with pytest.raises(RenewalNotOpenError) as caught:
        open_ce_year(
            learner=make_learner(),
            post=make_post(),
            authority=authority,
            kind=CeYearKind.RENEWAL,
            issued_on=LEGACY_ISSUED_ON,
            now=NOW,
        )
    assert caught.value.code == "deadline_passed"


@pytest.mark.django_db
def test_a_newer_policy_with_grace_reopens_what_was_closed_and_its_deadline_never_goes_back():
    authority = make_ruled_authority(legacy_deadline=date(2026, 3, 31))
    year = make_ce_year(authority=authority)
    make_policy(authority=authority, effective_from=date(2026, 5, 2), legacy_deadline=date(2026, 3, 15), grace_days=60)
    assert extend_renewal_years(now=datetime(2026, 5, 2, 2, tzinfo=UTC)) == 1
    year.refresh_from_db()
    assert (year.closes_on, year.deadline) == (date(2026, 5, 14), date(2026, 3, 31))
    assert AuditEntry.objects.get(action="ce_year.extend").detail["due_on"] == "2026-03-31"


@pytest.mark.django_db
def test_a_deadline_moved_inside_its_grace_is_followed_once():
    authority = make_ruled_authority(legacy_deadline=date(2026, 3, 31), grace_days=30)
    year = make_ce_year(authority=authority)
    make_policy(authority=authority, effective_from=date(2026, 4, 1), legacy_deadline=date(2026, 4, 15), grace_days=15)
    in_april = datetime(2026, 4, 1, 2, tzinfo=UTC)
    assert [extend_renewal_years(now=in_april), extend_renewal_years(now=in_april)] == [1, 0]
    year.refresh_from_db()
    assert (year.due_on, year.closes_on) == (date(2026, 4, 15), date(2026, 4, 30))


@pytest.mark.django_db
def test_a_year_that_was_met_is_not_extended_by_grace():
    authority = make_ruled_authority(legacy_deadline=date(2026, 12, 31))
    year = meet_year(make_ce_year(authority=authority))
    make_policy(authority=authority, effective_from=date(2026, 3, 2), legacy_deadline=date(2026, 12, 31), grace_days=9)
    assert extend_renewal_years(now=NOW) == 0
    year.refresh_from_db()
    assert (year.due_on, year.closes_on) == (None, date(2026, 12, 31))


def test_the_clause_names_the_grace():
    [text] = clause_texts([Clause.LEGACY_DEADLINE], GRACIOUS)
    assert text.text == "旧证换发截止 2021-09-30；截止前已认领的，宽限 30 天"


@pytest.mark.django_db
@pytest.mark.parametrize(("zone", "is_open"), [("Asia/Shanghai", False), ("Asia/Urumqi", True)])
def test_a_claim_on_the_last_day_is_judged_by_the_day_where_the_learner_lives(zone: str, is_open: bool):
    half_past_midnight = datetime(2026, 3, 31, 16, 30, tzinfo=UTC)  # in Shanghai; in Urumqi it is still 31 March
    claim = {
        "learner": make_learner(time_zone=zone),
        "post": make_post(),
        "authority": make_ruled_authority(legacy_deadline=date(2026, 3, 31)),
        "kind": CeYearKind.RENEWAL,
        "issued_on": LEGACY_ISSUED_ON,
        "now": half_past_midnight,
    }
    if is_open:
        year = open_ce_year(**claim)
        assert (year.opens_on, year.closes_on) == (date(2026, 3, 31), date(2026, 3, 31))
    else:
        with pytest.raises(RenewalNotOpenError):
            open_ce_year(**claim)
