"""A met and recognised year renews the holding: recognised → reported → issued, each step once."""

from __future__ import annotations

import secrets
from contextlib import suppress
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Learner
from accounts.operations import record_audit
from certificates.enums import CertificateOperation, CertificateStatus
from certificates.gateways.certificate_store import open_photo, store_certificate
from certificates.gateways.signing import sign_pdf
from certificates.gateways.typesetting import TEMPLATE_VERSION, UnprintableTextError, render_certificate
from certificates.models import Certificate, Holding, NumberSeries, Renewal
from certificates.operations.events import record_event
from certificates.rules.numbering import certificate_number
from certificates.rules.printed import PrintedCertificate
from lms.lib.credit_hours import format_credit_hours
from lms.lib.errors import DomainError
from lms.lib.sealed import unseal
from tracking.enums import CeYearKind, RecognitionOutcome
from tracking.models import CeYear, Recognition
from tracking.operations import NoYearFollowsError, open_ce_year, open_following_year
from tracking.queries import rules_of_year

TITLE = "住房和城乡建设领域施工现场专业人员职业培训合格证"
TOKEN_BYTES = 24


class NotRecognisedError(DomainError):
    """The year's hours are not recognised, so nothing can be renewed."""

    code = "not_recognised"


class IssueStoppedError(DomainError):
    """The certificate cannot be made as it stands; a person must act. The renewal keeps the reason.

    The sweep leaves such a renewal alone until the cause is gone: see :func:`retry_stopped_renewals`.
    """

    code = "issue_stopped"


def renew_certificate(*, ce_year_id: int, now: datetime) -> Certificate:
    """Issue the renewed certificate, or return the one issued before (safe to retry, safe to run twice at once).

    Every step commits by itself, so that a crash between two of them loses nothing: the next call goes on from there.

    :raises NotRecognisedError: no recognition stands for the year.
    :raises IssueStoppedError: a name has a character no font draws, or the photo's file is lost.
    """
    renewal = begin_renewal(ce_year_id=ce_year_id, now=now)
    report_renewal(renewal_id=renewal.pk, now=now)
    try:
        return issue_certificate(renewal_id=renewal.pk, now=now)
    except IssueStoppedError as error:
        Renewal.objects.filter(pk=renewal.pk, issued_at__isnull=True).update(failure=str(error)[:300])
        raise


@transaction.atomic
def begin_renewal(*, ce_year_id: int, now: datetime) -> Renewal:
    """Open the renewal of a recognised year, or return the one opened before.

    :raises NotRecognisedError: no recognition stands for the year.
    """
    recognition = (
        Recognition.objects.filter(ce_year_id=ce_year_id, outcome=RecognitionOutcome.RECOGNISED)
        .select_related("ce_year")
        .first()
    )
    if recognition is None:
        raise NotRecognisedError(_("本年度学时尚未认定"))
    year = recognition.ce_year
    holding = Holding.objects.get(learner_id=year.learner_id, authority_id=year.authority_id, post_id=year.post_id)
    renewal, _created = Renewal.objects.get_or_create(
        ce_year=year, defaults={"holding": holding, "recognised_at": recognition.decided_at}
    )
    return renewal


@transaction.atomic
def report_renewal(*, renewal_id: int, now: datetime) -> Renewal:
    """Enter the recognised hours in the issuing register, once.

    Where the operator issues by itself, the register is this system; an authority with a system of its own is told
    through the exchange, which sets the same time when the receipt has come.
    """
    renewal = Renewal.objects.select_for_update().get(pk=renewal_id)
    if renewal.reported_at is None:
        renewal.reported_at = now
        renewal.save(update_fields=["reported_at"])
        record_audit(actor=None, action="renewal.report", target=renewal, detail={}, now=now)
    return renewal


@transaction.atomic
def issue_certificate(*, renewal_id: int, now: datetime) -> Certificate:
    """Number, freeze, set, sign and store the certificate of a reported renewal, or return the one issued before.

    The renewal's row is locked meanwhile; a file left behind by a crash before the commit is named by nothing.

    :raises IssueStoppedError: a name has a character no font draws, or the photo's file is lost.
    """
    renewal = Renewal.objects.select_for_update(of=("self",)).get(pk=renewal_id)
    earlier: Certificate | None = Certificate.objects.filter(renewal=renewal).first()
    if earlier is not None:
        return earlier
    holding = Holding.objects.select_related("learner", "authority", "post").get(pk=renewal.holding_id)
    previous = Certificate.objects.filter(holding=holding).order_by("-version").first()
    token = secrets.token_urlsafe(TOKEN_BYTES)
    printed = _printed(renewal, holding, previous, token=token, now=now)
    learner = holding.learner
    pdf = _signed_page(printed, learner, demo=holding.authority.kind == "demo", now=now)
    stored = store_certificate(pdf, issue_key=str(renewal.uuid), begun_at=renewal.recognised_at)
    certificate = Certificate.objects.create(
        renewal=renewal,
        holding=holding,
        authority=holding.authority,
        number=printed.number,
        version=previous.version + 1 if previous else 1,
        replaces=previous,
        token=token,
        printed=printed.to_json(),
        id_sealed=learner.id_sealed,
        template_version=printed.template_version,
        photo_sha256=learner.photo_sha256,
        pdf_path=stored.path,
        pdf_sha256=stored.sha256,
        pdf_bytes=stored.size_bytes,
        issued_at=now,
    )
    _settle(renewal, certificate, extended=previous is not None, now=now)
    return certificate


