"""Collect reports while a transaction runs, and commit them together in the next one."""

from __future__ import annotations

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from django.db import Error as DatabaseError
from django.db import close_old_connections, connections
from django.utils import timezone

from lms.lib.errors import DomainError
from tracking.api.recorders import Recorder, StoreError, choose_recorder
from tracking.operations import complete_lesson, judge_scorm_lesson
from tracking.operations.heartbeat_batches import ReceivedHeartbeat
from tracking.rules.heartbeat import HeartbeatAnswer, learnt_answer

MOST_WAITING = 8_000  # reports; at a few thousand a second nobody waits longer than a player's patience
MOST_IN_A_BATCH = 1_000
BUSY_FROM = 64  # reports: a batch this large says that more are coming, so the next one waits a little to be larger
LINGER_S = 0.012

log = logging.getLogger(__name__)
Waiting = tuple[ReceivedHeartbeat, "asyncio.Future[HeartbeatAnswer | None]"]


class QueueFullError(Exception):
    """More reports wait than can be written soon; the player keeps its own and comes back."""


class HeartbeatBatcher:
    """Group commit for one process, one batch at a time.

    A report is answered after its batch has committed; a process that is killed loses only what it never answered. One
    batch is written while the next collects, so batches grow with the load by themselves.
    """

    def __init__(
        self,
        *,
        record: Recorder | None = None,
        most_waiting: int = MOST_WAITING,
    ) -> None:
        self._record = record or choose_recorder()
        self._most_waiting = most_waiting
        self._waiting: list[Waiting] = []
        self._booker = ThreadPoolExecutor(1, thread_name_prefix="booking")
        self._task: asyncio.Task[None] | None = None

    async def submit(self, received: ReceivedHeartbeat) -> HeartbeatAnswer | None:
        """Give the committed answer to a report; None where its lease is unknown.

        :raises QueueFullError: too many wait.
        :raises StoreError: the database does not answer.
        """
        if len(self._waiting) >= self._most_waiting:
            raise QueueFullError
        future: asyncio.Future[HeartbeatAnswer | None] = asyncio.get_running_loop().create_future()
        self._waiting.append((received, future))
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._write())
        return await future

    async def close(self) -> None:
        """Wait for what is being booked, and let go of the database."""
        await asyncio.get_running_loop().run_in_executor(self._booker, connections.close_all)
        self._booker.shutdown()
        await self._record.close()

    async def _write(self) -> None:
        """Write batch after batch until none waits."""
        while self._waiting:
            batch, self._waiting = self._waiting[:MOST_IN_A_BATCH], self._waiting[MOST_IN_A_BATCH:]
            await self._write_one(batch)
            if len(batch) >= BUSY_FROM and len(self._waiting) < MOST_IN_A_BATCH:
                await asyncio.sleep(LINGER_S)

    async def _write_one(self, batch: list[Waiting]) -> None:
        loop = asyncio.get_running_loop()
        try:
            outcome = await self._record([received for received, _ in batch])
        except StoreError as error:
            log.error("a batch of %s reports was not written: %s", len(batch), error)
            _fail(batch, error)
            return
        except Exception as error:  # the players must hear of it, or they wait for ever
            log.exception("a batch of %s reports was not written", len(batch))
            _fail(batch, StoreError(str(error)))
            return
        booked = {
            (enrolment_id, lesson_id): loop.run_in_executor(
                self._booker, partial(_book, enrolment_id=enrolment_id, lesson_id=lesson_id)
            )
            for enrolment_id, lesson_id in outcome.reached
        }
        judged = {
            where: loop.run_in_executor(self._booker, partial(_judge, enrolment_id=where[0], lesson_id=where[1]))
            for where in outcome.judged
        }
        for (received, future), answer in zip(batch, outcome.answers, strict=True):
            claims = received.heartbeat.claims
            booking = booked.get((claims.enrolment_id, claims.lesson_id))
            judgement = judged.get((claims.enrolment_id, claims.lesson_id))
            if judgement is not None:
                judgement.add_done_callback(partial(_settle_judged, future, answer))
            elif booking is None:
                _settle(future, answer)
            else:  # whoever hears that the lesson is done finds it booked
                booking.add_done_callback(partial(_settle_booked, future, answer))


def _book(*, enrolment_id: int, lesson_id: int) -> None:
    """Book a lesson that was reached; what fails here, the sweep makes good."""
    close_old_connections()
    try:
        complete_lesson(enrolment_id=enrolment_id, lesson_id=lesson_id, now=timezone.now())
    except (DatabaseError, DomainError):
        log.exception("enrolment %s: lesson %s was reached and waits for the sweep", enrolment_id, lesson_id)


def _judge(*, enrolment_id: int, lesson_id: int) -> bool:
    """Book a package's lesson if it is learnt, and say whether; what fails here, the sweep makes good."""
    close_old_connections()
    try:
        return judge_scorm_lesson(enrolment_id=enrolment_id, lesson_id=lesson_id, now=timezone.now())
    except (DatabaseError, DomainError):
        log.exception("enrolment %s: lesson %s was not judged and waits for the sweep", enrolment_id, lesson_id)
        return False


def _settle(future: asyncio.Future[HeartbeatAnswer | None], answer: HeartbeatAnswer | None) -> None:
    if not future.done():  # the player may have gone
        future.set_result(answer)


def _settle_booked(
    future: asyncio.Future[HeartbeatAnswer | None], answer: HeartbeatAnswer | None, _booking: asyncio.Future[None]
) -> None:
    _settle(future, answer)


def _settle_judged(
    future: asyncio.Future[HeartbeatAnswer | None], answer: HeartbeatAnswer | None, judgement: asyncio.Future[bool]
) -> None:
    is_learnt = answer is not None and judgement.exception() is None and judgement.result()
    _settle(future, learnt_answer(answer) if answer is not None and is_learnt else answer)


def _fail(batch: list[Waiting], error: StoreError) -> None:
    for _, future in batch:
        if not future.done():
            future.set_exception(error)
