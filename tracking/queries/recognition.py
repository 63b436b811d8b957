"""Years that wait for recognition."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import F, QuerySet

from accounts.models import Authority
from tracking.models import CeYear


def recognition_queue(authorities: Iterable[Authority]) -> QuerySet[CeYear]:
    """Years that are met and undecided, the newest first, each with learner, post, authority and balance.

    Two statements, answered by indexes however many years were decided before.

    Years that are recognised by themselves stay in it for the moment until they are.
    """
    return (
        CeYear.objects.filter(authority__in=list(authorities), met_at__isnull=False, decision="")
        .select_related("learner", "post", "authority")
        .prefetch_related("balance")  # of the page shown, not of all that wait
        .order_by("-met_at", "-pk")
    )


def open_years(learner_id: int, on: date) -> QuerySet[CeYear]:
    """The learner's years whose window holds the day ``on``: unmet ones first, then the one that closes first."""
    return (
        CeYear.objects.filter(learner_id=learner_id, opens_on__lte=on, closes_on__gte=on)
        .select_related("post", "authority")
        .order_by(F("met_at").asc(nulls_first=True), "closes_on", "pk")
    )


def unrecognised_years() -> QuerySet[CeYear]:
    """Met years without a decision, oldest first: what an automatic recognition may have missed."""
    return CeYear.objects.filter(met_at__isnull=False, decision="").order_by("met_at", "pk")
