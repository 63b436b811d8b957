"""Where the pages about attempts are found: addresses, the menu, and a panel on a package's own page."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.components import Component

from media_pipeline.enums import MediaKind
from media_pipeline.models import Video
from tracking.permissions import READS_PACKAGES
from tracking.queries.scorm_attempts import moved_usages, videos_of_moves
from tracking.queries.scorm_reports import count_attempts
from tracking.wagtail_hooks.scorm_attempt import AttemptView, HistoryView
from tracking.wagtail_hooks.scorm_pages import AttemptsView
from tracking.wagtail_hooks.scorm_report import AttemptsFileView, InteractionsFileView, ReportView

hooks.register("find_video_usages", moved_usages)
hooks.register("list_used_videos", videos_of_moves)


@hooks.register("register_admin_urls")
def scorm_addresses() -> list[URLPattern]:
    """Below the CMS's own address; they carry uuids alone."""
    return [
        path("scorm/attempts/", AttemptsView.as_view(), name="scorm_attempts"),
        path("scorm/attempts/<uuid:uuid>/", AttemptView.as_view(), name="scorm_attempt"),
        path("scorm/attempts/<uuid:uuid>/history/", HistoryView.as_view(), name="scorm_history"),
        path("scorm/packages/<uuid:uuid>/report/", ReportView.as_view(), name="scorm_report"),
        path("scorm/packages/<uuid:uuid>/attempts.csv", AttemptsFileView.as_view(), name="scorm_attempts_file"),
        path("scorm/packages/<uuid:uuid>/answers.csv", InteractionsFileView.as_view(), name="scorm_answers_file"),
    ]


class AttemptsMenuItem(MenuItem):
    """Shown to those who may look."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Ask the same right as the pages do."""
        return bool(request.user.has_perm(READS_PACKAGES))


@hooks.register("register_reports_menu_item")
def scorm_menu_item() -> MenuItem:
    """Put it among the reports."""
    return AttemptsMenuItem(_("SCORM 学习记录"), reverse("scorm_attempts"), icon_name="media", order=700)


class AttemptsPanel(Component):
    """On a package's own page: how many study it, and where to read on."""

    name = "scorm_attempts"
    template_name = "tracking/admin/_scorm_panel.html"
    order = 30

    def __init__(self, package: Video) -> None:
        self.package = package

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        """Ask once."""
        return {"package": self.package, "counts": count_attempts(self.package)}


@hooks.register("construct_video_panels")
def add_attempts(request: HttpRequest, video: Video, panels: list[Component]) -> None:
    """Say it for packages, to those who may read on."""
    if video.kind == MediaKind.SCORM and request.user.has_perm(READS_PACKAGES):
        panels.append(AttemptsPanel(video))
