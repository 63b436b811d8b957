"""Fold what a player reports into what the learner has earned: one report, by Django's own means.

Many reports at once go through :mod:`tracking.operations.heartbeat_batches`; both keep the same rule's word.
"""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction
from django.utils.translation import gettext as _

from lms.lib.errors import DomainError
from tracking.operations.completion import complete_lesson
from tracking.operations.heartbeat_batches import ReceivedHeartbeat
from tracking.operations.heartbeat_rows_portable import load, save
from tracking.operations.scorm_hours import judge_scorm_lesson
from tracking.queries import lease_key
from tracking.rules.heartbeat import Heartbeat, HeartbeatAnswer, learnt_answer
from tracking.rules.heartbeat_fold import day_of, fold_heartbeat, is_to_judge
from tracking.rules.server_clock import ClockReading, reading_of


class LeaseUnknownError(DomainError):
    """The lease that a rightly signed token names does not exist."""

    code = "lease_unknown"


def record_heartbeat(
    *, heartbeat: Heartbeat, now: datetime, clock: ClockReading | None = None, is_last: bool = False
) -> HeartbeatAnswer:
    """Credit what a heartbeat claims as far as the rules allow, and book the lesson when it is complete.

    The server's ``clock`` decides; without one ``now`` is trusted. A report that was folded before, or was overtaken by
    a newer one, changes nothing. The answer stands only after its transaction has committed. Booking, and judging
    a package, are transactions of their own: what a crash leaves between, the sweep finishes. ``is_last``: the page is
    being left, so the lease ends with this report.

    :raises LeaseUnknownError: the token was signed here and its lease is not known here: another database.
    """
    answer, reached, to_judge = _fold(heartbeat, clock or reading_of(now), is_last=is_last)
    claims = heartbeat.claims
    if reached:
        complete_lesson(enrolment_id=claims.enrolment_id, lesson_id=claims.lesson_id, now=now)
    if to_judge and judge_scorm_lesson(enrolment_id=claims.enrolment_id, lesson_id=claims.lesson_id, now=now):
        return learnt_answer(answer)
    return answer


@transaction.atomic
def _fold(heartbeat: Heartbeat, clock: ClockReading, *, is_last: bool) -> tuple[HeartbeatAnswer, bool, bool]:
    """Lock lease, progress and day (in this order, everywhere), fold, write; say whether the lesson was reached now,
    and whether it is now to be judged."""
    claims, on = heartbeat.claims, day_of(heartbeat.claims, clock)
    rows = load(connection, [ReceivedHeartbeat(heartbeat, is_last)], [on])
    lease = rows.leases.get(claims.lease_id)
    if lease is None or rows.lease_uuids[claims.lease_id] != claims.lease_uuid:
        raise LeaseUnknownError(_("播放许可已失效，请刷新页面重新开始。"))
    progress = rows.progress[claims.enrolment_id, claims.lesson_id]
    was_reached = progress.reached_wall_ms is not None
    answer = fold_heartbeat(
        heartbeat,
        lease=lease,
        progress=progress,
        day=rows.days[claims.learner_id, on],
        clock=clock,
        key=lease_key(),
        is_last=is_last,
    )
    save(connection, rows)
    reached = progress.reached_wall_ms is not None and not was_reached
    return answer, reached, is_to_judge(claims, progress, answer.newly_ms)
