"""A batch's rows on PostgreSQL: one statement reads and locks, one writes.

Every column travels as one array literal, built here as text: a thousand rows are then a dozen parameters.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, TypeAlias

from tracking.operations.heartbeat_rows import BatchRows, intervals_of
from tracking.rules.heartbeat_fold import DayRow, LeaseRow, ProgressRow
from tracking.rules.intervals import Intervals

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper
    from psycopg import AsyncConnection

    from tracking.operations.heartbeat_batches import ReceivedHeartbeat

Place: TypeAlias = tuple[int, int, int, int, date]

_MS = "round(date_part('epoch', {}) * 1000)::bigint"

LOAD = f"""
SELECT l.id, l.uuid, {_MS.format("l.last_heard_at")}, {_MS.format("l.expires_at")}, {_MS.format("l.ended_at")},
       l.end_reason, l.last_sequence, l.credited_ms, l.not_counted::text, l.elapsed_ms, l.clock_ms, l.clock_boot,
       l.challenge_ms, l.trace,
       q.enrolment_id, q.lesson_id, p.id, p.coverage::text, p.provisional::text, p.credited_ms, p.position_ms,
       {_MS.format("p.updated_at")}, {_MS.format("p.reached_at")},
       q.learner_id, q.on_day, d.id, d.credited_ms, d.tolerance_ms, d.next_challenge_ms
FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::date[])
     AS q(lease_id, enrolment_id, lesson_id, learner_id, on_day)
JOIN tracking_playlease l ON l.id = q.lease_id
JOIN tracking_lessonprogress p ON p.enrolment_id = q.enrolment_id AND p.lesson_id = q.lesson_id
JOIN tracking_studyday d ON d.learner_id = q.learner_id AND d."on" = q.on_day
ORDER BY l.id
FOR UPDATE OF l, p, d SKIP LOCKED
"""  # noqa: S608 - no value is put into the text

ADD_DAYS = """
INSERT INTO tracking_studyday (learner_id, "on", credited_ms, tolerance_ms, next_challenge_ms)
SELECT q.learner_id, q.on_day, 0, 0, (
    SELECT greatest(1, e.next_challenge_ms - e.credited_ms)
    FROM tracking_studyday e
    WHERE e.learner_id = q.learner_id AND e."on" < q.on_day AND e.next_challenge_ms IS NOT NULL
    ORDER BY e."on" DESC
    LIMIT 1
)
FROM (SELECT DISTINCT * FROM unnest(%s::bigint[], %s::date[]) AS d(learner_id, on_day) ORDER BY 1, 2) q
JOIN accounts_learner l ON l.id = q.learner_id
ON CONFLICT DO NOTHING
"""

KNOWN = "SELECT id FROM tracking_playlease WHERE id = ANY(%s::bigint[])"

SAVE = """
WITH leases AS (
    UPDATE tracking_playlease l
    SET last_heard_at = to_timestamp(n.heard / 1000.0), ended_at = to_timestamp(n.ended / 1000.0),
        end_reason = n.reason, last_sequence = n.sequence, credited_ms = n.credited, not_counted = n.not_counted,
        elapsed_ms = n.elapsed, clock_ms = n.clock, clock_boot = n.boot, challenge_ms = n.challenge, trace = n.trace
    FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::text[], %s::int[], %s::int[], %s::jsonb[], %s::bigint[],
                %s::bigint[], %s::text[], %s::bigint[], %s::bigint[])
         AS n(id, heard, ended, reason, sequence, credited, not_counted, elapsed, clock, boot, challenge, trace)
    WHERE l.id = n.id
), progress AS (
    UPDATE tracking_lessonprogress p
    SET coverage = n.coverage, provisional = n.provisional, credited_ms = n.credited, position_ms = n.position,
        updated_at = to_timestamp(n.updated / 1000.0), reached_at = to_timestamp(n.reached / 1000.0)
    FROM unnest(%s::bigint[], %s::jsonb[], %s::jsonb[], %s::int[], %s::int[], %s::bigint[], %s::bigint[])
         AS n(id, coverage, provisional, credited, position, updated, reached)
    WHERE p.id = n.id
)
UPDATE tracking_studyday d
SET credited_ms = n.credited, tolerance_ms = n.tolerance, next_challenge_ms = n.next
FROM unnest(%s::bigint[], %s::int[], %s::int[], %s::int[]) AS n(id, credited, tolerance, next)
WHERE d.id = n.id
"""


def load(connection: BaseDatabaseWrapper, received: Sequence[ReceivedHeartbeat], on_days: Sequence[date]) -> BatchRows:
    """Read and lock what the reports concern. A lease that does not exist is missing in the answer.

    After midnight, and only then, some learners have no row for the day yet: it is added, and read again. A row that
    somebody else holds is not waited for, or one learner would hold up a thousand: its lease is named in ``busy``. A
    batch therefore never takes part in a deadlock.
    """
    wanted, rows = places_of(received, on_days), BatchRows()
    with connection.cursor() as cursor:
        cursor.execute(LOAD, where(wanted))
        take(rows, cursor.fetchall())
        if missing := missing_in(rows, wanted):
            cursor.execute(ADD_DAYS, where_days(missing))
            cursor.execute(LOAD, where(missing))
            take(rows, cursor.fetchall())
        if missing := missing_in(rows, missing):
            cursor.execute(KNOWN, where_leases(missing))
            rows.busy.update(lease_id for (lease_id,) in cursor.fetchall())
    return rows


async def load_async(
    connection: AsyncConnection[Any], received: Sequence[ReceivedHeartbeat], on_days: Sequence[date]
) -> BatchRows:
    """The same over a connection of the event loop's own."""
    wanted, rows = places_of(received, on_days), BatchRows()
    take(rows, await (await connection.execute(LOAD, where(wanted))).fetchall())
    if missing := missing_in(rows, wanted):
        await connection.execute(ADD_DAYS, where_days(missing))
        take(rows, await (await connection.execute(LOAD, where(missing))).fetchall())
    if missing := missing_in(rows, missing):
        found = await connection.execute(KNOWN, where_leases(missing))
        rows.busy.update([lease_id for (lease_id,) in await found.fetchall()])
    return rows


