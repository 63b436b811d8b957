"""The officers' desk: hours that wait for a person's decision."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from accounts.models import Authority, User
from lms.lib.errors import DomainError
from provinces.forms import DecisionForm
from provinces.permissions import keeps_certificates_alone, recogniser_required
from provinces.queries import open_cases_of, refused_years, with_enrolments, years_to_decide
from tracking.enums import RecognitionOutcome
from tracking.models import CeYear
from tracking.operations import recognise_year, refuse_year
from tracking.queries import YearStanding, entries_of_year, standing_of_year

PAGE_SIZE = 25


@require_GET
@never_cache
def desk(request: HttpRequest) -> HttpResponseBase:
    """Lead an officer to the first page of the own work: the hours that wait, or the register."""
    if keeps_certificates_alone(request.user):
        return redirect("provinces:register")
    return queue(request)


@require_GET
@never_cache
@recogniser_required
def queue(request: HttpRequest, authorities: list[Authority]) -> HttpResponse:
    """List the years that are met and wait for recognition, or those that were refused."""
    is_refused = request.GET.get("state") == "refused"
    years = (refused_years if is_refused else years_to_decide)(authorities, officer=cast(User, request.user))
    page = Paginator(years, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"page": page, "authorities": authorities, "is_refused": is_refused}
    return render(request, "provinces/queue.html", context)


@require_http_methods(["GET", "POST"])
@never_cache
@recogniser_required
def decide(request: HttpRequest, authorities: list[Authority], uuid: UUID) -> HttpResponse:
    """Show one met year with its evidence, and take the decision; nobody decides on hours of one's own."""
    officer = cast(User, request.user)
    years = CeYear.objects.select_related("learner", "post", "authority", "policy").exclude(learner__user=officer)
    shown = Q(met_at__isnull=False) | ~Q(decision="")  # refused, and short since: the list of refusals leads here
    year = get_object_or_404(years, shown, uuid=uuid, authority__in=authorities)
    form = DecisionForm(request.POST) if request.method == "POST" else DecisionForm()
    if form.is_valid():
        try:
            _decide(request, year, form)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            return redirect("provinces:queue")
    standing = standing_of_year(year)
    context = {
        "form": form,
        "standing": standing,
        "entries": with_enrolments(entries_of_year(year)),
        "is_final": _is_final(standing),
        "cases": open_cases_of(year, authorities),
    }
    return render(request, "provinces/decide.html", context, status=422 if form.errors else 200)


def _is_final(standing: YearStanding) -> bool:
    """A recognition stands; a refusal may be followed by another decision."""
    return standing.recognition is not None and standing.recognition.outcome == RecognitionOutcome.RECOGNISED


def _decide(request: HttpRequest, year: CeYear, form: DecisionForm) -> None:
    now, officer = timezone.now(), cast(User, request.user)
    if form.cleaned_data["outcome"] == RecognitionOutcome.RECOGNISED:
        recognition = recognise_year(ce_year_id=year.pk, actor=officer, now=now)
        if recognition.decided_at == now:
            messages.success(request, _("已认定，系统将自动换发证书。"))
        else:
            messages.info(request, _("该年度学时此前已经认定，没有重复处理。"))
    else:
        refuse_year(ce_year_id=year.pk, actor=officer, reason=form.cleaned_data["reason"].strip(), now=now)
        messages.success(request, _("已作出不予认定的决定，学员可以看到理由。"))
