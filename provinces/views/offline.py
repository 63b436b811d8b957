"""The officers' desk: classroom hours that wait for a person's decision."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from accounts.models import Authority, User
from lms.lib.credit_hours import format_credit_hours
from lms.lib.errors import DomainError
from lms.lib.private_files import private_file
from provinces.forms import OfflineDecisionForm
from provinces.permissions import recogniser_required
from tracking.enums import OfflineState
from tracking.models import OfflineEvidence, OfflineStudy
from tracking.operations import decide_offline_study
from tracking.queries import (
    claim_rows,
    decidable_studies,
    decided_offline_studies,
    evidence_stream,
    offline_queue,
    other_claims,
)

PAGE_SIZE = 25


@require_GET
@never_cache
@recogniser_required
def offline(request: HttpRequest, authorities: list[Authority]) -> HttpResponse:
    """List the claims that wait, the oldest first, or those that were decided."""
    is_decided = request.GET.get("state") == "decided"
    list_claims = decided_offline_studies if is_decided else offline_queue
    page = Paginator(list_claims(authorities, officer=cast(User, request.user)), PAGE_SIZE).get_page(
        request.GET.get("page")
    )
    context = {
        "page": page,
        "rows": claim_rows(page.object_list),
        "authorities": authorities,
        "is_decided": is_decided,
    }
    return render(request, "provinces/offline.html", context)


@require_http_methods(["GET", "POST"])
@never_cache
@recogniser_required
def offline_decide(request: HttpRequest, authorities: list[Authority], uuid: UUID) -> HttpResponse:
    """Show a claim with its files and the person's other claims, and take the decision."""
    study = get_object_or_404(decidable_studies(authorities, officer=cast(User, request.user)), uuid=uuid)
    (row,) = claim_rows([study])
    form = OfflineDecisionForm(
        request.POST if request.method == "POST" else None,
        claimed_minutes=study.minutes,
        claimed_hours=format_credit_hours(study.minutes, hour_minutes=row.hour_minutes),
    )
    if form.is_valid():
        try:
            _decide(request, study, form)
        except DomainError as error:
            field = getattr(error, "field", "")
            form.add_error(field if field in form.fields else None, str(error))
            study.refresh_from_db()  # perhaps a colleague was faster
        else:
            return redirect("provinces:offline")
    context = {
        "form": form,
        "row": row,
        "files": study.evidence.order_by("pk"),
        "others": other_claims(study),
        "is_open": study.state == OfflineState.FILED,
    }
    return render(request, "provinces/offline_decide.html", context, status=422 if form.errors else 200)


@require_GET
@never_cache
@recogniser_required
def offline_evidence(request: HttpRequest, authorities: list[Authority], uuid: UUID) -> HttpResponseBase:
    """Send a file of a claim to an officer of its authority; to others it does not exist."""
    claims = decidable_studies(authorities, officer=cast(User, request.user))
    evidence = get_object_or_404(OfflineEvidence.objects.filter(study__in=claims), uuid=uuid)
    stream = evidence_stream(evidence)
    if stream is None:
        raise Http404
    return private_file(stream, name=evidence.name, content_type=evidence.content_type)


def _decide(request: HttpRequest, study: OfflineStudy, form: OfflineDecisionForm) -> None:
    done = decide_offline_study(
        study=study,
        actor=cast(User, request.user),
        recognised_minutes=form.cleaned_data["recognised_minutes"],
        reason=form.cleaned_data["reason"],
        now=timezone.now(),
    )
    if done.state == OfflineState.RECOGNISED:
        messages.success(request, _("已认定，计入该学员的年度学时。"))
    else:
        messages.success(request, _("已作出不予认定的决定，学员可以看到理由。"))