def _settle(renewal: Renewal, certificate: Certificate, *, extended: bool, now: datetime) -> None:
    record_event(
        holding=certificate.holding,
        operation=CertificateOperation.EXTEND if extended else CertificateOperation.ISSUE,
        status=CertificateStatus.VALID,
        certificate=certificate,
        previous=certificate.replaces,
        now=now,
    )
    renewal.issued_at = now
    renewal.failure = ""
    renewal.save(update_fields=["issued_at", "failure"])
    detail = {"number": certificate.number, "version": certificate.version, "pdf_sha256": certificate.pdf_sha256}
    record_audit(actor=None, action="certificate.issue", target=certificate, detail=detail, now=now)
    _open_next_year(renewal.ce_year, now=now)


def _open_next_year(year: CeYear, *, now: datetime) -> None:
    """Open the year to come: it follows the renewal's day, and later the last day of the year that was met.

    Hours cannot be earned in advance and the year's boundary stays where the issue date put it, so an annual year met
    early must not start the next one early (DOMAIN: year boundary, no study in advance). Where the certificate may
    still lapse before that day, the sweep decides when it has come.
    """
    with suppress(NoYearFollowsError):
        if year.kind == CeYearKind.ANNUAL:
            open_following_year(ce_year_id=year.pk, now=now)
        else:
            open_ce_year(
                learner=year.learner,
                post=year.post,
                authority=year.authority,
                kind=CeYearKind.ANNUAL,
                issued_on=timezone.localdate(now),
                now=now,
            )


def _printed(
    renewal: Renewal, holding: Holding, previous: Certificate | None, *, token: str, now: datetime
) -> PrintedCertificate:
    earlier_lines = PrintedCertificate.from_json(previous.printed).ce_lines if previous else ()
    return PrintedCertificate(
        title=TITLE,
        number=previous.number if previous else _next_number(holding, now),
        full_name=holding.learner.full_name,
        id_number_printed=holding.learner.id_masked,
        post_name=holding.post.name,
        issuing_institution=holding.institution_name,
        authority_name=holding.authority.name,
        issued_on=timezone.localdate(now),
        photo_sha256=holding.learner.photo_sha256 or None,
        ce_lines=tuple(sorted((*earlier_lines, _ce_line(renewal)), key=_calendar_year)),
        verify_url=f"{settings.XUESHI_SITE_URL}/verify/{token}/",
        template_version=TEMPLATE_VERSION,
    )


def _ce_line(renewal: Renewal) -> tuple[str, str, str]:
    """The line of this year: the hours that counted when they were recognised.

    The renewal and the first annual year after it may bear the same calendar year; key and text tell them apart.
    """
    recognition = Recognition.objects.select_related("ce_year__authority").get(
        ce_year_id=renewal.ce_year_id, outcome=RecognitionOutcome.RECOGNISED
    )
    year = recognition.ce_year
    minutes = recognition.common_minutes + recognition.professional_minutes
    hours = format_credit_hours(minutes, hour_minutes=rules_of_year(year).hour_minutes)
    if year.kind == CeYearKind.RENEWAL:
        return (f"{year.label}-renewal", f"{year.label}年换证继续教育", hours)
    return (str(year.label), f"{year.label}年继续教育", hours)


def _calendar_year(line: tuple[str, str, str]) -> str:
    """By which lines are printed: a year made up later still comes before the years after it."""
    return line[0][:4]


def _next_number(holding: Holding, now: datetime) -> str:
    year = timezone.localdate(now).year
    name = f"{holding.authority.code}-{year}"
    NumberSeries.objects.get_or_create(name=name)
    series = NumberSeries.objects.select_for_update().get(name=name)
    series.last_serial += 1
    series.save(update_fields=["last_serial"])
    return certificate_number(authority_code=holding.authority.code, year=year, serial=series.last_serial)


def _signed_page(printed: PrintedCertificate, learner: Learner, *, demo: bool, now: datetime) -> bytes:
    photo = open_photo(learner.photo_path) if learner.photo_path else None
    if photo is None and learner.photo_path:
        raise IssueStoppedError(_("证件照文件缺失，请重新上传证件照"))
    try:
        page = render_certificate(printed, id_number=unseal(learner.id_sealed), photo=photo, demo=demo, issued_at=now)
    except UnprintableTextError as error:
        raise IssueStoppedError(_("票面文字无法排印：%(detail)s。请联系管理员补充字体") % {"detail": error}) from error
    return sign_pdf(page, now=now)
