"""The pages of study, and what the player talks to."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.factories.accounts import make_learner, make_user
from tests.factories.courses import make_post
from tests.factories.tracking import first_lesson, make_ce_year, make_course, make_enrolment, make_lease, report_body
from tracking.models import Enrolment, PlayLease
from tracking.operations import enrol_learner, lease_limit

pytestmark = pytest.mark.django_db
Limit = Callable[[int], Any]


@pytest.fixture
def enrolment() -> Enrolment:
    return make_enrolment(now=timezone.now())


@pytest.fixture
def browser(client: Client, enrolment: Enrolment) -> Client:
    client.force_login(enrolment.learner.user)
    return client


def player_url(enrolment: Enrolment, name: str = "player") -> str:
    return reverse(f"tracking:{name}", args=(enrolment.uuid, first_lesson(enrolment).uuid))


def test_course_page_is_for_those_signed_in(client: Client, enrolment: Enrolment) -> None:
    url = reverse("tracking:course", args=(enrolment.course.uuid,))
    response = client.get(url)
    assert (response.status_code, response["Location"]) == (302, f"{reverse('accounts:login')}?next={url}")


def test_course_page_sends_who_has_no_identity_to_the_form(client: Client, enrolment: Enrolment) -> None:
    client.force_login(make_user())
    response = client.get(reverse("tracking:course", args=(enrolment.course.uuid,)))
    assert (response.status_code, response["Location"]) == (302, reverse("accounts:identity"))


def test_course_page_lists_lessons_and_offers_to_start(
    browser: Client, enrolment: Enrolment, django_assert_max_num_queries: Limit
) -> None:
    with django_assert_max_num_queries(15):
        response = browser.get(reverse("tracking:course", args=(enrolment.course.uuid,)))
    page = response.content.decode()
    assert response.status_code == 200
    assert "00:00 / 00:55" in page
    assert "开始学习" in page
    assert player_url(enrolment) in page


def test_common_course_is_marked_as_shared(browser: Client, enrolment: Enrolment) -> None:
    course = make_course(video_ms=60_000)
    assert "公共基础知识·多岗位共用" in browser.get(reverse("tracking:course", args=(course.uuid,))).content.decode()


def test_enrolling_by_post_leads_back_to_the_course(browser: Client, enrolment: Enrolment) -> None:
    course = make_course(video_ms=60_000)
    url = reverse("tracking:course", args=(course.uuid,))
    response = browser.post(url)
    assert (response.status_code, response["Location"]) == (302, url)
    assert Enrolment.objects.filter(course=course, learner=enrolment.learner).count() == 1


def test_refused_enrolment_says_what_to_do(browser: Client) -> None:
    course = make_course(post=make_post(name="测试另一岗位"))
    response = browser.post(reverse("tracking:course", args=(course.uuid,)))
    assert response.status_code == 422
    assert "测试另一岗位" in response.content.decode()


def test_player_page_shows_the_video_and_the_meter(
    browser: Client, enrolment: Enrolment, django_assert_max_num_queries: Limit
) -> None:
    url = player_url(enrolment)
    browser.get(url)  # a new process asks SQLite once what it can do
    with django_assert_max_num_queries(15):
        response = browser.get(url)
    page = response.content.decode()
    assert response.status_code == 200
    assert '<video class="player__video" id="video"' in page
    assert response.context["config"]["film"] is None
    for playable in ("m3u8", ".mp4", ".m4s", "/study/film/"):
        assert playable not in page
    assert "计学时需要 JavaScript" in page
    assert "style=" not in page
    assert "onclick" not in page


def test_reading_page_has_its_text_without_scripts(client: Client) -> None:
    enrolment = make_enrolment(now=timezone.now(), video_ms=None)
    client.force_login(enrolment.learner.user)
    page = client.get(player_url(enrolment)).content.decode()
    assert "<p>测试正文</p>" in page
    assert "<noscript>" in page


def test_player_page_of_somebody_else_is_not_found(client: Client, enrolment: Enrolment) -> None:
    client.force_login(make_learner().user)
    assert client.get(player_url(enrolment)).status_code == 404
    assert client.post(player_url(enrolment, "open_lease")).status_code == 404


def test_lesson_of_another_course_is_not_found(browser: Client, enrolment: Enrolment) -> None:
    other = first_lesson(make_enrolment(now=timezone.now()))
    assert browser.get(reverse("tracking:player", args=(enrolment.uuid, other.uuid))).status_code == 404


def test_lease_is_opened_with_a_token(
    browser: Client, enrolment: Enrolment, django_assert_max_num_queries: Limit
) -> None:
    with django_assert_max_num_queries(22):
        response = browser.post(
            player_url(enrolment, "open_lease"),
            "{}",
            content_type="application/json",
            headers={"user-agent": "Mozilla/5.0 (Windows NT 10.0) Chrome/140.0 Safari/537.36"},
        )
    lease = PlayLease.objects.get()
    assert response.status_code == 200
    assert response.json()["lease"] == str(lease.uuid)
    assert lease.device == "Chrome · Windows"
    assert response.json()["progress"] == {"credited_ms": 0, "coverage": [], "position_ms": 0, "provisional_ms": 0}
    beat = report_body(lease, token=response.json()["token"])
    assert browser.post(reverse("tracking:heartbeat"), beat, content_type="application/json").status_code == 200


def test_second_lease_is_refused_until_taken_over(browser: Client, enrolment: Enrolment) -> None:
    make_lease(enrolment=enrolment, now=timezone.now())
    url = player_url(enrolment, "open_lease")
    refused = browser.post(url, {}, content_type="application/json")
    assert (refused.status_code, refused.json()["error"]) == (409, "lease_held")
    assert "Chrome · Windows" in refused.json()["message"]
    taken = browser.post(url, {"take_over": True}, content_type="application/json")
    assert taken.status_code == 200
    assert PlayLease.objects.filter(ended_at__isnull=True).count() == 1


def test_so_many_leases_an_hour_are_enough(
    browser: Client, enrolment: Enrolment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lease_limit, "MOST_LEASES_AN_HOUR", 12)
    url, replaces = player_url(enrolment, "open_lease"), None
    for _ in range(12):
        opened = browser.post(url, {"replaces": replaces}, content_type="application/json")
        assert opened.status_code == 200
        replaces = opened.json()["lease"]
    for wish in ({"replaces": replaces}, {"take_over": True}):
        refused = browser.post(url, wish, content_type="application/json")
        assert (refused.status_code, refused.json()["error"]) == (429, "too_many_leases")
        assert "分钟后再按播放" in refused.json()["message"]
        assert 3_500 < int(refused.headers["Retry-After"]) <= 3_600
    assert PlayLease.objects.count() == 12
    assert str(PlayLease.objects.get(ended_at__isnull=True).uuid) == replaces


@pytest.mark.parametrize("body", ["", "[]", "{", '{"replaces": 5}', '{"take_over": "yes"}', "[" * 100_000])
def test_lease_asked_for_without_sense_is_asked_for_plainly(browser: Client, enrolment: Enrolment, body: str) -> None:
    response = browser.post(player_url(enrolment, "open_lease"), body, content_type="application/json")
    assert response.status_code == 200


def test_lease_needs_the_csrf_token(enrolment: Enrolment) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(enrolment.learner.user)
    response = strict.post(player_url(enrolment, "open_lease"), "{}", content_type="application/json")
    assert response.status_code == 403


def test_learnt_lesson_gives_no_lease(browser: Client, enrolment: Enrolment) -> None:
    lease = make_lease(enrolment=enrolment, now=timezone.now())
    lease.enrolment.progress.update(reached_at=timezone.now())
    response = browser.post(player_url(enrolment, "open_lease"), "{}", content_type="application/json")
    assert (response.status_code, response.json()["error"]) == (422, "learnt")


def test_heartbeat_makes_no_more_than_eight_statements(
    client: Client, enrolment: Enrolment, django_assert_max_num_queries: Limit
) -> None:
    lease = make_lease(enrolment=enrolment, now=timezone.now())
    body = report_body(lease, intervals=[[0, 1_000]])
    with django_assert_max_num_queries(8):
        response = client.post(reverse("tracking:heartbeat"), body, content_type="application/json")
    assert (response.status_code, response.json()["credited_ms"]) == (200, 1_000)


def test_end_of_a_lease_takes_the_last_report_along(client: Client, enrolment: Enrolment) -> None:
    lease = make_lease(enrolment=enrolment, now=timezone.now())
    body = report_body(lease, intervals=[[0, 2_000]])
    response = client.post(reverse("tracking:end_lease"), body, content_type="application/json")
    lease.refresh_from_db()
    assert (response.json()["credited_ms"], lease.end_reason) == (2_000, "left")


def test_token_for_a_lease_that_is_not_here_is_refused(client: Client, enrolment: Enrolment) -> None:
    lease = make_lease(enrolment=enrolment, now=timezone.now())
    body = report_body(lease)
    PlayLease.objects.all().delete()
    response = client.post(reverse("tracking:heartbeat"), body, content_type="application/json")
    assert (response.status_code, response.json()["error"]) == (409, "lease_unknown")


def test_year_that_ended_may_be_followed_by_a_new_enrolment(client: Client) -> None:
    year = make_ce_year(now=timezone.now())
    course = make_course(post=year.post)
    enrol_learner(learner=year.learner, course=course, now=timezone.now())
    type(year).objects.update(opens_on="2020-01-01", closes_on="2020-12-31")
    client.force_login(year.learner.user)
    assert "加入学习" in client.get(reverse("tracking:course", args=(course.uuid,))).content.decode()
