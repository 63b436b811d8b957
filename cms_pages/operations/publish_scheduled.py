"""Publishing at the hour that editors set."""

from __future__ import annotations

from datetime import datetime

from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import transaction
from wagtail.models import Revision

from accounts.operations import record_audit
from cms_pages.models import CoursePage
from cms_pages.queries import describe_shortcomings


def publish_scheduled(*, now: datetime) -> list[str]:
    """Publish what is due and withdraw what has expired; may run twice.

    A course that has meanwhile lost what it needs (a video that failed) is taken off the schedule and stays a draft,
    so that it holds up nothing else. Returns the titles of these.
    """
    refused = _take_off_schedule(now)
    call_command("publish_scheduled")
    return refused


@transaction.atomic
def _take_off_schedule(now: datetime) -> list[str]:
    course_pages = ContentType.objects.get_for_model(CoursePage)
    due = Revision.objects.filter(content_type=course_pages, approved_go_live_at__lte=now).order_by("pk")
    refused = []
    for revision in due:
        page = revision.as_object()
        if problems := describe_shortcomings(page):
            Revision.objects.filter(pk=revision.pk).update(approved_go_live_at=None)
            detail = {"problems": problems, "revision": revision.pk}
            record_audit(actor=None, action="course.schedule_refused", target=page, detail=detail, now=now)
            refused.append(page.title)
    return refused
