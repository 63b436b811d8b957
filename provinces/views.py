"""The officers' desk: hours that wait for a person's decision."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from accounts.models import Authority, User
from lms.lib.errors import DomainError
from provinces.forms import DecisionForm
from provinces.permissions import recogniser_required
from tracking.enums import RecognitionOutcome
from tracking.models import CeYear
from tracking.operations import recognise_year, refuse_year
from tracking.queries import entries_of_year, recognition_queue, standing_of_year

PAGE_SIZE = 25


@require_GET
@never_cache
@recogniser_required
def queue(request: HttpRequest, authorities: list[Authority]) -> HttpResponse:
    """List the years that are met and wait for recognition."""
    page = Paginator(recognition_queue(authorities), PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "provinces/queue.html", {"page": page, "authorities": authorities})


@require_http_methods(["GET", "POST"])
@never_cache
@recogniser_required
def decide(request: HttpRequest, authorities: list[Authority], uuid: UUID) -> HttpResponse:
    """Show one year with its evidence, and take the officer's decision."""
    year = get_object_or_404(
        CeYear.objects.select_related("learner", "post", "authority", "policy"), uuid=uuid, authority__in=authorities
    )
    form = DecisionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            _decide(request, year, form)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            return redirect("provinces:queue")
    context = {"form": form, "standing": standing_of_year(year), "entries": entries_of_year(year)}
    return render(request, "provinces/decide.html", context, status=422 if form.errors else 200)


def _decide(request: HttpRequest, year: CeYear, form: DecisionForm) -> None:
    now, officer = timezone.now(), cast(User, request.user)
    if form.cleaned_data["outcome"] == RecognitionOutcome.RECOGNISED:
        recognise_year(ce_year_id=year.pk, actor=officer, now=now)
        messages.success(request, _("已认定，系统将自动换发证书。"))
    else:
        refuse_year(ce_year_id=year.pk, actor=officer, reason=form.cleaned_data["reason"].strip(), now=now)
        messages.success(request, _("已作出不予认定的决定，学员可以看到理由。"))
