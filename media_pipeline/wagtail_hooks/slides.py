"""The pages of a deck in the library, and for how many seconds each is to be read."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View
from wagtail.admin import messages
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin

from lms.lib.errors import DomainError
from media_pipeline.enums import MediaKind, VideoState
from media_pipeline.models import Video
from media_pipeline.operations import set_page_seconds
from media_pipeline.queries import deck_parts, film_address
from media_pipeline.rules.slide_deck import LONGEST_PAGE_SECONDS, SHORTEST_PAGE_SECONDS, picture_name

_SMALL = 240


class PageSecondsForm(forms.Form):
    """For how many seconds each page is to be read."""

    page_seconds = forms.IntegerField(
        label=gettext_lazy("每页阅读秒数"), min_value=SHORTEST_PAGE_SECONDS, max_value=LONGEST_PAGE_SECONDS
    )


class PageSecondsView(PermissionCheckedMixin, View):
    """Set the seconds; a deck that a published lesson shows keeps its own."""

    model = Video
    permission_required = "change"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, uuid: UUID) -> HttpResponse:
        """Say what became of it on the deck's own page."""
        video = get_object_or_404(Video, uuid=uuid)
        form = PageSecondsForm(request.POST)
        if not form.is_valid():
            bounds = {"least": SHORTEST_PAGE_SECONDS, "most": LONGEST_PAGE_SECONDS}
            messages.error(request, _("每页阅读秒数应在 %(least)s 到 %(most)s 之间") % bounds)
            return redirect("video:inspect", video.pk)
        try:
            set_page_seconds(video=video, page_seconds=form.cleaned_data["page_seconds"], user=request.user)  # type: ignore[arg-type]
        except DomainError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("每页阅读秒数已保存"))
        return redirect("video:inspect", video.pk)


def deck_section(request: HttpRequest, video: Video) -> dict[str, Any] | None:
    """What the page of a deck shows of it; None for films, and while there is nothing to be shown."""
    if video.kind != MediaKind.SLIDES or video.state != VideoState.READY:
        return None
    parts = deck_parts(video)
    holder, now = request.session.session_key or "", timezone.now()
    pages = [
        film_address(video, f"{parts.pages_path}{picture_name(page, _SMALL)}", holder=holder, now=now)
        for page in range(1, parts.page_count + 1)
    ]
    form = PageSecondsForm(initial={"page_seconds": video.page_seconds})
    return {"page_count": parts.page_count, "pages": pages, "form": form, "is_frozen": video.lessons.exists()}
