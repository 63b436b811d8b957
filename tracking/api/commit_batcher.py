"""Collect commits while a transaction runs, and store them together in the next one."""

from __future__ import annotations

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial

from django.db import Error as DatabaseError
from django.db import close_old_connections, connections
from django.utils import timezone

from lms.lib.errors import DomainError
from tracking.api.batcher import QueueFullError
from tracking.api.commit_recorders import CommitRecorder, choose_commit_recorder
from tracking.api.recorders import StoreError
from tracking.operations import judge_scorm_lesson
from tracking.rules.scorm_commit import CommitAnswer, SentCommit

MOST_WAITING = 2_000  # commits; each may hold a quarter of a megabyte
MOST_IN_A_BATCH = 256
BUSY_FROM = 32  # commits: a batch this large says that more are coming, so the next one waits a little to be larger
LINGER_S = 0.008

log = logging.getLogger(__name__)
Waiting = tuple[SentCommit, "asyncio.Future[CommitAnswer]"]


class CommitBatcher:
    """Group commit for one process, one batch at a time.

    A commit is answered after its batch has been written; a process that is killed loses only what it never answered.
    """

    def __init__(self, *, record: CommitRecorder | None = None, most_waiting: int = MOST_WAITING) -> None:
        self._record = record or choose_commit_recorder()
        self._most_waiting = most_waiting
        self._waiting: list[Waiting] = []
        self._judge = ThreadPoolExecutor(1, thread_name_prefix="judging")
        self._task: asyncio.Task[None] | None = None

    async def submit(self, commit: SentCommit) -> CommitAnswer:
        """Give the answer to a commit, which stands.

        :raises QueueFullError: too many wait.
        :raises StoreError: the database does not answer.
        """
        if len(self._waiting) >= self._most_waiting:
            raise QueueFullError
        future: asyncio.Future[CommitAnswer] = asyncio.get_running_loop().create_future()
        self._waiting.append((commit, future))
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._write())
        return await future

    async def close(self) -> None:
        """Wait for what is being judged, and let go of the database."""
        await asyncio.get_running_loop().run_in_executor(self._judge, connections.close_all)
        self._judge.shutdown()
        await self._record.close()

    async def _write(self) -> None:
        """Write batch after batch until none waits."""
        while self._waiting:
            batch, self._waiting = self._waiting[:MOST_IN_A_BATCH], self._waiting[MOST_IN_A_BATCH:]
            await self._write_one(batch)
            if len(batch) >= BUSY_FROM and len(self._waiting) < MOST_IN_A_BATCH:
                await asyncio.sleep(LINGER_S)

    async def _write_one(self, batch: list[Waiting]) -> None:
        try:
            outcome = await self._record([commit for commit, _ in batch])
        except StoreError as error:
            log.error("a batch of %s commits was not stored: %s", len(batch), error)
            _fail(batch, error)
            return
        except Exception as error:  # the pages must hear of it, or they wait for ever
            log.exception("a batch of %s commits was not stored", len(batch))
            _fail(batch, StoreError(str(error)))
            return
        loop = asyncio.get_running_loop()
        judged = {where: loop.run_in_executor(self._judge, _judge, *where) for where in outcome.to_judge}
        for (commit, future), answer in zip(batch, outcome.answers, strict=True):
            judgement = judged.get((commit.claims.enrolment_id, commit.claims.lesson_id))
            if judgement is None or answer.status not in ("stored", "repeated"):
                _settle(future, answer)
            else:  # whoever hears that the lesson is done finds it booked
                judgement.add_done_callback(partial(_settle_judged, future, answer))


def _judge(enrolment_id: int, lesson_id: int) -> bool:
    """Book the lesson if it is learnt, and say whether; what fails here, the sweep makes good."""
    close_old_connections()
    try:
        return judge_scorm_lesson(enrolment_id=enrolment_id, lesson_id=lesson_id, now=timezone.now())
    except (DatabaseError, DomainError):
        log.exception("enrolment %s: lesson %s was not judged and waits for the sweep", enrolment_id, lesson_id)
        return False


def _settle(future: asyncio.Future[CommitAnswer], answer: CommitAnswer) -> None:
    if not future.done():  # the page may have gone
        future.set_result(answer)


def _settle_judged(future: asyncio.Future[CommitAnswer], answer: CommitAnswer, judgement: asyncio.Future[bool]) -> None:
    is_booked = judgement.exception() is None and judgement.result()
    _settle(future, replace(answer, completed=True) if is_booked else answer)


def _fail(batch: list[Waiting], error: StoreError) -> None:
    for _, future in batch:
        if not future.done():
            future.set_exception(error)
