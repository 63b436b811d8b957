"""What the pages of one video have in common."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin

from media_pipeline.enums import MediaKind, VideoState
from media_pipeline.models import Video
from media_pipeline.queries import PlaybackSources, playback_sources

_PREVIEW_LASTS = timedelta(hours=2)


class VideoPageMixin(PermissionCheckedMixin, WagtailAdminTemplateMixin):
    """A page below a video's own, for those who may change it. The address carries the video's ``uuid``."""

    model = Video
    permission_required = "change"
    header_icon = "media"
    request: HttpRequest
    kwargs: dict[str, Any]

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Find the video first."""
        super().setup(request, *args, **kwargs)
        self.video = get_object_or_404(Video, uuid=kwargs["uuid"])

    def get_page_subtitle(self) -> str:
        """Name the video."""
        return self.video.title

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Lead back to the video and to the library."""
        return [
            *self.breadcrumbs_items,
            {"url": reverse("video:index"), "label": Video._meta.verbose_name_plural},
            {"url": self.video_url, "label": self.video.title},
            *self.get_more_breadcrumbs(),
            {"url": "", "label": self.get_page_title()},
        ]

    def get_more_breadcrumbs(self) -> list[dict[str, Any]]:
        """Give what stands between the video and this page."""
        return []

    @property
    def video_url(self) -> str:
        """The video's own page."""
        return reverse("video:inspect", args=[self.video.pk])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the video, its player and where to go back."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return {**context, "video": self.video, "video_url": self.video_url, "sources": sources_for(self)}


def sources_for(view: Any) -> PlaybackSources | None:
    """What the preview player plays, for whoever looks at the view's video; None of packages and before."""
    video: Video = getattr(view, "video", None) or view.object
    if video.state != VideoState.READY or video.kind == MediaKind.SCORM:
        return None
    holder = view.request.session.session_key or ""
    return playback_sources(video, holder=holder, expires_at=timezone.now() + _PREVIEW_LASTS)
