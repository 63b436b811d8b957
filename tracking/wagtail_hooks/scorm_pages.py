"""The list of attempts, and what all pages about attempts have in common."""

from __future__ import annotations

from typing import Any, cast
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import TemplateView
from wagtail.admin.auth import permission_required
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from accounts.models import User
from courses.enums import LessonKind
from courses.models import Lesson
from lms.lib.keyset import KeysetPage
from media_pipeline.enums import MediaKind
from media_pipeline.models import Video
from tracking.forms import ScormSearchForm
from tracking.models import ScormAttempt
from tracking.permissions import READS_PACKAGES, NameSight, name_sight
from tracking.queries.scorm_reports import STATES, attempt_page, attempts_listed, attempts_ready, learners_found

PAGE_SIZE = 50
guarded = method_decorator([never_cache, permission_required(READS_PACKAGES)], name="dispatch")


def package_or_404(uuid: UUID) -> Video:
    """The package with what it holds: one statement."""
    return get_object_or_404(Video.objects.select_related("scorm"), uuid=uuid, kind=MediaKind.SCORM)


class ScormPage(WagtailAdminTemplateMixin, TemplateView):
    """A page about attempts."""

    header_icon = "media"
    request: HttpRequest
    kwargs: dict[str, Any]

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Know what names may be read."""
        super().setup(request, *args, **kwargs)
        self.person = cast(User, request.user)

    @property
    def sight(self) -> NameSight:
        """Whose names are shown whole."""
        if not hasattr(self, "_sight"):
            self._sight = name_sight(self.person)
        return self._sight

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Lead back to the list."""
        here = [{"url": reverse("scorm_attempts"), "label": _("SCORM 学习记录")}, *self.get_trail()]
        return [*self.breadcrumbs_items, *here, {"url": "", "label": self.get_page_title()}]

    def get_trail(self) -> list[dict[str, Any]]:
        """Give what stands between the list and this page."""
        return []

    def rows(self, attempts: list[ScormAttempt]) -> list[dict[str, Any]]:
        """Attempts as the list shows them."""
        return [{"attempt": each, "name": self.sight.name_in(each.enrolment)} for each in attempts]


@guarded
class AttemptsView(ScormPage):
    """Attempts, those begun last first: of all packages, of one, in one state, or of one learner."""

    page_title = gettext_lazy("SCORM 学习记录")
    template_name = "tracking/admin/scorm_attempts.html"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """This is where the trail begins."""
        return [*self.breadcrumbs_items, {"url": "", "label": self.get_page_title()}]

    @method_decorator(sensitive_post_parameters("words"))
    def post(self, request: HttpRequest) -> HttpResponseBase:
        """Look for a learner; what was typed stays out of addresses and logs."""
        if not self.sight.may_search:
            return HttpResponse(status=403)
        form = ScormSearchForm(request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(search=form), status=422)
        learners = learners_found(form.cleaned_data["words"])
        listed = attempts_listed(learners=learners)
        if not self.sight.is_whole:
            listed = listed.filter(enrolment__ce_year__authority_id__in=self.sight.authorities)
        ids = list(listed.order_by("-began_at", "-pk").values_list("pk", flat=True)[:PAGE_SIZE])
        page = KeysetPage(ids=tuple(ids), newer="", older="")
        return self.render_to_response(self.get_context_data(search=form, page=page, is_found=True))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Gather the page asked for."""
        state, package, lesson = self.request.GET.get("state", ""), self._package(), self._lesson()
        page = kwargs.pop("page", None)
        if page is None:
            listed = attempts_listed(video=package, lesson=lesson, state=state)
            page = attempt_page(listed, place=self.request.GET.get("place", ""), size=PAGE_SIZE)
        return {
            **super().get_context_data(**kwargs),
            "page": page,
            "rows": self.rows(attempts_ready(page.ids)),
            "states": [(key, label) for key, (label, _condition) in STATES.items()],
            "state": state if state in STATES else "",
            "package": package,
            "lesson": lesson,
            "kept": urlencode({name: each.uuid for name, each in (("package", package), ("lesson", lesson)) if each}),
            "may_search": self.sight.may_search,
            "search": kwargs.get("search") or ScormSearchForm(),
        }

    def _package(self) -> Video | None:
        uuid = self._uuid("package")
        return package_or_404(uuid) if uuid else None

    def _lesson(self) -> Lesson | None:
        uuid = self._uuid("lesson")
        return get_object_or_404(Lesson, uuid=uuid, kind=LessonKind.SCORM) if uuid else None

    def _uuid(self, name: str) -> UUID | None:
        try:
            return UUID(self.request.GET.get(name, ""))
        except ValueError:
            return None
