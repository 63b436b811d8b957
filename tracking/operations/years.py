"""Open the windows in which hours are earned."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Authority, Learner
from accounts.operations import record_audit
from courses.models import Post
from courses.queries import policy_in_force
from lms.lib.errors import DomainError
from lms.lib.hour_rules import HourRules
from tracking.enums import CeYearKind
from tracking.models import CeYear
from tracking.queries import policy_key
from tracking.rules.ce_windows import (
    CertificateOrigin,
    CeWindow,
    RenewalClosedError,
    add_years,
    ce_windows,
    renewal_window,
)


class RenewalNotOpenError(DomainError):
    """The old certificate cannot be renewed: issued too late to be an old one, or claimed after the deadline."""

    code = "renewal_not_open"


@transaction.atomic
def open_ce_year(
    *, learner: Learner, post: Post, authority: Authority, kind: CeYearKind, issued_on: date, now: datetime
) -> CeYear:
    """Open the learner's window for one post, or return the one that is open already (safe to retry).

    ``renewal``: from today to the policy's deadline (建办人函〔2020〕662号); when the deadline was extended since, the
    window that stands grows with it. ``annual``: the window of ``issued_on`` that holds today, or else the first to
    come; a certificate with a renewal behind it counts as renewed.

    :raises RenewalNotOpenError: the deadline has passed, or the certificate is not an old one.
    """
    rules = policy_in_force(authority=authority, on=timezone.localdate(now))
    years = CeYear.objects.filter(learner=learner, post=post, authority=authority)
    if kind == CeYearKind.RENEWAL:
        standing = years.filter(kind=CeYearKind.RENEWAL).order_by("opens_on", "pk").last()
        if standing is not None:
            return _extended(standing, rules, now=now)
        window = _renewal_window(issued_on, rules, now)
    else:
        is_renewed = years.filter(kind=CeYearKind.RENEWAL).exists()
        window = _annual_window(issued_on, rules, is_renewed=is_renewed, today=timezone.localdate(now))
    year, is_new = years.get_or_create(
        opens_on=window.opens_on,
        defaults={
            "learner": learner,
            "post": post,
            "authority": authority,
            "kind": kind,
            "label": window.label,
            "closes_on": window.closes_on,
            "policy_id": policy_key(rules),
            "opened_at": now,
        },
    )
    if is_new:
        detail = {"kind": str(kind), "opens_on": str(window.opens_on), "closes_on": str(window.closes_on)}
        record_audit(actor=None, action="ce_year.open", target=year, detail=detail, now=now)
    return year


def extend_renewal_years(*, now: datetime) -> int:
    """Follow every deadline that a newer policy moved to a later day; returns how many windows grew."""
    today = timezone.localdate(now)
    waiting = CeYear.objects.filter(kind=CeYearKind.RENEWAL, met_at__isnull=True)
    extended = 0
    for authority in Authority.objects.filter(pk__in=waiting.values("authority")).order_by("pk"):
        rules = policy_in_force(authority=authority, on=today)
        if rules.legacy_deadline is None:
            continue
        for year in waiting.filter(authority=authority, closes_on__lt=rules.legacy_deadline).order_by("pk"):
            with transaction.atomic():
                _extended(year, rules, now=now)
                extended += 1
    return extended


def _extended(year: CeYear, rules: HourRules, *, now: datetime) -> CeYear:
    """Let an unmet renewal window grow to the deadline of the policy in force; a window never shrinks."""
    deadline = rules.legacy_deadline or date.max
    year = CeYear.objects.select_for_update().get(pk=year.pk)
    if year.met_at is None and year.closes_on < deadline:
        detail = {"from": str(year.closes_on), "to": str(deadline), "policy": rules.policy_id, "source": rules.source}
        year.closes_on = deadline
        year.policy_id = policy_key(rules)
        year.save(update_fields=["closes_on", "policy"])
        record_audit(actor=None, action="ce_year.extend", target=year, detail=detail, now=now)
    return year


def _renewal_window(issued_on: date, rules: HourRules, now: datetime) -> CeWindow:
    if issued_on >= rules.legacy_issued_before:
        raise RenewalNotOpenError(
            _("这本证书发证日期为 {issued}，不早于 {limit}，不属于旧证换发范围，无需换证。").format(
                issued=issued_on.isoformat(), limit=rules.legacy_issued_before.isoformat()
            ),
            code="not_legacy",
        )
    try:
        return renewal_window(claimed_on=timezone.localdate(now), rules=rules)
    except RenewalClosedError as error:
        assert rules.legacy_deadline is not None  # noqa: S101 - without a deadline nothing closes
        raise RenewalNotOpenError(
            _("旧证换发已于 {deadline} 截止（依据：{source}）。如有疑问请联系主管部门。").format(
                deadline=rules.legacy_deadline.isoformat(), source=rules.source
            ),
            code="deadline_passed",
        ) from error


def _annual_window(issued_on: date, rules: HourRules, *, is_renewed: bool, today: date) -> CeWindow:
    origin: CertificateOrigin = "renewed" if is_renewed else "new"
    known = ce_windows(issued_on=issued_on, origin=origin, rules=rules, until=add_years(max(today, issued_on), 2))
    opened = [window for window in known if window.opens_on <= today]
    return opened[-1] if opened else known[0]
