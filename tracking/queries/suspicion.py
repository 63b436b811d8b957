"""Which cases stand, and whose years they hold."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import Authority
from tracking.enums import CaseOutcome
from tracking.models import CeYear, SuspicionCase


def holding_cases(learner_id: int) -> QuerySet[SuspicionCase]:
    """The learner's open cases that hold recognition, the oldest first, each with its authority: one statement."""
    return (
        SuspicionCase.objects.filter(learner_id=learner_id, outcome=CaseOutcome.OPEN, holds_credit=True)
        .select_related("authority")
        .order_by("opened_at", "pk")
    )


def authorities_checking(learner_id: int) -> list[Authority]:
    """Who is checking the learner's hours, each once: one statement."""
    return list({case.authority_id: case.authority for case in holding_cases(learner_id)}.values())


def held_years(years: QuerySet[CeYear]) -> QuerySet[CeYear]:
    """The years that a person must decide on, whatever their policy says: a case of the learner holds them.

    An open case holds every year of its learner; a confirmed one the years in whose window it was opened: what a
    person found is for a person to weigh. A cleared one holds nothing.
    """
    return years.filter(_is_held())


def with_holds(years: QuerySet[CeYear]) -> QuerySet[CeYear]:
    """The same years, each with ``is_held``: see :func:`held_years`. No further statement."""
    return years.annotate(is_held=_is_held())


def held_year_ids(year_ids: Iterable[int]) -> set[int]:
    """Which of these years a case holds: one statement."""
    return set(held_years(CeYear.objects.filter(pk__in=list(year_ids))).values_list("pk", flat=True))


def _is_held() -> Exists:
    confirmed_within = Q(
        outcome=CaseOutcome.CONFIRMED,
        opened_at__date__gte=OuterRef("opens_on"),
        opened_at__date__lte=OuterRef("closes_on"),
    )
    cases = SuspicionCase.objects.filter(learner_id=OuterRef("learner_id"), holds_credit=True)
    return Exists(cases.filter(Q(outcome=CaseOutcome.OPEN) | confirmed_within))
