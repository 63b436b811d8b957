"""The officers' desk: propose that a certificate stand otherwise."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from accounts.models import Authority, User
from certificates.enums import HoldingAct
from certificates.models import Certificate, Holding, StatusProposal
from certificates.operations import propose_act
from certificates.queries import acts_open_to, holding_history, incoming_transfers, registered_holdings
from lms.lib.errors import DomainError
from provinces.forms.proposals import HINTS, ActForm, CorrectionForm, TransferOutForm
from provinces.permissions import registrar_required


@require_GET
@never_cache
@registrar_required
def holding_acts(request: HttpRequest, authorities: list[Authority], uuid: UUID) -> HttpResponse:
    """Say how a certificate stands and what may be done to it."""
    holding, authority = _holding(authorities, cast(User, request.user), uuid)
    acts = [(act, HINTS[act]) for act in _acts(holding, authority)]
    context = {"acts": acts, **_facts(holding, authority)}
    return render(request, "provinces/holding_acts.html", context)


@require_http_methods(["GET", "POST"])
@never_cache
@registrar_required
def holding_act(request: HttpRequest, authorities: list[Authority], uuid: UUID, act: str) -> HttpResponse:
    """Propose one act, for another officer to confirm."""
    officer = cast(User, request.user)
    holding, authority = _holding(authorities, officer, uuid)
    if act not in HoldingAct.values or HoldingAct(act) not in HINTS:
        raise Http404
    wanted = HoldingAct(act)
    form = _form(request.POST if request.method == "POST" else None, wanted, holding)
    if form.is_valid():
        given = {"reason": form.cleaned_data["reason"], "changes": form.changes}
        now = timezone.now()
        try:
            proposal = propose_act(
                holding_id=holding.pk, act=wanted, authority=authority, actor=officer, now=now, **given
            )
        except DomainError as error:
            field = getattr(error, "field", "")
            form.add_error(field if field in form.fields else None, str(error))
        else:
            messages.success(request, _("已提交，须由另一位工作人员复核后办理。"))
            return redirect("provinces:proposal", proposal.uuid)
    elif request.method == "GET" and wanted not in _acts(holding, authority):
        return redirect("provinces:holding_acts", holding.uuid)
    context = {"form": form, "act": wanted, "hint": HINTS[wanted], **_facts(holding, authority)}
    return render(request, "provinces/holding_act.html", context, status=422 if form.errors else 200)


def _holding(authorities: list[Authority], officer: User, uuid: UUID) -> tuple[Holding, Authority]:
    """A holding of the officer's authorities, or one on its way to them, and the authority that acts."""
    own = registered_holdings(authorities).exclude(learner__user=officer).filter(uuid=uuid).first()
    if own is not None:
        return own, own.authority
    for authority in authorities:
        arriving = incoming_transfers([authority], officer=officer).filter(uuid=uuid).first()
        if arriving is not None:
            return arriving, authority
    raise Http404


def _acts(holding: Holding, authority: Authority) -> tuple[HoldingAct, ...]:
    return acts_open_to(holding) if holding.authority_id == authority.pk else (HoldingAct.TRANSFER_IN,)


def _facts(holding: Holding, authority: Authority) -> dict[str, Any]:
    open_proposal = StatusProposal.objects.filter(holding=holding, state="open", authority=authority).first()
    history = holding_history(holding)
    is_own = holding.authority_id == authority.pk
    return {"holding": holding, "open_proposal": open_proposal, "history": history, "is_own": is_own}


def _form(data: Any, act: HoldingAct, holding: Holding) -> ActForm:
    if act is HoldingAct.TRANSFER_OUT:
        return TransferOutForm(data, leaving=holding.authority)
    newest = Certificate.objects.filter(holding=holding).order_by("-version").first()
    if act is HoldingAct.CORRECT and newest is not None:
        return CorrectionForm(data, newest=newest)
    return ActForm(data)
