"""Minutes had and needed, by block."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from courses.enums import Block
from tests.factories.accounts import make_learner, make_user
from tests.factories.courses import make_policy
from tests.factories.tracking import NOW, make_annual_year, make_ce_year, make_entry, make_ruled_authority
from tracking.enums import CeYearKind, RecognitionOutcome
from tracking.operations import open_ce_year, open_following_year, recognise_year, refuse_year, reverse_entry
from tracking.queries import entries_of_year, standing_of_year, standings_of, year_standings

pytestmark = pytest.mark.django_db


def test_new_year_needs_everything() -> None:
    standing = standing_of_year(make_ce_year())
    assert (standing.need_minutes, standing.need_professional_minutes, standing.common_max_minutes) == (3, 2, 1)
    assert (standing.have_minutes, standing.missing_minutes, standing.missing_professional_minutes) == (0, 3, 2)
    assert (standing.met, standing.recognition, standing.is_automatic) == (False, None, True)


def test_common_block_is_capped() -> None:
    year = make_ce_year()
    make_entry(ce_year=year, block=Block.COMMON, minutes=10)
    standing = standing_of_year(year)
    assert (standing.studied_common_minutes, standing.have_common_minutes, standing.missing_minutes) == (10, 1, 2)


def test_reversal_counts_against_the_year() -> None:
    year = make_ce_year()
    make_entry(ce_year=year, block=Block.COMMON)
    entry = make_entry(ce_year=year, block=Block.PROFESSIONAL, minutes=2)
    assert standing_of_year(year).met is True
    counter = reverse_entry(entry_id=entry.pk, actor=make_user(), reason="测试冲正", now=NOW + timedelta(days=30))
    standing = standing_of_year(year)
    assert (counter.minutes, counter.earned_on) == (-2, entry.earned_on)
    assert (standing.have_professional_minutes, standing.missing_minutes, standing.met) == (0, 2, False)


def test_reversing_twice_reverses_once() -> None:
    year, officer = make_ce_year(), make_user()
    entry = make_entry(ce_year=year, block=Block.PROFESSIONAL, minutes=2)
    first = reverse_entry(entry_id=entry.pk, actor=officer, reason="测试", now=NOW)
    assert reverse_entry(entry_id=entry.pk, actor=officer, reason="测试", now=NOW) == first


def test_entries_outside_the_window_do_not_count() -> None:
    year = make_ce_year(policy={"legacy_deadline": date(2026, 6, 30)})
    make_entry(ce_year=year, block=Block.PROFESSIONAL, earned_on=date(2026, 3, 1))
    make_entry(ce_year=year, block=Block.PROFESSIONAL, earned_on=date(2026, 7, 1))
    make_entry(ce_year=year, block=Block.PROFESSIONAL, earned_on=date(2026, 6, 30))
    assert standing_of_year(year).have_minutes == 1
    assert [entry.earned_on for entry in entries_of_year(year)] == [date(2026, 6, 30)]


def test_common_credit_of_one_post_counts_for_the_other() -> None:
    first = make_ce_year()
    second = make_ce_year(learner=first.learner, authority=first.authority)
    make_entry(ce_year=first, block=Block.COMMON)
    make_entry(ce_year=first, block=Block.PROFESSIONAL)
    assert [standing.have_minutes for standing in standings_of([first, second])] == [2, 1]


def test_renewal_is_judged_by_the_rules_of_the_day_of_the_claim() -> None:
    authority = make_ruled_authority()
    year = make_ce_year(authority=authority)
    make_policy(authority=authority, effective_from=date(2026, 3, 3), renewal_min_hours=5)
    assert standing_of_year(year).need_minutes == 3


def test_annual_year_is_judged_by_the_rules_of_its_first_day_not_of_the_day_its_row_was_made() -> None:
    authority = make_ruled_authority()
    year = make_annual_year(authority=authority, issued_on=date(2026, 3, 2))  # opens on 2027-03-02, made a year before
    first_day = make_policy(
        authority=authority,
        effective_from=date(2027, 3, 2),
        annual_min_hours=5,
        professional_min_hours=1,
        hour_minutes=1,
    )
    make_policy(authority=authority, effective_from=date(2027, 3, 3), annual_min_hours=9, hour_minutes=1)
    standing = standing_of_year(year)
    assert (standing.rules.policy_id, standing.need_minutes, standing.need_professional_minutes) == (first_day.pk, 5, 1)


def test_rule_that_changes_in_the_middle_of_a_year_begins_with_the_next_one() -> None:
    authority = make_ruled_authority()
    year = make_annual_year(authority=authority, issued_on=date(2025, 3, 2))
    make_policy(
        authority=authority,
        effective_from=date(2026, 9, 1),
        annual_min_hours=4,
        professional_min_hours=2,
        hour_minutes=1,
    )
    make_entry(ce_year=year, block=Block.PROFESSIONAL, minutes=3, earned_on=date(2026, 10, 1))
    following = open_following_year(ce_year_id=year.pk, now=datetime(2027, 3, 3, tzinfo=UTC))
    needs = [(each.need_minutes, each.met) for each in standings_of([year, following])]
    assert needs == [(3, True), (4, False)]


def test_recognition_outweighs_an_earlier_refusal() -> None:
    year, officer = make_ce_year(), make_user()
    make_entry(ce_year=year, block=Block.PROFESSIONAL, minutes=3)
    refuse_year(ce_year_id=year.pk, actor=officer, reason="材料不全", now=NOW)
    refused = standing_of_year(year).recognition
    assert refused is not None
    assert refused.outcome == RecognitionOutcome.REFUSED
    recognised = recognise_year(ce_year_id=year.pk, actor=officer, now=NOW)
    assert standing_of_year(year).recognition == recognised


def test_annual_years_of_one_post_help_each_other_where_the_policy_lets_them() -> None:
    authority = make_ruled_authority(make_up_allowed=True, make_up_years_back=1, make_up_needs_approval=False)
    renewal = make_ce_year(authority=authority)
    facts: dict[str, Any] = {"learner": renewal.learner, "post": renewal.post, "authority": authority}
    first = open_ce_year(kind=CeYearKind.ANNUAL, issued_on=date(2026, 3, 2), now=NOW, **facts)
    later = NOW + timedelta(days=370)
    second = open_ce_year(kind=CeYearKind.ANNUAL, issued_on=date(2026, 3, 2), now=later, **facts)
    make_entry(ce_year=second, block=Block.PROFESSIONAL, minutes=6)
    assert (first.label, second.label) == (2026, 2027)
    assert [standing.met for standing in standings_of([first, second])] == [True, True]


def test_standings_cost_the_same_for_one_year_and_for_three(django_assert_num_queries: Callable[[int], Any]) -> None:
    year = make_ce_year()
    with django_assert_num_queries(4):
        assert len(year_standings(year.learner)) == 1
    for _ in range(2):
        make_ce_year(learner=year.learner, authority=year.authority)
    with django_assert_num_queries(4):
        standings = year_standings(year.learner)
        shown = [(each.ce_year.post.name, each.ce_year.authority.name, each.missing_minutes) for each in standings]
    assert len(shown) == 3


def test_standings_of_nobody_cost_one_statement(django_assert_num_queries: Callable[[int], Any]) -> None:
    learner = make_learner()
    with django_assert_num_queries(1):
        assert year_standings(learner) == []
