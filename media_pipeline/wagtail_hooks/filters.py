"""How the media library is narrowed down."""

from __future__ import annotations

from typing import Any

import django_filters
from django.contrib.auth import get_user_model
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import DateRangePickerWidget, WagtailFilterSet

from media_pipeline.enums import FailureReason, MediaKind, VideoState
from media_pipeline.models import Video
from media_pipeline.queries import used_video_ids


def _uploaders(_request: Any) -> QuerySet[Any]:
    givers = Video.objects.filter(uploaded_by__isnull=False).order_by().values("uploaded_by")
    return get_user_model().objects.filter(pk__in=givers).order_by("username")


class VideoFilterSet(WagtailFilterSet):
    """By state, reason, kind, use, uploader and day."""

    state = django_filters.ChoiceFilter(label=_("状态"), choices=VideoState.choices)
    failure_reason = django_filters.ChoiceFilter(label=_("失败原因"), choices=FailureReason.choices)
    kind = django_filters.ChoiceFilter(label=_("类型"), choices=MediaKind.choices)
    used = django_filters.ChoiceFilter(
        label=_("使用情况"), choices=[("yes", _("已用于课时")), ("no", _("未使用"))], method="filter_used"
    )
    uploaded_by = django_filters.ModelChoiceFilter(label=_("上传人"), queryset=_uploaders)
    uploaded_at = django_filters.DateFromToRangeFilter(label=_("上传日期"), widget=DateRangePickerWidget)

    class Meta:
        model = Video
        fields: list[str] = []

    def filter_used(self, queryset: QuerySet[Video], _name: str, value: str) -> QuerySet[Video]:
        """Keep the videos that something shows, or the others."""
        used = used_video_ids()
        return queryset.filter(pk__in=used) if value == "yes" else queryset.exclude(pk__in=used)
