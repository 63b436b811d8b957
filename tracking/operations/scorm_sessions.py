"""Runs of items that never said their last word."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from tracking.models import ScormActivity, ScormAttempt, ScormSession


@transaction.atomic
def close_scorm_sessions(*, attempt: ScormAttempt, now: datetime) -> int:
    """End the runs of an attempt that a crash or a closed page cut off; returns how many.

    What they claimed joins their items' total time, as it does where a run ends by itself, so that the next run is
    told of it. Safe to retry. The caller holds the attempt's lock.
    """
    cut_off = list(ScormSession.objects.filter(attempt=attempt, ended_at__isnull=True).order_by("pk"))
    items = {item.key: item for item in ScormActivity.objects.filter(attempt=attempt)} if cut_off else {}
    for session in cut_off:
        session.ended_at = now
        session.save(update_fields=["ended_at"])
        item = items.get(session.activity_key)
        if item is not None and session.claimed_ms:
            item.total_time_ms += session.claimed_ms
            item.save(update_fields=["total_time_ms"])
    return len(cut_off)
