"""Chapters of a video, typed one a line."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView
from wagtail.admin import messages

from media_pipeline.forms import ChaptersForm
from media_pipeline.operations import ChaptersRefusedError, set_chapters
from media_pipeline.queries import chapters_as_typed
from media_pipeline.wagtail_hooks.video_pages import VideoPageMixin


class ChaptersView(VideoPageMixin, FormView):
    """The text, and the player that tells the time."""

    page_title = gettext_lazy("章节")
    template_name = "media_pipeline/chapters.html"
    form_class = ChaptersForm

    def get_initial(self) -> dict[str, Any]:
        """The chapters as they are."""
        text = chapters_as_typed(self.video)
        return {"text": text, "before": text}

    def form_valid(self, form: ChaptersForm) -> HttpResponse:
        """Set them, unless somebody else did meanwhile."""
        now, typed = chapters_as_typed(self.video), form.cleaned_data["text"]
        if form.cleaned_data["before"].split() != now.split():
            form.add_error(
                "text",
                _("章节刚刚被别人改成下面这样，您的修改没有保存；请合并后再保存：%(text)s") % {"text": f"\n{now}"},
            )
            form.data = {"text": typed, "before": now}
            return self.form_invalid(form)
        try:
            set_chapters(video=self.video, text=typed, user=self.request.user)  # type: ignore[arg-type]
        except ChaptersRefusedError as error:
            form.add_error("text", str(error))
            return self.form_invalid(form)
        messages.success(self.request, _("章节已保存"))
        return redirect(self.video_url)
