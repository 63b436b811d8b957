"""Slides are read under the same lease, the same checks and the same clock as films."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from media_pipeline.gateways.storage import put_bytes
from media_pipeline.models import Video
from tests.factories.courses import make_edition, make_ready_deck, make_slides_lesson_draft
from tests.factories.tracking import first_lesson, make_ce_year
from tracking.models import Enrolment
from tracking.operations import enrol_learner
from tracking.queries import lesson_terms

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media_folder")]
Limit = Callable[[int], Any]


@pytest.fixture
def deck() -> Video:
    name = uuid4()
    video = make_ready_deck(
        pages=6,
        page_seconds=10,
        uuid=name,
        hls_prefix=f"videos/{name}/renditions/a",
        width=1600,
        height=900,
        poster_path=f"videos/{name}/renditions/a/poster.jpg",
    )
    for page in range(1, 7):
        put_bytes(f"{video.hls_prefix}/pages/{page:04d}-800.webp", b"page %d" % page)
    texts = {"pages": [{"width": 1600, "height": 900, "text": "</script><b>第一页</b>"}] * 6}
    put_bytes(f"{video.hls_prefix}/pages/pages.json", json.dumps(texts).encode())
    return video


@pytest.fixture
def enrolment(deck: Video) -> Enrolment:
    now = timezone.now()
    year = make_ce_year(now=now)
    edition = make_edition(lessons=[make_slides_lesson_draft(video=deck)], block="professional", posts=[year.post])
    return enrol_learner(learner=year.learner, course=edition.course, now=now)


@pytest.fixture
def browser(client: Client, enrolment: Enrolment) -> Client:
    client.force_login(enrolment.learner.user)
    return client


def address(enrolment: Enrolment, name: str = "player") -> str:
    return reverse(f"tracking:{name}", args=(enrolment.uuid, first_lesson(enrolment).uuid))


def open_deck(browser: Client, enrolment: Enrolment) -> dict[str, Any]:
    answer = browser.post(address(enrolment, "open_lease"), {}, content_type="application/json")
    assert answer.status_code == 200
    return answer.json()


def body_of(response: Any) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


def test_page_names_the_pages_but_gives_none_of_them(
    browser: Client, enrolment: Enrolment, django_assert_max_num_queries: Limit
) -> None:
    url = address(enrolment)
    with django_assert_max_num_queries(15):
        page = browser.get(url).content.decode()
    assert "1</span> / 6" in page
    assert ".webp" not in page
    assert "打开幻灯片（不计学时）" in page
    assert "第一页</b>" not in page


def test_course_page_says_how_many_pages_there_are(browser: Client, enrolment: Enrolment) -> None:
    page = browser.get(reverse("tracking:course", args=(enrolment.course.uuid,))).content.decode()
    assert "幻灯片 · 6 页" in page


def test_lease_opens_the_pages_for_its_holder_and_nobody_else(browser: Client, enrolment: Enrolment) -> None:
    deck = open_deck(browser, enrolment)["film"]
    assert deck["widths"] == [1600, 800, 240]
    picture = f"{deck['base']}{deck['pages']}0003-800.webp"
    answer = browser.get(picture, follow=True)
    assert (answer.status_code, answer["Content-Type"], body_of(answer)) == (200, "image/webp", b"page 3")
    texts = browser.get(deck["base"] + deck["texts"], follow=True)
    assert (texts["Content-Type"], texts["X-Content-Type-Options"]) == ("application/json", "nosniff")
    assert len(json.loads(body_of(texts))["pages"]) == 6
    assert [Client().get(url).status_code for url in (picture, deck["base"] + deck["texts"])] == [403, 403]
    assert browser.get(f"{deck['base']}{deck['pages']}../../../../../originals/x.webp").status_code == 403


def test_timeline_of_slides_is_page_after_page(enrolment: Enrolment) -> None:
    terms = lesson_terms(first_lesson(enrolment))
    assert (terms.duration_ms, terms.required_ms) == (60_000, 60_000)


def test_claiming_all_pages_at_once_earns_no_more_than_the_clock(browser: Client, enrolment: Enrolment) -> None:
    token = open_deck(browser, enrolment)["token"]
    report = {
        "token": token,
        "sequence": 0,
        "intervals": [[page * 10_000, (page + 1) * 10_000] for page in range(6)],
        "rate": 1.0,
        "visible": True,
        "position_ms": 59_999,
    }
    answer = browser.post(reverse("tracking:heartbeat"), report, content_type="application/json").json()
    assert answer["credited_ms"] < 10_000
    assert answer["not_counted"]["faster_than_clock"] > 50_000
    assert answer["completed"] is False


def test_browser_without_scripts_gets_plain_pages_under_its_lease(browser: Client, enrolment: Enrolment) -> None:
    answer = browser.post(address(enrolment, "watch_plainly"), follow=True)
    page = answer.content.decode()
    assert page.count("-800.webp") == 6
    source = page.split('<img src="')[-1].split('"')[0]
    assert body_of(browser.get(source, follow=True)) == b"page 6"


def test_slides_still_being_made_are_announced(browser: Client, enrolment: Enrolment, deck: Video) -> None:
    Video.objects.filter(pk=deck.pk).update(state="transcoding")
    assert "幻灯片正在准备" in browser.get(address(enrolment)).content.decode()
    answer = browser.post(address(enrolment, "open_lease"), {}, content_type="application/json")
    assert answer.status_code == 422
