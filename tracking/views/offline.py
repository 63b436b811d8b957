"""The learner's classroom hours: what was claimed, a new claim, its files."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import Learner, User
from lms.lib.errors import DomainError
from lms.lib.private_files import private_file
from tracking.forms import OfflineClaimForm
from tracking.models import OfflineEvidence, OfflineStudy
from tracking.operations import EvidenceUpload, file_offline_study, withdraw_offline_study
from tracking.permissions import learner_required
from tracking.queries import (
    claim_rows,
    evidence_stream,
    institutions_for,
    offline_studies_of,
    rules_of_year,
    years_to_claim_for,
)
from tracking.rules.attendance import whole_minutes

PAGE_SIZE = 20


@require_GET
@never_cache
@learner_required
def offline(request: HttpRequest, learner: Learner) -> HttpResponse:
    """List the learner's claims with their state and what the officer said."""
    page = Paginator(offline_studies_of(learner), PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "tracking/offline.html", {"page": page, "rows": claim_rows(page.object_list)})


@require_http_methods(["GET", "POST"])
@never_cache
@learner_required
def offline_file(request: HttpRequest, learner: Learner) -> HttpResponse:
    """Claim classroom hours with the files that prove them."""
    years = years_to_claim_for(learner, on=timezone.localdate())
    given = (request.POST, request.FILES) if request.method == "POST" else ()
    form = OfflineClaimForm(*given, years=years, institutions=institutions_for(learner))
    if form.is_valid():
        try:
            _file(form, learner)
        except DomainError as error:
            add_refusal(form, error)
        else:
            messages.success(request, _("已提交，主管部门认定后计入学时。"))
            return redirect("tracking:offline")
    context = {"form": form, "has_years": years.exists()}
    return render(request, "tracking/offline_form.html", context, status=422 if form.errors else 200)


@require_POST
@login_required
def offline_withdraw(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Take back a claim of one's own, or one that one filed for others."""
    user = cast(User, request.user)
    study = get_object_or_404(_visible_to(user).select_related("learner", "institution"), uuid=uuid)
    try:
        withdraw_offline_study(study=study, actor=user, now=timezone.now())
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("已撤回。"))
    if study.learner.user_id != user.pk and study.institution is not None:
        return redirect("tracking:institution", study.institution.uuid)
    return redirect("tracking:offline")


@require_GET
@login_required
def offline_evidence(request: HttpRequest, uuid: UUID) -> HttpResponseBase:
    """Send a file of a claim to its learner or to who filed it; to others it does not exist."""
    own = _visible_to(cast(User, request.user))
    evidence = get_object_or_404(OfflineEvidence.objects.filter(study__in=own), uuid=uuid)
    stream = evidence_stream(evidence)
    if stream is None:
        raise Http404
    return private_file(stream, name=evidence.name, content_type=evidence.content_type)


def add_refusal(form: Form, error: DomainError) -> None:
    """Set a refusal beside the input that it is about, or above the form."""
    field = getattr(error, "field", "")
    form.add_error(field if field in form.fields else None, str(error))


def _visible_to(user: User) -> QuerySet[OfflineStudy]:
    return OfflineStudy.objects.filter(Q(learner__user=user) | Q(filed_by=user))


def _file(form: OfflineClaimForm, learner: Learner) -> OfflineStudy:
    data = dict(form.cleaned_data)
    hour_minutes = rules_of_year(data["ce_year"]).hour_minutes
    evidence = [EvidenceUpload(file.name, file) for file in data.pop("evidence")]
    return file_offline_study(
        learner=learner,
        minutes=whole_minutes(data.pop("hours"), hour_minutes=hour_minutes),
        evidence=evidence,
        actor=learner.user,
        now=timezone.now(),
        **data,
    )
