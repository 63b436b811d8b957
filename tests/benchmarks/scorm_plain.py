"""The naive way to store a commit: one SELECT, one UPDATE, one INSERT in a transaction, nothing checked."""

from __future__ import annotations

import json
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lms.settings")
application = get_wsgi_application()

from django.conf import settings  # noqa: E402 - the apps are ready only now
from django.db import transaction  # noqa: E402
from django.http import HttpRequest, JsonResponse  # noqa: E402
from django.urls import include, path  # noqa: E402
from django.utils import timezone  # noqa: E402
from django.views.decorators.csrf import csrf_exempt  # noqa: E402

from tracking.models import ScormActivity, ScormCommit  # noqa: E402
from tracking.queries import commit_key  # noqa: E402
from tracking.rules.scorm_token import read_commit_token  # noqa: E402


@csrf_exempt
@transaction.atomic
def plain_commit(request: HttpRequest) -> JsonResponse:
    """Merge what was sent into what is stored, whatever it is, and write it down."""
    now = timezone.now()
    body = json.loads(request.body)
    claims = read_commit_token(body["token"], now_s=now.timestamp(), key=commit_key())
    item = ScormActivity.objects.select_for_update().get(attempt_id=claims.attempt_id, key=body["activity"])
    item.elements.update(body["elements"])
    item.revision, item.updated_at = item.revision + 1, now
    item.save(update_fields=["elements", "revision", "updated_at"])
    ScormCommit.objects.create(
        attempt_id=claims.attempt_id,
        activity_key=body["activity"],
        launch=body["launch"],
        generation=claims.generation,
        sequence=body["sequence"],
        elements=body["elements"],
        received_at=now,
    )
    return JsonResponse({"status": "stored", "sequence": body["sequence"]})


settings.ROOT_URLCONF = __name__
urlpatterns = [path("scorm/commit", plain_commit), path("", include("lms.urls"))]
