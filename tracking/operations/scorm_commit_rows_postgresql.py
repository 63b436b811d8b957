"""A batch's rows on PostgreSQL: two statements lock and read, one writes.

Attempts are locked first and the rest is read after: activities and sessions change under their attempt's lock alone,
so what is read then is what stands. Every column travels as one array literal, built here as text. Each function is a
conversation: it yields a statement with its parameters and is given the rows found, over whichever connection.
"""

from __future__ import annotations

import json
from collections.abc import Generator, Iterable, Sequence
from typing import Any, TypeAlias
from uuid import UUID

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
from tracking.rules.scorm_standing import interaction_at, objective_at

Statement: TypeAlias = tuple[str, list[str]]
Found: TypeAlias = list[tuple[Any, ...]]
Talk: TypeAlias = Generator[Statement, Found, Any]

_MS = "round(date_part('epoch', {}) * 1000)::bigint"
_STANDING = "completion, success, score_scaled, score_raw, score_min, score_max, progress"
_STANDING_TYPES = "%s::text[], %s::text[], %s::float8[], %s::float8[], %s::float8[], %s::float8[], %s::float8[]"
_SET_STANDING = ", ".join(f"{name} = n.{name}" for name in _STANDING.split(", "))

LOCK = f"""
SELECT id, generation, last_sequence, {_MS.format("ended_at")}, "end", claimed_ms, {_STANDING}, current, is_suspended,
       paced_ms
FROM tracking_scormattempt
WHERE id = ANY(%s::bigint[])
ORDER BY id
FOR NO KEY UPDATE SKIP LOCKED
"""  # noqa: S608 - no value is put into the text

OUTLINES = """
SELECT v.uuid, c.outline::text
FROM media_pipeline_video v
JOIN media_pipeline_scormcontent c ON c.video_id = v.id
WHERE v.uuid = ANY(%s::uuid[])
"""

KNOWN = "SELECT id FROM tracking_scormattempt WHERE id = ANY(%s::bigint[])"

READ = f"""
SELECT q.attempt_id, q.key, q.launch, l.id, p.completed_at IS NOT NULL, coalesce(p.credited_ms, 0),
       le.required_seconds, le.scorm_goal,
       t.id, t.elements::text, t.total_time_ms, t.entry, t.exit, t.revision,
       s.id, s.attempt_id, s.activity_key, s.lease_id, s.generation, {_MS.format("s.began_at")},
       {_MS.format("s.heard_at")}, {_MS.format("s.ended_at")}, s.claimed_ms, v.uuid
FROM unnest(%s::bigint[], %s::text[], %s::uuid[], %s::bigint[]) AS q(attempt_id, key, launch, lease_id)
JOIN tracking_scormattempt a ON a.id = q.attempt_id
JOIN courses_lesson le ON le.id = a.lesson_id
JOIN media_pipeline_video v ON v.id = a.video_id
LEFT JOIN tracking_lessonprogress p ON p.enrolment_id = a.enrolment_id AND p.lesson_id = a.lesson_id
LEFT JOIN tracking_playlease l ON l.id = q.lease_id
LEFT JOIN tracking_scormactivity t ON t.attempt_id = q.attempt_id AND t.key = q.key
LEFT JOIN tracking_scormsession s ON s.launch = q.launch
"""  # noqa: S608

HISTORY = """
SELECT c.attempt_id, c.activity_key, c.launch, c.generation, c.sequence, c.is_last,
       ARRAY(SELECT jsonb_object_keys(c.elements)), c.refused::text
FROM unnest(%s::bigint[], %s::int[], %s::int[]) AS q(attempt_id, generation, sequence)
JOIN tracking_scormcommit c
  ON c.attempt_id = q.attempt_id AND c.generation = q.generation AND c.sequence >= q.sequence
"""

FORGET_INTERACTIONS = "DELETE FROM tracking_scorminteraction WHERE activity_id = ANY(%s::bigint[])"
FORGET_OBJECTIVES = "DELETE FROM tracking_scormobjective WHERE activity_id = ANY(%s::bigint[])"

