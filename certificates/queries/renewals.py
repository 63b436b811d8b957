"""What recognition has left for renewal to do."""

from __future__ import annotations

from certificates.models import Renewal
from tracking.enums import RecognitionOutcome
from tracking.models import Recognition


def years_awaiting_renewal(*, limit: int) -> list[int]:
    """CE years recognised but without a certificate, oldest decision first; two statements at most.

    Years whose renewal names a ``failure`` wait for a person and are left out.
    """
    settled = Renewal.objects.exclude(issued_at__isnull=True, failure="").values("ce_year_id")
    return list(
        Recognition.objects.filter(outcome=RecognitionOutcome.RECOGNISED)
        .exclude(ce_year_id__in=settled)
        .order_by("decided_at", "pk")
        .values_list("ce_year_id", flat=True)[:limit]
    )
