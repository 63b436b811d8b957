"""What lies on an authority's desk."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Max, QuerySet

from accounts.models import Authority, Learner, User
from tracking.enums import RecognitionOutcome
from tracking.models import CeYear
from tracking.queries import recognition_queue, with_holds


def years_to_decide(authorities: Sequence[Authority], *, officer: User) -> QuerySet[CeYear]:
    """Years that are met and undecided, the newest first, without the officer's own; two statements.

    ``is_held`` marks those that a case keeps from recognising themselves.
    """
    return with_holds(recognition_queue(authorities)).exclude(learner__in=_own(officer))


def refused_years(authorities: Sequence[Authority], *, officer: User) -> QuerySet[CeYear]:
    """Years whose hours were refused and not recognised since, the newest refusal first; two statements.

    Without the officer's own. ``refused_at`` is the time of the newest refusal.
    """
    return (
        CeYear.objects.filter(authority__in=authorities, decision=RecognitionOutcome.REFUSED)
        .exclude(learner__in=_own(officer))
        .select_related("learner", "post", "authority")
        .prefetch_related("balance")
        .annotate(refused_at=Max("recognitions__decided_at"))
        .order_by("-refused_at", "-pk")
    )


def _own(officer: User) -> QuerySet[Learner]:
    """The officer as a learner, if one: asked for by itself, so that nobody else's identity is read to count years."""
    return Learner.objects.filter(user=officer)
