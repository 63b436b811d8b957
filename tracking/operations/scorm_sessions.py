"""Runs of items that never said their last word."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import F, Sum

from tracking.models import ScormActivity, ScormAttempt, ScormSession


@transaction.atomic
def close_scorm_sessions(*, attempt: ScormAttempt, now: datetime) -> int:
    """End the runs of an attempt that a crash or a closed page cut off; returns how many.

    What they claimed joins their items' total time, as it does where a run ends by itself, so that the next run is
    told of it. Safe to retry. The caller holds the attempt's lock. A statement an item, however many runs there are.
    """
    cut_off = ScormSession.objects.filter(attempt=attempt, ended_at__isnull=True)
    claims = cut_off.order_by().filter(claimed_ms__gt=0).values_list("activity_key").annotate(Sum("claimed_ms"))
    for key, claimed_ms in list(claims):
        item = ScormActivity.objects.filter(attempt=attempt, key=key)
        item.update(total_time_ms=F("total_time_ms") + int(claimed_ms))
    return cut_off.update(ended_at=now)
