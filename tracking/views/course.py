"""A course as its learner sees it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.models import Learner
from courses.enums import Block
from courses.models import Course
from courses.queries import lessons_of
from lms.lib.errors import DomainError
from tracking.models import Enrolment
from tracking.operations import enrol_learner
from tracking.permissions import learner_required
from tracking.queries import authorities_checking, course_progress, enrolment_in, previewed_lessons, rules_of_year


@require_http_methods(["GET", "POST"])
@never_cache
@learner_required
def course(request: HttpRequest, learner: Learner, uuid: UUID) -> HttpResponse:
    """Show the lessons with what is done and what is left; POST enrols."""
    shown = _course(uuid)
    if request.method == "POST":
        try:
            enrol_learner(learner=learner, course=shown, now=timezone.now())
        except DomainError as error:
            context = {**_context(shown, None), "refusal": str(error)}
            return render(request, "tracking/course.html", context, status=422)
        return redirect("tracking:course", shown.uuid)
    enrolment = enrolment_in(learner, shown, on=timezone.localdate())
    if enrolment is None and (not shown.is_open or shown.current_edition is None):
        raise Http404
    return render(request, "tracking/course.html", _context(shown, enrolment))


def _course(uuid: UUID) -> Course:
    try:
        return Course.objects.select_related("current_edition").get(uuid=uuid)
    except Course.DoesNotExist:
        raise Http404 from None


def _may_enrol(shown: Course, enrolment: Enrolment | None) -> bool:
    """Whether to offer enrolment: nothing stands, or what stands is of a year that is over."""
    is_over = enrolment is not None and enrolment.ce_year.closes_on < timezone.localdate()
    return shown.is_open and shown.current_edition is not None and (enrolment is None or is_over)


def _context(shown: Course, enrolment: Enrolment | None) -> dict[str, Any]:
    if enrolment is None:
        edition = shown.current_edition
        lessons = previewed_lessons(lessons_of(edition)) if edition else ()
        facts: dict[str, Any] = {"lessons": lessons, "edition": edition}
    else:
        progress = course_progress(enrolment)
        facts = {
            "lessons": progress.lessons,
            "edition": enrolment.edition,
            "progress": progress,
            "rules": rules_of_year(enrolment.ce_year),
            "checking": authorities_checking(enrolment.learner_id),
        }
    return {
        **facts,
        "course": shown,
        "enrolment": enrolment,
        "is_common": shown.block == Block.COMMON,
        "may_enrol": _may_enrol(shown, enrolment),
    }
