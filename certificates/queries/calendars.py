"""A learner's deadlines as a file for calendars."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Learner
from certificates.gateways.calendar_file import CalendarEntry, write_calendar
from certificates.models import CalendarFeed
from certificates.queries.deadlines import Deadline
from lms.lib.credit_hours import format_credit_hours
from lms.lib.own_language import own_language
from lms.lib.sealed import unseal


def calendar_file(deadlines: Sequence[Deadline], *, now: datetime) -> bytes:
    """The deadlines in the language in force; neither the holder's name nor a certificate's number stands in it."""
    host = urlsplit(settings.XUESHI_SITE_URL).hostname or "localhost"
    entries = [_entry(each) for each in deadlines]
    return write_calendar(entries, name=_("继续教育截止日"), host=host, now=now)


def calendar_address(learner: Learner) -> str:
    """The learner's address, or '' where there is none; one statement."""
    feed = CalendarFeed.objects.filter(learner=learner).first()
    if feed is None:
        return ""
    return settings.XUESHI_SITE_URL + reverse("certificates:calendar_feed", args=[unseal(feed.token_sealed)])


def _entry(deadline: Deadline) -> CalendarEntry:
    standing = deadline.standing
    minutes = standing.rules.hour_minutes
    facts = {
        "post": own_language(standing.ce_year.post),
        "year": standing.ce_year.label,
        "missing": format_credit_hours(standing.missing_minutes, hour_minutes=minutes),
        "need": format_credit_hours(standing.need_minutes, hour_minutes=minutes),
        "grace": deadline.grace_until.isoformat() if deadline.grace_until else "",
    }
    title = _("换证继续教育截止：{post}") if deadline.is_renewal else _("{year} 年继续教育截止：{post}")
    lines = [_("需 {need} 学时，还差 {missing} 学时；当天完成仍然有效。")]
    if deadline.grace_until:
        lines.append(_("宽限至 {grace}。"))
    return CalendarEntry(
        uuid=deadline.year_uuid,
        on=deadline.due_on,
        title=title.format(**facts),
        text="\n".join(lines).format(**facts),
        url=settings.XUESHI_SITE_URL + reverse("certificates:holding", args=[deadline.holding_uuid]),
        known_since=deadline.known_since,
    )
