"""Why a lesson's time counted or did not, and the learner's disagreement."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.models import Learner
from courses.models import Lesson
from lms.lib.errors import DomainError
from tracking.forms import DisputeForm
from tracking.operations import file_dispute
from tracking.permissions import learner_required, own_enrolment
from tracking.queries import lesson_story


@require_http_methods(["GET", "POST"])
@never_cache
@learner_required
def why(request: HttpRequest, learner: Learner, enrolment_uuid: UUID, lesson_uuid: UUID) -> HttpResponse:
    """Tell how a lesson's time was counted; POST files a dispute on it."""
    enrolment = own_enrolment(learner, enrolment_uuid)
    try:
        story = lesson_story(enrolment, lesson_uuid, now=timezone.now())
    except Lesson.DoesNotExist:
        raise Http404 from None
    form = DisputeForm(request.POST) if request.method == "POST" else DisputeForm()
    if form.is_valid():
        try:
            file_dispute(enrolment=enrolment, lesson=story.lesson, text=form.cleaned_data["text"], now=timezone.now())
        except DomainError as error:
            form.add_error("text", str(error))
        else:
            messages.success(request, _("异议已提交，主管部门答复后会显示在本页。"))
            return redirect("tracking:why", enrolment.uuid, lesson_uuid)
    context = {"story": story, "form": form}
    return render(request, "tracking/why.html", context, status=422 if form.errors else 200)
