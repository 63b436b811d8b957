"""Classroom hours as claimed: by whom, for which days, with what evidence."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import IO

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from accounts.models import Authority, Learner, TrainingInstitution, User
from courses.queries import policy_book
from tracking.enums import OfflineState, RecognitionOutcome
from tracking.gateways.evidence import open_evidence
from tracking.models import CeYear, LedgerEntry, OfflineEvidence, OfflineStudy
from tracking.rules.offline_claims import ClassroomSpan


@dataclass(frozen=True, slots=True)
class ClaimRow:
    """A claim as lists show it; its minutes are 学时 of ``hour_minutes`` each.

    ``same_days`` says that it shares a day with the claim beside which it is shown.
    """

    study: OfflineStudy
    hour_minutes: int
    same_days: bool = False


def offline_studies_of(learner: Learner) -> QuerySet[OfflineStudy]:
    """The learner's claims, the newest first, each with year, post and files: two statements."""
    return _studies().filter(learner=learner).prefetch_related("evidence").order_by("-filed_at", "-pk")


def years_to_claim_for(learner: Learner, *, on: date) -> QuerySet[CeYear]:
    """The learner's years that were open on ``on`` or before and whose hours are not recognised, newest first."""
    recognised = Q(recognitions__outcome=RecognitionOutcome.RECOGNISED)
    years = CeYear.objects.filter(learner=learner, opens_on__lte=on).exclude(recognised)
    return years.select_related("post", "authority", "learner").order_by("-opens_on", "post__position", "pk")


def institutions_for(learner: Learner) -> QuerySet[TrainingInstitution]:
    """The training institutions of the authorities in which the learner has a year, by name: one statement."""
    authorities = CeYear.objects.filter(learner=learner).values("authority_id")
    return TrainingInstitution.objects.filter(authority__in=authorities).order_by("name", "pk")


def studies_filed_for(institution: TrainingInstitution) -> QuerySet[OfflineStudy]:
    """What an institution filed for others, the newest first: one statement."""
    filed = _studies().filter(institution=institution).exclude(filed_by=F("learner__user"))
    return filed.order_by("-filed_at", "-pk")


def offline_queue(authorities: Iterable[Authority], *, officer: User) -> QuerySet[OfflineStudy]:
    """Claims that wait, the oldest first, without the officer's own: one statement. ``files`` counts the evidence."""
    waiting = decidable_studies(authorities, officer=officer).filter(state=OfflineState.FILED)
    return waiting.annotate(files=Count("evidence")).order_by("filed_at", "pk")


def decided_offline_studies(authorities: Iterable[Authority], *, officer: User) -> QuerySet[OfflineStudy]:
    """Claims that were decided, the newest decision first, without the officer's own: one statement."""
    decided = (OfflineState.RECOGNISED, OfflineState.REFUSED)
    return decidable_studies(authorities, officer=officer).filter(state__in=decided).order_by("-decided_at", "-pk")


def decidable_studies(authorities: Iterable[Authority], *, officer: User) -> QuerySet[OfflineStudy]:
    """Claims of the authorities that the officer may look at: nobody's own, nor those that one filed for others."""
    own = Q(learner__user=officer) | Q(filed_by=officer)
    return _studies().filter(authority__in=list(authorities)).exclude(own)


def other_claims(study: OfflineStudy) -> list[ClaimRow]:
    """The same person's other claims of the same authority, the newest days first: two statements."""
    others = _studies().filter(learner_id=study.learner_id, authority_id=study.authority_id).exclude(pk=study.pk)
    return claim_rows(others.order_by("-studied_to", "-pk"), beside=study)


def claim_rows(studies: Iterable[OfflineStudy], *, beside: OfflineStudy | None = None) -> list[ClaimRow]:
    """The claims in the order given, ready to list: one statement for all of them."""
    known = list(studies)
    book = policy_book({study.authority for study in known})
    return [
        ClaimRow(
            study,
            book.in_force(authority=study.authority, on=study.ce_year.opens_on).hour_minutes,
            same_days=beside is not None
            and study.studied_from <= beside.studied_to
            and beside.studied_from <= study.studied_to,
        )
        for study in known
    ]


def standing_studies(learner: Learner) -> QuerySet[OfflineStudy]:
    """The learner's claims that wait, and those recognised whose hours were not taken back since."""
    counted = LedgerEntry.objects.filter(offline_study=OuterRef("pk"), minutes__gt=0, reversal__isnull=True)
    recognised = Q(Exists(counted), state=OfflineState.RECOGNISED)
    return OfflineStudy.objects.filter(Q(state=OfflineState.FILED) | recognised, learner=learner)


def standing_spans(learner: Learner) -> list[ClassroomSpan]:
    """The days and minutes that the learner's standing claims take up: those that wait, and those recognised."""
    rows = standing_studies(learner).order_by("studied_from", "pk")
    return [
        ClassroomSpan(row.studied_from, row.studied_to, row.recognised_minutes or row.minutes, row.title)
        for row in rows
    ]


def evidence_stream(evidence: OfflineEvidence) -> IO[bytes] | None:
    """The kept file, open for reading; None where the storage has lost it. Who may read it is the view's to know."""
    return open_evidence(evidence.path)


def _studies() -> QuerySet[OfflineStudy]:
    return OfflineStudy.objects.select_related("learner", "ce_year__post", "authority", "decided_by")
