"""Chapters of a video."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from lms.lib.errors import DomainError
from media_pipeline.enums import ChapterFault
from media_pipeline.models import Video, VideoChapter
from media_pipeline.rules.chapters import ChapterLine, ChaptersInvalidError, parse_chapters

if TYPE_CHECKING:
    from accounts.models import User


class ChaptersRefusedError(DomainError):
    """A line of the chapters is wrong; the sentence names it."""

    code = "chapters_refused"


@transaction.atomic
def set_chapters(*, video: Video, text: str, user: User | None) -> tuple[ChapterLine, ...]:
    """Give a video the chapters typed as ``00:01:30 标题``, one a line, in place of those it had; none where empty.

    :raises ChaptersRefusedError: a line has no time or title, a time stands twice or beyond the end.
    """
    locked = Video.objects.select_for_update().get(pk=video.pk)
    try:
        chapters = parse_chapters(text, locked.duration_ms)
    except ChaptersInvalidError as error:
        facts = {"line": error.line, "fault": ChapterFault(error.fault).label}
        raise ChaptersRefusedError(_("第 %(line)s 行：%(fault)s") % facts) from error
    old = locked.chapters.order_by("starts_at_ms").values_list("starts_at_ms", "title")
    if [ChapterLine(*row) for row in old] == list(chapters):
        return chapters
    locked.chapters.all().delete()
    VideoChapter.objects.bulk_create(
        VideoChapter(video=locked, starts_at_ms=each.starts_at_ms, title=each.title) for each in chapters
    )
    log(instance=locked, action="wagtail.edit", user=user)
    return chapters
