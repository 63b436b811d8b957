"""How a learner's time was counted, for those who help or decide."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from accounts.models import Authority, User
from courses.models import Lesson
from provinces.permissions import recogniser_required
from tracking.models import Enrolment
from tracking.queries import lesson_story


@require_GET
@never_cache
@recogniser_required
def why(request: HttpRequest, authorities: list[Authority], enrolment_uuid: UUID, lesson_uuid: UUID) -> HttpResponse:
    """Show what the learner sees of a lesson; the officer's own study is not found."""
    enrolments = Enrolment.objects.select_related("learner", "course", "edition", "ce_year__authority", "ce_year__post")
    enrolment = get_object_or_404(
        enrolments.exclude(learner__user=cast(User, request.user)),
        uuid=enrolment_uuid,
        ce_year__authority__in=authorities,
    )
    try:
        story = lesson_story(enrolment, lesson_uuid, now=timezone.now())
    except Lesson.DoesNotExist:
        raise Http404 from None
    return render(request, "provinces/why.html", {"story": story})
