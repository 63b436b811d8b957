"""Captions of a video: which there are, a new file, a copy to take away, and their end."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.http import content_disposition_header
from django.utils.text import get_valid_filename
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View
from django.views.generic import FormView
from wagtail.admin import messages

from media_pipeline.forms import CaptionUploadForm
from media_pipeline.models import CaptionTrack
from media_pipeline.operations import attach_captions, delete_captions
from media_pipeline.queries import CaptionsUnreadableError, caption_text
from media_pipeline.wagtail_hooks.video_pages import VideoPageMixin


class CaptionsView(VideoPageMixin, FormView):
    """The captions there are, and the form for a file."""

    page_title = gettext_lazy("字幕")
    template_name = "media_pipeline/captions.html"
    form_class = CaptionUploadForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the captions there are."""
        tracks = list(self.video.captions.order_by("language"))
        return super().get_context_data(tracks=tracks, **kwargs)

    def form_valid(self, form: CaptionUploadForm) -> HttpResponse:
        """Store the file as WebVTT, and show its lines."""
        language = form.cleaned_data["language"]
        attach_captions(
            video=self.video,
            language=language,
            content=form.caption_bytes(),
            user=self.request.user,  # type: ignore[arg-type]
        )
        messages.success(self.request, _("字幕已保存，可以在这里逐条修改"))
        return redirect("video:caption_editor", self.video.uuid, language)


class CaptionFileView(VideoPageMixin, View):
    """The captions as a WebVTT file."""

    def get(self, request: HttpRequest, uuid: UUID, language: str) -> HttpResponse:
        """Give the file under the video's title."""
        track = get_object_or_404(CaptionTrack, video=self.video, language=language)
        try:
            text = caption_text(track)
        except CaptionsUnreadableError as error:
            raise Http404 from error
        response = HttpResponse(text, content_type="text/vtt; charset=utf-8")
        name = get_valid_filename(f"{self.video.title}.{language}.vtt")
        response.headers["Content-Disposition"] = content_disposition_header(True, name) or ""
        return response


class CaptionDeleteView(VideoPageMixin, View):
    """The end of captions, by a button that posts."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, uuid: UUID, language: str) -> HttpResponseBase:
        """Delete them with their file."""
        delete_captions(video=self.video, language=language, user=request.user)  # type: ignore[arg-type]
        messages.success(request, _("字幕已删除"))
        return redirect("video:captions", self.video.uuid)
