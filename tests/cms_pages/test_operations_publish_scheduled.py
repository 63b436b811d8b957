"""Publishing at the hour that editors set."""

from datetime import timedelta

import pytest
from django.utils import timezone
from wagtail.models import Revision

from accounts.models import AuditEntry
from cms_pages.models import CoursePage
from cms_pages.operations import publish_scheduled
from courses.enums import LessonKind
from courses.models import CourseEdition
from media_pipeline.enums import VideoState
from tests.factories.cms_pages import latest, make_course_page, make_page_lesson, make_site
from tests.factories.courses import make_ready_video

pytestmark = pytest.mark.django_db


def schedule(page):
    draft = latest(page)
    draft.go_live_at = timezone.now() + timedelta(hours=1)
    draft.save_revision().publish()
    Revision.objects.filter(approved_go_live_at__isnull=False).update(
        approved_go_live_at=timezone.now() - timedelta(minutes=1)
    )


def test_a_due_course_goes_live_with_its_edition():
    make_site()
    page = make_course_page(publish=False)
    schedule(page)
    Revision.objects.update(content=_without_go_live(Revision.objects.latest("pk").content))

    assert publish_scheduled(now=timezone.now()) == []

    assert CoursePage.objects.get(pk=page.pk).live is True
    assert CourseEdition.objects.count() == 1


def test_a_course_that_lost_its_video_is_taken_off_the_schedule_and_holds_up_nothing():
    make_site()
    video = make_ready_video(state=VideoState.TRANSCODING, percent=50)
    page = make_course_page(publish=False, lessons=[make_page_lesson(kind=LessonKind.VIDEO, video=video, body=[])])
    schedule(page)

    refused = publish_scheduled(now=timezone.now())

    assert refused == [page.title]
    assert Revision.objects.filter(approved_go_live_at__isnull=False).count() == 0
    assert AuditEntry.objects.filter(action="course.schedule_refused").count() == 1


def test_an_expired_course_is_withdrawn_and_closed():
    make_site()
    page = make_course_page()
    CoursePage.objects.filter(pk=page.pk).update(expire_at=timezone.now() - timedelta(minutes=1))

    publish_scheduled(now=timezone.now())

    page = CoursePage.objects.get(pk=page.pk)
    assert (page.live, page.course.is_open) == (False, False)


def _without_go_live(content):
    return {**content, "go_live_at": (timezone.now() - timedelta(minutes=1)).isoformat()}
