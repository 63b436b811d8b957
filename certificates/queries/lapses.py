"""Which certificates are no longer valid by the rules: the rolling test failed, or the deadline of renewals passed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from certificates.enums import CertificateOperation, CertificateStatus, HoldingKind
from certificates.models import Holding, HoldingEvent
from certificates.queries.history import holding_history, restored_at
from courses.queries import policy_in_force
from lms.lib.credit_hours import format_credit_hours
from lms.lib.hour_rules import HourRules
from tracking.enums import CeYearKind, RecognitionOutcome
from tracking.models import CeYear
from tracking.queries import YearStanding, rolling_verdicts, standings_of


@dataclass(frozen=True, slots=True)
class Lapse:
    """The certificate is no longer valid; ``last_day`` was the last on which it was.

    By the rolling test ``labels`` name the years that were judged together; ``counted`` and ``needed`` are in 学时,
    ready to print. Without ``labels`` the deadline of renewals has passed. ``source`` is the policy that says so.
    """

    last_day: date
    labels: tuple[int, ...]
    counted: str
    needed: str
    source: str

    @property
    def reason(self) -> str:
        """Why, in a sentence without its full stop."""
        facts = {"day": self.last_day.isoformat(), "source": self.source}
        if not self.labels:
            return _("换证截止日期 %(day)s 已过，学时未达标（依据：%(source)s）") % facts
        facts |= {"labels": "、".join(map(str, self.labels)), "counted": self.counted, "needed": self.needed}
        return _("滚动考核 %(labels)s 年度合计 %(counted)s 学时，不足 %(needed)s 学时（依据：%(source)s）") % facts


def lapse_of(own: Sequence[YearStanding], *, on: date, restored: datetime | None = None) -> Lapse | None:
    """Why the certificate whose years these are, oldest first, is not valid at the beginning of day ``on``, or None.

    What ended before officers ``restored`` it counts no more. One statement for a renewal whose window is over, none
    for others.
    """
    since = timezone.localdate(restored) if restored is not None else date.min
    annual = [each for each in own if each.ce_year.kind == CeYearKind.ANNUAL]
    return _rolling_lapse(annual, on, since) if annual else _deadline_lapse(own, on, since)


def holding_lapse(holding: Holding, *, on: date) -> Lapse | None:
    """Judge one holding by its ledger as it stands. Nine statements at most."""
    restored = restored_at(holding_history(holding))
    return lapse_of(standings_of(years_of(holding)), on=on, restored=restored)


def years_of(holding: Holding) -> list[CeYear]:
    """The years of one holding, oldest first: one statement."""
    years = CeYear.objects.filter(
        learner_id=holding.learner_id, post_id=holding.post_id, authority_id=holding.authority_id
    )
    return list(years.select_related("learner", "post", "authority", "make_up_approval").order_by("opens_on", "pk"))


def holdings_to_lapse(*, on: date) -> QuerySet[Holding]:
    """Valid holdings that may have lapsed, to be judged one by one: no year followed their last one, or the window of
    their renewal is over and its hours are missing."""
    unfollowed = _years(kind=CeYearKind.ANNUAL, unfollowed_since__gt=F("closes_on"))
    closed = _years(kind=CeYearKind.RENEWAL, closes_on__lt=on, met_at__isnull=True)
    closed = closed.exclude(decision=RecognitionOutcome.RECOGNISED)
    unrenewed = Q(kind=HoldingKind.LEGACY, certificate_number="") & Exists(closed)
    return Holding.objects.filter(Exists(unfollowed) | unrenewed, status=CertificateStatus.VALID)


def holdings_to_reopen(*, on: date) -> QuerySet[Holding]:
    """Holdings that the system let lapse and that have a year again that is open, or a renewal that was met."""
    newest = HoldingEvent.objects.filter(holding=OuterRef("pk")).order_by("-sequence")
    annual = _years(kind=CeYearKind.ANNUAL, closes_on__gte=on)
    renewal = _years(kind=CeYearKind.RENEWAL).filter(Q(closes_on__gte=on) | Q(met_at__isnull=False))
    return Holding.objects.annotate(
        newest_operation=newest.values("operation")[:1], newest_actor=newest.values("actor")[:1]
    ).filter(
        Exists(annual) | Q(Exists(renewal), certificate_number=""),
        status=CertificateStatus.LAPSED,
        newest_operation=CertificateOperation.LAPSE,
        newest_actor__isnull=True,
    )


def _years(**conditions: object) -> QuerySet[CeYear]:
    same = {"learner": OuterRef("learner"), "post": OuterRef("post"), "authority": OuterRef("authority")}
    return CeYear.objects.filter(**same, **conditions)


def _rolling_lapse(annual: Sequence[YearStanding], on: date, since: date) -> Lapse | None:
    """The first group of years that failed the rolling test and ended on ``since`` or later."""
    verdicts = rolling_verdicts(annual, on=on)
    failed = [verdict for verdict in verdicts if verdict.lapsed_after is not None and verdict.lapsed_after >= since]
    if not failed:
        return None
    first = min(failed, key=lambda verdict: verdict.lapsed_after or date.max)
    assert first.lapsed_after is not None  # noqa: S101 - filtered above
    rules = next(each.rules for each in annual if each.ce_year.label == first.labels[-1])
    return Lapse(
        last_day=first.lapsed_after,
        labels=first.labels,
        counted=format_credit_hours(first.counted_minutes, hour_minutes=rules.hour_minutes),
        needed=format_credit_hours(first.needed_minutes, hour_minutes=rules.hour_minutes),
        source=rules.source,
    )


def _deadline_lapse(own: Sequence[YearStanding], on: date, since: date) -> Lapse | None:
    """The renewal whose window is over without its hours, unless the policy of now has moved the deadline."""
    for standing in own:
        year = standing.ce_year
        is_decided = year.met_at is not None or year.decision == RecognitionOutcome.RECOGNISED
        if not since <= year.closes_on < on or standing.met or is_decided:
            continue
        rules = policy_in_force(authority=year.authority, on=on)
        if _last_day(rules) < on:
            return Lapse(last_day=year.closes_on, labels=(), counted="", needed="", source=rules.source)
    return None


def _last_day(rules: HourRules) -> date:
    if rules.legacy_deadline is None:
        return date.max
    return rules.legacy_deadline + timedelta(days=rules.grace_days)
