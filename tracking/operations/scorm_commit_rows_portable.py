"""A batch's rows on any database that Django knows: read and written by models."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db.models import Model, Q

from media_pipeline.models import ScormContent
from tracking.models import (
    LessonProgress,
    PlayLease,
    ScormActivity,
    ScormAttempt,
    ScormCommit,
    ScormInteraction,
    ScormObjective,
    ScormSession,
)
from tracking.operations.scorm_commit_rows import (
    known_items,
    note_items,
    overtaken_in,
    refusals_as_json,
    refusals_of,
    take_items,
)
from tracking.rules.scorm_commit import SentCommit, Standing
from tracking.rules.scorm_fold import ActivityRow, AttemptRow, CommitRecord, CommitRows, SessionRow
from tracking.rules.scorm_standing import Interaction, Objective, interaction_at, objective_at
from tracking.rules.server_clock import epoch_ms

CHUNK = 100  # rows or conditions of one statement
STANDING = ("completion", "success", "score_scaled", "score_raw", "score_min", "score_max", "progress")
ATTEMPT_FIELDS = [
    *STANDING, "touched_at", "last_sequence", "ended_at", "end", "claimed_ms", "current", "is_suspended", "paced_ms",
]  # fmt: skip
ACTIVITY_FIELDS = [*STANDING, "elements", "total_time_ms", "entry", "exit", "revision", "updated_at"]


def load(commits: Sequence[SentCommit]) -> CommitRows:
    """Lock and read what the commits concern; give the rows."""
    rows, versions = CommitRows(), dict[int, UUID]()
    standards = {commit.claims.attempt_id: commit.claims.standard for commit in commits}
    attempts = ScormAttempt.objects.select_for_update(of=("self",)).filter(pk__in=standards).order_by("pk")
    for attempt in attempts.select_related("lesson", "video"):
        rows.attempts[attempt.pk] = _attempt_row(attempt)
        versions[attempt.pk] = attempt.video.uuid
    items, unread = known_items(versions)
    if unread:
        for content in ScormContent.objects.filter(video__uuid__in=unread).select_related("video"):
            items[content.video.uuid] = note_items(content.video.uuid, content.outline)
    take_items(rows, versions, items)
    _take_progress(rows, commits)
    rows.leases.update(
        PlayLease.objects.filter(pk__in={commit.claims.lease_id for commit in commits}).values_list("pk", flat=True)
    )
    for chunk in _chunks({(commit.claims.attempt_id, commit.activity) for commit in commits}):
        for item in ScormActivity.objects.filter(_any(Q(attempt_id=a, key=key) for a, key in chunk)):
            rows.activities[item.attempt_id, item.key] = _activity_row(item, standards[item.attempt_id])
    for session in ScormSession.objects.filter(launch__in={commit.launch for commit in commits}):
        rows.sessions[session.launch] = _session_row(session)
    for chunk in _chunks(overtaken_in(commits, rows)):
        wanted = _any(Q(attempt_id=a, generation=g, sequence__gte=number) for a, g, number in chunk)
        for commit in ScormCommit.objects.filter(wanted):
            rows.history.setdefault(commit.attempt_id, {})[commit.sequence] = _record(commit)
    return rows


def save(rows: CommitRows, *, now_ms: int) -> None:
    """Write all rows back."""
    if not rows.records:
        return
    _save_attempts([each for each in rows.attempts.values() if each.touched_ms is not None])
    touched = [each for each in rows.activities.values() if each.touched_ms is not None]
    _save_activities(touched)
    _save_sessions([each for each in rows.sessions.values() if each.is_touched])
    interactions = [_interaction(row, each) for row in touched for each in _interactions(row)]
    objectives = [_objective(row, each) for row in touched for each in _objectives(row)]
    for model, made in ((ScormInteraction, interactions), (ScormObjective, objectives)):
        _upsert(model, made)
    ScormCommit.objects.bulk_create([_commit(each, now_ms) for each in rows.records], batch_size=CHUNK)


def _take_progress(rows: CommitRows, commits: Sequence[SentCommit]) -> None:
    """What is measured and booked of each attempt's lesson."""
    of_lesson = {
        (commit.claims.enrolment_id, commit.claims.lesson_id): rows.attempts[commit.claims.attempt_id]
        for commit in commits
        if commit.claims.attempt_id in rows.attempts
    }
    for chunk in _chunks(of_lesson):
        wanted = _any(Q(enrolment_id=enrolment_id, lesson_id=lesson_id) for enrolment_id, lesson_id in chunk)
        for progress in LessonProgress.objects.filter(wanted):
            attempt = of_lesson[progress.enrolment_id, progress.lesson_id]
            attempt.is_booked, attempt.credited_ms = progress.completed_at is not None, progress.credited_ms


