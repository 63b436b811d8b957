"""Choosing the picture that stands for a video."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView
from wagtail.admin import messages

from media_pipeline.forms import PosterForm
from media_pipeline.operations import PosterRefusedError, choose_poster, poster_choices, upload_poster
from media_pipeline.wagtail_hooks.pictures import picture_name, picture_url
from media_pipeline.wagtail_hooks.video_pages import VideoPageMixin


class PosterView(VideoPageMixin, FormView):
    """The pictures made of the video, and a form for one's own."""

    page_title = gettext_lazy("封面")
    template_name = "media_pipeline/poster.html"
    form_class = PosterForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the pictures, the one in use marked."""
        pictures = [
            {"name": picture_name(path), "url": picture_url(self.video, path), "used": path == self.video.poster_path}
            for path in poster_choices(self.video)
        ]
        return super().get_context_data(pictures=pictures, **kwargs)

    def form_valid(self, form: PosterForm) -> HttpResponse:
        """Take the own picture where there is one, otherwise the chosen one."""
        user: Any = self.request.user
        chosen = form.cleaned_data["choice"]
        try:
            if own := form.cleaned_data["picture"]:
                upload_poster(video=self.video, content=own, user=user)
            else:
                path = next((path for path in poster_choices(self.video) if picture_name(path) == chosen), "")
                choose_poster(video=self.video, path=path, user=user)
        except PosterRefusedError as error:
            form.add_error("picture" if own else None, str(error))
            return self.form_invalid(form)
        messages.success(self.request, _("封面已更换"))
        return redirect(self.video_url)
