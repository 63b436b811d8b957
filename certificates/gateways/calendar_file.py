"""Deadlines as a calendar file (RFC 5545)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from icalendar import Alarm, Calendar, Event

ALARM_DAYS = (30, 7, 1)
NINE_IN_THE_MORNING = timedelta(hours=9)
REFRESH = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class CalendarEntry:
    """One deadline, a whole day. ``uuid`` stays the same when it is moved, so that calendars move it too."""

    uuid: UUID
    on: date
    title: str
    text: str
    url: str
    known_since: datetime


def write_calendar(entries: Iterable[CalendarEntry], *, name: str, host: str, now: datetime) -> bytes:
    """Write the file. Each day has reminders of its own, at nine in the morning of the reader."""
    calendar = Calendar()
    calendar.add("prodid", "-//Xueshi//Deadlines//ZH")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    for entry in entries:
        calendar.add_component(_event(entry, host, now))
    data: bytes = calendar.to_ical()
    return data


def _event(entry: CalendarEntry, host: str, now: datetime) -> Event:
    event = Event()
    event.add("uid", f"{entry.uuid}@{host}")
    event.add("dtstamp", now)
    event.add("created", entry.known_since)
    event.add("dtstart", entry.on)
    event.add("dtend", entry.on + timedelta(days=1))
    event.add("summary", entry.title)
    event.add("description", entry.text)
    event.add("url", entry.url)
    event.add("transp", "TRANSPARENT")
    for days in ALARM_DAYS:
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", entry.title)
        alarm.add("trigger", NINE_IN_THE_MORNING - timedelta(days=days))
        event.add_component(alarm)
    return event
