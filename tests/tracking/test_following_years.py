"""After each annual year comes the next, met or not, exactly once, while the certificate is valid."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import AuditEntry
from courses.enums import Block
from tests.factories.accounts import make_learner, make_user
from tests.factories.courses import make_policy
from tests.factories.threads import in_threads
from tests.factories.tracking import make_annual_year, make_ce_year, make_entry, make_ruled_authority
from tracking.models import CeYear
from tracking.operations import (
    NoYearFollowsError,
    open_due_years,
    open_following_year,
    open_following_years,
    settle_learner,
)
from tracking.operations.reversal import reverse_entry

pytestmark = pytest.mark.django_db
WITHOUT_ROLLING_TEST = {"rolling_years": 0}


def at(year: int, month: int, day: int) -> datetime:
    """Ten in the morning in Shanghai."""
    return datetime(year, month, day, 2, 0, tzinfo=UTC)


def meet(year: CeYear) -> Any:
    return make_entry(ce_year=year, block=Block.PROFESSIONAL, minutes=3)


def windows(year: CeYear) -> list[tuple[date, date, int]]:
    rows = CeYear.objects.filter(learner=year.learner, post=year.post, kind="annual").order_by("opens_on")
    return [(row.opens_on, row.closes_on, row.label) for row in rows]


def test_the_day_after_an_unmet_year_the_next_one_opens() -> None:
    year = make_annual_year()
    assert open_due_years(now=at(2027, 3, 1)) == 0  # the last day still belongs to it
    assert open_due_years(now=at(2027, 3, 2)) == 1
    assert open_due_years(now=at(2027, 3, 2)) == 0
    assert windows(year) == [
        (date(2026, 3, 2), date(2027, 3, 1), 2026),
        (date(2027, 3, 2), date(2028, 3, 1), 2027),
    ]
    opened = AuditEntry.objects.filter(action="ce_year.open").order_by("pk").last()
    assert opened is not None
    assert opened.detail == {"kind": "annual", "opens_on": "2027-03-02", "closes_on": "2028-03-01"}


def test_years_followed_together_are_those_that_are_followed_one_by_one(django_assert_num_queries: Any) -> None:
    authority = make_ruled_authority()
    unmet, first, *others = [make_annual_year(authority=authority) for _ in range(5)]
    lapsing = open_following_year(ce_year_id=unmet.pk, now=at(2027, 3, 2))  # a second unmet year ends the certificate
    with CaptureQueriesContext(connection) as one:
        assert open_following_years(ce_year_ids=[first.pk], now=at(2027, 3, 2)) == 1
    several = [lapsing.pk, *(year.pk for year in others)]
    with django_assert_num_queries(len(one)):
        assert open_following_years(ce_year_ids=several, now=at(2027, 3, 2)) == 3
    assert [len(windows(year)) for year in (unmet, first, *others)] == [2, 2, 2, 2, 2]
    assert open_following_years(ce_year_ids=[unmet.pk, first.pk, *several], now=at(2027, 3, 3)) == 5
    assert {tuple(windows(year)) for year in others} == {tuple(windows(first))}
    assert set(CeYear.objects.filter(unfollowed_since=None)) == {unmet, first, *others}


def test_the_day_begins_at_midnight_of_the_site_s_time_zone() -> None:
    make_annual_year()
    assert open_due_years(now=datetime(2027, 3, 1, 15, 59, tzinfo=UTC)) == 0
    assert open_due_years(now=datetime(2027, 3, 1, 16, 0, tzinfo=UTC)) == 1


def test_after_years_without_a_sweep_every_year_in_between_is_opened() -> None:
    year = make_annual_year(policy=WITHOUT_ROLLING_TEST)
    assert open_due_years(now=at(2030, 6, 1)) == 4
    assert [label for _, _, label in windows(year)] == [2026, 2027, 2028, 2029, 2030]


def test_a_leap_day_s_anniversary_does_not_drift() -> None:
    year = make_annual_year(issued_on=date(2024, 2, 29), now=at(2026, 3, 2), policy=WITHOUT_ROLLING_TEST)
    open_due_years(now=at(2029, 3, 1))
    assert windows(year) == [
        (date(2026, 2, 28), date(2027, 2, 27), 2026),
        (date(2027, 2, 28), date(2028, 2, 28), 2027),
        (date(2028, 2, 29), date(2029, 2, 27), 2028),
        (date(2029, 2, 28), date(2030, 2, 27), 2029),
    ]


@pytest.mark.parametrize("is_renewed", [False, True])
def test_years_opened_before_anchors_were_kept_go_on_from_the_first_of_them(is_renewed: bool) -> None:
    authority, learner = make_ruled_authority(**WITHOUT_ROLLING_TEST), make_learner()
    facts: dict[str, Any] = {"authority": authority, "learner": learner}
    if is_renewed:
        facts["post"] = make_ce_year(now=at(2024, 2, 29), **facts).post
    year = make_annual_year(issued_on=date(2024 if is_renewed else 2020, 2, 29), now=at(2024, 3, 2), **facts)
    CeYear.objects.update(anchor_on=None, origin="")
    open_due_years(now=at(2028, 3, 2))
    last = windows(year)[-1]
    expected = (
        (date(2028, 3, 1), date(2029, 2, 28), 2028) if is_renewed else (date(2028, 2, 29), date(2029, 2, 27), 2028)
    )
    assert last == expected


def test_a_year_met_is_followed_too() -> None:
    year = make_annual_year()
    meet(year)
    assert open_due_years(now=at(2027, 3, 2)) == 1


def test_a_renewal_that_was_missed_is_followed_by_no_annual_year() -> None:
    make_ce_year(policy={"legacy_deadline": date(2026, 12, 31)})
    assert open_due_years(now=at(2027, 3, 2)) == 0


def test_no_year_opens_once_the_certificate_has_lapsed() -> None:
    year = make_annual_year()
    open_due_years(now=at(2027, 3, 2))
    assert open_due_years(now=at(2028, 3, 2)) == 0
    assert open_due_years(now=at(2028, 3, 2)) == 0
    assert [label for _, _, label in windows(year)] == [2026, 2027]
    lapse = AuditEntry.objects.get(action="ce_year.lapse")
    assert lapse.detail == {"reason": "证书有效期止于 2028-03-01：滚动考核学时不足，不再开放新的继续教育年度。"}
    assert open_due_years(now=at(2028, 3, 3)) == 0
    assert AuditEntry.objects.filter(action="ce_year.lapse").count() == 1


def test_years_missed_without_a_sweep_are_not_opened_beyond_the_lapse() -> None:
    year = make_annual_year()
    assert open_due_years(now=at(2032, 1, 1)) == 1
    assert [label for _, _, label in windows(year)] == [2026, 2027]


def test_hours_entered_late_let_the_years_go_on() -> None:
    year = make_annual_year()
    open_due_years(now=at(2028, 3, 2))
    entries = [meet(CeYear.objects.get(label=label)) for label in (2026, 2027)]
    assert open_due_years(now=at(2028, 3, 2)) == 0  # asked, and none follows
    settle_learner(learner_id=year.learner_id, now=at(2028, 3, 2))
    assert open_due_years(now=at(2028, 3, 2)) == 1
    assert [entry.earned_on for entry in entries] == [date(2026, 3, 2), date(2027, 3, 2)]
    assert [label for _, _, label in windows(year)] == [2026, 2027, 2028]


def test_lapsed_certificates_do_not_hold_up_years_that_are_newly_over() -> None:
    lapsed = [make_annual_year() for _ in range(2)]
    open_due_years(now=at(2027, 3, 2))
    open_due_years(now=at(2028, 3, 2))
    newly = make_annual_year(now=at(2027, 6, 1), issued_on=date(2026, 6, 1))
    assert open_due_years(now=at(2028, 6, 1), limit=1) == 1
    assert len(windows(newly)) == 2
    assert [len(windows(year)) for year in lapsed] == [2, 2]


def test_lapsed_certificate_is_asked_about_weekly_and_written_down_once() -> None:
    year = make_annual_year()
    open_due_years(now=at(2027, 3, 2))
    open_due_years(now=at(2028, 3, 2))
    last = CeYear.objects.filter(learner=year.learner).order_by("opens_on").last()
    assert last is not None

    def asked_on(now: datetime) -> date | None:
        open_due_years(now=now)
        last.refresh_from_db()
        return last.unfollowed_since

    days = (at(2028, 3, 3), at(2028, 3, 8), at(2028, 3, 9), at(2028, 3, 15), at(2028, 3, 16))
    expected = [2, 2, 9, 9, 16]
    assert [asked_on(day) for day in days] == [date(2028, 3, day) for day in expected]
    settle_learner(learner_id=year.learner_id, now=at(2028, 3, 17))
    assert asked_on(at(2028, 3, 17)) == date(2028, 3, 17)
    assert AuditEntry.objects.filter(action="ce_year.lapse").count() == 1


def test_a_shortfall_that_may_still_be_made_up_does_not_stop_the_years() -> None:
    year = make_annual_year(policy={"make_up_allowed": True, "make_up_years_back": 1})
    meet(year)
    assert open_due_years(now=at(2027, 3, 2)) == 1
    assert open_due_years(now=at(2028, 3, 2)) == 1  # 2027 is short, and 2028 may make it up
    assert open_due_years(now=at(2029, 3, 2)) == 0


def test_nobody_lapses_because_the_minimum_rose_between_two_years() -> None:
    year = make_annual_year(policy={"make_up_allowed": False, "annual_min_hours": 2, "rolling_min_hours": 4})
    stricter = {"hour_minutes": 1, "annual_min_hours": 4, "professional_min_hours": 2, "rolling_min_hours": 8}
    make_policy(authority=year.authority, effective_from=date(2027, 1, 1), **stricter)
    open_due_years(now=at(2027, 3, 2))
    for label, minutes in ((2026, 2), (2027, 4)):
        make_entry(ce_year=CeYear.objects.get(label=label), block=Block.PROFESSIONAL, minutes=minutes)
    assert open_due_years(now=at(2028, 3, 2)) == 1


def test_a_year_that_may_yet_lapse_is_not_followed_ahead_of_its_end() -> None:
    year = make_annual_year(policy={"make_up_allowed": False})
    open_due_years(now=at(2027, 3, 2))
    second = CeYear.objects.get(label=2027)
    meet(second)
    with pytest.raises(NoYearFollowsError) as caught:
        open_following_year(ce_year_id=second.pk, now=at(2027, 9, 1))
    assert caught.value.code == "undecided"
    with pytest.raises(NoYearFollowsError) as caught:
        open_following_year(ce_year_id=second.pk, now=at(2028, 3, 2))
    assert caught.value.code == "lapsed"
    assert len(windows(year)) == 2


def test_a_year_safely_met_is_followed_ahead_of_its_end() -> None:
    year = make_annual_year()
    entry = meet(year)
    following = open_following_year(ce_year_id=year.pk, now=at(2026, 9, 1))
    assert following.opens_on == date(2027, 3, 2)
    reverse_entry(entry_id=entry.pk, actor=make_user(), reason="测试冲正", now=at(2026, 9, 2))
    assert open_following_year(ce_year_id=year.pk, now=at(2026, 9, 3)) == following


def test_a_year_shorter_by_a_changed_policy_is_judged_by_the_new_one_for_the_rolling_test() -> None:
    year = make_annual_year(policy={"make_up_allowed": False})
    make_policy(
        authority=year.authority, effective_from=date(2027, 1, 1), rolling_years=0, hour_minutes=1, annual_min_hours=3
    )
    assert open_due_years(now=at(2028, 3, 2)) == 2  # the second year opened under a policy without a rolling test


def test_at_most_so_many_years_are_looked_at_and_the_longest_due_first() -> None:
    first = make_annual_year(issued_on=date(2025, 2, 1))
    second = make_annual_year(authority=first.authority)
    assert open_due_years(now=at(2027, 3, 2), limit=1) == 1
    assert (len(windows(first)), len(windows(second))) == (2, 1)
    assert open_due_years(now=at(2027, 3, 2), limit=1) == 1
    assert len(windows(second)) == 2


def test_posts_have_years_of_their_own() -> None:
    first = make_annual_year()
    second = make_annual_year(learner=first.learner, authority=first.authority)
    assert open_due_years(now=at(2027, 3, 2)) == 2
    assert windows(first) == windows(second)


@pytest.mark.django_db(transaction=True)
def test_sweeps_at_the_same_moment_open_each_year_once() -> None:
    year = make_annual_year(policy=WITHOUT_ROLLING_TEST)
    results = in_threads(*[lambda: open_due_years(now=at(2028, 6, 1))] * 4)
    assert [type(result) for result in results] == [int] * 4
    assert [label for _, _, label in windows(year)] == [2026, 2027, 2028]
    assert AuditEntry.objects.filter(action="ce_year.open").count() == 3


@pytest.mark.django_db(transaction=True)
def test_a_sweep_and_a_renewal_that_disagree_on_the_day_open_one_year() -> None:
    year = make_annual_year()
    facts = {"learner": year.learner, "post": year.post, "authority": year.authority}
    results = in_threads(
        lambda: open_due_years(now=at(2027, 3, 2)),
        lambda: make_annual_year(issued_on=date(2027, 3, 2), now=at(2027, 3, 2), **facts),
        lambda: open_following_year(ce_year_id=year.pk, now=at(2027, 3, 3)),
    )
    assert [result for result in results if isinstance(result, Exception)] == []
    assert windows(year) == [
        (date(2026, 3, 2), date(2027, 3, 1), 2026),
        (date(2027, 3, 2), date(2028, 3, 1), 2027),
    ]