SAVE = f"""
WITH attempts AS (
    UPDATE tracking_scormattempt a
    SET touched_at = to_timestamp(n.touched / 1000.0), last_sequence = n.sequence,
        ended_at = to_timestamp(n.ended / 1000.0), "end" = n.reason, claimed_ms = n.claimed, {_SET_STANDING},
        current = n.current, is_suspended = n.suspended, state = coalesce(n.state, a.state), paced_ms = n.paced
    FROM unnest(%s::bigint[], %s::bigint[], %s::int[], %s::bigint[], %s::text[], %s::bigint[], {_STANDING_TYPES},
                %s::text[], %s::bool[], %s::jsonb[], %s::bigint[])
         AS n(id, touched, sequence, ended, reason, claimed, {_STANDING}, current, suspended, state, paced)
    WHERE a.id = n.id
), known AS (
    UPDATE tracking_scormactivity t
    SET elements = CASE WHEN n.is_reset THEN n.elements ELSE t.elements || n.elements END, {_SET_STANDING},
        total_time_ms = n.total, entry = n.entry, exit = n.exit, revision = n.revision,
        updated_at = to_timestamp(n.updated / 1000.0)
    FROM unnest(%s::bigint[], %s::bool[], %s::jsonb[], {_STANDING_TYPES}, %s::bigint[], %s::text[], %s::text[],
                %s::int[], %s::bigint[])
         AS n(id, is_reset, elements, {_STANDING}, total, entry, exit, revision, updated)
    WHERE t.id = n.id
), added AS (
    INSERT INTO tracking_scormactivity (attempt_id, key, elements, {_STANDING}, total_time_ms, entry, exit, revision,
                                        updated_at)
    SELECT n.attempt_id, n.key, n.elements, {", ".join(f"n.{name}" for name in _STANDING.split(", "))}, n.total,
           n.entry, n.exit, n.revision, to_timestamp(n.updated / 1000.0)
    FROM unnest(%s::bigint[], %s::text[], %s::jsonb[], {_STANDING_TYPES}, %s::bigint[], %s::text[], %s::text[],
                %s::int[], %s::bigint[])
         AS n(attempt_id, key, elements, {_STANDING}, total, entry, exit, revision, updated)
    RETURNING id, attempt_id, key
), heard AS (
    UPDATE tracking_scormsession s
    SET heard_at = to_timestamp(n.heard / 1000.0), ended_at = to_timestamp(n.ended / 1000.0), claimed_ms = n.claimed
    FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[]) AS n(id, heard, ended, claimed)
    WHERE s.id = n.id
), begun AS (
    INSERT INTO tracking_scormsession (attempt_id, activity_key, launch, lease_id, generation, began_at, heard_at,
                                       ended_at, claimed_ms)
    SELECT n.attempt_id, n.key, n.launch, n.lease_id, n.generation, to_timestamp(n.began / 1000.0),
           to_timestamp(n.heard / 1000.0), to_timestamp(n.ended / 1000.0), n.claimed
    FROM unnest(%s::bigint[], %s::text[], %s::uuid[], %s::bigint[], %s::int[], %s::bigint[], %s::bigint[],
                %s::bigint[], %s::bigint[])
         AS n(attempt_id, key, launch, lease_id, generation, began, heard, ended, claimed)
), interactions AS (
    INSERT INTO tracking_scorminteraction (activity_id, position, key, kind, said_at, weighting, correct_responses,
                                           learner_response, result, latency_ms, description, objectives)
    SELECT coalesce(n.activity_id, added.id), n.position, n.said, n.kind, n.said_at, n.weighting,
           n.correct_responses, n.learner_response, n.result, n.latency_ms, n.description, n.objectives
    FROM unnest(%s::bigint[], %s::bigint[], %s::text[], %s::int[], %s::text[], %s::text[], %s::text[], %s::float8[],
                %s::jsonb[], %s::text[], %s::text[], %s::bigint[], %s::text[], %s::jsonb[])
         AS n(activity_id, attempt_id, activity, position, said, kind, said_at, weighting, correct_responses,
              learner_response, result, latency_ms, description, objectives)
    LEFT JOIN added ON added.attempt_id = n.attempt_id AND added.key = n.activity
    ON CONFLICT (activity_id, position) DO UPDATE
    SET key = excluded.key, kind = excluded.kind, said_at = excluded.said_at, weighting = excluded.weighting,
        correct_responses = excluded.correct_responses, learner_response = excluded.learner_response,
        result = excluded.result, latency_ms = excluded.latency_ms, description = excluded.description,
        objectives = excluded.objectives
), objectives AS (
    INSERT INTO tracking_scormobjective (activity_id, position, key, description, {_STANDING})
    SELECT coalesce(n.activity_id, added.id), n.position, n.said, n.description,
           {", ".join(f"n.{name}" for name in _STANDING.split(", "))}
    FROM unnest(%s::bigint[], %s::bigint[], %s::text[], %s::int[], %s::text[], %s::text[], {_STANDING_TYPES})
         AS n(activity_id, attempt_id, activity, position, said, description, {_STANDING})
    LEFT JOIN added ON added.attempt_id = n.attempt_id AND added.key = n.activity
    ON CONFLICT (activity_id, position) DO UPDATE
    SET key = excluded.key, description = excluded.description,
        {", ".join(f"{name} = excluded.{name}" for name in _STANDING.split(", "))}
)
INSERT INTO tracking_scormcommit (attempt_id, activity_key, launch, generation, sequence, is_last, elements, refused,
                                  received_at)
SELECT n.attempt_id, n.key, n.launch, n.generation, n.sequence, n.is_last, n.elements, n.refused,
       to_timestamp(n.received / 1000.0)
FROM unnest(%s::bigint[], %s::text[], %s::uuid[], %s::int[], %s::int[], %s::bool[], %s::jsonb[], %s::jsonb[],
            %s::bigint[])
     AS n(attempt_id, key, launch, generation, sequence, is_last, elements, refused, received)
"""  # noqa: S608


