"""The page of a lesson that shows a package, and the test drive of one."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from courses.enums import CountedAttempt
from media_pipeline.enums import VideoState
from media_pipeline.models import Video
from tests.factories.accounts import make_user
from tests.factories.courses import make_ready_video
from tests.factories.scorm_study import make_package, make_package_enrolment
from tests.factories.tracking import make_ce_year
from tracking.models import Enrolment, ScormAttempt

pytestmark = pytest.mark.django_db
CONTENT = "http://*.localhost:8000"


@pytest.fixture(autouse=True)
def content_host(settings: Any) -> None:
    settings.XUESHI_CONTENT_URL = CONTENT


@pytest.fixture
def enrolment() -> Enrolment:
    now = timezone.now()
    return make_package_enrolment(ce_year=make_ce_year(now=now), now=now)


def address(enrolment: Enrolment, name: str = "tracking:player") -> str:
    return reverse(name, args=(enrolment.uuid, enrolment.edition.lessons.get().uuid))


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def config_of(page: str) -> dict[str, Any]:
    found = re.search(r'<script id="study-config" type="application/json">(.*?)</script>', page)
    assert found
    return dict(json.loads(found[1]))


def author(*codenames: str) -> User:
    user = make_user()
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    return user


def test_a_learner_finds_the_package_its_buttons_and_what_it_has_reported(
    enrolment: Enrolment, django_assert_max_num_queries: Any
):
    client = signed_in(enrolment.learner.user)
    client.get(address(enrolment))  # the first time, the database is asked what it can do
    with django_assert_max_num_queries(15):
        answer = client.get(address(enrolment))

    page, config = answer.content.decode(), config_of(answer.content.decode())
    assert re.findall(r'data-request="(\w+)"', page) == [
        "previous",
        "continue",
        "suspendAll",
        "exit",
        "exitAll",
        "abandon",
        "abandonAll",
    ]
    sandbox = re.search(r'sandbox="([^"]+)" allow="([^"]+)"', page)
    assert sandbox
    assert sandbox.groups() == (
        "allow-scripts allow-same-origin allow-forms allow-modals allow-popups allow-downloads",
        "fullscreen; autoplay",
    )
    assert (config["launch"], config["isBegun"], config["standing"]["completion"]) == (None, False, "unknown")
    assert "http://*.localhost:8000" not in page, "nothing of the package's address before a lease is given"


def test_without_a_content_host_the_page_says_whom_to_ask(enrolment: Enrolment, settings: Any):
    settings.XUESHI_CONTENT_URL = ""

    page = signed_in(enrolment.learner.user).get(address(enrolment)).content.decode()

    assert "联系管理员" in page
    assert "<iframe" not in page


def test_a_package_that_is_not_ready_is_said_to_be_on_its_way(enrolment: Enrolment):
    Video.objects.update(state=VideoState.INSPECTING)

    page = signed_in(enrolment.learner.user).get(address(enrolment)).content.decode()

    assert "课件正在准备" in page


def test_a_further_attempt_is_offered_and_begun_as_far_as_the_lesson_allows():
    now = timezone.now()
    enrolment = make_package_enrolment(
        ce_year=make_ce_year(now=now), now=now, attempts_allowed=2, counted_attempt=CountedAttempt.LAST
    )
    lesson, client = enrolment.edition.lessons.get(), signed_in(enrolment.learner.user)
    ScormAttempt.objects.create(
        enrolment=enrolment,
        lesson=lesson,
        video=lesson.video,
        number=1,
        generation=1,
        began_at=now - timedelta(minutes=1),
        touched_at=now,
    )
    restart = address(enrolment, "tracking:scorm_restart")
    assert restart in client.get(address(enrolment)).content.decode()

    answer = client.post(restart)

    assert (answer.status_code, answer.headers["Location"]) == (302, address(enrolment))
    assert list(ScormAttempt.objects.order_by("number").values_list("number", "end")) == [(1, "restart"), (2, "")]
    assert restart not in client.get(address(enrolment)).content.decode()
    client.post(restart)
    assert ScormAttempt.objects.count() == 2
    assert client.get(restart).status_code == 405


def test_others_cannot_begin_a_package_again(enrolment: Enrolment):
    other = make_package_enrolment(ce_year=make_ce_year(now=timezone.now()), now=timezone.now())

    answer = signed_in(other.learner.user).post(address(enrolment, "tracking:scorm_restart"))

    assert answer.status_code == 404


def test_a_test_drive_opens_the_package_and_writes_no_row():
    video = make_package()
    client = signed_in(author("access_admin", "view_video", "change_video"))
    before = {model: model.objects.count() for model in apps.get_models()}

    page = client.get(reverse("tracking:scorm_drive", args=(video.uuid,))).content.decode()

    launch = config_of(page)["launch"]
    assert "试播：不记录任何数据" in page
    assert (launch["attempt"], launch["commit"], launch["state"], launch["activities"]) == (None, None, None, {})
    assert launch["stage"].startswith(f"http://p{video.uuid.hex}.localhost:8000/")
    assert launch["origin"] == f"http://p{video.uuid.hex}.localhost:8000"
    assert {model: model.objects.count() for model in apps.get_models()} == before


@pytest.mark.parametrize("codenames", [(), ("access_admin",), ("change_video",)])
def test_a_test_drive_is_for_those_who_keep_the_library(codenames: tuple[str, ...]):
    video = make_package()

    answer = signed_in(author(*codenames)).get(reverse("tracking:scorm_drive", args=(video.uuid,)))

    assert answer.status_code == 403


def test_a_test_drive_of_what_is_no_package_or_not_ready_is_not_found():
    client = signed_in(author("access_admin", "view_video", "change_video"))
    waiting = make_package(state=VideoState.INSPECTING)

    assert client.get(reverse("tracking:scorm_drive", args=(waiting.uuid,))).status_code == 404
    film = make_ready_video()
    assert client.get(reverse("tracking:scorm_drive", args=(film.uuid,))).status_code == 404


def test_the_sites_policy_lets_pages_frame_packages_and_nothing_else(enrolment: Enrolment):
    answer = signed_in(enrolment.learner.user).get(address(enrolment))

    frames = re.search(r"frame-src ([^;]+);", answer.headers["Content-Security-Policy"])
    assert frames
    assert frames[1].split()[:1] == ["'self'"]
