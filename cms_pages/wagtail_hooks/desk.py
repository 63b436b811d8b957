"""The dashboard."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from wagtail import hooks
from wagtail.admin.ui.components import Component

from cms_pages.queries import desk_of
from media_pipeline.queries import status_of


class DeskPanel(Component):
    """What the editor should look at today."""

    name = "desk"
    template_name = "cms_pages/admin/desk.html"
    order = 10

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        """Ask once."""
        today = timezone.localdate()
        request: HttpRequest = parent_context["request"]
        desk = desk_of(request.user, on=today)  # type: ignore[arg-type]
        return {
            "desk": desk,
            "under_way": [(video, status_of(video)) for video in desk.videos_under_way],
            "statuses_url": reverse("video:statuses"),
            "request": request,
        }


@hooks.register("construct_homepage_panels")
def add_desk(request: HttpRequest, panels: list[Component]) -> None:
    """Put the desk at the top."""
    panels.append(DeskPanel())