def load(commits: Sequence[SentCommit]) -> Talk:
    """Lock and read what the commits concern; give the rows.

    An attempt that somebody else holds is not waited for, or one learner would hold up a thousand: it is in ``busy``.
    """
    rows = CommitRows()
    wanted = sorted({commit.claims.attempt_id for commit in commits})
    for found in (yield LOCK, _columns([(each,) for each in wanted], "n")):
        rows.attempts[found[0]] = _attempt(found)
    if missing := [each for each in wanted if each not in rows.attempts]:
        known = yield KNOWN, _columns([(each,) for each in missing], "n")
        rows.busy.update(attempt_id for (attempt_id,) in known)
    standards = {commit.claims.attempt_id: commit.claims.standard for commit in commits}
    places = sorted(
        {
            (commit.claims.attempt_id, commit.activity, str(commit.launch), commit.claims.lease_id)
            for commit in commits
            if commit.claims.attempt_id in rows.attempts
        }
    )
    if places:
        versions = _take(rows, (yield READ, _columns(places, "ntnn")), standards)
        items, unread = known_items(versions)
        if unread:
            for version, outline in (yield OUTLINES, _columns([(each,) for each in unread], "n")):
                items[version] = note_items(version, json.loads(outline))
        take_items(rows, versions, items)
    if overtaken := overtaken_in(commits, rows):
        for found in (yield HISTORY, _columns(overtaken, "nnn")):
            rows.history.setdefault(found[0], {})[found[4]] = _record(found)
    return rows


def save(rows: CommitRows, *, now_ms: int) -> Talk:
    """Write all rows back: one statement, and two more where an item was begun anew."""
    if not rows.records:
        return
    touched = [each for each in rows.activities.values() if each.touched_ms is not None]
    if reset := [(each.activity_id,) for each in touched if each.is_reset and each.activity_id is not None]:
        yield FORGET_INTERACTIONS, _columns(reset, "n")
        yield FORGET_OBJECTIVES, _columns(reset, "n")
    yield (
        SAVE,
        [
            *_attempt_columns(rows),
            *_activity_columns(touched),
            *_session_columns(rows),
            *_interaction_columns(touched),
            *_objective_columns(touched),
            *_record_columns(rows.records, now_ms),
        ],
    )


def _attempt(found: tuple[Any, ...]) -> AttemptRow:
    attempt_id, generation, last_sequence, ended_ms, end, claimed_ms, *standing, current, is_suspended, paced_ms = found
    return AttemptRow(
        attempt_id=attempt_id,
        generation=generation,
        last_sequence=last_sequence,
        ended_ms=ended_ms,
        end=end,
        claimed_ms=claimed_ms,
        standing=Standing(*standing),
        current=current,
        is_suspended=is_suspended,
        paced_ms=paced_ms,
    )


def _take(rows: CommitRows, found: Found, standards: dict[int, str]) -> dict[int, UUID]:
    """Sort what :data:`READ` found into activities, sessions and leases, and complete the attempts.

    Gives the version of the package by attempt.
    """
    for row in found:
        attempt_id, key = row[0], row[1]
        attempt = rows.attempts[attempt_id]
        attempt.is_booked, attempt.credited_ms = row[4], row[5]
        attempt.required_ms, attempt.goal = row[6] * 1000, row[7]
        if row[3] is not None:
            rows.leases.add(row[3])
        if row[8] is not None and (attempt_id, key) not in rows.activities:
            rows.activities[attempt_id, key] = ActivityRow(
                row[8], attempt_id, key, standards[attempt_id], json.loads(row[9]), *row[10:14]
            )
        if row[14] is not None:
            rows.sessions[row[2]] = SessionRow(row[14], row[15], row[16], row[2], *row[17:23])
    return {row[0]: row[23] for row in found}


