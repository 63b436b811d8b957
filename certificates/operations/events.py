"""What was done to a holding, one act after another."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Authority, User
from certificates.enums import CertificateOperation, CertificateStatus, HoldingAct
from certificates.models import Certificate, Holding, HoldingEvent, StatusProposal
from certificates.operations.verification_cache import forget_holding
from certificates.rules.status import IllegalStep, act_of, is_legal, next_status, status_admits_extension
from lms.lib.errors import DomainError

_MAKES_CERTIFICATE = {CertificateOperation.ISSUE, CertificateOperation.EXTEND, CertificateOperation.CHANGE}
_KEPT = ("status", "certificate_number", "certificate_mode", "last_issued_at")  # of the newest event and certificate
REGISTERED = "认领原证书"


class IllegalStepError(DomainError):
    """A holding that stands as this one does admits no such act; nothing was written."""

    code = "illegal_step"


@transaction.atomic
def record_event(
    *,
    holding: Holding,
    operation: CertificateOperation,
    now: datetime,
    status: CertificateStatus | None = None,
    certificate: Certificate | None = None,
    previous: Certificate | None = None,
    actor: User | None = None,
    confirmed_by: User | None = None,
    proposal: StatusProposal | None = None,
    authority: Authority | None = None,
    related: str = "",
    reason: str = "",
) -> HoldingEvent:
    """Append one act to a holding and let it stand as the act says; ``status`` may be left out where only one is legal.

    The holding's row is locked, so of two acts at once the second sees what the first did. ``certificate`` is the
    newest version unless one is given; ``authority`` is the holding's own unless the act was done elsewhere. A holding
    from before events were kept gets its registration first. ``holding`` itself is brought up to date.

    :raises IllegalStepError: ``rules/status.py`` knows no such step from how the holding stands now.
    """
    locked = Holding.objects.select_for_update(of=("self",)).get(pk=holding.pk)
    forget_holding(locked.pk)
    last = HoldingEvent.objects.filter(holding=locked).order_by("-sequence").values_list("sequence", flat=True).first()
    if last is None and not is_legal(None, operation, status):
        last = _register_late(locked).sequence
    after = _after(None if last is None else CertificateStatus(locked.status), operation, status)
    made = certificate if operation in _MAKES_CERTIFICATE else None
    concerned = certificate or Certificate.objects.filter(holding=locked).order_by("-version").first()
    event: HoldingEvent = HoldingEvent.objects.create(
        holding=locked,
        sequence=(last or 0) + 1,
        certificate=concerned,
        operation=operation,
        status=after,
        at=now,
        authority_id=authority.pk if authority is not None else locked.authority_id,
        actor=actor,
        confirmed_by=confirmed_by,
        proposal=proposal,
        previous=previous,
        related=related[:120],
        reason=reason[:300],
    )
    _let_stand(locked, after, made=made, read=holding)
    return event


def check_step(holding: Holding, operation: CertificateOperation, status: CertificateStatus | None) -> None:
    """Refuse an act that the holding, as it was read, does not admit.

    :raises IllegalStepError: see :func:`record_event`.
    """
    _after(CertificateStatus(holding.status), operation, status)


def may_extend(holding: Holding) -> bool:
    """Whether the holding, as its row stands now, may be given a certificate: neither suspended nor ended. One read.

    An early answer that spares the work; :func:`record_event` asks again under the lock.
    """
    status = Holding.objects.values_list("status", flat=True).get(pk=holding.pk)
    return status_admits_extension(CertificateStatus(status))


def extension_refusal(holding: Holding) -> str:
    """Why a holding that :func:`may_extend` refuses gets no certificate, for its holder to read."""
    return _("证书现为“%(status)s”状态，不能签发或延续。请联系主管部门") % {
        "status": CertificateStatus(holding.status).label
    }


def record_claim(*, holding: Holding, actor: User | None, now: datetime) -> HoldingEvent:
    """Write the first act of a claimed old certificate, or return the one written before."""
    first: HoldingEvent | None = HoldingEvent.objects.filter(holding=holding, sequence=1).first()
    if first is not None:
        return first
    return record_event(
        holding=holding,
        operation=CertificateOperation.OTHER,
        status=CertificateStatus.VALID,
        actor=actor,
        related=holding.number,
        reason=REGISTERED,
        now=now,
    )


def _let_stand(holding: Holding, status: CertificateStatus, *, made: Certificate | None, read: Holding) -> None:
    """Keep on the holding's row, and on what the caller ``read`` of it, how it stands and the newest certificate."""
    holding.status = status
    if made is not None:
        holding.certificate_number, holding.last_issued_at = made.number, made.issued_at
        holding.certificate_mode = made.mode
    holding.save(update_fields=_KEPT)
    for name in _KEPT:
        setattr(read, name, getattr(holding, name))


def _register_late(holding: Holding) -> HoldingEvent:
    """The registration of a holding claimed before events were kept, dated as it happened."""
    event: HoldingEvent = HoldingEvent.objects.create(
        holding=holding,
        sequence=1,
        operation=CertificateOperation.OTHER,
        status=holding.status,
        at=holding.claimed_at,
        authority_id=holding.authority_id,
        actor=None,
        related=holding.number,
        reason=REGISTERED,
    )
    return event


def _after(
    before: CertificateStatus | None, operation: CertificateOperation, wanted: CertificateStatus | None
) -> CertificateStatus:
    try:
        return next_status(before, operation, wanted)
    except IllegalStep as error:
        stands = before.label if before is not None else _("尚未登记")
        raise IllegalStepError(
            _("证书现为“%(status)s”状态，不能办理“%(act)s”。")
            % {"status": stands, "act": _act_label(operation, wanted)}
        ) from error


def _act_label(operation: CertificateOperation, wanted: CertificateStatus | None) -> str:
    if wanted is None:
        return str(operation.label)
    act: HoldingAct = act_of(operation, wanted, is_first=False)
    return str(act.label)
