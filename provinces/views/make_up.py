"""The officers' desk: years that ended short and may be made up with consent."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from accounts.models import Authority, User
from lms.lib.errors import DomainError
from provinces.forms import MakeUpForm
from provinces.permissions import recogniser_required
from tracking.models import CeYear
from tracking.operations import approve_make_up
from tracking.queries import (
    approved_make_ups,
    authorities_with_make_up,
    chain_standings,
    make_up_queue,
    standings_of,
)

PAGE_SIZE = 25


@require_GET
@never_cache
@recogniser_required
def make_up(request: HttpRequest, authorities: list[Authority]) -> HttpResponse:
    """List the years that ended short and after which the learner went on studying, or those approved."""
    officer, today = cast(User, request.user), timezone.localdate()
    is_approved = request.GET.get("state") == "approved"
    permitting = authorities_with_make_up(authorities, on=today)
    years = approved_make_ups(authorities) if is_approved else make_up_queue(permitting, on=today)
    page = Paginator(years.exclude(learner__user=officer), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "standings": standings_of(list(page.object_list)),
        "authorities": authorities,
        "is_permitted": bool(permitting),
        "is_approved": is_approved,
    }
    return render(request, "provinces/make_up.html", context)


@require_http_methods(["GET", "POST"])
@never_cache
@recogniser_required
def make_up_decide(request: HttpRequest, authorities: list[Authority], uuid: UUID) -> HttpResponse:
    """Show what an approval would bring, and take it; nobody approves for oneself."""
    officer, now = cast(User, request.user), timezone.now()
    years = CeYear.objects.select_related("learner", "post", "authority").exclude(learner__user=officer)
    year = get_object_or_404(years, uuid=uuid, authority__in=authorities, closes_on__lt=timezone.localdate(now))
    form = MakeUpForm(request.POST) if request.method == "POST" else MakeUpForm()
    if form.is_valid():
        try:
            approve_make_up(ce_year_id=year.pk, actor=officer, reason=form.cleaned_data["reason"], now=now)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("已批准补学，学员可以看到理由；以后年度富余的学时随即补入。"))
            return redirect("provinces:make_up")
    chain = chain_standings(year)
    standing = next((each for each in chain if each.ce_year.pk == year.pk), None)
    if standing is None:
        raise Http404  # a renewal has no years beside it
    context = {"form": form, "standing": standing, "chain": chain}
    return render(request, "provinces/make_up_decide.html", context, status=422 if form.errors else 200)