def _save_attempts(touched: Sequence[AttemptRow]) -> None:
    rows, states = [], []
    for each in touched:
        row = ScormAttempt(
            pk=each.attempt_id,
            touched_at=_at(each.touched_ms),
            last_sequence=each.last_sequence,
            ended_at=_at(each.ended_ms),
            end=each.end,
            claimed_ms=each.claimed_ms,
            current=each.current,
            is_suspended=each.is_suspended,
            paced_ms=each.paced_ms,
            **_standing(each.standing),
        )
        rows.append(row)
        if each.state is not None:
            row.state = json.loads(each.state)
            states.append(row)
    ScormAttempt.objects.bulk_update(rows, ATTEMPT_FIELDS, batch_size=CHUNK)
    ScormAttempt.objects.bulk_update(states, ["state"], batch_size=CHUNK)


def _save_activities(touched: Sequence[ActivityRow]) -> None:
    """Write the items, and give the new ones their numbers."""
    models = {
        (each.attempt_id, each.key): ScormActivity(
            pk=each.activity_id,
            attempt_id=each.attempt_id,
            key=each.key,
            elements=each.elements,
            total_time_ms=each.total_time_ms,
            entry=each.entry,
            exit=each.exit,
            revision=each.revision,
            updated_at=_at(each.touched_ms),
            **_standing(each.standing),
        )
        for each in touched
    }
    reset = [each.activity_id for each in touched if each.is_reset]
    if reset:
        ScormInteraction.objects.filter(activity_id__in=reset).delete()
        ScormObjective.objects.filter(activity_id__in=reset).delete()
    known = [model for model in models.values() if model.pk is not None]
    ScormActivity.objects.bulk_update(known, ACTIVITY_FIELDS, batch_size=CHUNK)
    ScormActivity.objects.bulk_create([model for model in models.values() if model.pk is None], batch_size=CHUNK)
    for each in touched:
        each.activity_id = models[each.attempt_id, each.key].pk


def _save_sessions(touched: Sequence[SessionRow]) -> None:
    sessions = [
        ScormSession(
            pk=each.session_id,
            attempt_id=each.attempt_id,
            activity_key=each.key,
            launch=each.launch,
            lease_id=each.lease_id,
            generation=each.generation,
            began_at=_at(each.began_ms),
            heard_at=_at(each.heard_ms),
            ended_at=_at(each.ended_ms),
            claimed_ms=each.claimed_ms,
        )
        for each in touched
    ]
    known = [each for each in sessions if each.pk is not None]
    ScormSession.objects.bulk_update(known, ["heard_at", "ended_at", "claimed_ms"], batch_size=CHUNK)
    ScormSession.objects.bulk_create([each for each in sessions if each.pk is None], batch_size=CHUNK)


def _upsert(model: type[Model], made: list[Any]) -> None:
    names = [field.name for field in model._meta.fields if field.name not in ("id", "activity", "position")]
    model._default_manager.bulk_create(
        made, update_conflicts=True, unique_fields=["activity", "position"], update_fields=names, batch_size=CHUNK
    )


def _interactions(row: ActivityRow) -> list[Interaction]:
    return [interaction_at(row.standard, row.elements, place) for place in row.touched_records("interactions")]


