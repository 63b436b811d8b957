"""Years that wait for recognition."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import F, QuerySet

from accounts.models import Authority
from tracking.models import CeYear, LedgerEntry


def recognition_queue(authorities: Iterable[Authority]) -> QuerySet[CeYear]:
    """Years that are met and undecided, the newest first, each with learner, post and authority: one statement.

    Years that are recognised by themselves stay in it for the moment until they are.
    """
    return (
        CeYear.objects.filter(authority__in=list(authorities), met_at__isnull=False, recognitions__isnull=True)
        .select_related("learner", "post", "authority", "policy")
        .order_by("-met_at", "-pk")
    )


def years_touched_by(entry: LedgerEntry) -> QuerySet[CeYear]:
    """The learner's years that an entry may count for and that are not met yet, oldest first.

    Years that have closed are among them: a policy may let later study make up an earlier year.
    """
    years = CeYear.objects.filter(
        learner_id=entry.learner_id, met_at__isnull=True, opens_on__lte=entry.earned_on
    ).order_by("opens_on", "pk")
    if entry.post_id is not None:
        years = years.filter(post_id=entry.post_id)
    return years


def open_years(learner_id: int, on: date) -> QuerySet[CeYear]:
    """The learner's years whose window holds the day ``on``: unmet ones first, then the one that closes first."""
    return (
        CeYear.objects.filter(learner_id=learner_id, opens_on__lte=on, closes_on__gte=on)
        .select_related("post", "authority")
        .order_by(F("met_at").asc(nulls_first=True), "closes_on", "pk")
    )


def unrecognised_years() -> QuerySet[CeYear]:
    """Met years without a decision, oldest first: what an automatic recognition may have missed."""
    return CeYear.objects.filter(met_at__isnull=False, recognitions__isnull=True).order_by("met_at", "pk")
