"""Who may study what."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from accounts.models import Learner
from accounts.queries import institutions_of_member, learner_of
from tracking.models import Enrolment


def learner_required(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let in a signed-in person with a registered identity; send anyone else to the step that is missing."""

    @wraps(view)
    @login_required
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        learner = learner_of(request.user)
        if learner is None:
            messages.info(request, _("请先完成实名登记，再选课学习。"))
            return redirect("accounts:identity")
        return view(request, learner, *args, **kwargs)

    return guarded


def member_required(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let in who files for the institution named by ``uuid``, which the view gets; to others it does not exist."""

    @wraps(view)
    @login_required
    def guarded(request: HttpRequest, uuid: UUID) -> HttpResponse:
        institution = institutions_of_member(request.user).filter(uuid=uuid).first()
        if institution is None:
            raise Http404
        return view(request, institution)

    return guarded


def own_enrolment(learner: Learner, enrolment_uuid: UUID) -> Enrolment:
    """The learner's enrolment, with course, edition and year; other people's are not found. One statement.

    :raises Http404: unknown, or somebody else's.
    """
    enrolments = Enrolment.objects.select_related("course", "edition", "ce_year__post", "ce_year__authority", "learner")
    try:
        return enrolments.get(uuid=enrolment_uuid, learner=learner)
    except Enrolment.DoesNotExist:
        raise Http404 from None
