"""The page on which a lesson is studied, and its lease."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts.models import Learner
from courses.enums import LessonKind
from courses.queries import policy_in_force
from lms.lib.errors import DomainError
from media_pipeline.enums import VideoState
from media_pipeline.queries import playback_sources
from tracking import operations
from tracking.gateways.clock import read_clock
from tracking.models import Enrolment
from tracking.permissions import learner_required, own_enrolment
from tracking.queries import (
    SILENT_AFTER,
    LessonStanding,
    course_progress,
    device_key_of,
    lease_token,
    not_counted_of_lesson,
    progress_under,
)
from tracking.rules.device import describe_device, fresh_mark, is_mark
from tracking.rules.heartbeat import beat_interval_ms
from tracking.templatetags.study import REASON_LABELS
from tracking.views.texts import player_texts

DEVICE_COOKIE = "study_device"
DEVICE_COOKIE_LASTS = timedelta(days=365)
ADDRESSES_LAST = timedelta(hours=12)
SHOWN_FROM_MS = 1_000  # parts of a second are no loss to explain
SPEEDS = (75, 100, 125, 150, 175, 200)  # hundredths


@require_GET
@never_cache
@learner_required
def player(request: HttpRequest, learner: Learner, enrolment_uuid: UUID, lesson_uuid: UUID) -> HttpResponse:
    """Show a video or a text, with the time that counts."""
    enrolment = own_enrolment(learner, enrolment_uuid)
    progress = course_progress(enrolment)
    standing = _standing(progress.lessons, lesson_uuid)
    rules = policy_in_force(authority=enrolment.ce_year.authority, on=timezone.localdate())
    not_counted = not_counted_of_lesson(enrolment, standing.lesson)
    is_video = standing.lesson.kind == LessonKind.VIDEO
    sources = _sources(standing, learner) if is_video else None
    speeds = [speed for speed in SPEEDS if speed <= rules.max_rate * 100]
    config = {
        **_config(enrolment, standing, not_counted),
        "seekFirstView": rules.seek_first_view,
        "maxRate": float(rules.max_rate),
        "hlsUrl": sources.hls_url if sources else "",
        "mp4Url": sources.mp4_url if sources else "",
    }
    context = {
        "enrolment": enrolment,
        "progress": progress,
        "standing": standing,
        "lesson": standing.lesson,
        "next_lesson": progress.after(standing.lesson),
        "rules": rules,
        "not_counted": [(code, ms) for code, ms in sorted(not_counted.items()) if ms >= SHOWN_FROM_MS],
        "sources": sources,
        "speeds": [(f"{speed / 100:g}", speed == 100) for speed in speeds],
        "config": config,
        "texts": player_texts(),
    }
    return render(request, "tracking/player.html" if is_video else "tracking/reading.html", context)


@require_POST
@never_cache
@learner_required
def open_lease(request: HttpRequest, learner: Learner, enrolment_uuid: UUID, lesson_uuid: UUID) -> JsonResponse:
    """Give the page the right to earn credit: 200 with a token, 409 when another place holds it, 422 when refused,
    429 when asked for too often."""
    enrolment = own_enrolment(learner, enrolment_uuid)
    lesson = enrolment.edition.lessons.select_related("video").filter(uuid=lesson_uuid).first()
    if lesson is None:
        raise Http404
    wish, mark = _wish(request.body), _device_mark(request)
    try:
        lease = operations.open_lease(
            enrolment=enrolment,
            lesson=lesson,
            device=describe_device(request.headers.get("User-Agent", "")),
            take_over=wish.get("take_over") is True,
            replaces=_uuid(wish.get("replaces")),
            device_key=device_key_of(mark),
            now=timezone.now(),
            clock=read_clock(),
        )
    except operations.LeaseHeldError as error:
        return JsonResponse({"error": error.code, "message": str(error)}, status=409)
    except operations.TooManyLeasesError as error:
        wait_s = -(-error.retry_after // timedelta(seconds=1))
        refusal = {"error": error.code, "message": str(error)}
        return JsonResponse(refusal, status=429, headers={"Retry-After": str(wait_s)})
    except DomainError as error:
        return JsonResponse({"error": error.code, "message": str(error)}, status=422)
    answer = JsonResponse({"lease": str(lease.uuid), "token": lease_token(lease), "progress": progress_under(lease)})
    _keep_mark(request, answer, mark)
    return answer


def _standing(lessons: tuple[LessonStanding, ...], lesson_uuid: UUID) -> LessonStanding:
    for standing in lessons:
        if standing.lesson.uuid == lesson_uuid:
            return standing
    raise Http404


def _sources(standing: LessonStanding, learner: Learner) -> Any:
    video = standing.lesson.video
    if video is None or video.state != VideoState.READY:
        return None
    return playback_sources(video, learner_key=str(learner.uuid), expires_at=timezone.now() + ADDRESSES_LAST)


def _config(enrolment: Enrolment, standing: LessonStanding, not_counted: dict[str, int]) -> dict[str, Any]:
    """What the scripts must know; they get it as JSON beside the page."""
    addresses = (enrolment.uuid, standing.lesson.uuid)
    return {
        "leaseUrl": reverse("tracking:open_lease", args=addresses),
        "heartbeatUrl": reverse("tracking:heartbeat"),
        "endUrl": reverse("tracking:end_lease"),
        "challengeUrl": reverse("tracking:challenge"),
        "answerUrl": reverse("tracking:answer_challenge"),
        "learnerKey": salted_hmac("tracking.outbox", str(enrolment.learner.uuid)).hexdigest()[:16],
        "silentAfterMs": SILENT_AFTER // timedelta(milliseconds=1),
        "hlsModule": static("vendor/hls.mjs"),
        "hlsWorker": static("vendor/hls.worker.js"),
        "durationMs": standing.duration_ms,
        "requiredMs": standing.required_ms,
        "creditedMs": standing.credited_ms,
        "provisionalMs": standing.provisional_ms,
        "coverage": standing.coverage,
        "positionMs": standing.position_ms,
        "completed": standing.is_done,
        "beatMs": beat_interval_ms(standing.required_ms),
        "notCounted": not_counted,
        "reasons": {str(code): str(label) for code, label in REASON_LABELS.items()},
    }


def _device_mark(request: HttpRequest) -> str:
    """The browser's own random mark, or a new one where it brings none of ours."""
    mark = request.COOKIES.get(DEVICE_COOKIE, "")
    return mark if is_mark(mark) else fresh_mark()


def _keep_mark(request: HttpRequest, answer: JsonResponse, mark: str) -> None:
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
