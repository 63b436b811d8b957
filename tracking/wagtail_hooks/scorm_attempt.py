"""One attempt: everything that it left, and every commit as it came."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tracking.queries.scorm_reports import (
    attempt_detail,
    attempts_beside,
    commit_page,
    standing_beside,
    titles_of,
)
from tracking.wagtail_hooks.scorm_pages import ScormPage, guarded

COMMITS_A_PAGE = 50


class OneAttemptPage(ScormPage):
    """A page about one attempt, named by its ``uuid``."""

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Find the attempt first."""
        super().setup(request, *args, **kwargs)
        self.attempts = attempts_beside(kwargs["uuid"])
        found = next((each for each in self.attempts if each.uuid == kwargs["uuid"]), None)
        if found is None:
            raise Http404
        self.attempt = found

    def get_page_subtitle(self) -> str:
        """Name the lesson."""
        return str(self.attempt.lesson.title)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the attempt and how its learner is called here."""
        name = self.sight.name_in(self.attempt.enrolment)
        return {**super().get_context_data(**kwargs), "attempt": self.attempt, "name": name}


@guarded
class AttemptView(OneAttemptPage):
    """Standing, time, sessions, and every item with its elements, questions and objectives."""

    page_title = gettext_lazy("学习记录")
    template_name = "tracking/admin/scorm_attempt.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Gather everything."""
        standing = standing_beside(self.attempts)
        return {
            **super().get_context_data(**kwargs),
            "detail": attempt_detail(self.attempt),
            "standing": standing,
            "others": [each for each in self.attempts if each.pk != self.attempt.pk],
            "cut": sorted((reason.value, ms) for reason, ms in standing.time.cut.items()),
        }


@guarded
class HistoryView(OneAttemptPage):
    """Every commit, newest first: what it changed, and what of it was refused."""

    page_title = gettext_lazy("提交记录")
    template_name = "tracking/admin/scorm_history.html"

    def get_trail(self) -> list[dict[str, Any]]:
        """Lead back to the attempt."""
        return [{"url": reverse("scorm_attempt", args=[self.attempt.uuid]), "label": _("学习记录")}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Gather a page of commits."""
        page = commit_page(self.attempt, place=self.request.GET.get("place", ""), size=COMMITS_A_PAGE)
        titles = titles_of(self.attempt.video)
        return {
            **super().get_context_data(**kwargs),
            "page": page,
            "commits": [
                {
                    "commit": each,
                    "title": titles.get(each.activity_key, each.activity_key),
                    "elements": sorted(each.elements.items()),
                }
                for each in page.commits
            ],
        }
