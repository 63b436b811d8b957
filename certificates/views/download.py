"""The stored file of a certificate, for those whom it concerns."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from accounts.models import User
from accounts.operations import record_audit
from certificates.models import Certificate
from certificates.permissions import is_holder, may_download
from certificates.queries import certificate_file
from certificates.views.storage_away import needs_storage


@require_GET
@never_cache
@login_required
@needs_storage()
def download(request: HttpRequest, uuid: UUID) -> HttpResponse | FileResponse:
    """Send the stored PDF to its holder or to an officer of its authority; of an officer's copy a record is kept."""
    certificate = get_object_or_404(Certificate.objects.select_related("holding__learner"), uuid=uuid)
    user = cast(User, request.user)
    if not may_download(user, certificate):
        raise Http404
    stream = certificate_file(certificate)
    if stream is None:
        return render(request, "certificates/file_missing.html", status=503)
    if not is_holder(user, certificate):
        detail = {"number": certificate.number, "version": certificate.version}
        record_audit(actor=user, action="register.download", target=certificate, detail=detail, now=timezone.now())
    name = f"{certificate.number}.pdf"
    return FileResponse(stream, as_attachment=True, filename=name, content_type="application/pdf")
