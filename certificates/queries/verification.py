"""What anyone may know of a certificate who holds its address."""

from __future__ import annotations

from dataclasses import dataclass

from certificates.enums import CertificateStatus
from certificates.gateways.certificate_store import read_certificate
from certificates.gateways.signing import SignatureFacts, validate_signature
from certificates.models import Certificate, HoldingEvent
from certificates.rules.printed import PrintedCertificate
from lms.lib.masking import mask_name


@dataclass(frozen=True, slots=True)
class VerificationFacts:
    """A certificate as the public sees it: the holder masked, the newest status, what the signature says.

    ``replaced_by`` is the newer certificate of the same holding; ``signature`` is None where the file is missing or has
    other bytes than were issued.
    """

    certificate: Certificate
    printed: PrintedCertificate
    holder_masked: str
    status: str
    events: tuple[HoldingEvent, ...]
    replaced_by: Certificate | None
    signature: SignatureFacts | None
    is_demo: bool

    @property
    def is_genuine(self) -> bool:
        """Whether the stored file is the one that was signed, whole and unchanged."""
        facts = self.signature
        return facts is not None and facts.intact and facts.valid and facts.whole_file

    @property
    def is_valid(self) -> bool:
        """Valid now: genuine, status 01 and not replaced."""
        return self.is_genuine and self.status == CertificateStatus.VALID and self.replaced_by is None

    @property
    def status_label(self) -> str:
        """The newest status in words."""
        return str(CertificateStatus(self.status).label)


def verification_facts(token: str) -> VerificationFacts | None:
    """Find a certificate by its unguessable token, or None. Three statements."""
    certificate = (
        Certificate.objects.filter(token=token)
        .select_related("authority", "holding")
        .prefetch_related("events")
        .first()
    )
    if certificate is None:
        return None
    events = tuple(sorted(certificate.events.all(), key=lambda event: (event.at, event.pk)))
    printed = PrintedCertificate.from_json(certificate.printed)
    newer = (
        Certificate.objects.filter(holding_id=certificate.holding_id, version__gt=certificate.version)
        .order_by("-version")
        .first()
    )
    return VerificationFacts(
        certificate=certificate,
        printed=printed,
        holder_masked=mask_name(printed.full_name),
        status=events[-1].status if events else CertificateStatus.OTHER,
        events=events,
        replaced_by=newer,
        signature=_signature(certificate),
        is_demo=certificate.authority.kind == "demo",
    )


def _signature(certificate: Certificate) -> SignatureFacts | None:
    pdf = read_certificate(certificate.pdf_path, sha256=certificate.pdf_sha256)
    return validate_signature(pdf) if pdf is not None else None
