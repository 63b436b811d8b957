"""The officers' desk: what learners do not agree with."""

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
from provinces.forms import DisputeAnswerForm
from provinces.permissions import recogniser_required
from provinces.queries import disputes_on_desk, find_disputes
from tracking.operations import answer_dispute

PAGE_SIZE = 25
LONGEST_SEARCH = 80


@require_GET
@never_cache
@recogniser_required
def disputes(request: HttpRequest, authorities: list[Authority]) -> HttpResponse:
    """List disputes that wait for an answer, or those answered; ``q`` looks for a name or a lesson."""
    is_answered = request.GET.get("state") == "answered"
    words = request.GET.get("q", "").replace("\x00", "").strip()[:LONGEST_SEARCH]
    officer = cast(User, request.user)
    found = find_disputes(authorities, officer=officer, is_answered=is_answered, words=words)
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"page": page, "authorities": authorities, "is_answered": is_answered, "words": words}
    return render(request, "provinces/disputes.html", context)


@require_http_methods(["GET", "POST"])
@never_cache
@recogniser_required
def dispute(request: HttpRequest, authorities: list[Authority], uuid: UUID) -> HttpResponse:
    """Show one dispute with the facts of its day, and take the answer."""
    officer = cast(User, request.user)
    shown = get_object_or_404(disputes_on_desk(authorities, officer=officer), uuid=uuid)
    form = DisputeAnswerForm(request.POST) if request.method == "POST" else DisputeAnswerForm()
    if form.is_valid():
        answer = {"state": form.cleaned_data["state"], "answer": form.cleaned_data["answer"]}
        try:
            answer_dispute(dispute_id=shown.pk, actor=officer, now=timezone.now(), **answer)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("已答复，学员可以在该课时的计时明细页看到。"))
            return redirect("provinces:disputes")
    return render(
        request, "provinces/dispute.html", {"dispute": shown, "form": form}, status=422 if form.errors else 200
    )
