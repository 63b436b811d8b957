"""The officers' desk: what waits for a second person, and certificates on their way to here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import Authority, User
from certificates.enums import HoldingAct
from certificates.models import StatusProposal
from certificates.operations import confirm_proposal, refuse_proposal, withdraw_proposal
from certificates.queries import (
    decided_proposals,
    holding_history,
    incoming_transfers,
    open_proposals,
    proposals_on_desk,
)
from lms.lib.errors import DomainError
from provinces.forms.proposals import ProposalDecisionForm
from provinces.permissions import registrar_required

PAGE_SIZE = 25


@require_GET
@never_cache
@registrar_required
def proposals(request: HttpRequest, authorities: list[Authority]) -> HttpResponse:
    """List what waits for a second person, what was decided, or the certificates that wait to be received."""
    officer = cast(User, request.user)
    state = request.GET.get("state", "")
    lists: dict[str, Callable[..., QuerySet[Any]]] = {"decided": decided_proposals, "arriving": incoming_transfers}
    rows = lists.get(state, open_proposals)(authorities, officer=officer)
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"page": page, "state": state if state in lists else "", "authorities": authorities}
    return render(request, "provinces/proposals.html", context)


@require_http_methods(["GET", "POST"])
@never_cache
@registrar_required
def proposal(request: HttpRequest, authorities: list[Authority], uuid: UUID) -> HttpResponse:
    """Show one proposal with the history of its certificate, and take the second person's decision."""
    officer = cast(User, request.user)
    shown = get_object_or_404(proposals_on_desk(authorities, officer=officer), uuid=uuid)
    form = ProposalDecisionForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        decide = confirm_proposal if form.cleaned_data["decision"] == "confirm" else refuse_proposal
        note = form.cleaned_data["note"]
        try:
            decided = decide(proposal_id=shown.pk, actor=officer, note=note, now=timezone.now())
        except DomainError as error:
            form.add_error(None, str(error))
            shown.refresh_from_db()
        else:
            messages.success(request, _outcome(decided))
            return redirect("provinces:proposal", shown.uuid)
    context = {
        "proposal": shown,
        "act": shown.act,
        "history": holding_history(shown.holding),
        "corrections": _corrections(shown),
        "is_proposer": shown.proposed_by_id == officer.pk,
        "is_holdings_desk": any(each.pk == shown.holding.authority_id for each in authorities),
        "certificate": getattr(shown, "certificate", None),
        "form": form,
    }
    return render(request, "provinces/proposal.html", context, status=422 if form.errors else 200)


@require_POST
@never_cache
@registrar_required
def proposal_withdraw(request: HttpRequest, authorities: list[Authority], uuid: UUID) -> HttpResponse:
    """Take one's own proposal back."""
    officer = cast(User, request.user)
    shown = get_object_or_404(proposals_on_desk(authorities, officer=officer), uuid=uuid)
    try:
        withdraw_proposal(proposal_id=shown.pk, actor=officer, now=timezone.now())
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("已撤回，证书状态没有变化。"))
    return redirect("provinces:proposal", shown.uuid)


def _outcome(decided: StatusProposal) -> str:
    if decided.state == "refused":
        return _("已退回，提出人可以看到理由；证书状态没有变化。")
    if decided.act is HoldingAct.CORRECT:
        return _("已同意更正，系统正在签发更正后的证书。")
    return _("已办理，学员会收到通知，核验页面同时更新。")


def _corrections(shown: StatusProposal) -> list[tuple[str, str]]:
    """The corrected fields in words."""
    labels = {"full_name": _("姓名"), "issuing_institution": _("发证机构"), "photo": _("证件照"), "to_name": _("转入")}
    values = {"photo": _("学员现在的证件照")}
    return [(labels[name], values.get(name, text)) for name, text in shown.changes.items() if name in labels]