def _objectives(row: ActivityRow) -> list[Objective]:
    return [objective_at(row.standard, row.elements, place) for place in row.touched_records("objectives")]


def _interaction(row: ActivityRow, each: Interaction) -> ScormInteraction:
    said = {name: getattr(each, name) for name in Interaction.__slots__}
    return ScormInteraction(activity_id=_known(row), **said)


def _objective(row: ActivityRow, each: Objective) -> ScormObjective:
    return ScormObjective(
        activity_id=_known(row),
        position=each.position,
        key=each.key,
        description=each.description,
        **_standing(each.standing),
    )


def _known(row: ActivityRow) -> int:
    if row.activity_id is None:
        raise ValueError("the item is written before what belongs to it")
    return row.activity_id


def _commit(record: CommitRecord, now_ms: int) -> ScormCommit:
    return ScormCommit(
        attempt_id=record.attempt_id,
        activity_key=record.activity,
        launch=record.launch,
        generation=record.generation,
        sequence=record.sequence,
        is_last=record.is_last,
        elements=dict(record.elements),
        refused=refusals_as_json(record.refused),
        received_at=_at(now_ms),
    )


def _attempt_row(attempt: ScormAttempt) -> AttemptRow:
    return AttemptRow(
        attempt_id=attempt.pk,
        generation=attempt.generation,
        last_sequence=attempt.last_sequence,
        ended_ms=_ms(attempt.ended_at),
        end=str(attempt.end),
        claimed_ms=attempt.claimed_ms,
        standing=_said(attempt),
        current=attempt.current,
        is_suspended=attempt.is_suspended,
        paced_ms=attempt.paced_ms,
        required_ms=attempt.lesson.required_seconds * 1000,
        goal=str(attempt.lesson.scorm_goal),
    )


def _activity_row(item: ScormActivity, standard: str) -> ActivityRow:
    return ActivityRow(
        activity_id=item.pk,
        attempt_id=item.attempt_id,
        key=item.key,
        standard=standard,
        elements=dict(item.elements),
        total_time_ms=item.total_time_ms,
        entry=item.entry,
        exit=item.exit,
        revision=item.revision,
        standing=_said(item),
    )


def _session_row(session: ScormSession) -> SessionRow:
    return SessionRow(
        session_id=session.pk,
        attempt_id=session.attempt_id,
        key=session.activity_key,
        launch=session.launch,
        lease_id=session.lease_id,
        generation=session.generation,
        began_ms=epoch_ms(session.began_at),
        heard_ms=epoch_ms(session.heard_at),
        ended_ms=_ms(session.ended_at),
        claimed_ms=session.claimed_ms,
    )


def _record(commit: ScormCommit) -> CommitRecord:
    return CommitRecord(
        commit.attempt_id,
        commit.activity_key,
        commit.launch,
        commit.generation,
        commit.sequence,
        commit.is_last,
        commit.elements,
        refusals_of(commit.refused),
    )


def _said(row: ScormAttempt | ScormActivity) -> Standing:
    return Standing(str(row.completion), str(row.success), *(getattr(row, name) for name in STANDING[2:]))


def _standing(said: Standing) -> dict[str, Any]:
    values = (said.completion, said.success, said.scaled, said.raw, said.min, said.max, said.progress)
    return dict(zip(STANDING, values, strict=True))


def _any(conditions: Iterable[Q]) -> Q:
    wanted = Q()
    for condition in conditions:
        wanted |= condition
    return wanted


def _chunks(rows: Iterable[Any]) -> list[list[Any]]:
    listed = list(rows)
    return [listed[start : start + CHUNK] for start in range(0, len(listed), CHUNK)]


def _ms(at: datetime | None) -> int | None:
    return None if at is None else epoch_ms(at)


def _at(wall_ms: int | None) -> Any:
    return None if wall_ms is None else datetime.fromtimestamp(wall_ms / 1000, tz=UTC)
