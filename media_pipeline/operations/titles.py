"""A video gets another name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from wagtail.log_actions import log

from media_pipeline.models import Video

if TYPE_CHECKING:
    from accounts.models import User


@transaction.atomic
def rename_video(*, video: Video, title: str, user: User | None) -> Video:
    """Change the title alone: a run that is at work meanwhile keeps its own columns."""
    Video.objects.filter(pk=video.pk).update(title=title)
    video.title = title
    log(instance=video, action="wagtail.edit", user=user)
    return video
