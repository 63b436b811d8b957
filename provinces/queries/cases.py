"""Cases that lie on an authority's desk, and the study behind entries of the ledger."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import OuterRef, Q, QuerySet, Subquery

from accounts.models import Authority, User
from tracking.enums import CaseOutcome, LedgerSource
from tracking.models import CeYear, Enrolment, LedgerEntry, SuspicionCase
from tracking.queries import held_years, recognition_queue


def cases_on_desk(authorities: Sequence[Authority], *, officer: User) -> QuerySet[SuspicionCase]:
    """Every case of the authorities, without the officer's own, each with learner and authority."""
    return (
        SuspicionCase.objects.filter(authority__in=authorities)
        .exclude(learner__user=officer)
        .select_related("learner", "authority", "closed_by")
    )


def find_cases(authorities: Sequence[Authority], *, officer: User, is_closed: bool) -> QuerySet[SuspicionCase]:
    """Open cases, the oldest first, or closed ones, the newest decision first; one statement."""
    found = cases_on_desk(authorities, officer=officer)
    if is_closed:
        return found.exclude(outcome=CaseOutcome.OPEN).order_by("-closed_at", "-pk")
    return found.filter(outcome=CaseOutcome.OPEN).order_by("opened_at", "pk")


def open_cases_of(year: CeYear, authorities: Sequence[Authority]) -> list[SuspicionCase]:
    """Cases that keep a year for a person, as far as the authorities may see them: open, or confirmed within the year.

    One statement.
    """
    confirmed = Q(outcome=CaseOutcome.CONFIRMED, opened_at__date__range=(year.opens_on, year.closes_on))
    cases = SuspicionCase.objects.filter(Q(outcome=CaseOutcome.OPEN) | confirmed)
    own = cases.filter(learner_id=year.learner_id, authority__in=authorities, holds_credit=True)
    return list(own.order_by("opened_at", "pk"))


def years_held_by(case: SuspicionCase) -> list[CeYear]:
    """Years of the case's learner and authority that are met and wait for a decision because of a case."""
    return list(held_years(recognition_queue([case.authority]).filter(learner_id=case.learner_id)))


def entries_to_reverse(case: SuspicionCase) -> QuerySet[LedgerEntry]:
    """Hours of the case's learner with its authority that still stand, the newest first."""
    entries = LedgerEntry.objects.filter(
        learner_id=case.learner_id, authority_id=case.authority_id, reversal__isnull=True
    ).exclude(source=LedgerSource.REVERSAL)
    return with_enrolments(entries.select_related("lesson", "edition", "post")).order_by("-earned_at", "-pk")


def entries_to_restore(case: SuspicionCase) -> QuerySet[LedgerEntry]:
    """Hours of the case's learner with its authority that were taken back and not yet restored, the newest first."""
    entries = LedgerEntry.objects.filter(
        learner_id=case.learner_id,
        authority_id=case.authority_id,
        reversal__isnull=False,
        reversal__reversal__isnull=True,
    ).exclude(source=LedgerSource.REVERSAL)
    return with_enrolments(entries.select_related("lesson", "edition", "post")).order_by("-earned_at", "-pk")


def with_enrolments(entries: QuerySet[LedgerEntry]) -> QuerySet[LedgerEntry]:
    """The same entries, each with ``enrolment_uuid``: that of the study behind it, or None. No further statement."""
    enrolments = Enrolment.objects.filter(
        learner_id=OuterRef("learner_id"), edition_id=OuterRef("edition_id"), ce_year_id=OuterRef("ce_year_id")
    )
    return entries.annotate(enrolment_uuid=Subquery(enrolments.order_by("pk").values("uuid")[:1]))
