"""Another version of a package and those who study the old one: they finish on theirs, or are moved by the author."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import TemplateView
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.ui.components import Component
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.models import Page

from cms_pages.models import CoursePage
from cms_pages.queries import LessonOnPackage, left_behind, lessons_on_package
from lms.lib.errors import DomainError
from media_pipeline.enums import MediaKind, VideoState
from media_pipeline.models import Video
from tracking.operations import move_learners


class MovePanel(Component):
    """On a newer version's page: the way to those who study an older one. It asks nothing of the database."""

    template_name = "cms_pages/admin/package_panel.html"

    def __init__(self, video: Video) -> None:
        self.video = video

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        """Name the package."""
        return {"video": self.video}


@hooks.register("construct_video_panels")
def offer_moves(request: HttpRequest, video: Video, panels: list[Component]) -> None:
    """Show the panel for a package that was uploaded in another one's place."""
    if video.kind == MediaKind.SCORM and video.replaces_id and video.state == VideoState.READY:
        panels.append(MovePanel(video))


@hooks.register("register_admin_urls")
def move_urls() -> list[Any]:
    """Give the address of the page."""
    return [path("course-packages/<uuid:uuid>/learners/", PackageLearnersView.as_view(), name="package_learners")]


@hooks.register("after_publish_page")
def say_who_is_left_behind(request: HttpRequest, page: Page) -> None:
    """After a course is published with a newer version: learners under way finish on theirs, unless they are moved."""
    course_page = page.specific
    if not isinstance(course_page, CoursePage):
        return
    for video, count in left_behind(course_page):
        text = ngettext(
            "“%(title)s”换了新版：还有 %(count)s 名学员正在学旧版，他们会在旧版上学完。",
            "“%(title)s”换了新版：还有 %(count)s 名学员正在学旧版，他们会在旧版上学完。",
            count,
        )
        button = messages.button(reverse("package_learners", args=[video.uuid]), _("学员换版"))
        messages.info(request, text % {"title": video.title, "count": count}, buttons=[button])


@hooks.register("after_edit_page")
def say_so_after_approval(request: HttpRequest, page: Page) -> None:
    """The same where a reviewer's approval has published the page."""
    if "action-workflow-action" not in request.POST or not isinstance(page.specific, CoursePage):
        return
    now = CoursePage.objects.get(pk=page.pk)
    if now.live and not now.has_unpublished_changes:
        say_who_is_left_behind(request, now)


class PackageLearnersView(WagtailAdminTemplateMixin, TemplateView):
    """The published lessons that show the package in any version; each can be moved to this one."""

    template_name = "cms_pages/admin/package_learners.html"
    page_title = gettext_lazy("学员换版")
    header_icon = "media"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Let those in who may change packages; whether a course may be moved, its page says."""
        if not request.user.has_perm("media_pipeline.change_video"):
            raise PermissionDenied
        packages = Video.objects.filter(kind=MediaKind.SCORM)
        self.video = get_object_or_404(packages, uuid=kwargs["uuid"])
        return super().dispatch(request, *args, **kwargs)

    def get_page_subtitle(self) -> str:
        """Name the package."""
        return self.video.title

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Lead back to the package and to the library."""
        return [
            *self.breadcrumbs_items,
            {"url": reverse("video:index"), "label": Video._meta.verbose_name_plural},
            {"url": reverse("video:inspect", args=[self.video.pk]), "label": self.video.title},
            {"url": "", "label": self.get_page_title()},
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the lessons, and which of them the user may move."""
        rows = lessons_on_package(self.video)
        return super().get_context_data(
            video=self.video,
            is_ready=self.video.state == VideoState.READY,
            rows=[(row, _may_move(self.request, row)) for row in rows],
            **kwargs,
        )

    def post(self, request: HttpRequest, uuid: UUID) -> HttpResponse:
        """Move the learners of one lesson."""
        wanted = request.POST.get("lesson", "")
        row = next((each for each in lessons_on_package(self.video) if str(each.lesson.uuid) == wanted), None)
        if row is None:
            raise Http404
        if not _may_move(request, row):
            raise PermissionDenied
        try:
            move_learners(
                lesson_id=row.lesson.pk,
                video_id=self.video.pk,
                actor=request.user,  # type: ignore[arg-type]
                note=request.POST.get("note", "").replace("\x00", "").strip()[:200],
                now=timezone.now(),
            )
        except DomainError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _moved_words(row))
        return redirect("package_learners", self.video.uuid)


def _may_move(request: HttpRequest, row: LessonOnPackage) -> bool:
    """Who may publish the course may also move its learners."""
    return row.page is not None and row.page.permissions_for_user(request.user).can_publish()


def _moved_words(row: LessonOnPackage) -> str:
    words = _("“%(lesson)s”已换到这个版本：正在学的 %(count)s 名学员下次打开时从头学新版，已计的学习时间保留。")
    return words % {"lesson": row.lesson.title, "count": row.under_way}
