"""Which days make up a continuing-education year.

The year is counted from the **issue date**, not the calendar (鄂建发展〔2021〕9号; 浙江 since 2022):

- a new certificate's years open on the anniversary and close the day before the next one;
- a renewed certificate's years open the day after the renewal, or its anniversary, and close on the next anniversary:
  the day of renewal still belonged to the year that earned it. The notice prints one year's last day as the next one's
  first; we let no two years overlap.

29 February: in years without one the anniversary is **28 February** (our choice, as DOMAIN vector 7 asks); in leap
years it is the 29th again. Years then still follow each other without gap or overlap.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, TypeAlias

from lms.lib.hour_rules import HourRules

CertificateOrigin: TypeAlias = Literal["new", "renewed"]
WindowKind: TypeAlias = Literal["annual", "renewal"]

ONE_DAY = timedelta(days=1)
HALF_A_YEAR = timedelta(days=182)


class RenewalClosedError(ValueError):
    """The legacy deadline had passed before the holding was claimed, so no window opens."""


@dataclass(frozen=True, slots=True)
class CeWindow:
    """One year of continuing education; both days belong to it. ``label`` is its name on certificates: 2021."""

    label: int
    opens_on: date
    closes_on: date
    kind: WindowKind = "annual"

    def __contains__(self, day: date) -> bool:
        return self.opens_on <= day <= self.closes_on


def add_years(day: date, years: int) -> date:
    """The anniversary ``years`` later; 2020-02-29 one year later is 2021-02-28, four years later 2024-02-29."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def ce_windows(*, issued_on: date, origin: CertificateOrigin, rules: HourRules, until: date) -> tuple[CeWindow, ...]:
    """Every annual window opened on or before ``until``, oldest first.

    A new certificate of 2020-03-10 begins with 2021: 2021-03-10 … 2022-03-09; one renewed on 2021-02-05 begins with
    2021: 2021-02-06 … 2022-02-05. Whether the first year is the same or the next is the policy's to say.
    """
    starts = rules.new_starts if origin == "new" else rules.renewed_starts
    windows: list[CeWindow] = []
    number = 0 if starts == "same_year" else 1
    while (window := _window(issued_on, origin, number)).opens_on <= until:
        windows.append(window)
        number += 1
    return tuple(windows)


def following_window(window: CeWindow, *, anchor_on: date, origin: CertificateOrigin) -> CeWindow:
    """The year after ``window``, counted from ``anchor_on``: it opens the day after ``window`` closed.

    Counted from the anchor and not from the year before, a certificate of 2024-02-29 has its anniversary on the 29th
    again in 2028. Where an older row closed a day beside its anniversary, the following year takes the difference up.
    """
    number = window.closes_on.year - anchor_on.year - 1
    while (counted := _window(anchor_on, origin, number)).closes_on - window.closes_on < HALF_A_YEAR:
        number += 1
    return CeWindow(label=counted.label, opens_on=window.closes_on + ONE_DAY, closes_on=counted.closes_on)


def anchor_of(window: CeWindow, origin: CertificateOrigin) -> date:
    """The day from which a year was counted, where nobody wrote it down: its anniversary."""
    return window.opens_on if origin == "new" else window.opens_on - ONE_DAY


def last_renewal_day(rules: HourRules) -> date:
    """The last day on which hours count for a legacy renewal: the deadline and its days of grace; both count.

    2021-09-30 with 30 days of grace is 2021-10-30. Without a deadline it is ``date.max``.
    """
    if rules.legacy_deadline is None:
        return date.max
    return rules.legacy_deadline + timedelta(days=rules.grace_days)


def renewal_window(*, claimed_on: date, rules: HourRules) -> CeWindow:
    """The window in which the holder of a legacy certificate earns its renewal: from the claim to the deadline.

    Both days count. Whoever claimed by the deadline may finish in the days of grace after it: they belong to the
    window; grace opens no new one. No year boundary cuts it: the notice (建办人函〔2020〕662号) asks for hours by a
    day, not within a year. Without a deadline it stays open (``date.max``). Its label is the year of the claim.

    :raises RenewalClosedError: the deadline had passed when the holding was claimed.
    """
    deadline = rules.legacy_deadline or date.max
    if claimed_on > deadline:
        raise RenewalClosedError(f"claimed on {claimed_on}, after the deadline {deadline}")
    return CeWindow(label=claimed_on.year, opens_on=claimed_on, closes_on=last_renewal_day(rules), kind="renewal")


def _window(issued_on: date, origin: CertificateOrigin, number: int) -> CeWindow:
    opens, next_opens = add_years(issued_on, number), add_years(issued_on, number + 1)
    label = opens.year
    if origin == "renewed":
        return CeWindow(label=label, opens_on=opens + ONE_DAY, closes_on=next_opens)
    return CeWindow(label=label, opens_on=opens, closes_on=next_opens - ONE_DAY)
