"""The deadlines that a learner has, as a calendar shows them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from accounts.models import Learner
from certificates.models import CalendarFeed, Holding
from certificates.queries.reminders import REMINDED_STATUSES
from lms.lib.digests import sha256_hex
from tracking.enums import CeYearKind
from tracking.queries import YearStanding, year_standings


@dataclass(frozen=True, slots=True)
class Deadline:
    """One unmet year: until when which hours are missing. ``grace_until`` is the last day of grace, None without."""

    standing: YearStanding
    holding_uuid: UUID
    due_on: date
    grace_until: date | None

    @property
    def year_uuid(self) -> UUID:
        """What the deadline is known by, however often it is moved."""
        return self.standing.ce_year.uuid

    @property
    def is_renewal(self) -> bool:
        """Whether an old certificate is renewed, or a year of continuing education ends."""
        return self.standing.ce_year.kind == CeYearKind.RENEWAL

    @property
    def known_since(self) -> datetime:
        """When the year was opened."""
        return self.standing.ce_year.opened_at


def deadlines_of(learner: Learner, *, on: date, holding: Holding | None = None) -> list[Deadline]:
    """What the learner (for one ``holding``, or all) has yet to complete on or after day ``on``, the nearest first.

    Met years, years without a deadline and those of a certificate that does not stand are left out. Six statements at
    most.
    """
    wanted = Holding.objects.filter(learner=learner, status__in=REMINDED_STATUSES)
    if holding is not None:
        wanted = wanted.filter(pk=holding.pk)
    holdings = {(each.post_id, each.authority_id): each.uuid for each in wanted}
    open_years = [each for each in year_standings(learner) if _is_open(each, on)] if holdings else []
    found = [
        _deadline(each, holdings[key])
        for each in open_years
        if (key := (each.ce_year.post_id, each.ce_year.authority_id)) in holdings
    ]
    return sorted(found, key=lambda each: (each.due_on, each.year_uuid))


def learner_of_feed(token: str) -> Learner | None:
    """Whose deadlines the address with this token shows, or None: it was never made, or was revoked. One statement."""
    digest = sha256_hex(token.encode())
    feeds = CalendarFeed.objects.filter(token_digest=digest, learner__user__is_active=True)
    feed = feeds.select_related("learner__user").first()
    return feed.learner if feed is not None else None


def _is_open(standing: YearStanding, on: date) -> bool:
    year = standing.ce_year
    return not standing.met and not year.has_no_end and year.closes_on >= on


def _deadline(standing: YearStanding, holding_uuid: UUID) -> Deadline:
    year = standing.ce_year
    grace_until = year.closes_on if year.due_on is not None else None
    return Deadline(standing=standing, holding_uuid=holding_uuid, due_on=year.deadline, grace_until=grace_until)
