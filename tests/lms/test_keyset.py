"""Pages of a long list, by where the last one ended."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db.models import QuerySet

from accounts.models import SiteMessage, User
from lms.lib.keyset import KeysetPage, keyset_page
from tests.factories.accounts import make_user
from tests.factories.tracking import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader() -> User:
    return make_user()


def write(reader: User, number: int, *, at: datetime = NOW) -> int:
    return SiteMessage.objects.create(user=reader, key=f"test-{number}", subject="测试", body="", sent_at=at).pk


def page_at(place: str, *, size: int = 2, rows: QuerySet[SiteMessage] | None = None) -> KeysetPage:
    chosen = SiteMessage.objects.all() if rows is None else rows
    return keyset_page(chosen, by="sent_at", place=place, size=size)


def test_an_empty_list_has_one_empty_page() -> None:
    assert page_at("") == KeysetPage(ids=(), newer="", older="")


def test_pages_follow_one_another_and_lead_back(reader: User) -> None:
    keys = [write(reader, number, at=NOW + timedelta(minutes=number)) for number in range(5)][::-1]
    first = page_at("")
    second = page_at(first.older)
    third = page_at(second.older)
    assert [first.ids, second.ids, third.ids] == [tuple(keys[:2]), tuple(keys[2:4]), tuple(keys[4:])]
    assert (first.newer, third.older) == ("", "")
    assert page_at(third.newer).ids == second.ids
    assert page_at(page_at(third.newer).newer) == first


def test_rows_of_one_moment_are_neither_lost_nor_shown_twice(reader: User) -> None:
    keys = [write(reader, number) for number in range(7)][::-1]
    seen: list[int] = []
    place = ""
    for _ in range(4):
        page = page_at(place)
        seen += page.ids
        place = page.older
    assert seen == keys
    assert place == ""


def test_rows_without_a_moment_go_by_their_key(reader: User) -> None:
    for number in range(3):
        write(reader, number)
    unread = SiteMessage.objects.filter(read_at__isnull=True)
    first = keyset_page(unread, by="read_at", place="", size=2)
    second = keyset_page(unread, by="read_at", place=first.older, size=2)
    keys = tuple(SiteMessage.objects.order_by("-pk").values_list("pk", flat=True))
    assert first.ids + second.ids == keys
    assert keyset_page(unread, by="read_at", place=second.newer, size=2) == first


def test_what_came_in_meanwhile_does_not_move_the_page(reader: User) -> None:
    keys = [write(reader, number, at=NOW + timedelta(minutes=number)) for number in range(4)][::-1]
    place = page_at("").older
    write(reader, 9, at=NOW + timedelta(hours=1))
    assert page_at(place).ids == tuple(keys[2:])


@pytest.mark.parametrize(
    "place",
    [
        "x",
        "older-1",
        "older-1-zz",
        f"older-1-{'0' * 32}",
        f"newer-{'9' * 17}-{'0' * 32}",
        "older-1-' OR 1=1",
        "older-none-",
    ],
)
def test_an_unknown_place_is_the_first_page(reader: User, place: str) -> None:
    keys = [write(reader, number, at=NOW + timedelta(minutes=number)) for number in range(3)][::-1]
    assert page_at(place).ids == tuple(keys[:2])


def test_a_moment_beyond_the_calendar_is_the_first_page(reader: User) -> None:
    write(reader, 1)
    known = SiteMessage.objects.get()
    assert page_at(f"older-{'9' * 17}-{known.uuid.hex}").ids == (known.pk,)


def test_a_place_names_no_row_by_its_number(reader: User) -> None:
    for number in range(3):
        write(reader, number, at=NOW + timedelta(minutes=number))
    last = SiteMessage.objects.order_by("-sent_at")[1]
    moment = int((last.sent_at - datetime(1970, 1, 1, tzinfo=NOW.tzinfo)) / timedelta(microseconds=1))
    assert page_at("").older == f"older-{moment}-{last.uuid.hex}"
