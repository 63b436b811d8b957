"""Columns of the media library."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column, DateColumn
from wagtail.admin.utils import get_user_display_name

from media_pipeline.models import Video
from media_pipeline.queries import size_words, status_of
from media_pipeline.rules.clock import clock_text
from media_pipeline.wagtail_hooks.pictures import picture_url


class StateColumn(Column):
    """State, percent and failure reason; a script keeps it up to date."""

    cell_template_name = "media_pipeline/_state_cell.html"

    def get_cell_context_data(self, instance: Video, parent_context: Any) -> dict[str, Any]:
        """Add where the video stands."""
        context = super().get_cell_context_data(instance, parent_context)
        context["status"] = status_of(instance)
        context["statuses_url"] = reverse("video:statuses")
        return context


class PosterColumn(Column):
    """A small picture of the video."""

    cell_template_name = "media_pipeline/_poster_cell.html"

    def get_cell_context_data(self, instance: Video, parent_context: Any) -> dict[str, Any]:
        """Add the picture's address."""
        context = super().get_cell_context_data(instance, parent_context)
        context["picture_url"] = picture_url(instance, instance.poster_path)
        return context


class UsageColumn(Column):
    """In how many lessons a video is shown; the view has counted them."""

    cell_template_name = "media_pipeline/_usage_cell.html"


def video_columns() -> list[Column]:
    """The columns beside the title."""
    return [
        Column("kind", label=_("类型"), accessor="get_kind_display", sort_key="kind"),
        StateColumn("state", label=_("状态"), sort_key="state"),
        Column("duration", label=_("时长"), accessor=duration_of, sort_key="duration_ms"),
        Column("size", label=_("大小"), accessor=size_of, sort_key="size_bytes"),
        DateColumn("uploaded_at", label=_("上传时间"), sort_key="uploaded_at"),
    ]


def duration_of(video: Video) -> str:
    """How long it plays, in words; a dash before that is known."""
    return "–" if video.duration_ms is None else clock_text(video.duration_ms)


def size_of(video: Video) -> str:
    """How large the original is, in words."""
    return size_words(video.size_bytes)


def uploader_of(video: Video) -> str:
    """Who gave the file; a dash where that was nobody."""
    return get_user_display_name(video.uploaded_by) if video.uploaded_by else "–"
