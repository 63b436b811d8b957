"""What waits for the ministry's system, what is there, and what came back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from accounts.models import Authority
from certificates.enums import CertificateStatus, IssuerMode
from certificates.gateways.ministry_package import open_package
from certificates.models import IssuerProfile, MinistryBatch, Renewal
from certificates.rules.status import status_admits_extension
from tracking.enums import RecognitionOutcome
from tracking.models import Recognition

EXTENSIBLE = [status for status in CertificateStatus if status_admits_extension(status)]


@dataclass(frozen=True, slots=True)
class MinistryQueue:
    """One authority whose certificates the ministry makes: how many renewals wait for a package, and how many were
    sent back or stopped with a reason.
    """

    authority: Authority
    waiting: int
    stopped: int


def ministry_authorities(authorities: Iterable[Authority]) -> list[Authority]:
    """Those of ``authorities`` whose certificates the ministry's system makes, in the order given; one statement."""
    chosen = set(
        IssuerProfile.objects.filter(authority__in=list(authorities), mode=IssuerMode.MINISTRY).values_list(
            "authority_id", flat=True
        )
    )
    return [each for each in authorities if each.pk in chosen]


def ministry_queues(authorities: Sequence[Authority]) -> list[MinistryQueue]:
    """How much waits at each authority; two statements each."""
    return [
        MinistryQueue(
            authority=each,
            waiting=renewals_to_package(each).count() + len(years_to_begin(each, limit=10_000)),
            stopped=_unsent(each).exclude(failure="").count(),
        )
        for each in authorities
    ]


def renewals_to_package(authority: Authority) -> QuerySet[Renewal]:
    """Renewals that no package holds and nothing stops, the longest recognised first."""
    return _unsent(authority).filter(failure="", holding__status__in=EXTENSIBLE).order_by("recognised_at", "pk")


def years_to_begin(authority: Authority, *, limit: int) -> list[int]:
    """Recognised years of which no renewal was begun, because a message was lost, oldest first; one statement."""
    begun = Renewal.objects.filter(ce_year=OuterRef("ce_year"))
    rows = Recognition.objects.filter(
        ~Exists(begun), outcome=RecognitionOutcome.RECOGNISED, ce_year__authority=authority
    )
    return list(rows.order_by("decided_at", "pk").values_list("ce_year_id", flat=True)[:limit])


def ministry_batches(authorities: Iterable[Authority]) -> QuerySet[MinistryBatch]:
    """Packages of the authorities, the newest first, each with how many came back (``issued``); one statement."""
    rows = MinistryBatch.objects.filter(authority__in=list(authorities)).select_related("authority", "made_by")
    issued = Count("renewals", filter=Q(renewals__issued_at__isnull=False))
    return rows.annotate(issued=issued).order_by("-made_at", "-pk")


def package_file(batch: MinistryBatch) -> BinaryIO | None:
    """The package, open for reading; None where it is not written yet, or lost."""
    return open_package(batch.path) if batch.path else None


def _unsent(authority: Authority) -> QuerySet[Renewal]:
    return Renewal.objects.filter(ce_year__authority=authority, issued_at__isnull=True, ministry_batch__isnull=True)
