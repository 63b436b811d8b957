"""Whom to remind of which deadline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Case, DateField, Exists, F, OuterRef, Q, When

from accounts.models import User
from certificates.enums import CertificateStatus, ReminderChannel
from certificates.models import Holding, Reminder
from certificates.rules.deadlines import DueSpan, day_in, days_left, deadline_to_name, stage_of
from tracking.models import CeYear
from tracking.queries import YearStanding, standings_of

LONGEST_GRACE = timedelta(days=366)
REMINDED_STATUSES = (CertificateStatus.VALID, CertificateStatus.SUSPENDED)


@dataclass(frozen=True, slots=True)
class DueYear:
    """A year whose reminder is still true today: ``left`` days remain after today, 0 on the last one.

    ``is_grace``: the deadline has passed and its days of grace run.
    """

    reminder: Reminder
    standing: YearStanding
    holding: Holding
    left: int
    is_grace: bool

    @property
    def user(self) -> User:
        """The holder's account."""
        return self.standing.ce_year.learner.user


def years_to_remind(*, zone: str, span: DueSpan, today: date, limit: int) -> list[CeYear]:
    """Unmet years of learners in ``zone`` whose deadline lies in ``span`` and of which that stage has not told yet.

    Only years of a certificate that stands: whose certificate is lapsed, cancelled or elsewhere is asked for nothing.
    Each with its ``named`` deadline, its learner and user; one statement.
    """
    named = Case(When(due_on__gte=today, then=F("due_on")), default=F("closes_on"), output_field=DateField())
    same = {name: OuterRef(name) for name in ("learner", "post", "authority")}
    standing = Holding.objects.filter(**same, status__in=REMINDED_STATUSES)
    told = Reminder.objects.filter(
        ce_year=OuterRef("pk"), due_on=OuterRef("named"), days_before=span.stage, channel=ReminderChannel.SITE
    )
    years = CeYear.objects.filter(
        met_at__isnull=True,
        opens_on__lte=today,
        closes_on__range=(span.first, span.last + LONGEST_GRACE),  # an index finds these; the next line chooses
        learner__time_zone=zone,
        learner__user__is_active=True,
    ).annotate(named=named)
    due = years.filter(Exists(standing), ~Exists(told), named__range=(span.first, span.last))
    return list(due.select_related("learner__user").order_by("pk")[:limit])


def due_years(reminders: Sequence[Reminder], *, now: datetime) -> list[DueYear]:
    """Those of ``reminders`` that are still true: the year is unmet, the deadline is the one named, and its stage is
    today's. Six statements at most, however many.
    """
    years = CeYear.objects.filter(pk__in={each.ce_year_id for each in reminders}, met_at__isnull=True)
    standings = standings_of(list(years.select_related("learner__user", "post", "authority", "make_up_approval")))
    by_year = {standing.ce_year.pk: standing for standing in standings if not standing.met}
    holdings = _holdings([standing.ce_year for standing in by_year.values()])
    found = [
        _due_year(each, by_year[each.ce_year_id], holdings.get(_key(by_year[each.ce_year_id].ce_year)), now)
        for each in reminders
        if each.ce_year_id in by_year
    ]
    return [each for each in found if each is not None]


def _due_year(reminder: Reminder, standing: YearStanding, holding: Holding | None, now: datetime) -> DueYear | None:
    year = standing.ce_year
    today = day_in(year.learner.time_zone, now)
    named = deadline_to_name(due_on=year.deadline, closes_on=year.closes_on, today=today)
    is_true = named == reminder.due_on and stage_of(named, today=today) == reminder.days_before
    if not is_true or holding is None or not year.learner.user.is_active:
        return None
    return DueYear(
        reminder=reminder,
        standing=standing,
        holding=holding,
        left=days_left(named, today=today),
        is_grace=named != year.deadline,
    )


def _holdings(years: Sequence[CeYear]) -> dict[tuple[int, int, int], Holding]:
    wanted = Q(learner__in={year.learner_id for year in years}, status__in=REMINDED_STATUSES)
    return {_key(holding): holding for holding in Holding.objects.filter(wanted)}


def _key(row: CeYear | Holding) -> tuple[int, int, int]:
    return row.learner_id, row.post_id, row.authority_id