def save(connection: BaseDatabaseWrapper, rows: BatchRows) -> None:
    """Write all rows back, in one statement."""
    if rows.leases:
        with connection.cursor() as cursor:
            cursor.execute(SAVE, what(rows))


async def save_async(connection: AsyncConnection[Any], rows: BatchRows) -> None:
    """The same over a connection of the event loop's own."""
    if rows.leases:
        await connection.execute(SAVE, what(rows))


def places_of(received: Sequence[ReceivedHeartbeat], on_days: Sequence[date]) -> list[Place]:
    """Where the reports belong: lease, enrolment, lesson, learner and day, each place once, in the order of locking."""
    places = {
        (c.lease_id, c.enrolment_id, c.lesson_id, c.learner_id, on)
        for c, on in zip((each.heartbeat.claims for each in received), on_days, strict=True)
    }
    return sorted(places)


def missing_in(rows: BatchRows, places: Sequence[Place]) -> list[Place]:
    """The places that were not found: after midnight the day is missing, otherwise the lease is not known."""
    return [place for place in places if place[0] not in rows.leases or place[3:] not in rows.days]


def where(places: Sequence[Place]) -> list[str]:
    """The parameters of :data:`LOAD`."""
    return _columns(places, "nnnnt")


def where_leases(places: Sequence[Place]) -> list[str]:
    """The parameters of :data:`KNOWN`."""
    return _columns([place[:1] for place in places], "n")


def where_days(places: Sequence[Place]) -> list[str]:
    """The parameters of :data:`ADD_DAYS`."""
    return _columns([place[3:] for place in places], "nt")


def what(rows: BatchRows) -> list[str]:
    """The parameters of :data:`SAVE`."""
    leases = [
        (
            r.lease_id, r.heard_wall_ms, r.ended_wall_ms, r.end_reason, r.last_sequence, r.credited_ms,
            _reasons(r.not_counted), r.elapsed_ms, r.clock_ms, r.clock_boot, r.challenge_ms, r.trace,
        )
        for r in rows.leases.values()
    ]  # fmt: skip
    progress = [
        (
            r.progress_id, _json(r.coverage), _json(r.provisional), r.credited_ms, r.position_ms, r.updated_wall_ms,
            r.reached_wall_ms,
        )
        for r in rows.progress.values()
    ]  # fmt: skip
    days = [(r.day_id, r.credited_ms, r.tolerance_ms, r.next_challenge_ms) for r in rows.days.values()]
    return [*_columns(leases, "nnntnntnntnn"), *_columns(progress, "nttnnnn"), *_columns(days, "nnnn")]


def take(rows: BatchRows, found: Iterable[tuple[Any, ...]]) -> None:
    """Sort what :data:`LOAD` found into leases, progress and days."""
    for row in found:
        lease_id = row[0]
        if lease_id not in rows.leases:
            rows.lease_uuids[lease_id] = row[1]
            not_counted = {} if row[8] == "{}" else json.loads(row[8])
            values: tuple[Any, ...] = (lease_id, *row[2:8], not_counted, *row[9:14])
            rows.leases[lease_id] = LeaseRow(*values)
        lesson = (row[14], row[15])
        if lesson not in rows.progress:
            coverage, provisional = _parse(row[17]), _parse(row[18])
            rows.progress[lesson] = ProgressRow(row[16], coverage, provisional, *row[19:23])
        day = (row[23], row[24])
        if day not in rows.days:
            rows.days[day] = DayRow(row[25], row[24], *row[26:29])


def _parse(stored: str) -> Intervals:
    return () if stored == "[]" else intervals_of(json.loads(stored))


def _json(intervals: Intervals) -> str:
    return "[" + ",".join([f"[{start},{end}]" for start, end in intervals]) + "]"


def _reasons(not_counted: dict[str, int]) -> str:
    return json.dumps(not_counted) if not_counted else "{}"


def _columns(rows: Sequence[Sequence[Any]], kinds: str) -> list[str]:
    """One array literal a column; ``kinds`` has ``n`` for numbers and ``t`` for what must be quoted."""
    columns = zip(*rows, strict=True)
    return [_numbers(c) if kind == "n" else _texts(c) for kind, c in zip(kinds, columns, strict=True)]


def _numbers(column: Sequence[int | None]) -> str:
    return "{" + ",".join(["NULL" if value is None else str(value) for value in column]) + "}"


def _texts(column: Sequence[object]) -> str:
    quoted = [str(value).replace("\\", "\\\\").replace('"', '\\"') for value in column]
    return '{"' + '","'.join(quoted) + '"}'
