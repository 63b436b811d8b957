"""A better file of a video goes into the drafts of the pages that show the old one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.operations import record_audit
from cms_pages.models import CoursePage
from cms_pages.queries import describe_shortcomings, draft_usages
from lms.lib.errors import DomainError
from media_pipeline.enums import VideoState
from media_pipeline.models import Video


class VideoNotReadyError(DomainError):
    """Only a playable video takes another one's place."""

    code = "video_not_ready"


@dataclass(frozen=True, slots=True)
class PageChange:
    """What became of one page: its title, the lessons that show the new video now, and what the draft still lacks.

    ``refusal`` says why the page stayed as it was; it is empty where a draft was written.
    """

    page_id: int
    title: str
    lessons: tuple[str, ...]
    refusal: str = ""
    shortcomings: tuple[str, ...] = ()


@transaction.atomic
def replace_video_in_drafts(*, old: Video, new: Video, user: User, now: datetime) -> list[PageChange]:
    """Write an unpublished revision of every course page whose draft shows ``old``, showing ``new`` instead.

    Nothing is published: learners keep the edition they have. A page under review, locked, or not the user's to edit
    stays as it is. Safe to repeat: a draft that shows ``old`` no more is left out.

    :raises VideoNotReadyError: ``new`` cannot be played (yet).
    """
    if new.state != VideoState.READY:
        raise VideoNotReadyError(_("新视频可播放后才能放入草稿"))
    keys = {usage.page_id for usage in draft_usages(old.pk)}
    changes = [_change(page, old, new, user, now) for page in CoursePage.objects.filter(pk__in=keys).order_by("path")]
    return [change for change in changes if change.lessons]


def _change(page: CoursePage, old: Video, new: Video, user: User, now: datetime) -> PageChange:
    draft: CoursePage = page.get_latest_revision_as_object()
    lessons = list(draft.lessons.all())
    shown = [lesson for lesson in lessons if lesson.video_id == old.pk]
    titles = tuple(lesson.title for lesson in shown)
    if not shown or (refusal := _refusal(page, user)):
        return PageChange(page.pk, draft.title, titles, refusal if shown else "")
    for lesson in shown:
        lesson.video = new
    draft.lessons = lessons
    draft.save_revision(user=user, log_action=True)
    detail = {"old": str(old.uuid), "new": str(new.uuid), "lessons": list(titles)}
    record_audit(actor=user, action="course.video_replaced", target=page, detail=detail, now=now)
    return PageChange(page.pk, draft.title, titles, "", tuple(describe_shortcomings(draft)))


def _refusal(page: CoursePage, user: User) -> str:
    rights = page.permissions_for_user(user)
    if not rights.can_edit():
        return _("您没有编辑这个页面的权限")
    if page.current_workflow_state:
        return _("页面正在审核，请等审核结束")
    return _("页面已被锁定") if rights.page_locked() else ""
