"""The dated policies of some authorities, read once and asked of many days."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from courses.queries import NoPolicyError, policy_book, policy_in_force
from tests.factories.accounts import make_authority
from tests.factories.courses import make_national_policy, make_policy

pytestmark = pytest.mark.django_db
IN_2019, IN_2020, IN_2022 = date(2019, 6, 1), date(2020, 6, 1), date(2022, 6, 1)


def test_the_book_says_what_single_questions_say_in_one_statement(django_assert_num_queries: Any) -> None:
    make_national_policy()
    first, second = make_authority(), make_authority()
    make_policy(authority=first, effective_from=date(2020, 1, 1), annual_min_hours=40)
    make_policy(authority=first, effective_from=date(2022, 1, 1), annual_min_hours=48)
    with django_assert_num_queries(1):
        book = policy_book([first, second])
        found = {
            (a, day): book.in_force(authority=a, on=day) for a in (first, second) for day in (IN_2019, IN_2020, IN_2022)
        }
    assert found == {(a, day): policy_in_force(authority=a, on=day) for a, day in found}
    assert [found[first, day].annual_min_hours for day in (IN_2019, IN_2020, IN_2022)] == [32, 40, 48]


def test_a_day_without_a_national_policy_has_no_rules() -> None:
    make_national_policy()
    authority = make_authority()
    with pytest.raises(NoPolicyError):
        policy_book([authority]).in_force(authority=authority, on=date(2019, 1, 18))


def test_versions_are_the_rules_of_every_day_on_which_they_changed() -> None:
    make_national_policy()
    make_national_policy(effective_from=date(2021, 1, 1), renewal_min_hours=24)
    authority = make_authority()
    make_policy(authority=authority, effective_from=date(2018, 1, 1), annual_min_hours=30)
    make_policy(authority=authority, effective_from=date(2030, 1, 1), annual_min_hours=99)
    versions = policy_book([authority]).versions(authority=authority, until=date(2025, 1, 1))
    assert [(each.annual_min_hours, each.renewal_min_hours) for each in versions] == [(30, 32), (30, 24)]


def test_a_supposed_change_keeps_what_the_authority_states_and_leaves_the_book_alone() -> None:
    make_national_policy()
    authority, other = make_authority(), make_authority()
    make_policy(authority=authority, effective_from=date(2020, 1, 1), annual_min_hours=40)
    book = policy_book([authority, other])
    changed = book.changed(authority=authority, effective_from=IN_2020, changes={"professional_min_hours": 30})
    rules = changed.in_force(authority=authority, on=IN_2022)
    assert (rules.annual_min_hours, rules.professional_min_hours, rules.renewal_min_hours) == (40, 30, 32)
    assert changed.in_force(authority=authority, on=date(2020, 5, 31)).professional_min_hours == 22
    assert changed.in_force(authority=other, on=IN_2022).professional_min_hours == 22
    assert book.in_force(authority=authority, on=IN_2022).professional_min_hours == 22


def test_a_supposed_change_on_the_day_of_a_row_takes_its_place_and_a_later_row_stays() -> None:
    make_national_policy()
    authority = make_authority()
    make_policy(authority=authority, effective_from=IN_2020, annual_min_hours=40)
    make_policy(authority=authority, effective_from=IN_2022, annual_min_hours=48)
    changed = policy_book([authority]).changed(
        authority=authority, effective_from=IN_2020, changes={"annual_min_hours": 36}
    )
    assert changed.in_force(authority=authority, on=IN_2020).annual_min_hours == 36
    assert changed.in_force(authority=authority, on=IN_2022).annual_min_hours == 48
