"""What course pages have to do with the media library: usages, and a new file for the pages that show the old one."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.ui.components import Component

from cms_pages.operations import PageChange, replace_video_in_drafts
from cms_pages.queries import draft_usages, page_usages, videos_of_pages
from lms.lib.errors import DomainError
from media_pipeline.enums import VideoState
from media_pipeline.models import Video

hooks.register("find_video_usages", page_usages)
hooks.register("list_used_videos", videos_of_pages)


class ReplacementPanel(Component):
    """On a new file's page: the drafts that still show the old one, and one press that changes them."""

    template_name = "cms_pages/admin/video_replacement.html"

    def __init__(self, video: Video) -> None:
        self.video = video

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        """Ask which drafts show the old file, and whether the new one is shorter."""
        old = self.video.replaces
        shorter_ms = (old.duration_ms or 0) - (self.video.duration_ms or 0) if old else 0
        return {
            "request": parent_context["request"],
            "video": self.video,
            "old": old,
            "usages": draft_usages(old.pk) if old else [],
            "is_ready": self.video.state == VideoState.READY,
            "is_failed": self.video.state == VideoState.FAILED,
            "shorter_seconds": -(-shorter_ms // 1000) if shorter_ms >= 1000 else 0,
        }


@hooks.register("construct_video_panels")
def offer_replacement(request: HttpRequest, video: Video, panels: list[Component]) -> None:
    """Show the panel for a file that was uploaded in another one's place."""
    if video.replaces_id:
        panels.append(ReplacementPanel(video))


@hooks.register("register_admin_urls")
def replacement_urls() -> list[Any]:
    """Give the address of the press."""
    return [path("course-videos/<uuid:uuid>/replace/", replace_in_drafts, name="replace_video_in_drafts")]


@require_POST
def replace_in_drafts(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Put a new file into the drafts, and say of each what became of it."""
    if not request.user.has_perm("media_pipeline.change_video"):
        raise PermissionDenied
    video = get_object_or_404(Video.objects.select_related("replaces"), uuid=uuid, replaces__isnull=False)
    user: Any = request.user
    old: Any = video.replaces
    try:
        changes = replace_video_in_drafts(old=old, new=video, user=user, now=timezone.now())
    except DomainError as error:
        messages.error(request, str(error))
        return redirect("video:inspect", video.pk)
    for change in changes:
        _tell(request, change)
    if not changes:
        messages.info(request, _("没有草稿还在使用原视频"))
    return redirect("video:inspect", video.pk)


def _tell(request: HttpRequest, change: PageChange) -> None:
    facts = {"title": change.title, "lessons": _("、").join(change.lessons), "why": change.refusal}
    if change.refusal:
        messages.error(request, _("“%(title)s”没有改动：%(why)s") % facts)
        return
    facts["why"] = _("；").join(change.shortcomings)
    if change.shortcomings:
        messages.warning(request, _("“%(title)s”的草稿已改用新视频（%(lessons)s），发布前还要改：%(why)s") % facts)
    else:
        messages.success(request, _("“%(title)s”的草稿已改用新视频（%(lessons)s），审核发布后生效") % facts)
