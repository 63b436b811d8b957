"""Two ways to store a batch of commits: over the event loop's own connection, and in a thread by Django's.

A batch that the database refuses for what is in it is halved until the commit is found that it cannot keep: that one is
answered as malformed, and holds up nobody else.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

from django.db import DataError, IntegrityError, close_old_connections, connection, connections
from django.db import Error as DatabaseError
from django.utils import timezone

from tracking.api.recorders import LoopConnection, SpoiltBatchError, StoreError
from tracking.operations import CommitOutcome, record_scorm_commits, record_scorm_commits_async
from tracking.rules.scorm_commit import CommitAnswer, SentCommit

log = logging.getLogger(__name__)


class CommitRecorder(Protocol):
    """Stores a batch in one transaction."""

    async def __call__(self, commits: Sequence[SentCommit]) -> CommitOutcome:
        """Store a batch.

        :raises StoreError: it cannot be stored now.
        """

    async def close(self) -> None:
        """Let go of the database."""


class LoopCommitRecorder(LoopConnection):
    """Commits, over the loop's own connection."""

    async def __call__(self, commits: Sequence[SentCommit]) -> CommitOutcome:
        """Store a batch.

        :raises StoreError: it cannot be stored now.
        """
        try:
            return await self.write(
                lambda connection: record_scorm_commits_async(
                    connection=connection, commits=commits, now=timezone.now()
                )
            )
        except SpoiltBatchError as error:
            if len(commits) == 1:
                return _refused(commits[0], error)
            half = len(commits) // 2
            return _joined(await self(commits[:half]), await self(commits[half:]))


class ThreadCommitRecorder:
    """Any database, in one thread of its own."""

    def __init__(self) -> None:
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="commits")

    async def __call__(self, commits: Sequence[SentCommit]) -> CommitOutcome:
        """Store a batch.

        :raises StoreError: it cannot be stored now.
        """
        return await asyncio.get_running_loop().run_in_executor(self._writer, _store_now, commits)

    async def close(self) -> None:
        """Close the thread's connection, and end the thread."""
        await asyncio.get_running_loop().run_in_executor(self._writer, connections.close_all)
        self._writer.shutdown()


def choose_commit_recorder() -> CommitRecorder:
    """The recorder for the site's database."""
    return LoopCommitRecorder() if connection.vendor == "postgresql" else ThreadCommitRecorder()


def _store_now(commits: Sequence[SentCommit]) -> CommitOutcome:
    close_old_connections()
    try:
        return record_scorm_commits(commits=commits, now=timezone.now())
    except (DataError, IntegrityError, OverflowError) as error:
        if len(commits) == 1:
            return _refused(commits[0], error)
        half = len(commits) // 2
        return _joined(_store_now(commits[:half]), _store_now(commits[half:]))
    except DatabaseError as error:
        raise StoreError(str(error)) from error


def _refused(commit: SentCommit, error: Exception) -> CommitOutcome:
    log.error("attempt %s: commit %s cannot be kept: %s", commit.claims.attempt_id, commit.sequence, error)
    return CommitOutcome([CommitAnswer("unkeepable", commit.sequence)], [])


def _joined(first: CommitOutcome, second: CommitOutcome) -> CommitOutcome:
    return CommitOutcome([*first.answers, *second.answers], [*first.to_judge, *second.to_judge])
