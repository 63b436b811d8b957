"""The demonstration loads once, and nowhere else."""

import shutil

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from wagtail.models import Page

from accounts.models import Learner, User
from certificates.models import Certificate, Holding
from cms_pages.models import CoursePage, NoticePage
from cms_pages.operations.demo import DemoRefusedError, load_demo
from cms_pages.operations.demo.logins import logins_path, read_passwords
from courses.models import CourseEdition, Post
from courses.queries import courses_for_post
from media_pipeline.models import Video
from tests.factories.courses import make_ready_deck, make_ready_video
from tests.factories.scorm_study import make_package
from tracking.models import OfflineStudy

VIDEOS = ("demo-common-safety", "demo-concrete-pour", "demo-formwork-removal")
pytestmark = pytest.mark.django_db


@pytest.fixture
def demo(settings, own_home):
    settings.XUESHI_DEMO = True
    yield
    logins_path().unlink(missing_ok=True)
    shutil.rmtree(own_home / "media", ignore_errors=True)


def counts():
    models = (Page, CourseEdition, Video, User, Learner, Holding, Certificate, OfflineStudy)
    return {model.__name__: model.objects.count() for model in models}


def test_a_real_site_gets_no_invented_people(settings):
    settings.XUESHI_DEMO = False

    with pytest.raises(DemoRefusedError, match="XUESHI_DEMO=1"):
        load_demo(clock=timezone.now, say=print)
    with pytest.raises(CommandError, match="XUESHI_DEMO=1"):
        call_command("load_demo")

    assert User.objects.count() == 0


def test_the_demonstration_is_whole_and_a_second_load_changes_nothing(demo, client):
    said = []
    videos = {name: make_ready_video(duration_ms=70_000) for name in VIDEOS}
    videos["demo-site-power"] = make_ready_deck(pages=6, page_seconds=10)
    videos["demo-power-on"] = make_package()

    certificate = load_demo(clock=timezone.now, say=said.append, videos=videos)
    before, logins = counts(), logins_path().read_text(encoding="utf-8")
    load_demo(clock=timezone.now, say=said.append, videos=videos)

    assert (counts(), logins_path().read_text(encoding="utf-8")) == (before, logins)
    assert "页面与编辑权限" in said
    assert CoursePage.objects.live().count() == CourseEdition.objects.count() >= 16
    assert NoticePage.objects.live().exists()
    for post in Post.objects.all():
        assert courses_for_post(post).count() >= 2
    assert certificate.token in logins
    for username, password in read_passwords().items():
        assert User.objects.get(username=username).check_password(password), username
    assert client.get(f"/verify/{certificate.token}/").status_code == 200
    assert {"demo-editor", "demo-reviewer", "demo-officer", "demo-officer2", "demo-learner", "demo-newcomer"} <= set(
        read_passwords()
    )
    assert not Learner.objects.filter(user__username="demo-newcomer").exists()
    claims = OfflineStudy.objects.filter(learner__user__username="demo-learner2").order_by("state")
    assert [claim.state for claim in claims] == ["filed", "recognised"]
    assert User.objects.get(username="demo-trainer").memberships.get().institution.authority.code == "DEMO"
    assert Holding.objects.filter(learner__user__username="demo-learner").count() == 1
    assert logins_path().stat().st_mode & 0o077 == 0
