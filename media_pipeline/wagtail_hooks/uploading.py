"""From a valid form to a video on its way."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from media_pipeline.forms import VideoUploadForm
from media_pipeline.models import Video
from media_pipeline.operations import accept_upload, attach_captions


def take_upload(form: VideoUploadForm, user: Any) -> Video:
    """Take a form's file in, with its captions."""
    video = accept_upload(
        file=form.cleaned_data["file"], title=form.cleaned_data["title"] or "", user=user, now=timezone.now()
    )
    if content := form.caption_bytes():
        attach_captions(video=video, language="zh-hans", content=content, user=user)
    return video
