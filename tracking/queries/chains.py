"""The annual years of one certificate, one after another."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import TypeAlias, cast

from django.db.models import F, QuerySet

from courses.queries import policy_book
from tracking.enums import CeYearKind
from tracking.models import CeYear
from tracking.queries.standings import YearStanding, approval_of, credit_entries_of, standings_of, window_of
from tracking.rules.ce_windows import CertificateOrigin, CeWindow, anchor_of, following_window
from tracking.rules.ce_years import judge_years
from tracking.rules.year_allocation import permits_make_up

ASKED_AGAIN_AFTER = timedelta(days=7)
ChainKey: TypeAlias = tuple[int, int, int]


def annual_chain(year: CeYear) -> QuerySet[CeYear]:
    """The annual years of the certificate that ``year`` belongs to, oldest first: one statement."""
    return CeYear.objects.filter(
        learner_id=year.learner_id, post_id=year.post_id, authority_id=year.authority_id, kind=CeYearKind.ANNUAL
    ).order_by("opens_on", "pk")


def annual_chains(years: Iterable[CeYear]) -> dict[ChainKey, list[CeYear]]:
    """The annual years of the certificates of ``years``, oldest first, by :func:`chain_key`; one statement.

    Each with its post, its authority and, where there is one, the approval of its make-up.
    """
    keys = {chain_key(year) for year in years}
    chains: dict[ChainKey, list[CeYear]] = defaultdict(list)
    found = CeYear.objects.filter(kind=CeYearKind.ANNUAL, learner_id__in={key[0] for key in keys})
    for year in found.select_related("post", "authority", "make_up_approval").order_by("opens_on", "pk"):
        chains[chain_key(year)].append(year)
    return chains


def chain_key(year: CeYear) -> ChainKey:
    """Which certificate a year belongs to."""
    return year.learner_id, year.post_id, year.authority_id


def chain_standings(year: CeYear) -> list[YearStanding]:
    """How the annual years of the certificate of ``year`` stand, oldest first. Five statements at most."""
    return standings_of(list(annual_chain(year).select_related("learner", "post", "authority")))


def unfollowed_years(on: date, *, limit: int) -> list[int]:
    """The keys of at most ``limit`` annual years of which it is to be asked on the day ``on`` whether another follows.

    Those that are over and were not asked yet come first, the longest over before the others; then those asked in vain
    a week ago or longer. Two statements.
    """
    waiting = CeYear.objects.order_by("unfollowed_since", "pk").values_list("pk", flat=True)
    newly_over = list(waiting.filter(unfollowed_since__lt=on, unfollowed_since=F("closes_on"))[:limit])
    asked_in_vain = waiting.filter(unfollowed_since__lte=on - ASKED_AGAIN_AFTER, unfollowed_since__gt=F("closes_on"))
    return [*newly_over, *asked_in_vain[: limit - len(newly_over)]]


def window_after(year: CeYear) -> tuple[CeWindow, date, CertificateOrigin]:
    """The window that follows an annual year, and the anchor and origin by which it was counted.

    Years that were opened before anchors were kept are counted from the first year of their chain.
    """
    anchor_on, origin = year.anchor_on, cast(CertificateOrigin, str(year.origin))
    if anchor_on is None or not year.origin:
        certificate = CeYear.objects.filter(
            learner_id=year.learner_id, post_id=year.post_id, authority_id=year.authority_id
        )
        origin = "renewed" if certificate.filter(kind=CeYearKind.RENEWAL).exists() else "new"
        anchor_on = anchor_of(window_of(annual_chain(year)[0]), origin)
    return following_window(window_of(year), anchor_on=anchor_on, origin=origin), anchor_on, origin


def make_up_permitted(year: CeYear, *, on: date) -> bool:
    """Whether study in a later year opened by ``on`` may make an annual year up, once an officer approves.

    Each later year is asked under its own policy. Two statements.
    """
    later = list(annual_chain(year).filter(opens_on__gt=year.opens_on, opens_on__lte=on))
    book = policy_book([year.authority])
    for years_back, each in enumerate(later, start=1):
        rules = book.in_force(authority=year.authority, on=each.opens_on)
        if rules.make_up_needs_approval and permits_make_up(rules, years_back):
            return True
    return False


def lapses_before(asked: Sequence[tuple[list[CeYear], CeWindow]]) -> list[date | None]:
    """The last day on which each certificate was valid, if it is no longer when a following window opens, judged by the
    ledger as it stands; None while it is. Two statements.

    Each is asked by its whole chain, as :func:`annual_chains` gives it, and the window that follows the chain.
    """
    book = policy_book({year.authority for chain, _ in asked for year in chain})
    entries = credit_entries_of({chain[0].learner_id for chain, _ in asked})
    lapses = []
    for chain, following in asked:
        authority = chain[-1].authority
        years = [(window_of(each), book.in_force(authority=authority, on=each.opens_on)) for each in chain]
        years.append((following, book.in_force(authority=authority, on=following.opens_on)))
        outcome = judge_years(
            post=chain[-1].post.code,
            entries=entries[chain[-1].learner_id],
            years=years,
            on=following.opens_on,
            approved_make_up={each.label for each in chain if approval_of(each)},
        )
        lapses.append(outcome.lapsed_after)
    return lapses
