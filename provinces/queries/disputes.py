"""Disputes that lie on an authority's desk."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Q, QuerySet

from accounts.models import Authority, User
from tracking.enums import DisputeState
from tracking.models import Dispute


def disputes_on_desk(authorities: Sequence[Authority], *, officer: User) -> QuerySet[Dispute]:
    """Every dispute of the authorities, without the officer's own, each with learner, lesson and enrolment."""
    return (
        Dispute.objects.filter(authority__in=authorities)
        .exclude(learner__user=officer)
        .select_related("learner", "lesson", "enrolment__edition", "authority", "answered_by")
    )


def find_disputes(
    authorities: Sequence[Authority], *, officer: User, is_answered: bool, words: str = ""
) -> QuerySet[Dispute]:
    """Waiting disputes, the oldest first, or answered ones, the newest answer first; one statement.

    ``words`` are looked for in the learner's name and the lesson's title.
    """
    found = disputes_on_desk(authorities, officer=officer)
    if words:
        found = found.filter(Q(learner__full_name__icontains=words) | Q(lesson__title__icontains=words))
    if is_answered:
        return found.exclude(state=DisputeState.FILED).order_by("-answered_at", "-pk")
    return found.filter(state=DisputeState.FILED).order_by("filed_at", "pk")
