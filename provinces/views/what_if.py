"""The officers' desk: what the rule would say."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from accounts.models import Authority
from courses.queries import NoPolicyError
from provinces.forms import WhatIfForm
from provinces.permissions import recogniser_required
from tracking.queries import SupposedOutcome, SupposedStudy, Supposition, suppose


@require_GET
@never_cache
@recogniser_required
def what_if(request: HttpRequest, authorities: list[Authority]) -> HttpResponse:
    """Judge a made-up certificate; nothing is written, and the address keeps the supposition."""
    asked = bool(request.GET)
    initial = {"on": timezone.localdate(), "authority": authorities[0].code}
    form = WhatIfForm(request.GET if asked else None, authorities=authorities, initial=initial)
    outcome = None
    if form.is_valid():
        try:
            outcome = _judge(form)
        except NoPolicyError as error:
            form.add_error(None, str(error))
    context = {"form": form, "outcome": outcome, "authorities": authorities}
    return render(request, "provinces/what_if.html", context, status=422 if form.errors else 200)


def _judge(form: WhatIfForm) -> SupposedOutcome:
    data = form.cleaned_data
    return suppose(
        Supposition(
            authority=data["authority"],
            certificate=data["certificate"],
            issued_on=data["issued_on"],
            on=data["on"],
            claimed_on=data["claimed_on"],
            policy_on=data["policy_on"],
            changes=form.changes(),
            study=[SupposedStudy(on=line.on, hours=line.hours, block=line.block) for line in data["study"]],
            approved=data["approved"],
        )
    )
