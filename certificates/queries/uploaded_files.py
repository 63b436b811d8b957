"""A PDF that somebody was given as a certificate: the issued file itself, an altered one, or none that we know.

The file stays in memory, and nothing of it is shown. What is found out about the certificate behind an altered file is
told only to those who could know it anyway: the file bears that certificate's seal or its code, or its number together
with its holder's name.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from certificates.gateways.certificate_store import read_certificate
from certificates.gateways.pdf_reading import UnreadablePdfError, read_pdf
from certificates.models import Certificate
from certificates.queries.verification import VerificationFacts, certificates_to_verify, facts_of
from certificates.queries.verification_lookup import comparable_name
from certificates.rules.pdf_comparison import (
    Change,
    Difference,
    PdfReading,
    compare_bytes,
    compare_readings,
    is_made_out_of,
    shares_seal,
    squash,
)
from certificates.rules.pdf_leads import Leads, leads_in, name_in
from certificates.rules.printed import PrintedCertificate
from lms.lib.digests import sha256_hex

MOST_CANDIDATES = 8


class Verdict(enum.StrEnum):
    """What a file is found to be."""

    GENUINE = "genuine"
    ALTERED = "altered"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class FileVerdict:
    """``facts`` are those of the certificate, None where the file is unknown; ``differences`` are of an altered one."""

    verdict: Verdict
    facts: VerificationFacts | None = None
    differences: tuple[Difference, ...] = ()


def examine_file(pdf: bytes) -> FileVerdict:
    """Compare a file with what was issued. Only the issued file itself, to the last byte, is genuine.

    :raises ReadersBusyError: too many files are being read at the moment.
    """
    issued = certificates_to_verify().filter(pdf_sha256=sha256_hex(pdf)).order_by("pk").first()
    if issued is not None:
        return FileVerdict(Verdict.GENUINE, facts_of(issued))
    reading = _read(pdf)
    leads = leads_in(pdf, "" if reading is None else _text_to_search(reading))
    found = _original(pdf, reading, leads)
    if found is None:
        return FileVerdict(Verdict.UNKNOWN)
    certificate, original = found
    return FileVerdict(Verdict.ALTERED, facts_of(certificate), tuple(_differences(pdf, reading, certificate, original)))


def _read(pdf: bytes) -> PdfReading | None:
    try:
        return read_pdf(pdf)
    except UnreadablePdfError:
        return None


def _text_to_search(reading: PdfReading) -> str:
    return "\n".join([*reading.lines, *reading.metadata])


def _original(pdf: bytes, reading: PdfReading | None, leads: Leads) -> tuple[Certificate, bytes | None] | None:
    """The certificate that a file was made out of, and the stored file; None where nothing proves that it was.

    A seal proves it best, then the unguessable code, then number and name together, as for those without a file.
    """
    named: list[tuple[Certificate, bytes | None]] = []
    for certificate in _candidates(leads):
        original = read_certificate(certificate.pdf_path, sha256=certificate.pdf_sha256)
        if original is not None and shares_seal(pdf, original):
            return certificate, original
        if certificate.token in leads.tokens or _names_holder(certificate, reading):
            named.append((certificate, original))
    return named[0] if named else None


def _candidates(leads: Leads) -> Iterable[Certificate]:
    """Certificates with a code, then those with a number that stands in the file, the newest version first."""
    found: dict[int, Certificate] = {}
    if leads.tokens:
        by_token = certificates_to_verify().filter(token__in=leads.tokens).order_by("-version", "pk")
        found |= {each.pk: each for each in by_token[:MOST_CANDIDATES]}
    if leads.numbers:
        by_number = certificates_to_verify().filter(number__in=leads.numbers).order_by("-version", "pk")
        found |= {each.pk: each for each in by_number[:MOST_CANDIDATES]}
    return found.values()


def _names_holder(certificate: Certificate, reading: PdfReading | None) -> bool:
    """Whether the file gives this very name as its holder's, and no other: a list of names proves nothing."""
    holder = comparable_name(PrintedCertificate.from_json(certificate.printed).full_name)
    return reading is not None and comparable_name(name_in(reading.lines)) == holder


def _differences(
    pdf: bytes, reading: PdfReading | None, certificate: Certificate, original: bytes | None
) -> Iterable[Difference]:
    if original is None:
        return [Difference(Change.REWRITTEN)]
    found = compare_bytes(pdf, original)
    if reading is None:
        return [Difference(Change.UNREADABLE), *found]
    issued = _read(original)
    if issued is None:
        return found
    printed = PrintedCertificate.from_json(certificate.printed)
    if not is_made_out_of(pdf, original):
        # whoever knows no more than number and name may not try out what else stands on the page
        fields = printed_fields(printed)
        return [*(each for each in compare_readings(reading, issued, fields=fields) if each.field), *found]
    fields = printed_fields(printed) | {"id_number_printed": _id_lines(printed, issued)}
    return [*compare_readings(reading, issued, fields=fields), *found]


def printed_fields(printed: PrintedCertificate) -> dict[str, Sequence[str]]:
    """The texts of each printed field but the identity number, by its name in :class:`PrintedCertificate`."""
    day = printed.issued_on
    return {
        "number": [printed.number],
        "full_name": [printed.full_name],
        "post_name": [printed.post_name],
        "issuing_institution": [printed.issuing_institution],
        "authority_name": [printed.authority_name],
        "issued_on": [f"{day.year}年{day.month}月{day.day}日"],
        "ce_lines": [squash(f"{text}{hours}") for _key, text, hours in printed.ce_lines],
    }


def _id_lines(printed: PrintedCertificate, issued: PdfReading) -> Sequence[str]:
    """The line that prints the identity number, found by its mask: the whole number stands in the file alone."""
    start, found, _rest = printed.id_number_printed.partition("*")
    end = printed.id_number_printed.rpartition("*")[2]
    return [line for line in issued.lines if found and start in line and line.endswith(end)][:1]
