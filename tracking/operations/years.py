"""Open the windows in which hours are earned."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import date, datetime
from functools import partial
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Authority, Learner
from accounts.operations import record_audit
from courses.models import Post
from courses.queries import PolicyBook, policy_book, policy_in_force
from lms.lib.errors import DomainError
from lms.lib.hour_rules import HourRules
from tracking.enums import CeYearKind
from tracking.models import CeYear
from tracking.operations.following_years import NoYearFollowsError, open_following_year
from tracking.operations.healing import heal_each
from tracking.operations.locks import lock_learner, lock_learners
from tracking.operations.recognition import settle_learner
from tracking.operations.year_rows import Holder, write_years, year_facts
from tracking.queries import policy_key
from tracking.rules.ce_windows import (
    CertificateOrigin,
    CeWindow,
    RenewalClosedError,
    add_years,
    ce_windows,
    last_renewal_day,
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
        facts = year_facts(window, policy_key(rules), due_on=due_on, now=now)
        return write_years([CeYear(**holder, **facts)], now=now)[0]
    newest = years.filter(kind=CeYearKind.ANNUAL).order_by("opens_on", "pk").last()
    if newest is not None:
        while newest.closes_on < today:
            newest = open_following_year(ce_year_id=newest.pk, now=now)
        return newest
    origin: CertificateOrigin = "renewed" if years.filter(kind=CeYearKind.RENEWAL).exists() else "new"
    fresh = _first_annual(holder, policy_book([authority]), origin=origin, issued_on=issued_on, now=now)
    return write_years([fresh], now=now)[0]


@transaction.atomic
def open_annual_years(*, holders: Sequence[Holder], issued_on: date, now: datetime) -> None:
    """Open the annual windows of several certificates that were issued on one day, as :func:`open_ce_year` opens one;
    a certificate that has lapsed gets none (safe to retry).

    Those that have annual years already are looked at one after another, the others in as many statements as one.
    """
    lock_learners(each["learner"].pk for each in holders)
    kinds = _known_kinds(holders)
    book = policy_book({each["authority"] for each in holders})
    fresh = []
    for holder in holders:
        known = kinds[_key(holder)]
        if CeYearKind.ANNUAL in known:
            with suppress(NoYearFollowsError):
                open_ce_year(**holder, kind=CeYearKind.ANNUAL, issued_on=issued_on, now=now)
        else:
            origin: CertificateOrigin = "renewed" if CeYearKind.RENEWAL in known else "new"
            fresh.append(_first_annual(holder, book, origin=origin, issued_on=issued_on, now=now))
    write_years(fresh, now=now)


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


def _key(holder: Holder) -> tuple[int, int, int]:
    return holder["learner"].pk, holder["post"].pk, holder["authority"].pk


def _known_kinds(holders: Iterable[Holder]) -> dict[tuple[int, int, int], set[str]]:
    """What kinds of years each certificate has; one statement."""
    kinds: dict[tuple[int, int, int], set[str]] = defaultdict(set)
    years = CeYear.objects.filter(learner__in={each["learner"].pk for each in holders})
    for learner_id, post_id, authority_id, kind in years.values_list("learner", "post", "authority", "kind"):
        kinds[learner_id, post_id, authority_id].add(kind)
    return kinds


def _first_annual(
    holder: Holder, book: PolicyBook, *, origin: CertificateOrigin, issued_on: date, now: datetime
) -> CeYear:
    """The first annual year of a certificate, not yet written; no statement."""
    today = timezone.localdate(now, ZoneInfo(holder["learner"].time_zone))
    rules = book.in_force(authority=holder["authority"], on=today)
    window = _annual_window(issued_on, rules, origin=origin, today=today)
    policy_id = policy_key(book.in_force(authority=holder["authority"], on=window.opens_on))
    return CeYear(**holder, **year_facts(window, policy_id, anchor_on=issued_on, origin=origin, now=now))


def _annual_window(issued_on: date, rules: HourRules, *, origin: CertificateOrigin, today: date) -> CeWindow:
    known = ce_windows(issued_on=issued_on, origin=origin, rules=rules, until=add_years(max(today, issued_on), 2))
    opened = [window for window in known if window.opens_on <= today]
    return opened[-1] if opened else known[0]
