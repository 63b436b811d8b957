"""Acts on a holding that two people must want: one proposes, another confirms, neither is the holder."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import partial

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.enums import OfficerRole
from accounts.models import Authority, User
from accounts.operations import record_audit
from accounts.queries import authorities_of_officer
from certificates.enums import CertificateOperation, CertificateStatus, HoldingAct, ProposalState
from certificates.models import Holding, StatusProposal
from certificates.operations.correction_requests import correct_identity, read_correction
from certificates.operations.corrections import retry_stopped_corrections
from certificates.operations.events import check_step, record_event
from certificates.operations.holding_messages import tell_holder
from certificates.operations.renewal_queue import retry_stopped_renewals
from certificates.operations.transfers import (
    LEAD_BACK,
    check_not_received,
    check_printed,
    complete_transfer,
    transfer_details,
)
from certificates.rules.status import ACTS, OFFICER_ACTS
from certificates.tasks import issue_correction
from lms.lib.errors import DomainError
from tracking.operations.locks import lock_learner

LONGEST_REASON = 300
GIVES_BACK = {HoldingAct.LIFT, HoldingAct.RESTORE, HoldingAct.UNDO_TRANSFER}


class ProposalRefusedError(DomainError):
    """The proposal cannot be made or decided so; the code says why.

    ``own`` (nobody decides on certificates of one's own), ``not_in_charge``, ``reason``, ``open`` (another proposal
    waits), ``same_person`` (the second person must be another), ``not_proposer``, ``decided``, ``not_offered``.
    """

    code = "not_offered"


@transaction.atomic
def propose_act(
    *,
    holding_id: int,
    act: HoldingAct,
    authority: Authority,
    actor: User,
    reason: str,
    now: datetime,
    changes: Mapping[str, object] | None = None,
) -> StatusProposal:
    """Propose an act on a holding, or return the same proposal made before (safe to retry).

    ``authority`` is where the act is done: the holding's own, or the receiving one of a transfer in. ``changes`` are
    the corrected fields of a correction (``rules/corrections.py``), or ``{"to": code}``: the authority that a transfer
    goes to. ``reason`` is what the learner reads. Source: DOMAIN, operations 03, 05–10.

    :raises ProposalRefusedError: see its codes.
    :raises IllegalStepError: the holding, as it stands, admits no such act.
    :raises CorrectionRefusedError: a correction that corrects nothing, or cannot be printed.
    :raises TransferRefusedError: no such authority, or nothing that could go there.
    """
    holdings = Holding.objects.select_for_update(of=("self",), no_key=True).select_related("learner", "authority")
    holding = holdings.get(pk=holding_id)
    reason = reason.strip()[:LONGEST_REASON]
    _check_person(holding, authority, actor)
    if act not in OFFICER_ACTS:
        raise ProposalRefusedError(_("这项操作不由人工办理。"))
    if not reason:
        raise ProposalRefusedError(_("请写明原因，学员会看到这段文字。"), code="reason")
    operation, status = ACTS[act]
    wanted = CertificateStatus(status or holding.status)
    details = _details(holding, act, authority, changes or {})
    asked = (operation, wanted, authority.pk, actor.pk, reason, details)
    if (known := _waiting(holding, asked)) is not None:
        return known
    if act is not HoldingAct.TRANSFER_IN:  # that one moves another holding, which may not exist yet
        check_step(holding, operation, wanted)
    proposal = StatusProposal.objects.create(
        holding=holding,
        authority=authority,
        operation=operation,
        status=wanted,
        reason=reason,
        changes=details,
        proposed_by=actor,
        proposed_at=now,
    )
    detail = {"act": act.value, "reason": reason, "changes": sorted(details)}
    record_audit(actor=actor, action="holding.propose", target=proposal, detail=detail, now=now)
    return proposal


@transaction.atomic
def confirm_proposal(*, proposal_id: int, actor: User, now: datetime, note: str = "") -> StatusProposal:
    """Do what was proposed; the second person's own confirmation again changes nothing (safe to retry).

    Of two officers at once one confirms, the other is told that it is decided. The holding is asked again: what has
    become illegal since is refused, and the proposal stays open for refusal or withdrawal. A confirmed correction is
    printed after the commit (``certificates.tasks.issue_correction``), everything else is done at once.

    :raises ProposalRefusedError: ``same_person``, ``own``, ``not_in_charge`` or ``decided``.
    :raises IllegalStepError: the holding stands otherwise by now.
    :raises TransferRefusedError: the certificate cannot go there any more.
    """
    proposal = _locked(proposal_id)
    _check_person(proposal.holding, proposal.authority, actor)
    if _is_decided(proposal, ProposalState.CONFIRMED, actor):
        return proposal
    if proposal.proposed_by_id == actor.pk:
        raise ProposalRefusedError(_("提出人不能复核自己的申请，请交由另一位工作人员复核。"), code="same_person")
    _decide(proposal, ProposalState.CONFIRMED, actor, note, now=now)
    act = proposal.act
    if act is HoldingAct.CORRECT:
        check_step(proposal.holding, CertificateOperation.CHANGE, None)
        correct_identity(proposal=proposal, actor=actor, now=now)
        transaction.on_commit(partial(issue_correction.delay, proposal.pk), robust=True)
        return proposal
    if act is HoldingAct.TRANSFER_IN:
        event = complete_transfer(proposal=proposal, confirmed_by=actor, now=now)
    else:
        if act in LEAD_BACK:
            check_not_received(proposal.holding)
        elif act is HoldingAct.TRANSFER_OUT:
            check_printed(proposal.holding)
        event = record_event(
            holding=proposal.holding,
            operation=CertificateOperation(proposal.operation),
            status=CertificateStatus(proposal.status),
            actor=proposal.proposed_by,
            confirmed_by=actor,
            proposal=proposal,
            related=proposal.changes.get("to_name", ""),
            reason=proposal.reason,
            now=now,
        )
    tell_holder(event=event, act=act, now=now)
    if act in GIVES_BACK:  # what stopped at the status goes on
        retry_stopped_renewals(learner=proposal.holding.learner)
        retry_stopped_corrections(learner=proposal.holding.learner)
    return proposal


@transaction.atomic
def refuse_proposal(*, proposal_id: int, actor: User, note: str, now: datetime) -> StatusProposal:
    """Refuse what was proposed, with a note that the proposer reads; the same again changes nothing.

    :raises ProposalRefusedError: ``same_person`` (withdraw it instead), ``reason``, ``own``, ``not_in_charge``,
        ``decided``.
    """
    proposal = _locked(proposal_id)
    _check_person(proposal.holding, proposal.authority, actor)
    if _is_decided(proposal, ProposalState.REFUSED, actor):
        return proposal
    if proposal.proposed_by_id == actor.pk:
        raise ProposalRefusedError(_("这是您自己提出的申请，不需要时请撤回。"), code="same_person")
    if not note.strip():
        raise ProposalRefusedError(_("请写明不予通过的理由，提出人会看到。"), code="reason")
    return _decide(proposal, ProposalState.REFUSED, actor, note, now=now)


@transaction.atomic
def withdraw_proposal(*, proposal_id: int, actor: User, now: datetime) -> StatusProposal:
    """Take back one's own proposal; the same again changes nothing.

    :raises ProposalRefusedError: ``not_proposer`` or ``decided``.
    """
    proposal = _locked(proposal_id)
    if proposal.proposed_by_id != actor.pk:
        raise ProposalRefusedError(_("只有提出人可以撤回。"), code="not_proposer")
    if _is_decided(proposal, ProposalState.WITHDRAWN, actor):
        return proposal
    return _decide(proposal, ProposalState.WITHDRAWN, actor, "", now=now)


def _waiting(holding: Holding, asked: tuple[object, ...]) -> StatusProposal | None:
    """The open proposal of a holding if it asks for just this; None where none is open, another is an error."""
    known: StatusProposal | None = StatusProposal.objects.filter(holding=holding, state=ProposalState.OPEN).first()
    if known is None:
        return None
    stands = (known.operation, known.status, known.authority_id, known.proposed_by_id, known.reason, known.changes)
    if asked != stands:
        raise ProposalRefusedError(_("这本证书已有一项变更等待复核，请先处理。"), code="open")
    return known


def _locked(proposal_id: int) -> StatusProposal:
    """The proposal, locked after its holding: what concerns one holding happens one after another."""
    holding_id, learner_id = StatusProposal.objects.values_list("holding_id", "holding__learner_id").get(pk=proposal_id)
    lock_learner(learner_id)  # before the holding, as whoever issues does: the act may change the name or open a year
    Holding.objects.select_for_update(of=("self",), no_key=True).get(pk=holding_id)
    proposals = StatusProposal.objects.select_for_update(of=("self",))
    return proposals.select_related(
        "holding__learner__user", "holding__authority", "holding__post", "authority", "proposed_by", "decided_by"
    ).get(pk=proposal_id)


def _check_person(holding: Holding, authority: Authority, actor: User) -> None:
    if holding.learner.user_id == actor.pk:
        raise ProposalRefusedError(_("不能办理本人证书的变更，请交由其他工作人员。"), code="own")
    if not authorities_of_officer(actor, OfficerRole.REGISTRAR).filter(pk=authority.pk).exists():
        raise ProposalRefusedError(_("您没有办理该主管部门证书变更的职责。"), code="not_in_charge")


def _is_decided(proposal: StatusProposal, state: ProposalState, actor: User) -> bool:
    """Whether the same decision of the same person stands already; another one is an error."""
    if proposal.state == ProposalState.OPEN:
        return False
    if (proposal.state, proposal.decided_by_id) == (state, actor.pk):
        return True
    decided = {"state": ProposalState(proposal.state).label, "person": proposal.decided_by}
    raise ProposalRefusedError(_("这项变更已由%(person)s处理：%(state)s。") % decided, code="decided")


def _decide(proposal: StatusProposal, state: ProposalState, actor: User, note: str, *, now: datetime) -> StatusProposal:
    proposal.state, proposal.decided_by, proposal.decided_at = state, actor, now
    proposal.decision_note = note.strip()[:LONGEST_REASON]
    proposal.save(update_fields=["state", "decided_by", "decided_at", "decision_note"])
    detail = {"act": proposal.act.value, "note": proposal.decision_note}
    record_audit(actor=actor, action=f"holding.proposal_{state.value}", target=proposal, detail=detail, now=now)
    return proposal


def _details(holding: Holding, act: HoldingAct, authority: Authority, changes: Mapping[str, object]) -> dict[str, str]:
    """What the proposal must remember beside its act."""
    if act is HoldingAct.CORRECT:
        transfer_details(holding=holding, act=act, authority=authority)
        return read_correction(holding, changes)
    return transfer_details(holding=holding, act=act, authority=authority, to=str(changes.get("to", "")))
