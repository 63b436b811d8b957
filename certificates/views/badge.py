"""The Open Badge of a certificate, for its holder alone."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from accounts.models import User
from certificates.models import Certificate
from certificates.operations.badges import NoBadgeError, make_badge
from certificates.permissions import may_take_badge

CONTENT_TYPES = {"jwt": "application/vc+jwt", "json": "application/vc"}


@require_GET
@never_cache
@login_required
def badge(request: HttpRequest, uuid: UUID, form: str) -> HttpResponse:
    """Send the badge as a file; the holder decides who sees it."""
    rows = Certificate.objects.select_related("holding__learner", "holding__post")
    certificate = get_object_or_404(rows, uuid=uuid)
    if form not in CONTENT_TYPES or not may_take_badge(cast(User, request.user), certificate):
        raise Http404
    try:
        signed = make_badge(certificate=certificate, form=form, now=timezone.now())
    except NoBadgeError as error:
        raise Http404 from error
    name = f"{certificate.number}-{certificate.version}.badge.{form}"
    headers = {"Content-Disposition": content_disposition_header(True, name) or ""}
    return HttpResponse(signed, content_type=CONTENT_TYPES[form], headers=headers)
