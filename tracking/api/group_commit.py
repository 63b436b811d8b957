"""Group commit for one process: what comes in while a transaction runs is written together in the next one."""

from __future__ import annotations

import asyncio
import logging
from abc import ABC, abstractmethod
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Generic, TypeVar

from django.db import Error as DatabaseError
from django.db import close_old_connections, connections
from django.utils import timezone

from lms.lib.errors import DomainError
from tracking.api.recorders import StoreError
from tracking.operations import judge_scorm_lesson

Sent = TypeVar("Sent")
Answer = TypeVar("Answer")

log = logging.getLogger(__name__)


class QueueFullError(Exception):
    """More waits than can be written soon; the page keeps its own and comes back."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How much may wait, how much is written at once, and when the next batch waits a little to be larger.

    A batch of ``busy_from`` says that more is coming: then ``linger_s`` seconds pass before the next one.
    """

    most_waiting: int
    most_in_a_batch: int
    busy_from: int
    linger_s: float


class GroupCommit(ABC, Generic[Sent, Answer]):
    """One batch at a time; each is answered after it has committed.

    A process that is killed loses only what it never answered. One batch is written while the next collects, so batches
    grow with the load by themselves. ``_booker`` is a thread in which lessons are booked meanwhile.
    """

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._waiting: list[tuple[Sent, asyncio.Future[Answer]]] = []
        self._booker = ThreadPoolExecutor(1, thread_name_prefix="booking")
        self._task: asyncio.Task[None] | None = None

    @abstractmethod
    async def _store(self, sent: Sequence[Sent]) -> list[tuple[Answer, asyncio.Future[bool] | None]]:
        """Write a batch; give the answers, each with the booking of its lesson that is under way, or None.

        :raises StoreError: it cannot be written now.
        """

    @abstractmethod
    def _booked(self, answer: Answer) -> Answer:
        """The answer of whoever hears that the lesson is learnt."""

    @abstractmethod
    async def _let_go(self) -> None:
        """Let go of the database."""

    async def submit(self, sent: Sent) -> Answer:
        """Give the answer, which stands.

        :raises QueueFullError: too many wait.
        :raises StoreError: the database does not answer.
        """
        if len(self._waiting) >= self._pace.most_waiting:
            raise QueueFullError
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting.append((sent, future))
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._write())
        return await future

    async def close(self) -> None:
        """Wait for what is being booked, and let go of the database."""
        await asyncio.get_running_loop().run_in_executor(self._booker, connections.close_all)
        self._booker.shutdown()
        await self._let_go()

    async def _write(self) -> None:
        """Write batch after batch until none waits."""
        most = self._pace.most_in_a_batch
        while self._waiting:
            batch, self._waiting = self._waiting[:most], self._waiting[most:]
            await self._write_one(batch)
            if len(batch) >= self._pace.busy_from and len(self._waiting) < most:
                await asyncio.sleep(self._pace.linger_s)

    async def _write_one(self, batch: list[tuple[Sent, asyncio.Future[Answer]]]) -> None:
        try:
            stored = await self._store([sent for sent, _ in batch])
        except StoreError as error:
            log.error("a batch of %s was not written: %s", len(batch), error)
            _fail(batch, error)
            return
        except Exception as error:  # the pages must hear of it, or they wait for ever
            log.exception("a batch of %s was not written", len(batch))
            _fail(batch, StoreError(str(error)))
            return
        for (_, future), (answer, booking) in zip(batch, stored, strict=True):
            if booking is None:
                _settle(future, answer)
            else:  # whoever hears that the lesson is done finds it booked
                booking.add_done_callback(partial(self._settle_booked, future, answer))

    def _settle_booked(self, future: asyncio.Future[Answer], answer: Answer, booking: asyncio.Future[bool]) -> None:
        is_learnt = booking.exception() is None and booking.result()
        _settle(future, self._booked(answer) if is_learnt else answer)


def judge_now(enrolment_id: int, lesson_id: int) -> bool:
    """Book a package's lesson if it is learnt, and say whether; what fails here, the sweep makes good."""
    close_old_connections()
    try:
        return judge_scorm_lesson(enrolment_id=enrolment_id, lesson_id=lesson_id, now=timezone.now())
    except (DatabaseError, DomainError):
        log.exception("enrolment %s: lesson %s was not judged and waits for the sweep", enrolment_id, lesson_id)
        return False


def _settle(future: asyncio.Future[Answer], answer: Answer) -> None:
    if not future.done():  # the page may have gone
        future.set_result(answer)


def _fail(batch: list[tuple[Sent, asyncio.Future[Answer]]], error: StoreError) -> None:
    for _, future in batch:
        if not future.done():
            future.set_exception(error)
