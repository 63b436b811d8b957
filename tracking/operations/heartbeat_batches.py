"""Fold many reports in one transaction: group commit.

One statement reads and locks all that a batch concerns, one writes it back; what lies between is the same rule that a
single report goes through. On PostgreSQL a batch waits for no row that another transaction holds: that report is
answered as busy and comes again, and no learner holds up the others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import OperationalError, connection, transaction

from tracking.operations import heartbeat_rows_portable, heartbeat_rows_postgresql
from tracking.operations.heartbeat_rows import BatchRows
from tracking.queries import lease_key
from tracking.rules.heartbeat import Heartbeat, HeartbeatAnswer, busy_answer
from tracking.rules.heartbeat_fold import day_of, fold_heartbeat, is_to_judge
from tracking.rules.server_clock import ClockReading

if TYPE_CHECKING:
    from psycopg import AsyncConnection

DEADLOCK_TRIES = 3
DEADLOCK, SERIALIZATION = "40P01", "40001"  # PostgreSQL's codes of what may succeed when it is tried again


@dataclass(frozen=True, slots=True)
class ReceivedHeartbeat:
    """A report as it came in. ``is_last``: the page is being left."""

    heartbeat: Heartbeat
    is_last: bool = False


@dataclass(frozen=True, slots=True)
class BatchOutcome:
    """What became of a batch, committed. ``answers`` are in the order of the reports, None where the lease is unknown.

    ``reached`` names lessons that are now to be booked, ``judged`` those of packages for which enough time counts and
    which are now to be judged, each as (enrolment, lesson).
    """

    answers: list[HeartbeatAnswer | None]
    reached: list[tuple[int, int]]
    judged: list[tuple[int, int]] = field(default_factory=list)


def record_heartbeats(*, received: Sequence[ReceivedHeartbeat], clock: ClockReading) -> BatchOutcome:
    """Credit a batch of reports as far as the rules allow, in the order they came, in one transaction.

    Reports of the same lease and learner fold into each other, so a batch earns what its reports would have earned one
    by one. When this returns, the answers stand. A deadlock with another writer is tried again.
    """
    for attempt in range(DEADLOCK_TRIES):
        try:
            return _record(received, clock)
        except OperationalError as error:
            code = getattr(error.__cause__, "sqlstate", None)
            if code not in {DEADLOCK, SERIALIZATION} or attempt == DEADLOCK_TRIES - 1:
                raise
    raise AssertionError("unreachable")


async def record_heartbeats_async(
    *, connection: AsyncConnection[Any], received: Sequence[ReceivedHeartbeat], clock: ClockReading
) -> BatchOutcome:
    """The same on PostgreSQL over a connection of the event loop's own, without a thread between.

    :raises psycopg.Error: nothing was written; the connection may be lost.
    """
    on_days = [day_of(each.heartbeat.claims, clock) for each in received]
    async with connection.transaction():
        rows = await heartbeat_rows_postgresql.load_async(connection, received, on_days)
        outcome = _fold_all(received, on_days, rows, clock)
        await heartbeat_rows_postgresql.save_async(connection, rows)
    return outcome


def _record(received: Sequence[ReceivedHeartbeat], clock: ClockReading) -> BatchOutcome:
    store = heartbeat_rows_postgresql if connection.vendor == "postgresql" else heartbeat_rows_portable
    on_days = [day_of(each.heartbeat.claims, clock) for each in received]
    with transaction.atomic():
        rows = store.load(connection, received, on_days)
        outcome = _fold_all(received, on_days, rows, clock)
        store.save(connection, rows)
    return outcome


def _fold_all(
    received: Sequence[ReceivedHeartbeat], on_days: Sequence[date], rows: BatchRows, clock: ClockReading
) -> BatchOutcome:
    key = lease_key()
    reached_before = {found.progress_id for found in rows.progress.values() if found.reached_wall_ms is not None}
    answers = [_fold_one(each, rows, on, clock, key) for each, on in zip(received, on_days, strict=True)]
    reached = [
        where
        for where, found in rows.progress.items()
        if found.reached_wall_ms is not None and found.progress_id not in reached_before
    ]
    judged = dict.fromkeys(
        (claims.enrolment_id, claims.lesson_id)
        for claims, answer in zip((each.heartbeat.claims for each in received), answers, strict=True)
        if claims.is_judged and answer is not None and answer.status != "busy"
        if is_to_judge(claims, rows.progress[claims.enrolment_id, claims.lesson_id], answer.newly_ms)
    )
    return BatchOutcome(answers, reached, list(judged))


def _fold_one(
    each: ReceivedHeartbeat, rows: BatchRows, on: date, clock: ClockReading, key: bytes
) -> HeartbeatAnswer | None:
    claims = each.heartbeat.claims
    if claims.lease_id in rows.busy:
        return busy_answer(each.heartbeat)
    lease = rows.leases.get(claims.lease_id)
    if lease is None or rows.lease_uuids[claims.lease_id] != claims.lease_uuid:
        return None
    return fold_heartbeat(
        each.heartbeat,
        lease=lease,
        progress=rows.progress[claims.enrolment_id, claims.lesson_id],
        day=rows.days[claims.learner_id, on],
        clock=clock,
        key=key,
        is_last=each.is_last,
    )
