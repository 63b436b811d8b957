"""Whether what was stored is still what was issued."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max, Min, QuerySet
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.enums import AuthorityKind, OfficerRole
from accounts.models import OfficerAppointment
from accounts.operations import MessageDraft, record_audit, send_site_messages
from certificates.gateways.certificate_store import stored_digest
from certificates.models import Certificate, IntegrityCheck

SAMPLE = 500
YOUNG_DAYS = 1
MOST_FINDINGS = 1000
BATCH = 500


def check_certificates(*, now: datetime, sample: int | None = SAMPLE) -> IntegrityCheck:
    """Hash stored files anew and compare with what was issued: a random sample beside all of the last day, or all.

    ``sample`` None checks every certificate. The registrars of the authorities concerned, and the ministry's, are told
    of what was lost or altered. Files are read one by one, never held in memory.

    :raises StoreAwayError: the storage does not answer; nothing is written, because nothing was found out.
    """
    checked = missing = altered = 0
    findings: list[dict[str, str]] = []
    authorities: set[int] = set()
    for certificate in _all() if sample is None else _sampled(sample, now=now):
        checked += 1
        digest = stored_digest(certificate.pdf_path)
        if digest == certificate.pdf_sha256:
            continue
        missing += digest is None
        altered += digest is not None
        authorities.add(certificate.authority_id)
        if len(findings) < MOST_FINDINGS:
            kind = "missing" if digest is None else "altered"
            row = {"kind": kind, "certificate": str(certificate.uuid), "number": certificate.number}
            findings.append({**row, "path": certificate.pdf_path, "found_sha256": digest or ""})
    return _written(checked, missing, altered, findings, authorities, now=now)


@transaction.atomic
def _written(
    checked: int, missing: int, altered: int, findings: list[dict[str, str]], authorities: set[int], *, now: datetime
) -> IntegrityCheck:
    check: IntegrityCheck = IntegrityCheck.objects.create(
        at=now, checked=checked, missing=missing, altered=altered, findings=findings
    )
    if findings:
        detail = {"checked": checked, "missing": missing, "altered": altered}
        record_audit(actor=None, action="certificates.damaged", target=check, detail=detail, now=now)
        _tell_registrars(check, authorities, now=now)
    return check


def _tell_registrars(check: IntegrityCheck, authorities: Iterable[int], *, now: datetime) -> None:
    posts = OfficerAppointment.objects.filter(role=OfficerRole.REGISTRAR)
    concerned = posts.filter(authority__in=authorities) | posts.filter(authority__kind=AuthorityKind.MINISTRY)
    with translation.override("zh-hans"):
        drafts = [
            MessageDraft(
                user_id=user_id,
                key=f"integrity:{check.uuid}",
                subject=_("证书文件抽检发现异常"),
                body=_("本次抽检 %(checked)s 份：缺失 %(missing)s 份，内容被改动 %(altered)s 份。请从备份恢复。")
                % {"checked": check.checked, "missing": check.missing, "altered": check.altered},
                address=reverse("provinces:issue_runs"),
            )
            for user_id in sorted(set(concerned.values_list("user_id", flat=True)))
        ]
    send_site_messages(drafts=drafts, now=now)


def _sampled(sample: int, *, now: datetime) -> Iterator[Certificate]:
    bounds = Certificate.objects.aggregate(first=Min("pk"), last=Max("pk"))
    if bounds["first"] is None:
        return
    span = range(bounds["first"], bounds["last"] + 1)
    chosen = set(random.sample(span, min(sample, len(span))))
    chosen |= set(
        Certificate.objects.filter(issued_at__gte=now - timedelta(days=YOUNG_DAYS))
        .order_by("-pk")
        .values_list("pk", flat=True)[: 10 * sample]
    )
    pks = sorted(chosen)
    for start in range(0, len(pks), BATCH):
        yield from _light().filter(pk__in=pks[start : start + BATCH]).order_by("pk")


def _all() -> Iterator[Certificate]:
    last = 0
    while batch := list(_light().filter(pk__gt=last).order_by("pk")[:BATCH]):
        yield from batch
        last = batch[-1].pk


def _light() -> QuerySet[Certificate]:
    return Certificate.objects.only("pk", "uuid", "number", "authority_id", "pdf_path", "pdf_sha256")
