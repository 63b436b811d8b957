"""Remind learners of their deadlines, each once by each way."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from django.db import transaction
from django.urls import reverse
from django.utils import translation

from accounts.enums import TimeZone
from accounts.operations import MessageDraft, send_site_messages
from accounts.queries import Reach, reach_of
from certificates.enums import ReminderChannel
from certificates.models import Reminder
from certificates.operations.reminder_mails import deliver_reminders
from certificates.operations.reminder_texts import reminder_body, reminder_subject
from certificates.queries.reminders import DueYear, due_years, years_to_remind
from certificates.rules.deadlines import DueSpan, day_in, due_spans
from tracking.models import CeYear

BATCH = 500
Deliver: TypeAlias = Callable[[], int]


@dataclass(frozen=True, slots=True)
class RemindersSent:
    """What one sweep came to: reminders newly due, and those handed over by each way."""

    made: int
    site: int
    email: int
    sms: int

    def reached(self, limit: int) -> bool:
        """Whether any of them came to ``limit``, so that more may wait."""
        return max(self.made, self.site, self.email, self.sms) >= limit


def remind_of_deadlines(*, now: datetime, limit: int) -> RemindersSent:
    """Make the reminders that are due and hand over those that wait, at most about ``limit`` by each way.

    Safe to repeat and to run twice at once: the unique row of each reminder, and the time at which a sweep took it in
    hand, decide who sends it. A met year is not reminded; an extended deadline is a new one.
    """
    made = make_reminders(now=now, limit=limit)
    return RemindersSent(
        made=made,
        site=_in_batches(lambda: deliver_site_reminders(now=now, limit=BATCH), limit),
        email=_in_batches(lambda: deliver_reminders(channel=ReminderChannel.EMAIL, now=now), limit),
        sms=_in_batches(lambda: deliver_reminders(channel=ReminderChannel.SMS, now=now), limit),
    )


def make_reminders(*, now: datetime, limit: int) -> int:
    """Write a row for each reminder that has become due and by each way that reaches the learner; returns for how many
    years. A few statements for a whole span of deadlines, not for each learner.
    """
    made = 0
    for zone in TimeZone.values:
        today = day_in(zone, now)
        for span in due_spans(today):
            while made < limit and (
                years := years_to_remind(zone=zone, span=span, today=today, limit=min(BATCH, limit - made))
            ):
                _make(years, span, now)
                made += len(years)
    return made


def _make(years: Sequence[CeYear], span: DueSpan, now: datetime) -> None:
    reach = reach_of({year.learner.user for year in years})
    rows = [
        Reminder(ce_year=year, due_on=year.named, days_before=span.stage, channel=channel, made_at=now)  # type: ignore[attr-defined]
        for year in years
        for channel in _channels(reach[year.learner.user_id])
    ]
    Reminder.objects.bulk_create(rows, ignore_conflicts=True)


def _channels(reach: Reach) -> Iterable[ReminderChannel]:
    yield ReminderChannel.SITE
    if reach.email:
        yield ReminderChannel.EMAIL
    if reach.mobile:
        yield ReminderChannel.SMS


@transaction.atomic
def deliver_site_reminders(*, now: datetime, limit: int) -> int:
    """Lay the waiting reminders into their readers' boxes, in one transaction; returns how many rows were settled.

    One that is no longer true, because the year was met or the deadline extended meanwhile, is taken away.
    """
    waiting = Reminder.objects.filter(channel=ReminderChannel.SITE, sent_at__isnull=True)
    rows = list(waiting.select_for_update(of=("self",), skip_locked=True).order_by("made_at", "pk")[:limit])
    due = due_years(rows, now=now)
    by_language: dict[str, list[DueYear]] = defaultdict(list)
    reach = reach_of({each.user for each in due})
    for each in due:
        by_language[reach[each.user.pk].language].append(each)
    for language, group in by_language.items():
        with translation.override(language):
            send_site_messages(drafts=[_draft(each) for each in group], now=now)
    told = {each.reminder.pk for each in due}
    Reminder.objects.filter(pk__in=told).update(sent_at=now, failure="")
    Reminder.objects.filter(pk__in={row.pk for row in rows} - told).delete()
    return len(rows)


def _draft(due: DueYear) -> MessageDraft:
    reminder = due.reminder
    return MessageDraft(
        user_id=due.user.pk,
        key=f"reminder:{due.standing.ce_year.uuid}:{reminder.due_on}:{reminder.days_before}",
        subject=reminder_subject(due),
        body=reminder_body(due),
        address=reverse("certificates:holding", args=[due.holding.uuid]),
    )


def _in_batches(deliver: Deliver, limit: int) -> int:
    settled = 0
    while settled < limit and (batch := deliver()):
        settled += batch
    return settled
