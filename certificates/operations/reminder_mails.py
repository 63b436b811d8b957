"""Reminders that leave the site: by mail and by SMS."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from datetime import date, datetime, timedelta
from functools import partial
from typing import TypeAlias

from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import F, Q
from django.utils import translation

from accounts.enums import TimeZone
from accounts.operations import DeliveryError, Mail, leave_address, mail_server, send_mail, send_sms
from accounts.queries import Reach, reach_of
from certificates.enums import ReminderChannel
from certificates.models import Reminder
from certificates.operations.reminder_texts import mail_body, mail_subject, sms_text
from certificates.queries.reminders import DueYear, due_years
from certificates.rules.deadlines import is_night

BATCH = 100
MOST_ATTEMPTS = 40  # a server that is away for a day loses nobody a reminder
IN_HAND = timedelta(minutes=15)  # longer than a batch takes; what a crash left in hand is free again after it
FAILURES_IN_A_ROW = 5  # so many, and the server is away: the rest waits for the next sweep
GroupKey: TypeAlias = tuple[int, date]
Send: TypeAlias = Callable[[Sequence[DueYear], Reach], None]


def deliver_reminders(*, channel: ReminderChannel, now: datetime) -> int:
    """Hand a batch of waiting reminders over, one message to a learner for all posts of one deadline; returns how many
    rows were settled. Nobody is reached at night.

    Sent before it is marked: after a crash in between it is sent again under the same key, which the other side knows.
    """
    rows = _take_in_hand(channel, now)
    due = due_years(rows, now=now)
    reach = reach_of({each.user for each in due})
    groups: dict[GroupKey, list[DueYear]] = defaultdict(list)
    for each in due:
        if reach[each.user.pk].email if channel == ReminderChannel.EMAIL else reach[each.user.pk].mobile:
            groups[each.user.pk, each.reminder.due_on].append(each)
    _withdraw(rows, groups.values())
    settled = len(rows) - sum(map(len, groups.values()))
    failures = 0
    with ExitStack() as stack:
        send = _sender(channel, stack)
        for (user_id, _day), group in groups.items():
            if failures >= FAILURES_IN_A_ROW:
                _put_back(group)
                continue
            is_sent = _attempt(send, group, reach[user_id], now=now)
            failures = 0 if is_sent else failures + 1
            settled += len(group) if is_sent else 0
    return settled


@transaction.atomic
def _take_in_hand(channel: ReminderChannel, now: datetime) -> list[Reminder]:
    awake = [zone for zone in TimeZone.values if not is_night(zone, now)]
    free = Q(claimed_at__isnull=True) | Q(claimed_at__lt=now - IN_HAND)
    waiting = Reminder.objects.filter(
        free,
        channel=channel,
        sent_at__isnull=True,
        attempts__lt=MOST_ATTEMPTS,
        ce_year__learner__time_zone__in=awake,
    )
    rows = list(waiting.select_for_update(of=("self",), skip_locked=True).order_by("made_at", "pk")[:BATCH])
    taken = Reminder.objects.filter(pk__in=[row.pk for row in rows])
    taken.update(claimed_at=now, attempts=F("attempts") + 1)
    return rows


def _withdraw(rows: Sequence[Reminder], groups: Iterable[Sequence[DueYear]]) -> None:
    """Take away what is no longer true, and what its reader no longer wants this way."""
    kept = {each.reminder.pk for group in groups for each in group}
    Reminder.objects.filter(pk__in={row.pk for row in rows} - kept).delete()


def _put_back(group: Sequence[DueYear]) -> None:
    rows = Reminder.objects.filter(pk__in=[each.reminder.pk for each in group])
    rows.update(attempts=F("attempts") - 1)  # still in hand: another sweep would find the server away as well


def _attempt(send: Send, group: Sequence[DueYear], reach: Reach, *, now: datetime) -> bool:
    """Send one message; False where the other side is away. A refusal for good counts as an answer."""
    rows = Reminder.objects.filter(pk__in=[each.reminder.pk for each in group])
    try:
        with translation.override(reach.language):
            send(group, reach)
    except DeliveryError as error:
        rows.update(failure=str(error))
        if error.is_final:
            rows.update(attempts=MOST_ATTEMPTS)
        return error.is_final
    rows.update(sent_at=now, failure="")
    return True


def _sender(channel: ReminderChannel, stack: ExitStack) -> Send:
    if channel == ReminderChannel.SMS:
        return _sms
    return partial(_mail, connection=stack.enter_context(mail_server()))


def _mail(group: Sequence[DueYear], reach: Reach, *, connection: BaseEmailBackend) -> None:
    leave_url = leave_address(group[0].user)
    mail = Mail(
        to=reach.email,
        key=_key(group),
        subject=mail_subject(group),
        body=mail_body(group, leave_url=leave_url),
        leave_url=leave_url,
    )
    send_mail(mail, connection=connection)


def _sms(group: Sequence[DueYear], reach: Reach) -> None:
    send_sms(key=_key(group), mobile=reach.mobile, text=sms_text(group))


def _key(group: Sequence[DueYear]) -> str:
    """The same reminders are the same message, whoever sends them and whenever."""
    first = group[0].reminder
    years = sorted(str(each.standing.ce_year.uuid) for each in group)
    text = "|".join([first.channel, str(first.due_on), str(first.days_before), *years])
    return f"reminder-{hashlib.sha256(text.encode()).hexdigest()[:32]}"
