"""The officers' desk: who would gain and who would lose by a changed policy."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from accounts.models import Authority, User
from lms.lib.errors import DomainError
from provinces.enums import DryRunEffect, DryRunState
from provinces.forms import DryRunForm
from provinces.operations import ask_dry_run
from provinces.permissions import recogniser_required
from provinces.queries import changes_in_words, dry_run_lines, dry_runs_on_desk, effect_counts

PAGE_SIZE = 25
RECENT = 10


@require_http_methods(["GET", "POST"])
@never_cache
@recogniser_required
def dry_runs(request: HttpRequest, authorities: list[Authority]) -> HttpResponse:
    """Try a change, and list the trials made before."""
    initial = {"authority": authorities[0].code, "effective_from": timezone.localdate()}
    form = DryRunForm(request.POST if request.method == "POST" else None, authorities=authorities, initial=initial)
    if form.is_valid():
        try:
            run = ask_dry_run(
                authority=form.cleaned_data["authority"],
                actor=cast(User, request.user),
                effective_from=form.cleaned_data["effective_from"],
                changes=form.changes(),
                now=timezone.now(),
            )
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            return redirect("provinces:dry_run", run.uuid)
    context = {"form": form, "runs": dry_runs_on_desk(authorities)[:RECENT], "authorities": authorities}
    return render(request, "provinces/dry_runs.html", context, status=422 if form.errors else 200)


@require_GET
@never_cache
@recogniser_required
def dry_run(request: HttpRequest, authorities: list[Authority], uuid: UUID) -> HttpResponse:
    """Show what a trial found, and page through the years of one effect."""
    run = get_object_or_404(dry_runs_on_desk(authorities), uuid=uuid)
    counts = effect_counts(run)
    shown = [each for each in counts if each.number and each.effect != DryRunEffect.UNCHANGED]
    asked = request.GET.get("effect")
    effect = next((each for each in shown if each.effect == asked), shown[0] if shown else None)
    page = None
    if effect is not None:
        page = Paginator(dry_run_lines(run, effect.effect), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "run": run,
        "is_done": run.state == DryRunState.DONE,
        "is_waiting": run.state in {DryRunState.QUEUED, DryRunState.RUNNING},
        "changes": changes_in_words(run.changes),
        "counts": counts,
        "shown": shown,
        "effect": effect,
        "page": page,
    }
    return render(request, "provinces/dry_run.html", context)
