"""The editor's form of a course page: what cannot be published is said before, not after."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from wagtail.admin.forms import WagtailAdminPageForm

from cms_pages.enums import Shortcoming
from cms_pages.rules.readiness import find_problems
from courses.enums import Block

LEADS_TO_PUBLICATION = ("action-publish", "action-submit", "action-restart-workflow", "action-workflow-action")
SENDS_BACK = "reject"
MEDIA_SHORTCOMINGS = {
    Shortcoming.NO_VIDEO,
    Shortcoming.NO_SLIDES,
    Shortcoming.NO_SCORM,
    Shortcoming.NOT_VIDEO,
    Shortcoming.NOT_SLIDES,
    Shortcoming.NOT_SCORM,
    Shortcoming.VIDEO_NOT_READY,
    Shortcoming.VIDEO_FAILED,
}
QUESTION_SHORTCOMINGS = {
    Shortcoming.QUESTION_FAULTY,
    Shortcoming.QUESTION_TWICE,
    Shortcoming.QUESTION_AFTER_END,
    Shortcoming.QUESTION_TIME_IN_READING,
}


class CoursePageForm(WagtailAdminPageForm):
    """Refuses publication and submission of a course that lacks something; drafts may lack anything."""

    def clean(self) -> dict[str, Any]:
        """Add what is missing to the lesson that lacks it."""
        cleaned: dict[str, Any] = super().clean()
        formset = self.formsets.get("lessons")
        if formset is None or not self._leads_to_publication() or not formset.is_valid():
            return cleaned
        forms = [form for form in formset.ordered_forms if form.has_changed() or form.instance.pk]
        problems = find_problems(
            is_professional=cleaned.get("block") == Block.PROFESSIONAL,
            posts=len(cleaned.get("posts") or []),
            lessons=[form.instance.facts() for form in forms],
        )
        for problem in problems:
            label = str(Shortcoming(problem.code).label)
            if problem.lesson is None:
                self.add_error("posts" if problem.code == Shortcoming.NO_POST else None, label)
                continue
            form = forms[problem.lesson]
            form.add_error(_field_of(problem.code), label)
            self.add_error(None, _("课时“{title}”：{problem}").format(title=form.instance.title, problem=label))
        return cleaned

    def _leads_to_publication(self) -> bool:
        if self.data.get("workflow-action-name") == SENDS_BACK and self.data.get("action-workflow-action"):
            return False
        return any(self.data.get(name) for name in LEADS_TO_PUBLICATION)


def _field_of(code: str) -> str:
    if code in MEDIA_SHORTCOMINGS:
        return "video"
    if code in QUESTION_SHORTCOMINGS:
        return "questions"
    if code == Shortcoming.NO_TEXT:
        return "body"
    return "credit_minutes" if code == Shortcoming.NO_CREDIT else "required_seconds"
