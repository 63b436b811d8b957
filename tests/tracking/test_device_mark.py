"""The random mark by which a browser is known again, and what is kept of it."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from tests.factories.tracking import first_lesson, make_enrolment, make_lease
from tracking.models import Enrolment, PlayLease
from tracking.operations import end_lease
from tracking.queries import device_key_of
from tracking.rules.device import fresh_mark, is_mark

pytestmark = pytest.mark.django_db
COOKIE = "study_device"


def play(client: Client, enrolment: Enrolment, **headers: str):
    client.force_login(enrolment.learner.user)
    address = reverse("tracking:open_lease", args=(enrolment.uuid, first_lesson(enrolment).uuid))
    return client.post(address, "{}", content_type="application/json", headers=headers)


def test_first_lease_leaves_a_mark_that_no_script_can_read(client: Client) -> None:
    cookie = play(client, make_enrolment(now=timezone.now())).cookies[COOKIE]
    assert is_mark(cookie.value)
    facts = (cookie["httponly"], cookie["samesite"], cookie["max-age"], cookie["path"], cookie["secure"])
    assert facts == (True, "Lax", 365 * 24 * 3600, "/study/", "")


def test_mark_is_kept_and_only_its_digest_stored(client: Client) -> None:
    first, second = make_enrolment(now=timezone.now()), make_enrolment(now=timezone.now())
    mark = play(client, first).cookies[COOKIE].value
    assert play(client, second).cookies[COOKIE].value == mark
    keys = set(PlayLease.objects.values_list("device_key", flat=True))
    assert keys == {device_key_of(mark)}
    assert mark not in keys.pop()


def test_mark_is_only_sent_securely_where_the_site_is_secure() -> None:
    enrolment = make_enrolment(now=timezone.now())
    client = Client()
    client.force_login(enrolment.learner.user)
    address = reverse("tracking:open_lease", args=(enrolment.uuid, first_lesson(enrolment).uuid))
    response = client.post(address, "{}", content_type="application/json", secure=True)
    assert response.cookies[COOKIE]["secure"] is True


@pytest.mark.parametrize("forged", ["", "short", "x" * 23, "x" * 21 + "!", "x" * 21 + "\n", "é" * 22, "x" * 4_000])
def test_mark_that_is_none_of_ours_is_replaced(client: Client, forged: str) -> None:
    assert not is_mark(forged)
    client.cookies[COOKIE] = forged.encode("unicode_escape").decode()
    answer = play(client, make_enrolment(now=timezone.now()))
    assert answer.status_code == 200
    assert is_mark(answer.cookies[COOKIE].value)


def test_refused_lease_leaves_no_mark(client: Client) -> None:
    enrolment = make_enrolment(now=timezone.now())
    make_lease(enrolment=enrolment, now=timezone.now())
    answer = play(client, enrolment)
    assert (answer.status_code, COOKIE in answer.cookies) == (409, False)


def test_browser_without_cookies_is_another_device_each_time() -> None:
    enrolment = make_enrolment(now=timezone.now())
    for _ in range(2):
        assert play(Client(), enrolment).status_code == 200
        end_lease(lease_id=PlayLease.objects.get(ended_at__isnull=True).pk, now=timezone.now())
    assert PlayLease.objects.values("device_key").distinct().count() == 2


def test_digest_is_keyed_short_and_empty_for_nothing(settings: Settings) -> None:
    mark = "A" * 22
    here = device_key_of(mark)
    settings.SECRET_KEY = "测试另一把钥匙"
    assert (len(here), device_key_of("")) == (32, "")
    assert device_key_of(mark) != here


def test_marks_are_random() -> None:
    assert len({fresh_mark() for _ in range(100)}) == 100
    assert is_mark(fresh_mark())
