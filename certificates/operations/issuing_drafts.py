"""What a certificate will say, put together from one reading: nothing of it is asked again while its page is set."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.utils import timezone

from accounts.models import Authority
from certificates.enums import CertificateOperation
from certificates.gateways.typesetting import TEMPLATE_VERSION
from certificates.models import (
    Certificate,
    DesignVersion,
    Holding,
    HoldingEvent,
    IssuerProfile,
    Renewal,
    StatusProposal,
)
from certificates.operations.numbering import number_scheme
from certificates.queries import design_in_force
from certificates.rules.number_schemes import NumberFacts, credential_identifier
from certificates.rules.printed import PrintedCertificate
from certificates.rules.status_lists import status_index
from courses.queries import policy_book
from lms.lib.credit_hours import format_credit_hours
from tracking.enums import CeYearKind, RecognitionOutcome
from tracking.models import Recognition

TITLE = "住房和城乡建设领域施工现场专业人员职业培训合格证"
TOKEN_BYTES = 24


@dataclass(frozen=True, slots=True)
class Issuer:
    """How one authority issues: its profile (one of the model's defaults where it has none) and its design."""

    profile: IssuerProfile
    design: DesignVersion | None


@dataclass(frozen=True, slots=True)
class CertificateDraft:
    """One certificate before it exists. ``cause`` is what makes it; ``photo_path`` is empty where none is printed."""

    cause: Renewal | StatusProposal
    holding: Holding
    previous: Certificate | None
    issuer: Issuer
    printed: PrintedCertificate
    id_sealed: str
    photo_path: str
    status_index: int
    token: str

    @property
    def version(self) -> int:
        """Counts extensions and corrections from 1."""
        return self.printed.version

    @property
    def is_demo(self) -> bool:
        """Whether the page says that it has no legal effect."""
        return self.holding.authority.kind == "demo"


def issuers_of(authorities: Iterable[Authority]) -> dict[int, Issuer]:
    """How each authority issues, by key; one statement, and one an authority for its design."""
    known = {each.pk: each for each in authorities}
    profiles = {each.authority_id: each for each in IssuerProfile.objects.filter(authority__in=known)}
    return {
        pk: Issuer(
            profile=profiles.get(pk) or IssuerProfile(authority=authority),
            design=design_in_force(authority=authority),
        )
        for pk, authority in known.items()
    }


def newest_certificates(holding_ids: Iterable[int]) -> dict[int, Certificate]:
    """The newest certificate of each holding, by the holding's key; one statement."""
    rows = Certificate.objects.filter(holding__in=list(holding_ids)).order_by("holding_id", "version")
    return {row.holding_id: row for row in rows}


def brought_certificates(holding_ids: Iterable[int]) -> dict[int, Certificate]:
    """What was transferred in from another authority, by the receiving holding's key; one statement.

    The next certificate here goes on with its lines of continuing education.
    """
    rows = HoldingEvent.objects.filter(
        holding__in=list(holding_ids), operation=CertificateOperation.TRANSFER_IN, previous__isnull=False
    )
    return {row.holding_id: row.previous for row in rows.select_related("previous").order_by("holding_id", "sequence")}


def ce_lines_of(renewals: Iterable[Renewal]) -> dict[int, tuple[str, str, str]]:
    """The line that each renewal adds, by the renewal's key: the hours that counted when they were recognised.

    The renewal and the first annual year after it may bear the same calendar year; key and text tell them apart.
    Two statements.
    """
    by_year = {each.ce_year_id: each.pk for each in renewals}
    recognitions = list(
        Recognition.objects.filter(ce_year__in=by_year, outcome=RecognitionOutcome.RECOGNISED).select_related(
            "ce_year__authority"
        )
    )
    book = policy_book({each.ce_year.authority for each in recognitions})
    lines = {}
    for recognition in recognitions:
        year = recognition.ce_year
        minutes = recognition.common_minutes + recognition.professional_minutes
        rules = book.in_force(authority=year.authority, on=year.opens_on)
        hours = format_credit_hours(minutes, hour_minutes=rules.hour_minutes)
        if year.kind == CeYearKind.RENEWAL:
            line = (f"{year.label}-renewal", f"{year.label}年换证继续教育", hours)
        else:
            line = (str(year.label), f"{year.label}年继续教育", hours)
        lines[by_year[year.pk]] = line
    return lines


def series_facts(holding: Holding, *, now: datetime) -> NumberFacts:
    """What the number of a holding's first certificate is made of."""
    return NumberFacts(
        authority_code=holding.authority.code, post_code=holding.post.code, year=timezone.localdate(now).year
    )


def first_number(holding: Holding, issuer: Issuer, *, series: str, serial: int, now: datetime) -> str:
    """Write the number of a serial that is held; a series of last year keeps last year's number.

    :raises NumberingError: the scheme has no room for it.
    """
    scheme = number_scheme(issuer.profile.numbering)
    facts = series_facts(holding, now=now)
    year = scheme.series_year(series, facts) or facts.year
    return scheme.number(NumberFacts(facts.authority_code, facts.post_code, year), serial)


def draft_renewal(
    renewal: Renewal,
    *,
    issuer: Issuer,
    previous: Certificate | None,
    brought: Certificate | None,
    number: str,
    ce_line: tuple[str, str, str],
    status_serial: int,
    now: datetime,
) -> CertificateDraft:
    """Draft what a renewal brings: the first certificate, or the next version with one line more.

    ``brought`` is the certificate of another authority that the next one here goes on from, None where there is none.

    :raises NumberingError: number and version have no room in a credential identifier.
    """
    learner, token = renewal.holding.learner, secrets.token_urlsafe(TOKEN_BYTES)
    printed = _printed(
        renewal.holding,
        issuer,
        previous,
        brought,
        number=number,
        ce_line=ce_line,
        token=token,
        today=timezone.localdate(now),
    )
    return CertificateDraft(
        cause=renewal,
        holding=renewal.holding,
        previous=previous,
        issuer=issuer,
        printed=printed,
        id_sealed=learner.id_sealed,
        photo_path=learner.photo_path if learner.photo_sha256 else "",
        status_index=status_index(status_serial),
        token=token,
    )


def _printed(
    holding: Holding,
    issuer: Issuer,
    previous: Certificate | None,
    brought: Certificate | None,
    *,
    number: str,
    ce_line: tuple[str, str, str],
    token: str,
    today: date,
) -> PrintedCertificate:
    """What today's rows say, but for what a version takes over from the one before."""
    before, learner = previous or brought, holding.learner
    earlier = PrintedCertificate.from_json(before.printed) if before else None
    version = previous.version + 1 if previous else 1
    return PrintedCertificate(
        title=TITLE,
        number=number,
        full_name=learner.full_name,
        id_number_printed=learner.id_masked,
        post_name=holding.post.name,
        issuing_institution=earlier.issuing_institution if previous and earlier else holding.institution_name,
        authority_name=holding.authority.name,
        issued_on=today,
        photo_sha256=learner.photo_sha256 or None,
        ce_lines=tuple(sorted((*earlier_lines(previous, brought), ce_line), key=_calendar_year)),
        verify_url=verify_address(token),
        template_version=issuer.design.template if issuer.design else TEMPLATE_VERSION,
        version=version,
        identifier=identifier_of(issuer, number=number, version=version, previous=previous),
        post_name_en=holding.post.name_en,
        authority_name_en=holding.authority.name_en,
        first_issued_on=(earlier.first_issued_on or earlier.issued_on) if earlier else today,
        design_sha256=issuer.design.sha256 if issuer.design else "",
    )


def earlier_lines(previous: Certificate | None, brought: Certificate | None) -> tuple[tuple[str, str, str], ...]:
    """The lines printed before, here and at the authority that a certificate was brought from, each once."""
    printed = [PrintedCertificate.from_json(each.printed).ce_lines for each in (brought, previous) if each is not None]
    return tuple({line[0]: line for lines in printed for line in lines}.values())


def verify_address(token: str) -> str:
    """Where anyone checks the certificate with this token."""
    return f"{settings.XUESHI_SITE_URL}/verify/{token}/"


def identifier_of(issuer: Issuer, *, number: str, version: int, previous: Certificate | None) -> str:
    """The credential identifier, empty where the issuer has no USCC.

    :raises NumberingError: it has no room for the number or the version.
    """
    if not issuer.profile.uscc:
        return ""
    before = previous.identifier if previous else ""
    return credential_identifier(uscc=issuer.profile.uscc, number=number, version=version, previous=before)


def _calendar_year(line: tuple[str, str, str]) -> str:
    """By which lines are printed: a year made up later still comes before the years after it."""
    return line[0][:4]
