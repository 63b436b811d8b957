"""Windows open by the rule and the policy in force."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import AuditEntry
from courses.enums import Block
from tests.factories.accounts import make_learner
from tests.factories.courses import make_policy, make_post
from tests.factories.tracking import NOW, make_ce_year, make_entry, make_ruled_authority
from tracking.enums import CeYearKind
from tracking.models import CeYear
from tracking.operations import (
    Holder,
    RenewalNotOpenError,
    extend_renewal_years,
    open_annual_years,
    open_ce_year,
    settle_learners,
)

pytestmark = pytest.mark.django_db


def test_renewal_opens_on_the_day_of_the_claim_and_closes_on_the_deadline() -> None:
    year = make_ce_year(policy={"legacy_deadline": date(2026, 12, 31)})
    assert (year.opens_on, year.closes_on, year.label, year.kind) == (
        date(2026, 3, 2),
        date(2026, 12, 31),
        2026,
        CeYearKind.RENEWAL,
    )


def test_a_window_without_a_deadline_has_no_end_to_show() -> None:
    assert make_ce_year(policy={"legacy_deadline": date(2099, 12, 31)}).has_no_end is True
    assert make_ce_year(policy={"legacy_deadline": date(2030, 12, 31)}).has_no_end is False


def test_renewal_opens_on_the_day_of_the_site_s_time_zone() -> None:
    late_in_utc = datetime(2026, 3, 2, 16, 30, tzinfo=UTC)  # half past midnight in Shanghai
    assert make_ce_year(now=late_in_utc).opens_on == date(2026, 3, 3)


def test_opening_twice_opens_once() -> None:
    year = make_ce_year()
    again = make_ce_year(learner=year.learner, post=year.post, authority=year.authority)
    assert again == year
    assert CeYear.objects.count() == 1
    assert AuditEntry.objects.filter(action="ce_year.open").count() == 1


def facts_of(year: CeYear) -> tuple[object, ...]:
    return (year.kind, year.label, year.anchor_on, year.origin, year.opens_on, year.closes_on, year.due_on, year.policy)


def holders(years: list[CeYear]) -> list[Holder]:
    return [Holder(learner=year.learner, post=year.post, authority=year.authority) for year in years]


def test_annual_years_opened_together_are_those_opened_one_by_one() -> None:
    authority = make_ruled_authority()
    renewed = [make_ce_year(authority=authority) for _ in range(2)]
    anew = Holder(learner=make_learner(), post=make_post(), authority=authority)

    open_annual_years(holders=[*holders(renewed[:1]), anew], issued_on=NOW.date(), now=NOW)

    one_by_one = [
        open_ce_year(**holder, kind=CeYearKind.ANNUAL, issued_on=NOW.date(), now=NOW)
        for holder in (*holders(renewed[1:]), Holder(learner=make_learner(), post=make_post(), authority=authority))
    ]
    together = [CeYear.objects.get(kind="annual", learner=holder) for holder in (renewed[0].learner, anew["learner"])]
    assert [facts_of(year) for year in together] == [facts_of(year) for year in one_by_one]
    assert AuditEntry.objects.filter(action="ce_year.open", target=f"tracking.ceyear:{together[0].uuid}").count() == 1
    assert [year.balance.need_minutes for year in together] == [year.balance.need_minutes for year in one_by_one]


def test_annual_years_opened_together_twice_are_opened_once() -> None:
    authority = make_ruled_authority()
    renewed = [make_ce_year(authority=authority) for _ in range(3)]
    for asked in (renewed[:2], renewed):  # two have an annual year already
        open_annual_years(holders=holders(asked), issued_on=NOW.date(), now=NOW)
    assert CeYear.objects.filter(kind="annual").count() == 3


def test_statements_of_annual_years_are_shared(django_assert_num_queries: Callable[[int], Any]) -> None:
    authority = make_ruled_authority()
    renewed = [make_ce_year(authority=authority) for _ in range(6)]
    with CaptureQueriesContext(connection) as one:
        open_annual_years(holders=holders(renewed[:1]), issued_on=NOW.date(), now=NOW)
    with django_assert_num_queries(len(one)):
        open_annual_years(holders=holders(renewed[1:]), issued_on=NOW.date(), now=NOW)


def test_learners_settled_together_are_judged_each_by_their_own_hours() -> None:
    authority = make_ruled_authority()
    met, short = make_ce_year(authority=authority), make_ce_year(authority=authority)
    make_entry(ce_year=met, block=Block.PROFESSIONAL, minutes=3)
    make_entry(ce_year=short, block=Block.PROFESSIONAL, minutes=2)
    CeYear.objects.update(met_at=None)

    assert settle_learners(learner_ids={met.learner_id, short.learner_id}, now=NOW) == [met]

    met.refresh_from_db()
    short.refresh_from_db()
    assert (met.met_at, met.decision, short.met_at, short.decision) == (NOW, "recognised", None, "")


def test_renewal_is_refused_the_day_after_the_deadline() -> None:
    with pytest.raises(RenewalNotOpenError, match="2026-03-01 截止"):
        make_ce_year(policy={"legacy_deadline": date(2026, 3, 1)})


def test_renewal_opens_on_the_deadline_itself() -> None:
    year = make_ce_year(policy={"legacy_deadline": date(2026, 3, 2)})
    assert (year.opens_on, year.closes_on) == (date(2026, 3, 2), date(2026, 3, 2))


def test_certificate_issued_on_the_cut_off_is_no_old_one() -> None:
    with pytest.raises(RenewalNotOpenError, match="不属于旧证换发范围"):
        make_ce_year(issued_on=date(2018, 12, 13))


def test_certificate_issued_the_day_before_the_cut_off_is_an_old_one() -> None:
    assert make_ce_year(issued_on=date(2018, 12, 12)).kind == CeYearKind.RENEWAL


def test_second_extension_reopens_a_closed_renewal_without_editing_the_policy() -> None:
    authority = make_ruled_authority(legacy_deadline=date(2026, 3, 31))
    year = make_ce_year(authority=authority)
    newer = make_policy(
        authority=authority, effective_from=date(2026, 5, 1), legacy_deadline=date(2026, 9, 30), source="再次延期通知"
    )
    in_april, in_may = datetime(2026, 4, 10, tzinfo=UTC), datetime(2026, 5, 2, tzinfo=UTC)
    assert extend_renewal_years(now=in_april) == 0
    assert extend_renewal_years(now=in_may) == 1
    assert extend_renewal_years(now=in_may) == 0
    year.refresh_from_db()
    assert (year.closes_on, year.policy_id) == (date(2026, 9, 30), newer.pk)
    assert AuditEntry.objects.get(action="ce_year.extend").detail == {
        "from": "2026-03-31",
        "to": "2026-09-30",
        "policy": newer.pk,
        "source": "再次延期通知",
    }


def test_so_many_windows_grow_at_once_and_the_next_call_goes_on() -> None:
    authority = make_ruled_authority(legacy_deadline=date(2026, 3, 31))
    years = [make_ce_year(authority=authority) for _ in range(3)]
    make_policy(authority=authority, effective_from=date(2026, 5, 1), legacy_deadline=date(2026, 9, 30))
    in_may = datetime(2026, 5, 2, tzinfo=UTC)
    assert [extend_renewal_years(now=in_may, limit=2) for _ in range(3)] == [2, 1, 0]
    assert CeYear.objects.filter(pk__in=[year.pk for year in years], closes_on=date(2026, 9, 30)).count() == 3


def test_claiming_again_after_an_extension_reopens_at_once() -> None:
    authority = make_ruled_authority(legacy_deadline=date(2026, 3, 31))
    year = make_ce_year(authority=authority)
    make_policy(authority=authority, effective_from=date(2026, 5, 1), legacy_deadline=date(2026, 9, 30))
    again = make_ce_year(
        learner=year.learner, post=year.post, authority=authority, now=datetime(2026, 5, 2, tzinfo=UTC)
    )
    assert (again.pk, again.opens_on, again.closes_on) == (year.pk, date(2026, 3, 2), date(2026, 9, 30))


def test_annual_year_of_a_new_certificate_is_the_one_that_holds_today() -> None:
    year = open_ce_year(
        learner=make_learner(),
        post=make_post(),
        authority=make_ruled_authority(),
        kind=CeYearKind.ANNUAL,
        issued_on=date(2023, 6, 10),
        now=NOW,
    )
    assert (year.opens_on, year.closes_on, year.label) == (date(2025, 6, 10), date(2026, 6, 9), 2025)


def test_annual_year_after_a_renewal_opens_the_day_after() -> None:
    renewal = make_ce_year()
    year = open_ce_year(
        learner=renewal.learner,
        post=renewal.post,
        authority=renewal.authority,
        kind=CeYearKind.ANNUAL,
        issued_on=date(2026, 3, 2),
        now=NOW,
    )
    assert (year.opens_on, year.closes_on, year.label) == (date(2026, 3, 3), date(2027, 3, 2), 2026)


def test_first_year_to_come_is_opened_for_a_certificate_of_today() -> None:
    year = open_ce_year(
        learner=make_learner(),
        post=make_post(),
        authority=make_ruled_authority(),
        kind=CeYearKind.ANNUAL,
        issued_on=date(2026, 3, 2),
        now=NOW,
    )
    assert (year.opens_on, year.label) == (date(2027, 3, 2), 2027)
