"""A certificate goes from one authority to another: out, in, or back again."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, datetime

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Authority, User
from certificates.enums import CertificateOperation, CertificateStatus, HoldingAct, HoldingKind
from certificates.models import Certificate, Holding, HoldingEvent, StatusProposal
from certificates.operations.events import record_event
from lms.lib.errors import DomainError
from tracking.enums import CeYearKind, RecognitionOutcome
from tracking.models import CeYear, Recognition
from tracking.operations import NoYearFollowsError, open_ce_year

LEAD_BACK = (HoldingAct.UNDO_TRANSFER, HoldingAct.RESTORE)  # not from under who received it


class TransferRefusedError(DomainError):
    """The certificate cannot go from or to this authority; the code says why.

    ``elsewhere``: another authority keeps it. ``no_certificate``: there is none to transfer. ``where``: no such
    receiving authority. ``not_out``: it was not transferred out, or not to here. ``taken``: it was received already.
    ``held``: the learner holds one of the same post there. ``unprinted``: recognised hours wait for their certificate.
    """

    code = "elsewhere"


def transfer_details(*, holding: Holding, act: HoldingAct, authority: Authority, to: str = "") -> dict[str, str]:
    """What a proposal must remember of a transfer; empty for acts that are none.

    ``to`` is the code of the receiving authority of a transfer out.

    :raises TransferRefusedError: see its codes.
    """
    if act is HoldingAct.TRANSFER_IN:
        check_transfer_in(holding, authority)
        return {}
    if holding.authority_id != authority.pk:
        raise TransferRefusedError(_("这本证书由其他主管部门管理。"))
    if act in LEAD_BACK:
        check_not_received(holding)
    if act is not HoldingAct.TRANSFER_OUT:
        return {}
    if not holding.certificate_number:
        raise TransferRefusedError(_("这本证书还没有换发电子证书，不能转出。"), code="no_certificate")
    check_printed(holding)
    receiver = Authority.objects.filter(code=to).exclude(pk=authority.pk).first()
    if receiver is None:
        raise TransferRefusedError(_("请选择转入的主管部门。"), code="where")
    return {"to": receiver.code, "to_name": receiver.name}


def check_printed(holding: Holding) -> None:
    """Refuse to let a certificate leave whose recognised hours no certificate bears yet: nobody would print them.

    :raises TransferRefusedError: ``unprinted``.
    """
    recognised = Recognition.objects.filter(
        outcome=RecognitionOutcome.RECOGNISED,
        ce_year__learner_id=holding.learner_id,
        ce_year__post_id=holding.post_id,
        ce_year__authority_id=holding.authority_id,
    )
    if recognised.exclude(ce_year__renewal__issued_at__isnull=False).exists():
        text = _("有已认定的学时尚未签发到证书上，请先完成签发再办理转出。")
        raise TransferRefusedError(text, code="unprinted")


def check_transfer_in(source: Holding, authority: Authority) -> None:
    """Refuse what cannot be received: not on its way to here, received before, or held here anyway.

    :raises TransferRefusedError: ``not_out``, ``taken`` or ``held``.
    """
    out = _transferred_out(source)
    if out is None or out.proposal is None or out.proposal.changes.get("to") != authority.code:
        raise TransferRefusedError(_("这本证书没有转出到本主管部门。请联系原主管部门先办理转出。"), code="not_out")
    check_not_received(source)
    held = Holding.objects.filter(learner_id=source.learner_id, post_id=source.post_id, authority=authority)
    if held.exclude(status=CertificateStatus.TRANSFERRED).exists():
        raise TransferRefusedError(_("持证人在本主管部门已有同一岗位的证书。"), code="held")


def check_not_received(source: Holding) -> None:
    """Refuse where another authority has received the certificate since it was transferred out, however the one that
    stayed behind stands now.

    :raises TransferRefusedError: ``taken``.
    """
    out = _last_way_out(source)
    received = HoldingEvent.objects.filter(operation=CertificateOperation.TRANSFER_IN, proposal__holding=source)
    if out is not None and received.filter(at__gte=out.at).exists():
        raise TransferRefusedError(_("这本证书已由转入的主管部门接收。"), code="taken")


def complete_transfer(*, proposal: StatusProposal, confirmed_by: User, now: datetime) -> HoldingEvent:
    """Let the receiving authority hold the certificate, under the caller's lock of the holding it comes from.

    The receiving holding is made, or revived where the learner held it before; its year of continuing education goes on
    from the same day. The event cites the certificate it came with.

    :raises TransferRefusedError: it cannot be received any more.
    """
    source, authority = proposal.holding, proposal.authority
    check_transfer_in(source, authority)
    newest = Certificate.objects.filter(holding=source).order_by("-version").first()
    began_on = _anchor_of(source)
    holding, _is_new = Holding.objects.get_or_create(
        learner_id=source.learner_id,
        authority=authority,
        post_id=source.post_id,
        defaults={
            "kind": HoldingKind.NEW,
            "number": source.certificate_number,
            "institution_name": source.institution_name,
            "issued_on": began_on,
            "claimed_at": now,
        },
    )
    event = record_event(
        holding=holding,
        operation=CertificateOperation.TRANSFER_IN,
        previous=newest,
        actor=proposal.proposed_by,
        confirmed_by=confirmed_by,
        proposal=proposal,
        related=(newest.identifier or newest.number) if newest is not None else source.number,
        reason=proposal.reason,
        now=now,
    )
    with suppress(NoYearFollowsError):
        open_ce_year(
            learner=source.learner,
            post=source.post,
            authority=authority,
            kind=CeYearKind.ANNUAL,
            issued_on=began_on,
            now=now,
        )
    return event


def _transferred_out(source: Holding) -> HoldingEvent | None:
    """The act by which a transferred holding went out, or None where it stands otherwise."""
    return _last_way_out(source) if source.status == CertificateStatus.TRANSFERRED else None


def _last_way_out(source: Holding) -> HoldingEvent | None:
    """The act by which a holding went out and after which it did not come back, or None."""
    back = Q(operation__in=(CertificateOperation.TRANSFER_IN, CertificateOperation.UNDO_TRANSFER))
    moves = HoldingEvent.objects.filter(back | Q(status=CertificateStatus.TRANSFERRED), holding=source)
    last: HoldingEvent | None = moves.select_related("proposal").order_by("-sequence").first()
    return last if last is not None and last.status == CertificateStatus.TRANSFERRED else None


def _anchor_of(source: Holding) -> date:
    """The day from which the certificate's years are counted."""
    annual = CeYear.objects.filter(
        learner_id=source.learner_id, post_id=source.post_id, authority_id=source.authority_id, kind=CeYearKind.ANNUAL
    )
    anchor_on: date | None = annual.order_by("opens_on", "pk").values_list("anchor_on", flat=True).last()
    if anchor_on is not None:
        return anchor_on
    return timezone.localdate(source.last_issued_at) if source.last_issued_at is not None else source.issued_on
