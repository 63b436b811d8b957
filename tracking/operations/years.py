"""Open the windows in which hours are earned."""

from __future__ import annotations

from datetime import date, datetime
from functools import partial
from typing import TypedDict
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import AuditEntry, Authority, Learner
from accounts.operations import record_audit
from courses.models import Post
from courses.queries import policy_in_force
from lms.lib.errors import DomainError
from lms.lib.hour_rules import HourRules
from tracking.enums import CeYearKind
from tracking.models import CeYear
from tracking.operations.healing import heal_each
from tracking.operations.locks import lock_learner
from tracking.operations.recognition import settle_learner
from tracking.queries import annual_chain, lapse_before, policy_key, unfollowed_years, window_after
from tracking.rules.ce_windows import (
    CertificateOrigin,
    CeWindow,
    RenewalClosedError,
    add_years,
    ce_windows,
    last_renewal_day,
    renewal_window,
)


class Holder(TypedDict):
    """Whose certificate of which post, listed where."""

    learner: Learner
    post: Post
    authority: Authority


class RenewalNotOpenError(DomainError):
    """The old certificate cannot be renewed: issued too late to be an old one, or claimed after the deadline."""

    code = "renewal_not_open"


class NoYearFollowsError(DomainError):
    """No year of continuing education follows, or not yet.

    ``lapsed``: the certificate is no longer valid by the rolling test. ``undecided``: the year is not over and, without
    further study, it would be.
    """

    code = "lapsed"


@transaction.atomic
def open_ce_year(
    *, learner: Learner, post: Post, authority: Authority, kind: CeYearKind, issued_on: date, now: datetime
) -> CeYear:
    """Open the learner's window for one post, or return the one that is open already (safe to retry).

    ``renewal``: from today to the policy's deadline (建办人函〔2020〕662号); when the deadline was extended since, the
    window that stands grows with it. ``annual``: the first window of a certificate issued on ``issued_on`` that holds
    today, or else the first to come; years before it are not judged. A certificate with a renewal behind it counts as
    renewed. Where annual years stand already, they go on from their own anchor: see :func:`open_following_year`.

    :raises RenewalNotOpenError: the deadline has passed, or the certificate is not an old one.
    :raises NoYearFollowsError: annual years stand, the last is over, and the certificate has lapsed.
    """
    lock_learner(learner.pk)
    today = timezone.localdate(now, ZoneInfo(learner.time_zone))  # a deadline ends where the learner lives
    rules = policy_in_force(authority=authority, on=today)
    holder = Holder(learner=learner, post=post, authority=authority)
    years = CeYear.objects.filter(**holder)
    if kind == CeYearKind.RENEWAL:
        standing = years.filter(kind=CeYearKind.RENEWAL).order_by("opens_on", "pk").last()
        if standing is not None:
            return _extended(standing, rules, now=now)
        due_on = rules.legacy_deadline if rules.grace_days else None
        window = _renewal_window(issued_on, rules, today)
        return _opened(holder, window, policy_key(rules), due_on=due_on, now=now)
    newest = years.filter(kind=CeYearKind.ANNUAL).order_by("opens_on", "pk").last()
    if newest is not None:
        while newest.closes_on < today:
            newest = open_following_year(ce_year_id=newest.pk, now=now)
        return newest
    origin: CertificateOrigin = "renewed" if years.filter(kind=CeYearKind.RENEWAL).exists() else "new"
    window = _annual_window(issued_on, rules, origin=origin, today=today)
    policy_id = policy_key(policy_in_force(authority=authority, on=window.opens_on))
    return _opened(holder, window, policy_id, anchor_on=issued_on, origin=origin, now=now)


@transaction.atomic
def open_following_year(*, ce_year_id: int, now: datetime) -> CeYear:
    """Open the annual year that follows another, or return the one that follows (safe to retry, exactly once).

    It opens the day after, met or not, and is counted from the certificate's anchor. It is opened ahead of its first
    day only where nothing that may still happen could keep it from coming.

    :raises NoYearFollowsError: the certificate lapses, or may yet.
    """
    year = CeYear.objects.select_related("authority", "learner", "post").get(pk=ce_year_id)
    lock_learner(year.learner_id)
    follower = annual_chain(year).filter(opens_on__gt=year.opens_on).first()
    if follower is None:
        window, anchor_on, origin = window_after(year)
        lapsed_after = lapse_before(year, window)
        if lapsed_after is not None:
            code = "lapsed" if window.opens_on <= timezone.localdate(now) else "undecided"
            text = _("证书有效期止于 {day}：滚动考核学时不足，不再开放新的继续教育年度。")
            raise NoYearFollowsError(text.format(day=lapsed_after.isoformat()), code=code)
        holder = Holder(learner=year.learner, post=year.post, authority=year.authority)
        policy_id = policy_key(policy_in_force(authority=year.authority, on=window.opens_on))
        follower = _opened(holder, window, policy_id, anchor_on=anchor_on, origin=origin, now=now)
    CeYear.objects.filter(pk=year.pk, unfollowed_since__isnull=False).update(unfollowed_since=None)
    return follower


def open_due_years(*, now: datetime, limit: int = 500) -> int:
    """Open the following year of every annual year that is over, met or not; returns how many years were opened.

    Where the certificate has lapsed no year follows: that is written down once, and asked again a week later, because a
    policy may change it; at once after hours entered late or an approval (:func:`settle_learner`). At most ``limit``
    years are looked at, those first that were not asked yet; each by itself.
    """
    due = unfollowed_years(timezone.localdate(now), limit=limit)
    opened: list[CeYear] = []
    heal_each(due, lambda pk: opened.extend(_follow(pk, now=now)))
    return len(opened)


