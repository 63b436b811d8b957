"""Serials are held, used or let go: none is lost, none is given twice."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest
from django.db import transaction
from django.test import override_settings

from certificates.models import FreeSerial, NumberSeries
from certificates.operations.numbering import (
    UnknownSchemeError,
    held_serials,
    hold_serials,
    let_go_serials,
    number_scheme,
    take_status_serials,
    use_serials,
)
from certificates.rules.number_schemes import SCHEMES, NumberScheme
from tests.factories.threads import in_threads

HOUSE_SCHEME = NumberScheme(run=lambda facts: facts.authority_code, number=lambda facts, serial: f"X{serial}")


def causes(count: int) -> list[UUID]:
    return [uuid4() for _ in range(count)]


def hold(wanted: list[UUID], series: str = "42-2026") -> list[int]:
    with transaction.atomic():
        given = hold_serials(dict.fromkeys(wanted, series))
    return [given[each] for each in wanted]


@pytest.mark.django_db
def test_serials_are_held_from_one_in_the_order_asked():
    first, second = causes(3), causes(2)
    assert (hold(first), hold(second)) == ([1, 2, 3], [4, 5])
    assert held_serials(first) == {cause: ("42-2026", number) for number, cause in enumerate(first, start=1)}


@pytest.mark.django_db
def test_series_count_for_themselves():
    assert hold(causes(2), "42-2026") == [1, 2]
    assert hold(causes(1), "33-2026") == [1]
    assert hold(causes(1), "42-2027") == [1]


@pytest.mark.django_db
def test_a_serial_that_was_let_go_is_the_next_that_is_taken():
    first = causes(3)
    hold(first)
    assert let_go_serials(first[1:2]) == 1
    assert hold(causes(2)) == [2, 4]


@pytest.mark.django_db
def test_a_serial_that_was_used_is_never_given_again():
    first = causes(2)
    hold(first)
    assert use_serials(first) == 2
    assert hold(causes(1)) == [3]
    assert not FreeSerial.objects.filter(serial__in=(1, 2)).exists()


@pytest.mark.django_db
def test_more_than_a_handful_is_laid_out_at_once():
    assert hold(causes(120)) == list(range(1, 121))
    assert hold(causes(1)) == [121]


@pytest.mark.django_db
def test_what_fails_gives_its_serials_back():
    with transaction.atomic():
        hold_serials(dict.fromkeys(causes(3), "42-2026"))
        transaction.set_rollback(True)
    assert hold(causes(1)) == [1]


@pytest.mark.django_db(transaction=True)
def test_takers_at_the_same_moment_get_serials_of_their_own_without_a_gap():
    NumberSeries.objects.create(name="42-2026")
    given = in_threads(*[lambda: hold(causes(30)) for _ in range(6)])
    assert sorted(number for numbers in given for number in numbers) == list(range(1, 181))


@pytest.mark.django_db
def test_places_in_status_lists_are_taken_one_after_another():
    assert (take_status_serials(3), take_status_serials(1)) == ([1, 2, 3], [4])


def test_a_scheme_is_ours_or_one_that_the_site_brings():
    assert number_scheme("authority-year") is SCHEMES["authority-year"]
    with override_settings(XUESHI_NUMBER_SCHEMES={"house": f"{__name__}.HOUSE_SCHEME"}):
        assert number_scheme("house") is HOUSE_SCHEME
    with pytest.raises(UnknownSchemeError):
        number_scheme("house")
