"""The verification page for machines. Keys and codes are a promise (see the developers' documentation)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from certificates.models import Certificate
from certificates.queries.verification import PublicEvent, VerificationFacts

SCHEMA = "xueshi-verification-1"


def verification_record(facts: VerificationFacts, *, site_url: str, now: datetime) -> dict[str, Any]:
    """Everything that the page shows, as plain JSON values; ``checked_at`` is when it was read."""
    certificate, printed = facts.certificate, facts.printed
    return {
        "schema": SCHEMA,
        "verdict": facts.verdict,
        "checked_at": now.isoformat(),
        "is_demo": facts.is_demo,
        "number": certificate.number,
        "version": certificate.version,
        "identifier": certificate.identifier,
        "mode": certificate.mode,
        "status": {"code": str(facts.status), "label": facts.status_label},
        "title": printed.title,
        "holder": facts.holder_masked,
        "id_number": printed.id_number_printed,
        "post": printed.post_name,
        "institution": printed.issuing_institution,
        "authority": printed.authority_name,
        "issued_on": printed.issued_on.isoformat(),
        "issued_at": certificate.issued_at.isoformat(),
        "ce_years": [{"key": key, "text": text, "hours": hours} for key, text, hours in printed.ce_lines],
        "file": {
            "sha256": certificate.pdf_sha256,
            "bytes": certificate.pdf_bytes,
            "is_unchanged": facts.file.is_unchanged,
        },
        "signature": _signature(facts),
        "events": [_event(event) for event in facts.events],
        "replaced_by": _other(facts.replaced_by, site_url),
        "corrected_by": _other(facts.corrected_by, site_url),
    }


def _event(event: PublicEvent) -> dict[str, Any]:
    return {
        "sequence": event.sequence,
        "at": event.at.isoformat(),
        "operation": event.operation,
        "act": str(event.act),
        "status": str(event.status),
        "authority": event.authority_name,
    }


def _signature(facts: VerificationFacts) -> dict[str, Any] | None:
    seal = facts.signature
    if seal is None:
        return None
    return {
        "signer": seal.signer,
        "kid": seal.kid,
        "level": str(seal.level),
        "signed_at": _moment(seal.signed_at),
        "stamped_at": _moment(seal.stamped_at),
        "is_intact": seal.intact,
        "is_valid": seal.valid,
        "is_trusted": seal.trusted,
        "covers_whole_file": seal.whole_file,
    }


def _other(certificate: Certificate | None, site_url: str) -> dict[str, Any] | None:
    if certificate is None:
        return None
    return {
        "number": certificate.number,
        "version": certificate.version,
        "issued_at": certificate.issued_at.isoformat(),
        "url": f"{site_url}/verify/{certificate.token}.json",
    }


def _moment(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
