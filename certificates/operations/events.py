"""What was done to a holding, one act after another."""

from __future__ import annotations

from datetime import datetime

from accounts.models import User
from certificates.enums import CertificateOperation, CertificateStatus
from certificates.models import Certificate, Holding, HoldingEvent


def record_event(
    *,
    holding: Holding,
    operation: CertificateOperation,
    status: CertificateStatus,
    now: datetime,
    certificate: Certificate | None = None,
    previous: Certificate | None = None,
    actor: User | None = None,
    reason: str = "",
) -> HoldingEvent:
    """Append one act to a holding, in the caller's transaction, and let the holding stand as it says."""
    locked = Holding.objects.select_for_update(of=("self",)).get(pk=holding.pk)
    last = HoldingEvent.objects.filter(holding=locked).order_by("-sequence").values_list("sequence", flat=True).first()
    event: HoldingEvent = HoldingEvent.objects.create(
        holding=locked,
        sequence=(last or 0) + 1,
        certificate=certificate,
        operation=operation,
        status=status,
        at=now,
        authority_id=locked.authority_id,
        actor=actor,
        previous=previous,
        reason=reason[:300],
    )
    locked.status = status
    if certificate is not None and operation in _MAKES_CERTIFICATE:
        locked.certificate_number, locked.last_issued_at = certificate.number, certificate.issued_at
    locked.save(update_fields=["status", "certificate_number", "last_issued_at"])
    return event


_MAKES_CERTIFICATE = {CertificateOperation.ISSUE, CertificateOperation.EXTEND, CertificateOperation.CHANGE}
