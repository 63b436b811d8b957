"""Whether somebody is there: the question, and the answer to it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from lms.lib.errors import DomainError
from tracking import operations
from tracking.models import Challenge
from tracking.queries import lease_key, old_lease_keys
from tracking.rules.challenge_report import MAX_CHALLENGE_BYTES, read_challenge_reply, read_question_wish
from tracking.rules.lease_token import LeaseTokenError
from tracking.rules.play_report import MalformedReportError

# csrf_exempt as with heartbeats: neither view looks at cookies, the signed token in the body is the only authority.

STATUSES = {"challenge_unknown": 404}


@csrf_exempt
@require_POST
def challenge(request: HttpRequest) -> JsonResponse:
    """Give the challenge that stands: 200, with null where none does; 409 the lease has ended, 429 wait a little."""
    try:
        body = request.read(MAX_CHALLENGE_BYTES + 1)
        claims = read_question_wish(body, key=lease_key(), old_keys=old_lease_keys())
        now = timezone.now()
        standing = operations.ask_challenge(claims=claims, now=now)
    except (MalformedReportError, LeaseTokenError, DomainError) as error:
        return _refuse(error)
    left_ms = int((standing.expires_at - now).total_seconds() * 1000) if standing else 0
    return JsonResponse({"challenge": _as_json(standing, left_ms) if standing else None})


@csrf_exempt
@require_POST
def answer_challenge(request: HttpRequest) -> JsonResponse:
    """Judge an answer: 200 with the outcome, 404 no such question here, 409 the lease has ended."""
    try:
        body = request.read(MAX_CHALLENGE_BYTES + 1)
        reply = read_challenge_reply(body, key=lease_key(), old_keys=old_lease_keys())
        verdict = operations.answer_challenge(
            claims=reply.claims, challenge_uuid=reply.challenge_uuid, key=reply.key, now=timezone.now()
        )
    except (MalformedReportError, LeaseTokenError, DomainError) as error:
        return _refuse(error)
    return JsonResponse(verdict.as_json())


def _as_json(standing: Challenge, left_ms: int) -> dict[str, Any]:
    """What the learner may see: which option is right never leaves the server."""
    return {
        "id": str(standing.uuid),
        "kind": standing.kind,
        "prompt": standing.prompt,
        "options": standing.options,
        "window_ms": int((standing.expires_at - standing.asked_at).total_seconds() * 1000),
        "left_ms": left_ms,
    }


def _refuse(error: Exception) -> JsonResponse:
    if isinstance(error, MalformedReportError):
        return _refusal("malformed", _("上报的内容无法识别。"), status=400)
    if isinstance(error, operations.CoolDownError):
        return _refusal(error.code, str(error), status=429, retry_ms=error.retry_ms)
    if isinstance(error, DomainError):
        return _refusal(error.code, str(error), status=STATUSES.get(error.code, 409))
    return _refusal("token", _("播放许可无效，请刷新页面重新开始。"), status=403)


def _refusal(code: str, message: str, *, status: int, **facts: int) -> JsonResponse:
    return JsonResponse({"error": code, "message": message, **facts}, status=status)
