"""The page of one video: how it plays, how it stands, what it is made of, where it is used."""

from __future__ import annotations

from typing import Any

from django.db.models import prefetch_related_objects
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.admin.ui.components import Component
from wagtail.admin.views import generic

from media_pipeline.enums import MediaKind, VideoState
from media_pipeline.models import Video
from media_pipeline.queries import chapters_of, lessons_using, rate_words, source_words, status_of, usages_of
from media_pipeline.rules.clock import clock_text
from media_pipeline.wagtail_hooks.columns import duration_of, size_of, uploader_of
from media_pipeline.wagtail_hooks.packages import package_section
from media_pipeline.wagtail_hooks.pictures import picture_url
from media_pipeline.wagtail_hooks.slides import deck_section
from media_pipeline.wagtail_hooks.video_pages import sources_for

VIDEO_PANELS = "construct_video_panels"  # hook(request, video, panels): other apps add what they have to say


class VideoInspectView(generic.InspectView):
    """How it stands, why it failed, the player, and everything that can be done with it."""

    page_title = gettext_lazy("视频")

    def get_object(self, queryset: Any = None) -> Video:
        """Load who gave it, what it replaces and what it holds at once."""
        rows = Video.objects.select_related("uploaded_by", "replaces", "scorm").defer("scorm__files")
        return get_object_or_404(rows, pk=self.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Gather all that the page shows."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        video: Video = self.object
        usages = usages_of([video.pk]).get(video.pk, [])
        is_film = video.kind == MediaKind.VIDEO
        if is_film:
            prefetch_related_objects([video], "captions")  # once, for this page and for its player
        working = video.state in (VideoState.INSPECTING, VideoState.TRANSCODING)
        return {
            **context,
            "video": video,
            "status": status_of(video),
            "statuses_url": reverse("video:statuses"),
            "duration": duration_of(video),
            "size": size_of(video),
            "uploader": uploader_of(video),
            "facts": source_words(video),
            "renditions": _renditions(video),
            "chapters": _chapters(video) if is_film else [],
            "captions": sorted(video.captions.all(), key=lambda track: track.language) if is_film else [],
            "poster_url": picture_url(video, video.poster_path),
            "usages": usages,
            "lesson_count": lessons_using(usages),
            "panels": self._panels(),
            "failed": video.state == VideoState.FAILED,
            "working": working,
            "is_film": is_film,
            "may_change": self.user_has_permission("change"),
            "may_add": self.user_has_permission("add"),
            "sources": sources_for(self),
            "deck": deck_section(self.request, video),
            "is_package": video.kind == MediaKind.SCORM,
            "package": package_section(video, usages),
        }

    def _panels(self) -> list[Component]:
        panels: list[Component] = []
        for construct in hooks.get_hooks(VIDEO_PANELS):
            construct(self.request, self.object, panels)
        return panels


def _chapters(video: Video) -> list[tuple[str, str]]:
    return [(clock_text(each.starts_at_ms), each.title) for each in chapters_of(video)]


def _renditions(video: Video) -> list[dict[str, str]]:
    """Each rendition's name, size and rate in words; what is not known stays empty."""
    return [
        {
            "name": str(item.get("name", "")),
            "size": f"{item['width']}×{item['height']}" if item.get("width") and item.get("height") else "",
            "rate": rate_words(item.get("bits_per_second")),
        }
        for item in video.renditions or []
        if isinstance(item, dict)
    ]