def _record(found: tuple[Any, ...]) -> CommitRecord:
    attempt_id, activity, launch, generation, sequence, is_last, names, refused = found
    refusals = refusals_of(json.loads(refused))
    said = dict.fromkeys(names, "")  # of what was folded before, the values are of no more use
    return CommitRecord(attempt_id, activity, launch, generation, sequence, is_last, said, refusals)


def _attempt_columns(rows: CommitRows) -> list[str]:
    attempts = [
        (
            r.attempt_id, r.touched_ms, r.last_sequence, r.ended_ms, r.end, r.claimed_ms, *_said(r.standing),
            r.current, _bool(r.is_suspended), r.state, r.paced_ms,
        )
        for r in rows.attempts.values()
        if r.touched_ms is not None
    ]  # fmt: skip
    return _columns(attempts, "nnnntnttnnnnntntn")


def _activity_columns(touched: Sequence[ActivityRow]) -> list[str]:
    known = [
        (
            r.activity_id, _bool(r.is_reset), _json(r.changed), *_said(r.standing), r.total_time_ms, r.entry, r.exit,
            r.revision, r.touched_ms,
        )
        for r in touched
        if r.activity_id is not None
    ]  # fmt: skip
    added = [
        (
            r.attempt_id, r.key, _json(r.elements), *_said(r.standing), r.total_time_ms, r.entry, r.exit, r.revision,
            r.touched_ms,
        )
        for r in touched
        if r.activity_id is None
    ]  # fmt: skip
    return [*_columns(known, "nntttnnnnnnttnn"), *_columns(added, "nttttnnnnnnttnn")]


def _session_columns(rows: CommitRows) -> list[str]:
    touched = [each for each in rows.sessions.values() if each.is_touched]
    heard = [(r.session_id, r.heard_ms, r.ended_ms, r.claimed_ms) for r in touched if r.session_id is not None]
    begun = [
        (
            r.attempt_id, r.key, r.launch, r.lease_id, r.generation, r.began_ms, r.heard_ms, r.ended_ms, r.claimed_ms,
        )
        for r in touched
        if r.session_id is None
    ]  # fmt: skip
    return [*_columns(heard, "nnnn"), *_columns(begun, "ntnnnnnnn")]


def _interaction_columns(touched: Sequence[ActivityRow]) -> list[str]:
    rows = [
        (
            activity.activity_id, activity.attempt_id, activity.key, r.position, r.key, r.kind, r.said_at, r.weighting,
            _json(r.correct_responses), r.learner_response, r.result, r.latency_ms, r.description, _json(r.objectives),
        )
        for activity in touched
        for r in (
            interaction_at(activity.standard, activity.elements, position)
            for position in activity.touched_records("interactions")
        )
    ]  # fmt: skip
    return _columns(rows, "nntntttntttntt")


def _objective_columns(touched: Sequence[ActivityRow]) -> list[str]:
    rows = [
        (
            activity.activity_id, activity.attempt_id, activity.key, r.position, r.key, r.description,
            *_said(r.standing),
        )
        for activity in touched
        for r in (
            objective_at(activity.standard, activity.elements, position)
            for position in activity.touched_records("objectives")
        )
    ]  # fmt: skip
    return _columns(rows, "nntnttttnnnnn")


def _record_columns(records: Sequence[CommitRecord], now_ms: int) -> list[str]:
    rows = [
        (
            r.attempt_id, r.activity, r.launch, r.generation, r.sequence, _bool(r.is_last), _json(r.elements),
            _json(refusals_as_json(r.refused)) if r.refused else "[]", now_ms,
        )
        for r in records
    ]  # fmt: skip
    return _columns(rows, "ntnnnnttn")


def _said(standing: Standing) -> tuple[str, str, float | None, float | None, float | None, float | None, float | None]:
    s = standing
    return s.completion, s.success, s.scaled, s.raw, s.min, s.max, s.progress


_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False).encode


def _bool(value: bool) -> str:
    return "t" if value else "f"


def _columns(rows: Sequence[Sequence[Any]], kinds: str) -> list[str]:
    """One array literal a column; ``kinds`` has ``n`` for what needs no quotes and ``t`` for text."""
    if not rows:
        return ["{}"] * len(kinds)
    columns = zip(*rows, strict=True)
    return [_plain(c) if kind == "n" else _texts(c) for kind, c in zip(kinds, columns, strict=True)]


def _plain(column: Iterable[UUID | float | str | None]) -> str:
    return "{" + ",".join(["NULL" if value is None else str(value) for value in column]) + "}"


def _texts(column: Iterable[str | None]) -> str:
    quoted = [
        "NULL" if value is None else '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"' for value in column
    ]
    return "{" + ",".join(quoted) + "}"
