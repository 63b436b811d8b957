"""Years that wait for recognition."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from accounts.models import Authority
from courses.queries import policy_book
from lms.lib.hour_rules import HourRules
from tracking.models import CeYear
from tracking.queries.suspicion import held_years


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
    """Met years that need no person and have no decision, oldest first: what an automatic recognition may have missed.

    Years that wait at an officer's desk, by the policy of their first day or because a case holds them, are not read.
    Three statements, the last one when the years are.
    """
    waiting = CeYear.objects.filter(met_at__isnull=False, decision="")
    authorities = list(Authority.objects.filter(Exists(waiting.filter(authority=OuterRef("pk")))))
    book = policy_book(authorities)
    days = [
        Q(authority=authority, opens_on__gte=first, **({"opens_on__lt": until} if until else {}))
        for authority in authorities
        for first, until, rules in book.spans(authority=authority)
        if needs_no_person(rules)
    ]
    if not days:
        return waiting.none()
    ours = waiting.filter(Q(*days, _connector=Q.OR))
    return ours.exclude(pk__in=held_years(ours).values("pk")).order_by("met_at", "pk")


def needs_no_person(rules: HourRules) -> bool:
    """Whether the rules recognise hours by themselves; a test that they ask for needs a person to look."""
    return rules.recognition == "automatic" and not rules.exam_required
