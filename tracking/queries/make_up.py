"""Years that an officer may let be made up."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import Authority
from courses.queries import policy_book
from tracking.enums import CeYearKind
from tracking.models import CeYear, LedgerEntry


def authorities_with_make_up(authorities: Iterable[Authority], *, on: date) -> list[Authority]:
    """Those of ``authorities`` whose rules, now or before, let a year be made up with approval; one statement."""
    asked = list(authorities)
    book = policy_book(asked)
    return [
        authority
        for authority in asked
        if any(
            rules.make_up_allowed and rules.make_up_needs_approval
            for rules in book.versions(authority=authority, until=on)
        )
    ]


def make_up_queue(authorities: Iterable[Authority], *, on: date) -> QuerySet[CeYear]:
    """Annual years over before the day ``on``, not met, not approved, after which the learner went on studying.

    The one that ended last first, each with learner, post and authority: one statement. What an approval would bring is
    for :func:`tracking.queries.standings_of` to say.
    """
    later = LedgerEntry.objects.filter(
        Q(post__isnull=True) | Q(post_id=OuterRef("post_id")),
        learner_id=OuterRef("learner_id"),
        earned_on__gt=OuterRef("closes_on"),
        minutes__gt=0,
    )
    years = CeYear.objects.filter(
        Exists(later),
        authority__in=list(authorities),
        kind=CeYearKind.ANNUAL,
        closes_on__lt=on,
        met_at__isnull=True,
        make_up_approval__isnull=True,
    )
    return years.select_related("learner", "post", "authority").order_by("-closes_on", "-pk")


def approved_make_ups(authorities: Iterable[Authority]) -> QuerySet[CeYear]:
    """Years whose make-up was approved, the newest approval first, each with it: one statement."""
    years = CeYear.objects.filter(authority__in=list(authorities), make_up_approval__isnull=False)
    related = ("learner", "post", "authority", "make_up_approval__approved_by")
    return years.select_related(*related).order_by("-make_up_approval__approved_at", "-pk")
