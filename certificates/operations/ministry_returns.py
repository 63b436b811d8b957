"""Certificates that the ministry's system made come back: each line looked at by itself, none taken on trust."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import IO

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.operations import record_audit
from certificates.enums import CertificateStatus, IssuerMode
from certificates.gateways.certificate_store import StoredFile, store_certificate
from certificates.gateways.ministry_package import ReturnedPackage, returned_package
from certificates.models import Certificate, Holding, IssuerProfile, MinistryBatch, Renewal
from certificates.operations.issuing_drafts import (
    CertificateDraft,
    Issuer,
    brought_certificates,
    ce_lines_of,
    draft_renewal,
    newest_certificates,
)
from certificates.operations.issuing_records import settle_certificates
from certificates.operations.ministry_texts import line_reason, package_reason
from certificates.rules.ministry_package import LineError, PackageError, ResultLine, is_whole_pdf, read_results
from certificates.rules.status import status_admits_extension
from lms.lib.errors import DomainError
from tracking.operations.locks import lock_learner

TEMPLATE = "ministry"
MOST_REPORTED = 500


class PackageRefusedError(DomainError):
    """Nothing of the archive was taken; the message says why."""

    code = "package_refused"


@dataclass(slots=True)
class ReturnReport:
    """What came of an archive: certificates stored, lines known before, renewals sent back, and lines refused with
    (position, renewal or number, reason).
    """

    stored: int = 0
    unchanged: int = 0
    sent_back: int = 0
    refused: list[dict[str, str | int]] = field(default_factory=list)


def take_ministry_return(*, batch: MinistryBatch, content: IO[bytes], actor: User, now: datetime) -> ReturnReport:
    """Store the certificates in an archive that came back for ``batch``; the same archive again changes nothing.

    Each line is a transaction of its own: a refused one keeps no other from its certificate.

    :raises PackageRefusedError: the archive as a whole is not to be trusted; nothing was stored.
    """
    report = ReturnReport()
    try:
        with returned_package(content, batch=batch.uuid) as package:
            lines, unreadable = read_results(package.results)
            for position, code in unreadable:
                _refuse(report, position, "", code)
            for line in lines:
                try:
                    _take_line(line, package, batch, report, now=now)
                except LineError as error:
                    _refuse(report, line.position, line.number or str(line.renewal), error.code)
    except PackageError as error:
        raise PackageRefusedError(package_reason(error), code=error.code) from error
    report.refused.sort(key=lambda each: int(each["position"]))
    _keep_report(batch, report, actor, now=now)
    return report


def _refuse(report: ReturnReport, position: int, name: str, code: str) -> None:
    report.refused.append({"position": position, "name": name[:60], "reason": line_reason(code)})


def _take_line(
    line: ResultLine, package: ReturnedPackage, batch: MinistryBatch, report: ReturnReport, *, now: datetime
) -> None:
    renewal = (
        Renewal.objects.filter(uuid=line.renewal, ministry_batch=batch)
        .select_related("ce_year", "holding__learner", "holding__post", "holding__authority")
        .first()
    )
    if renewal is None:
        raise LineError("renewal_unknown")
    earlier = Certificate.objects.filter(renewal=renewal).first()
    if line.refused:
        if earlier is not None:
            raise LineError("issued_before")
        report.sent_back += _send_back(renewal, line.refused)
        return
    pdf = _pdf_of(line, package)
    if earlier is not None:
        if (earlier.number, earlier.pdf_sha256) != (line.number, hashlib.sha256(pdf).hexdigest()):
            raise LineError("issued_before")
        report.unchanged += 1
        return
    _check(line, renewal, pdf, now=now)
    stored = store_certificate(pdf, issue_key=str(renewal.uuid), begun_at=now)
    _write(line, renewal, stored, now=now)
    report.stored += 1


def _pdf_of(line: ResultLine, package: ReturnedPackage) -> bytes:
    if line.file not in package:
        raise LineError("file_missing")
    try:
        pdf = package.file(line.file)
    except PackageError as error:
        raise LineError(f"file_{error.code}") from error
    if not is_whole_pdf(pdf):
        raise LineError("not_pdf")
    return pdf


def _check(line: ResultLine, renewal: Renewal, pdf: bytes, *, now: datetime) -> None:
    today = timezone.localdate(now)
    if line.issued_on is None or not timezone.localdate(renewal.recognised_at) <= line.issued_on <= today:
        raise LineError("issued_on_out_of_range")
    if Certificate.objects.filter(pdf_sha256=hashlib.sha256(pdf).hexdigest()).exists():
        raise LineError("file_of_another")
    if Certificate.objects.filter(number=line.number).exclude(holding=renewal.holding).exists():
        raise LineError("number_of_another")


@transaction.atomic
def _write(line: ResultLine, renewal: Renewal, stored: StoredFile, *, now: datetime) -> Certificate:
    lock_learner(renewal.holding.learner_id)
    holding = Holding.objects.select_for_update(of=("self",), no_key=True).get(pk=renewal.holding_id)
    locked = Renewal.objects.select_for_update(of=("self",)).get(pk=renewal.pk)
    previous = newest_certificates([holding.pk]).get(holding.pk)
    if locked.issued_at is not None:
        raise LineError("issued_before")
    if not status_admits_extension(CertificateStatus(holding.status)):
        raise LineError("status")
    if previous is not None and previous.number != line.number:
        raise LineError("number_changed")
    draft = _draft(line, renewal, previous, now=now)
    certificate = Certificate.objects.create(
        renewal=renewal,
        holding=renewal.holding,
        authority=renewal.holding.authority,
        number=line.number,
        version=draft.version,
        replaces=previous,
        identifier=line.identifier,
        mode=IssuerMode.MINISTRY,
        token=draft.token,
        printed=draft.printed.to_json(),
        id_sealed=draft.id_sealed,
        template_version=TEMPLATE,
        photo_sha256=draft.printed.photo_sha256 or "",
        pdf_path=stored.path,
        pdf_sha256=stored.sha256,
        pdf_bytes=stored.size_bytes,
        issued_at=now,
    )
    settle_certificates([(draft, certificate)], now=now)
    return certificate


def _draft(line: ResultLine, renewal: Renewal, previous: Certificate | None, *, now: datetime) -> CertificateDraft:
    """What the certificate says as far as this system knows: its own facts, the ministry's number and day."""
    draft = draft_renewal(
        renewal,
        issuer=Issuer(profile=IssuerProfile(authority=renewal.holding.authority), design=None),
        previous=previous,
        brought=brought_certificates([renewal.holding_id]).get(renewal.holding_id),
        number=line.number,
        ce_line=ce_lines_of([renewal])[renewal.pk],
        status_serial=1,  # no place in this site's status lists: the ministry answers for its certificates
        now=now,
    )
    assert line.issued_on is not None  # noqa: S101 - checked before
    printed = replace(
        draft.printed,
        issued_on=line.issued_on,
        first_issued_on=draft.printed.first_issued_on if previous else line.issued_on,
        identifier=line.identifier,
        template_version=TEMPLATE,
    )
    return replace(draft, printed=printed)


@transaction.atomic
def _send_back(renewal: Renewal, reason: str) -> int:
    """Keep why the ministry's system made no certificate; once the cause is gone it goes into a later package."""
    text = _("部系统退回：%(reason)s") % {"reason": reason}
    rows = Renewal.objects.filter(pk=renewal.pk, issued_at__isnull=True)
    return rows.update(failure=text[:300], ministry_batch=None)


@transaction.atomic
def _keep_report(batch: MinistryBatch, report: ReturnReport, actor: User, *, now: datetime) -> None:
    refused: Sequence[dict[str, str | int]] = report.refused[:MOST_REPORTED]
    MinistryBatch.objects.filter(pk=batch.pk).update(returned_at=now, report=refused)
    detail = {
        "stored": report.stored,
        "unchanged": report.unchanged,
        "sent_back": report.sent_back,
        "refused": len(report.refused),
    }
    record_audit(actor=actor, action="ministry.return", target=batch, detail=detail, now=now)
