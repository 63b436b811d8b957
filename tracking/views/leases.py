"""The right to study a lesson: asked for by the player, or by a form where nothing runs."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts.models import Learner
from courses.enums import LessonKind
from courses.models import Lesson
from lms.lib.errors import DomainError
from tracking import operations
from tracking.gateways.clock import read_clock
from tracking.models import Enrolment, PlayLease
from tracking.permissions import learner_required, own_enrolment
from tracking.queries import device_key_of, lease_token, progress_under, scorm_launch
from tracking.rules.device import describe_device, fresh_mark, is_mark
from tracking.views.deck_page import deck_of_lease
from tracking.views.film import DEVICE_COOKIE
from tracking.views.film_page import film_of_lease

DEVICE_COOKIE_LASTS = timedelta(days=365)


@require_POST
@never_cache
@learner_required
def open_lease(request: HttpRequest, learner: Learner, enrolment_uuid: UUID, lesson_uuid: UUID) -> JsonResponse:
    """Give the page the right to earn credit: 200 with a token and the film or package, 409 when another place holds
    it, 422 when refused, 429 when asked for too often."""
    wish, mark = _wish(request.body), _device_mark(request)
    try:
        take_over, replaces = wish.get("take_over") is True, _uuid(wish.get("replaces"))
        asked = _asked(learner, enrolment_uuid, lesson_uuid)
        lease = _open(request, *asked, mark=mark, take_over=take_over, replaces=replaces)
        package = scorm_launch(lease) if lease.lesson.kind == LessonKind.SCORM else None
    except operations.LeaseHeldError as error:
        return JsonResponse({"error": error.code, "message": str(error)}, status=409)
    except operations.TooManyLeasesError as error:
        wait_s = -(-error.retry_after // timedelta(seconds=1))
        refusal = {"error": error.code, "message": str(error)}
        return JsonResponse(refusal, status=429, headers={"Retry-After": str(wait_s)})
    except DomainError as error:
        return JsonResponse({"error": error.code, "message": str(error)}, status=422)
    facts = {"lease": str(lease.uuid), "token": lease_token(lease), "progress": progress_under(lease)}
    film = None if package else film_of_lease(lease) or deck_of_lease(lease)
    answer = JsonResponse({**facts, "film": film, "scorm": package})
    _keep_mark(request, answer, mark)
    return answer


@require_POST
@never_cache
@learner_required
def watch_plainly(request: HttpRequest, learner: Learner, enrolment_uuid: UUID, lesson_uuid: UUID) -> HttpResponse:
    """Open the film for a browser that runs no scripts: the same lease, the same checks, and no credit.

    A lease that such a browser left behind stands in its own way: the form takes over what it finds.
    """
    back = reverse("tracking:player", args=(enrolment_uuid, lesson_uuid))
    mark = _device_mark(request)
    try:
        asked = _asked(learner, enrolment_uuid, lesson_uuid)
        lease = _open(request, *asked, mark=mark, take_over=True, replaces=None)
    except DomainError as error:
        messages.error(request, str(error))
        return redirect(back)
    answer = redirect(f"{back}?lease={lease.uuid}")
    _keep_mark(request, answer, mark)
    return answer


def _asked(learner: Learner, enrolment_uuid: UUID, lesson_uuid: UUID) -> tuple[Enrolment, Lesson]:
    enrolment = own_enrolment(learner, enrolment_uuid)
    lesson = enrolment.edition.lessons.select_related("video").filter(uuid=lesson_uuid).first()
    if lesson is None:
        raise Http404
    return enrolment, lesson


def _open(
    request: HttpRequest, enrolment: Enrolment, lesson: Lesson, *, mark: str, take_over: bool, replaces: UUID | None
) -> PlayLease:
    return operations.open_lease(
        enrolment=enrolment,
        lesson=lesson,
        device=describe_device(request.headers.get("User-Agent", "")),
        take_over=take_over,
        replaces=replaces,
        device_key=device_key_of(mark),
        now=timezone.now(),
        clock=read_clock(),
    )


def _device_mark(request: HttpRequest) -> str:
    """The browser's own random mark, or a new one where it brings none of ours."""
    mark = request.COOKIES.get(DEVICE_COOKIE, "")
    return mark if is_mark(mark) else fresh_mark()


def _keep_mark(request: HttpRequest, answer: HttpResponse, mark: str) -> None:
    """Ask the browser to keep its mark for a year, for the study pages alone; no script can read it."""
    answer.set_cookie(
        DEVICE_COOKIE,
        mark,
        max_age=DEVICE_COOKIE_LASTS,
        path="/study/",
        secure=request.is_secure(),
        httponly=True,
        samesite="Lax",
    )


def _wish(body: bytes) -> dict[str, Any]:
    """What the page asks for; anything unreadable asks for nothing special."""
    try:
        wish = json.loads(body or b"{}")
    except (ValueError, RecursionError):
        return {}
    return wish if isinstance(wish, dict) else {}


def _uuid(value: object) -> UUID | None:
    try:
        return UUID(str(value))
    except ValueError:
        return None
