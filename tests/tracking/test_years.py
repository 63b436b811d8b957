"""Windows open by the rule and the policy in force."""

from datetime import UTC, date, datetime

import pytest

from accounts.models import AuditEntry
from tests.factories.accounts import make_learner
from tests.factories.courses import make_policy, make_post
from tests.factories.tracking import NOW, make_ce_year, make_ruled_authority
from tracking.enums import CeYearKind
from tracking.models import CeYear
from tracking.operations import RenewalNotOpenError, extend_renewal_years, open_ce_year

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