def _follow(ce_year_id: int, *, now: datetime) -> list[CeYear]:
    """Open every year up to today's after one that is over; one that another process opened is among them."""
    today = timezone.localdate(now)
    year: CeYear | None = CeYear.objects.get(pk=ce_year_id)
    opened: list[CeYear] = []
    while year is not None and year.closes_on < today:
        year = _opened_or_lapsed(year, now=now)
        opened += [year] if year else []
    return opened


@transaction.atomic
def _opened_or_lapsed(year: CeYear, *, now: datetime) -> CeYear | None:
    """The year that follows; or None, and it is written down, once, that the certificate has lapsed.

    Under one lock of the learner: hours entered meanwhile are either seen here or asked about again.
    """
    lock_learner(year.learner_id)
    try:
        return open_following_year(ce_year_id=year.pk, now=now)
    except NoYearFollowsError as error:
        CeYear.objects.filter(pk=year.pk).update(unfollowed_since=timezone.localdate(now))
        target = f"{year._meta.label_lower}:{year.uuid}"
        if not AuditEntry.objects.filter(action="ce_year.lapse", target=target).exists():
            detail = {"reason": str(error)}
            record_audit(actor=None, action="ce_year.lapse", target=year, detail=detail, now=now)
        return None


def extend_renewal_years(*, now: datetime, limit: int = 500) -> int:
    """Follow every deadline that a newer policy moved to a later day; returns how many windows grew.

    At most ``limit`` windows, each by itself; the next call goes on.
    """
    today = timezone.localdate(now)
    waiting = CeYear.objects.filter(kind=CeYearKind.RENEWAL, met_at__isnull=True)
    extended = 0
    for authority in Authority.objects.filter(pk__in=waiting.values("authority")).order_by("pk"):
        rules = policy_in_force(authority=authority, on=today)
        if rules.legacy_deadline is None:
            continue
        last_day = last_renewal_day(rules)
        later = Q(closes_on__lt=last_day) | Q(closes_on=last_day, due_on__lt=rules.legacy_deadline)
        due = waiting.filter(later, authority=authority).order_by("pk")
        extended += heal_each(list(due[: limit - extended]), partial(_extended, rules=rules, now=now))
    return extended


@transaction.atomic
def _extended(year: CeYear, rules: HourRules, *, now: datetime) -> CeYear:
    """Let an unmet renewal window grow to the deadline of the policy in force and its grace; neither ever shrinks."""
    lock_learner(year.learner_id)
    year = CeYear.objects.select_for_update().get(pk=year.pk)
    closes_on = max(year.closes_on, last_renewal_day(rules))
    deadline = max(year.deadline, rules.legacy_deadline or date.max)
    if year.met_at is None and (closes_on, deadline) != (year.closes_on, year.deadline):
        detail = {"from": str(year.closes_on), "to": str(closes_on), "policy": rules.policy_id, "source": rules.source}
        if deadline != closes_on:
            detail["due_on"] = str(deadline)
        year.closes_on = closes_on
        year.due_on = deadline if deadline < closes_on else None
        year.policy_id = policy_key(rules)
        year.save(update_fields=["closes_on", "due_on", "policy"])
        record_audit(actor=None, action="ce_year.extend", target=year, detail=detail, now=now)
        settle_learner(learner_id=year.learner_id, now=now)
        year.refresh_from_db(fields=["met_at", "decision"])
    return year


def _renewal_window(issued_on: date, rules: HourRules, today: date) -> CeWindow:
    if issued_on >= rules.legacy_issued_before:
        raise RenewalNotOpenError(
            _("这本证书发证日期为 {issued}，不早于 {limit}，不属于旧证换发范围，无需换证。").format(
                issued=issued_on.isoformat(), limit=rules.legacy_issued_before.isoformat()
            ),
            code="not_legacy",
        )
    try:
        return renewal_window(claimed_on=today, rules=rules)
    except RenewalClosedError as error:
        assert rules.legacy_deadline is not None  # noqa: S101 - without a deadline nothing closes
        raise RenewalNotOpenError(
            _("旧证换发已于 {deadline} 截止（依据：{source}）。如有疑问请联系主管部门。").format(
                deadline=rules.legacy_deadline.isoformat(), source=rules.source
            ),
            code="deadline_passed",
        ) from error


def _annual_window(issued_on: date, rules: HourRules, *, origin: CertificateOrigin, today: date) -> CeWindow:
    known = ce_windows(issued_on=issued_on, origin=origin, rules=rules, until=add_years(max(today, issued_on), 2))
    opened = [window for window in known if window.opens_on <= today]
    return opened[-1] if opened else known[0]


def _opened(
    holder: Holder,
    window: CeWindow,
    policy_id: int,
    *,
    now: datetime,
    anchor_on: date | None = None,
    origin: str = "",
    due_on: date | None = None,
) -> CeYear:
    """The row of ``window``: made now, or the one that stands."""
    detail = {"kind": window.kind, "opens_on": str(window.opens_on), "closes_on": str(window.closes_on)}
    year, is_new = CeYear.objects.get_or_create(
        **holder,
        opens_on=window.opens_on,
        defaults={
            "kind": window.kind,
            "label": window.label,
            "anchor_on": anchor_on,
            "origin": origin,
            "closes_on": window.closes_on,
            "due_on": due_on,
            "policy_id": policy_id,
            "opened_at": now,
            "unfollowed_since": window.closes_on if window.kind == "annual" else None,
        },
    )
    if is_new:
        record_audit(actor=None, action="ce_year.open", target=year, detail=detail, now=now)
        settle_learner(learner_id=year.learner_id, now=now)
        year.refresh_from_db(fields=["met_at", "decision"])
    return year
