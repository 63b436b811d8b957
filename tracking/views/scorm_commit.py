"""What packages report, where no fast path stands in front."""

from __future__ import annotations

import logging

from django.db import DataError, IntegrityError
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from tracking.operations import record_scorm_commit
from tracking.queries import commit_key, old_commit_keys
from tracking.rules.scorm_commit import (
    MAX_BODY_BYTES,
    CommitAnswer,
    CommitTokenError,
    MalformedCommitError,
    read_commit,
    refusal_of,
    status_of,
)

RETRY_AFTER_S = 3

log = logging.getLogger(__name__)

# csrf_exempt is right here: the view looks at no cookie. The signed token in the body is the only authority, and no
# other site can make a browser send one, so there is no session to ride on.


@csrf_exempt
@require_POST
def scorm_commit(request: HttpRequest) -> JsonResponse:
    """Store one commit: 200 stored or repeated, 409 a newer sitting writes or the attempt has ended, 403 no token of
    ours, 400 unreadable, 503 another transaction holds the attempt."""
    now = timezone.now()
    try:
        body = request.read(MAX_BODY_BYTES + 1)
        commit = read_commit(body, now_s=now.timestamp(), key=commit_key(), old_keys=old_commit_keys())
    except MalformedCommitError as error:
        return _refuse("malformed", str(error), status=400)
    except CommitTokenError as error:
        return _refuse("token", str(error), status=403)
    try:
        answer = record_scorm_commit(commit=commit, now=now)
    except (DataError, IntegrityError, OverflowError) as error:
        log.error("attempt %s: commit %s cannot be kept: %s", commit.claims.attempt_id, commit.sequence, error)
        answer = CommitAnswer("unkeepable", commit.sequence)
    status = status_of(answer)
    return JsonResponse(answer.as_json()) if status == 200 else _refuse(*refusal_of(answer), status=status)


def _refuse(code: str, reason: str, *, status: int) -> JsonResponse:
    headers = {"Cache-Control": "no-store"}
    if status == 503:
        headers["Retry-After"] = str(RETRY_AFTER_S)
    return JsonResponse(
        {"error": code, "reason": reason}, status=status, headers={**headers, "Cache-Control": "no-store"}
    )
