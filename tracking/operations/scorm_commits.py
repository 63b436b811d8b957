"""Store what packages report: one commit, or many in one transaction.

What lies between reading and writing is the same rule for both. On PostgreSQL a batch waits for no attempt that
another transaction holds: its commit is answered as busy and comes again. What is answered as stored stands on disk.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction

from tracking.operations import scorm_commit_rows_portable, scorm_commit_rows_postgresql
from tracking.operations.scorm_commit_rows_postgresql import Talk
from tracking.operations.scorm_hours import judge_scorm_lesson
from tracking.queries import suspend_chars
from tracking.rules.scorm_commit import CommitAnswer, SentCommit
from tracking.rules.scorm_fold import CommitRows, fold_commit, may_complete
from tracking.rules.server_clock import epoch_ms

if TYPE_CHECKING:
    from psycopg import AsyncConnection


@dataclass(frozen=True, slots=True)
class CommitOutcome:
    """What became of a batch, committed. ``answers`` are in the order of the commits.

    ``to_judge`` names lessons that may be learnt now, each as (enrolment, lesson).
    """

    answers: list[CommitAnswer]
    to_judge: list[tuple[int, int]]


def record_scorm_commit(*, commit: SentCommit, now: datetime) -> CommitAnswer:
    """Store one commit, and book its lesson if it is learnt now.

    The lesson is judged in a transaction of its own: what a crash leaves between the two, the sweep finishes. Safe to
    retry: a commit that stands already is answered as repeated and changes nothing.
    """
    outcome = record_scorm_commits(commits=[commit], now=now)
    (answer,) = outcome.answers
    for enrolment_id, lesson_id in outcome.to_judge:
        if judge_scorm_lesson(enrolment_id=enrolment_id, lesson_id=lesson_id, now=now):
            answer = replace(answer, completed=True)
    return answer


def record_scorm_commits(*, commits: Sequence[SentCommit], now: datetime) -> CommitOutcome:
    """Store a batch of commits in the order they came, in one transaction. When this returns, the answers stand."""
    now_ms = epoch_ms(now)
    with transaction.atomic():
        if connection.vendor != "postgresql":
            rows = scorm_commit_rows_portable.load(commits)
            outcome = _fold_all(commits, rows, now_ms)
            scorm_commit_rows_portable.save(rows, now_ms=now_ms)
            return outcome
        rows = _talk(scorm_commit_rows_postgresql.load(commits))
        outcome = _fold_all(commits, rows, now_ms)
        _talk(scorm_commit_rows_postgresql.save(rows, now_ms=now_ms))
        return outcome


async def record_scorm_commits_async(
    *, connection: AsyncConnection[Any], commits: Sequence[SentCommit], now: datetime
) -> CommitOutcome:
    """The same on PostgreSQL over a connection of the event loop's own, without a thread between.

    :raises psycopg.Error: nothing was written; the connection may be lost.
    """
    now_ms = epoch_ms(now)
    async with connection.transaction():
        rows = await _talk_async(connection, scorm_commit_rows_postgresql.load(commits))
        outcome = _fold_all(commits, rows, now_ms)
        await _talk_async(connection, scorm_commit_rows_postgresql.save(rows, now_ms=now_ms))
    return outcome


def _fold_all(commits: Sequence[SentCommit], rows: CommitRows, now_ms: int) -> CommitOutcome:
    answers: list[CommitAnswer] = []
    to_judge: dict[tuple[int, int], None] = {}
    for commit in commits:
        claims = commit.claims
        answer = fold_commit(commit, rows, suspend_chars=suspend_chars(claims.standard), now_ms=now_ms)
        answers.append(answer)
        if answer.status == "stored" and may_complete(commit, rows.attempts[claims.attempt_id]):
            to_judge[claims.enrolment_id, claims.lesson_id] = None
    return CommitOutcome(answers, list(to_judge))


def _talk(talk: Talk) -> Any:
    """Hold a conversation over Django's connection, and give what it comes to."""
    found: list[tuple[Any, ...]] | None = None
    with connection.cursor() as cursor:
        while True:
            try:
                statement, values = talk.send(found) if found is not None else next(talk)
            except StopIteration as end:
                return end.value
            cursor.execute(statement, values)
            found = cursor.fetchall() if cursor.description else []


async def _talk_async(connection: AsyncConnection[Any], talk: Talk) -> Any:
    """The same over a connection of the event loop's own."""
    found: list[tuple[Any, ...]] | None = None
    while True:
        try:
            statement, values = talk.send(found) if found is not None else next(talk)
        except StopIteration as end:
            return end.value
        cursor = await connection.execute(statement, values)
        found = await cursor.fetchall() if cursor.description else []
