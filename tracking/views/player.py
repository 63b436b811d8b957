"""The page on which a lesson is studied."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from accounts.models import Learner
from courses.enums import LessonKind
from courses.queries import policy_in_force
from tracking.models import Enrolment
from tracking.permissions import learner_required, own_enrolment
from tracking.queries import SILENT_AFTER, LessonStanding, course_progress, not_counted_of_lesson
from tracking.rules.heartbeat import beat_interval_ms
from tracking.templatetags.study import REASON_LABELS
from tracking.views.deck_page import deck_page, deck_texts
from tracking.views.film_page import film_page
from tracking.views.scorm_page import PackagePage, package_page, scorm_texts, with_popups
from tracking.views.texts import player_texts

SHOWN_FROM_MS = 1_000  # parts of a second are no loss to explain
TEMPLATES = {
    LessonKind.VIDEO: "tracking/player.html",
    LessonKind.SLIDES: "tracking/slides.html",
    LessonKind.READING: "tracking/reading.html",
    LessonKind.SCORM: "tracking/scorm.html",
}
SPEEDS = (75, 100, 125, 150, 175, 200)  # hundredths


@require_GET
@never_cache
@learner_required
def player(request: HttpRequest, learner: Learner, enrolment_uuid: UUID, lesson_uuid: UUID) -> HttpResponse:
    """Show a video, slides, a text or a package, with the time that counts."""
    enrolment = own_enrolment(learner, enrolment_uuid)
    progress = course_progress(enrolment)
    standing = _standing(progress.lessons, lesson_uuid)
    rules = policy_in_force(authority=enrolment.ce_year.authority, on=timezone.localdate())
    not_counted = not_counted_of_lesson(enrolment, standing.lesson)
    kind = standing.lesson.kind
    film = film_page(request, learner, enrolment, standing) if kind == LessonKind.VIDEO else None
    deck = deck_page(request, learner, enrolment, standing) if kind == LessonKind.SLIDES else None
    shown = package_page(request, enrolment, standing) if kind == LessonKind.SCORM else None
    package = shown if isinstance(shown, PackagePage) else None
    config = {
        **_config(enrolment, standing, not_counted),
        "seekFirstView": rules.seek_first_view,
        "maxRate": float(rules.max_rate),
        **next((part.config for part in (film, deck, package) if part), {}),
    }
    context = {
        "enrolment": enrolment,
        "progress": progress,
        "standing": standing,
        "lesson": standing.lesson,
        "next_lesson": progress.after(standing.lesson),
        "rules": rules,
        "not_counted": [(code, ms) for code, ms in sorted(not_counted.items()) if ms >= SHOWN_FROM_MS],
        "film": film,
        "deck": deck,
        "package": package,
        "trouble": None if package else shown,
        "speeds": [(f"{speed / 100:g}", speed == 100) for speed in SPEEDS if speed <= rules.max_rate * 100],
        "config": config,
        "texts": {**player_texts(), **(deck_texts() if deck else {}), **(scorm_texts() if package else {})},
    }
    response = render(request, TEMPLATES[LessonKind(kind)], context)
    return with_popups(response) if package else response


def _standing(lessons: tuple[LessonStanding, ...], lesson_uuid: UUID) -> LessonStanding:
    for standing in lessons:
        if standing.lesson.uuid == lesson_uuid:
            return standing
    raise Http404


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
