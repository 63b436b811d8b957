"""A batch's rows on any database that Django knows: read by models, written by ``executemany``."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, cast

from django.db.models import Field, Model, Q

from tracking.models import LessonProgress, PlayLease, StudyDay
from tracking.operations.heartbeat_rows import BatchRows, intervals_of
from tracking.operations.study_days import begin_days
from tracking.rules.heartbeat_fold import DayRow, LeaseRow, ProgressRow
from tracking.rules.server_clock import epoch_ms

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper

    from tracking.operations.heartbeat_batches import ReceivedHeartbeat

CHUNK = 100  # conditions of one statement


def load(connection: BaseDatabaseWrapper, received: Sequence[ReceivedHeartbeat], on_days: Sequence[date]) -> BatchRows:
    """Read and lock what the reports concern. A lease that does not exist is missing in the answer."""
    claims = [each.heartbeat.claims for each in received]
    rows = BatchRows()
    leases = PlayLease.objects.select_for_update().filter(pk__in={c.lease_id for c in claims}).order_by("pk")
    for lease in leases:
        rows.leases[lease.pk], rows.lease_uuids[lease.pk] = lease_row(lease), lease.uuid
    known = [(c, on) for c, on in zip(claims, on_days, strict=True) if c.lease_id in rows.leases]
    lessons = sorted({(c.enrolment_id, c.lesson_id) for c, _ in known})
    days = sorted({(c.learner_id, on) for c, on in known})
    for chunk in _chunks(lessons):
        wanted = _any(Q(enrolment_id=enrolment_id, lesson_id=lesson_id) for enrolment_id, lesson_id in chunk)
        for progress in LessonProgress.objects.select_for_update().filter(wanted).order_by("pk"):
            rows.progress[progress.enrolment_id, progress.lesson_id] = progress_row(progress)
    for chunk in _chunks(days):
        _take_days(rows, chunk)
    if missing := [each for each in days if each not in rows.days]:  # midnight has passed since the lease was opened
        begin_days(missing)
        for chunk in _chunks(missing):
            _take_days(rows, chunk)
    return rows


def save(connection: BaseDatabaseWrapper, rows: BatchRows) -> None:
    """Write all rows back: three statements, each executed for many rows."""
    leases = [
        {
            "pk": r.lease_id, "last_heard_at": _at(r.heard_wall_ms), "ended_at": _at(r.ended_wall_ms),
            "end_reason": r.end_reason, "last_sequence": r.last_sequence, "credited_ms": r.credited_ms,
            "not_counted": r.not_counted, "elapsed_ms": r.elapsed_ms, "clock_ms": r.clock_ms,
            "clock_boot": r.clock_boot, "challenge_ms": r.challenge_ms, "trace": r.trace,
        }
        for r in rows.leases.values()
    ]  # fmt: skip
    progress = [
        {
            "pk": r.progress_id, "coverage": r.coverage, "provisional": r.provisional, "credited_ms": r.credited_ms,
            "position_ms": r.position_ms, "updated_at": _at(r.updated_wall_ms), "reached_at": _at(r.reached_wall_ms),
        }
        for r in rows.progress.values()
    ]  # fmt: skip
    days = [
        {
            "pk": r.day_id, "credited_ms": r.credited_ms, "tolerance_ms": r.tolerance_ms,
            "next_challenge_ms": r.next_challenge_ms,
        }
        for r in rows.days.values()
    ]  # fmt: skip
    for model, values in ((PlayLease, leases), (LessonProgress, progress), (StudyDay, days)):
        _update(connection, model, values)


def _take_days(rows: BatchRows, days: Sequence[tuple[int, date]]) -> None:
    wanted = _any(Q(learner_id=learner_id, on=on) for learner_id, on in days)
    for day in StudyDay.objects.select_for_update().filter(wanted).order_by("pk"):
        rows.days[day.learner_id, day.on] = day_row(day)


def lease_row(lease: PlayLease) -> LeaseRow:
    """A stored lease as the rule sees it."""
    return LeaseRow(
        lease_id=lease.pk,
        heard_wall_ms=epoch_ms(lease.last_heard_at),
        expires_wall_ms=epoch_ms(lease.expires_at),
        ended_wall_ms=None if lease.ended_at is None else epoch_ms(lease.ended_at),
        end_reason=str(lease.end_reason),
        last_sequence=lease.last_sequence,
        credited_ms=lease.credited_ms,
        not_counted=dict(lease.not_counted),
        elapsed_ms=lease.elapsed_ms,
        clock_ms=lease.clock_ms,
        clock_boot=lease.clock_boot,
        challenge_ms=lease.challenge_ms,
        trace=lease.trace,
    )


def progress_row(progress: LessonProgress) -> ProgressRow:
    """A lesson's stored progress as the rule sees it."""
    return ProgressRow(
        progress_id=progress.pk,
        coverage=intervals_of(progress.coverage),
        provisional=intervals_of(progress.provisional),
        credited_ms=progress.credited_ms,
        position_ms=progress.position_ms,
        updated_wall_ms=epoch_ms(progress.updated_at),
        reached_wall_ms=None if progress.reached_at is None else epoch_ms(progress.reached_at),
    )


def day_row(day: StudyDay) -> DayRow:
    """A stored day as the rule sees it."""
    return DayRow(
        day_id=day.pk,
        on=day.on,
        credited_ms=day.credited_ms,
        tolerance_ms=day.tolerance_ms,
        next_challenge_ms=day.next_challenge_ms,
    )


def _update(connection: BaseDatabaseWrapper, model: type[Model], values: list[dict[str, Any]]) -> None:
    if not values:
        return
    names = [name for name in values[0] if name != "pk"]
    fields = [cast("Field[Any, Any]", model._meta.get_field(name)) for name in names]
    quote = connection.ops.quote_name
    columns = ", ".join(f"{quote(str(field.column))} = %s" for field in fields)
    parameters = [
        [*(field.get_db_prep_save(row[field.name], connection) for field in fields), row["pk"]] for row in values
    ]
    with connection.cursor() as cursor:
        cursor.executemany(f"UPDATE {quote(model._meta.db_table)} SET {columns} WHERE id = %s", parameters)  # noqa: S608


def _any(conditions: Any) -> Q:
    wanted = Q()
    for condition in conditions:
        wanted |= condition
    return wanted


def _chunks(rows: list[Any]) -> list[list[Any]]:
    return [rows[start : start + CHUNK] for start in range(0, len(rows), CHUNK)]


def _at(wall_ms: int | None) -> datetime | None:
    return None if wall_ms is None else datetime.fromtimestamp(wall_ms / 1000, tz=UTC)
