"""What recognition has left for renewal to do."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import Authority
from certificates.enums import IssueItemState, IssuerMode, IssueRunState
from certificates.models import IssueItem, IssuerProfile, Renewal
from tracking.enums import RecognitionOutcome
from tracking.models import Recognition


def years_awaiting_renewal(
    *, limit: int, since: datetime | None = None, claimed_before: datetime | None = None
) -> list[int]:
    """CE years recognised but without a certificate, oldest decision first; one statement.

    Years whose renewal names a ``failure`` wait for a person, those that the ministry makes, or has been given to make
    before its authority began to issue by itself, wait for it, those of an open mass issue are its own (it may be
    paused), and those claimed since ``claimed_before`` are being worked at: all are left out.
    ``since`` leaves out what was decided before it.
    """
    settled = Q(issued_at__isnull=False) | Q(ministry_batch__isnull=False) | ~Q(failure="")
    if claimed_before is not None:
        settled |= Q(claimed_at__gte=claimed_before)
    rows = _recognised(since).exclude(Exists(Renewal.objects.filter(settled, ce_year=OuterRef("ce_year"))))
    taken_up = IssueItem.objects.filter(
        run__state__in=(IssueRunState.RUNNING, IssueRunState.PAUSED), state=IssueItemState.WAITING
    )
    rows = rows.exclude(Exists(taken_up.filter(ce_year=OuterRef("ce_year"))))
    return list(rows.order_by("decided_at", "pk").values_list("ce_year_id", flat=True)[:limit])


def years_to_issue(authority: Authority | None) -> QuerySet[Recognition, int]:
    """CE years of one authority, or of all, that a mass issue takes up: stopped ones too; oldest decision first.

    Those that the ministry makes are left out.
    """
    settled = Q(issued_at__isnull=False) | Q(ministry_batch__isnull=False)
    rows = _recognised(None).exclude(Exists(Renewal.objects.filter(settled, ce_year=OuterRef("ce_year"))))
    if authority is not None:
        rows = rows.filter(ce_year__authority=authority)
    return rows.order_by("decided_at", "pk").values_list("ce_year_id", flat=True)


def _recognised(since: datetime | None) -> QuerySet[Recognition]:
    made_elsewhere = IssuerProfile.objects.filter(mode=IssuerMode.MINISTRY).values("authority")
    rows = Recognition.objects.filter(outcome=RecognitionOutcome.RECOGNISED).exclude(
        ce_year__authority__in=made_elsewhere
    )
    return rows if since is None else rows.filter(decided_at__gte=since)
