"""Collect reports while a transaction runs, and commit them together in the next one."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import replace

from django.db import Error as DatabaseError
from django.db import close_old_connections
from django.utils import timezone

from lms.lib.errors import DomainError
from tracking.api.group_commit import GroupCommit, Pace, QueueFullError, judge_now
from tracking.api.recorders import Recorder, choose_recorder
from tracking.operations import complete_lesson
from tracking.operations.heartbeat_batches import ReceivedHeartbeat
from tracking.rules.heartbeat import HeartbeatAnswer, learnt_answer

# 8,000 reports: at a few thousand a second nobody waits longer than a player's patience
PACE = Pace(most_waiting=8_000, most_in_a_batch=1_000, busy_from=64, linger_s=0.012)

log = logging.getLogger(__name__)

__all__ = ["HeartbeatBatcher", "QueueFullError"]


class HeartbeatBatcher(GroupCommit[ReceivedHeartbeat, HeartbeatAnswer | None]):
    """Group commit of players' reports; the answer is None where a report's lease is unknown."""

    def __init__(self, *, record: Recorder | None = None, most_waiting: int = PACE.most_waiting) -> None:
        super().__init__(replace(PACE, most_waiting=most_waiting))
        self._record = record or choose_recorder()

    async def _store(
        self, sent: Sequence[ReceivedHeartbeat]
    ) -> list[tuple[HeartbeatAnswer | None, asyncio.Future[bool] | None]]:
        outcome = await self._record(sent)
        loop = asyncio.get_running_loop()
        bookings = {where: loop.run_in_executor(self._booker, _book, *where) for where in outcome.reached}
        bookings |= {where: loop.run_in_executor(self._booker, judge_now, *where) for where in outcome.judged}
        claims = [each.heartbeat.claims for each in sent]
        return [
            (answer, bookings.get((each.enrolment_id, each.lesson_id)))
            for each, answer in zip(claims, outcome.answers, strict=True)
        ]

    def _booked(self, answer: HeartbeatAnswer | None) -> HeartbeatAnswer | None:
        return answer and learnt_answer(answer)

    async def _let_go(self) -> None:
        await self._record.close()


def _book(enrolment_id: int, lesson_id: int) -> bool:
    """Book a lesson that was reached; what fails here, the sweep makes good. Its reports say already that it is."""
    close_old_connections()
    try:
        complete_lesson(enrolment_id=enrolment_id, lesson_id=lesson_id, now=timezone.now())
    except (DatabaseError, DomainError):
        log.exception("enrolment %s: lesson %s was reached and waits for the sweep", enrolment_id, lesson_id)
    return False
