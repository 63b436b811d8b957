"""What anyone may know of a certificate who holds its address, or its number and its holder's name."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from datetime import datetime

from django.db.models import QuerySet

from accounts.enums import AuthorityKind
from certificates.enums import CertificateOperation, CertificateStatus, HoldingAct, IssuerMode
from certificates.gateways.certificate_store import read_certificate
from certificates.gateways.signing import SignatureFacts, check_seal
from certificates.gateways.verification_memory import keep_finding, recall_finding
from certificates.models import Certificate, HoldingEvent
from certificates.queries.signing_keys import seal_keys
from certificates.rules.printed import PrintedCertificate
from certificates.rules.status import act_of
from lms.lib.masking import mask_name

_SIGNATURE_FIELDS = {field.name for field in fields(SignatureFacts)}


@dataclass(frozen=True, slots=True)
class FileFinding:
    """What the stored file was found to be: ``is_unchanged`` says that its bytes are those that were issued.

    ``signature`` is None where the file is lost, has other bytes, or bears no signature that can be read.
    """

    is_unchanged: bool
    signature: SignatureFacts | None


@dataclass(frozen=True, slots=True)
class PublicEvent:
    """One act on the holding, without the persons who did it and their reasons."""

    sequence: int
    at: datetime
    operation: str
    act: HoldingAct
    status: CertificateStatus
    authority_name: str


@dataclass(frozen=True, slots=True)
class VerificationFacts:
    """A certificate as the public sees it: the holder masked, the newest status, what the signature says.

    ``versions`` are all certificates of the holding, the oldest first; ``events`` its whole history.
    """

    certificate: Certificate
    printed: PrintedCertificate
    holder_masked: str
    status: str
    events: tuple[PublicEvent, ...]
    versions: tuple[Certificate, ...]
    file: FileFinding
    is_demo: bool

    @property
    def signature(self) -> SignatureFacts | None:
        """What the stored file's seal says, or None."""
        return self.file.signature

    @property
    def replaced_by(self) -> Certificate | None:
        """The newest certificate of the same holding, where this is an earlier one."""
        newest = self.versions[-1]
        return newest if newest.version > self.certificate.version else None

    @property
    def corrected_by(self) -> Certificate | None:
        """The version that corrected this very one, if the next one did."""
        following = next((each for each in self.versions if each.version > self.certificate.version), None)
        return following if following is not None and following.proposal_id is not None else None

    @property
    def is_genuine(self) -> bool:
        """Whether the stored file is the one that was issued, and its seal is whole and of a key that is ours.

        A file that the ministry made bears its own seal, or none: there the bytes alone decide.
        """
        if not self.file.is_unchanged:
            return False
        if self.certificate.mode == IssuerMode.MINISTRY:
            return True
        seal = self.file.signature
        return seal is not None and seal.intact and seal.valid and seal.trusted and seal.whole_file

    @property
    def is_sealed_by_a_lost_key(self) -> bool:
        """Whether nothing speaks against the file but its key, which was reported stolen or is none of ours."""
        seal = self.file.signature
        whole = self.file.is_unchanged and seal is not None and seal.intact and seal.valid and seal.whole_file
        return whole and seal is not None and not seal.trusted

    @property
    def is_valid(self) -> bool:
        """Valid now: genuine, status 01 and not replaced."""
        return self.is_genuine and self.status == CertificateStatus.VALID and self.replaced_by is None

    @property
    def verdict(self) -> str:
        """``valid``, ``replaced``, ``not_valid`` (see the status), ``file_altered`` (ours is lost or changed) or
        ``key_not_trusted`` (the file is as issued, but the key that sealed it can no longer be trusted).
        """
        if self.is_valid:
            return "valid"
        if not self.is_genuine:
            return "key_not_trusted" if self.is_sealed_by_a_lost_key else "file_altered"
        return "replaced" if self.replaced_by is not None and self.status == CertificateStatus.VALID else "not_valid"

    @property
    def status_label(self) -> str:
        """The newest status in words."""
        return str(CertificateStatus(self.status).label)


def certificate_of_token(token: str) -> Certificate | None:
    """The certificate of an unguessable token, or None; what is read here never changes. One statement."""
    found: Certificate | None = certificates_to_verify().filter(token=token).first()
    return found


def verification_facts(token: str) -> VerificationFacts | None:
    """Everything the public page shows of the certificate of a token, or None. At most four statements."""
    certificate = certificate_of_token(token)
    return facts_of(certificate) if certificate is not None else None


def facts_of(certificate: Certificate) -> VerificationFacts:
    """How a certificate stands now. Two statements, and one more where its file was not looked at of late."""
    events = _events(certificate.holding_id)
    printed = PrintedCertificate.from_json(certificate.printed)
    return VerificationFacts(
        certificate=certificate,
        printed=printed,
        holder_masked=mask_name(printed.full_name),
        status=events[-1].status if events else CertificateStatus.OTHER,
        events=events,
        versions=_versions(certificate.holding_id),
        file=file_finding(certificate),
        is_demo=certificate.authority.kind == AuthorityKind.DEMO,
    )


def file_finding(certificate: Certificate) -> FileFinding:
    """Look at the stored file and its seal; what was found is kept for ten minutes, for all processes."""
    key = f"{certificate.pdf_sha256}:{certificate.pk}:{_compromised_at(certificate)}"
    kept = recall_finding(key)
    if kept is not None and set(kept) in (set(), _SIGNATURE_FIELDS):  # a release before may have kept others
        return FileFinding(is_unchanged=True, signature=None if kept == {} else SignatureFacts(**kept))
    pdf = read_certificate(certificate.pdf_path, sha256=certificate.pdf_sha256)
    if pdf is None:
        return FileFinding(is_unchanged=False, signature=None)  # told anew each time: it may come back
    signature = check_seal(pdf, keys=seal_keys(), at=certificate.issued_at)
    keep_finding(key, {} if signature is None else asdict(signature))
    return FileFinding(is_unchanged=True, signature=signature)


def certificates_to_verify() -> QuerySet[Certificate]:
    """Certificates with what :func:`facts_of` reads of them, in no order."""
    return Certificate.objects.select_related("authority", "signing_key")


def _events(holding_id: int) -> tuple[PublicEvent, ...]:
    rows = HoldingEvent.objects.filter(holding_id=holding_id).select_related("authority").order_by("sequence")
    return tuple(
        PublicEvent(
            sequence=row.sequence,
            at=row.at,
            operation=row.operation,
            act=act_of(CertificateOperation(row.operation), CertificateStatus(row.status), is_first=row.sequence == 1),
            status=CertificateStatus(row.status),
            authority_name=row.authority.name,
        )
        for row in rows
    )


def _versions(holding_id: int) -> tuple[Certificate, ...]:
    rows = Certificate.objects.filter(holding_id=holding_id).order_by("version")
    return tuple(rows.only("version", "number", "token", "issued_at", "proposal_id", "holding_id"))


def _compromised_at(certificate: Certificate) -> str:
    key = certificate.signing_key
    return "" if key is None or key.compromised_at is None else key.compromised_at.isoformat()
