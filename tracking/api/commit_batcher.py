"""Collect commits while a transaction runs, and store them together in the next one."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from tracking.api.commit_recorders import CommitRecorder, choose_commit_recorder
from tracking.api.group_commit import GroupCommit, Pace, judge_now
from tracking.rules.scorm_commit import CommitAnswer, SentCommit

# 2,000 commits: each may hold a quarter of a megabyte
PACE = Pace(most_waiting=2_000, most_in_a_batch=256, busy_from=32, linger_s=0.008)


class CommitBatcher(GroupCommit[SentCommit, CommitAnswer]):
    """Group commit of what packages report."""

    def __init__(self, *, record: CommitRecorder | None = None, most_waiting: int = PACE.most_waiting) -> None:
        super().__init__(replace(PACE, most_waiting=most_waiting))
        self._record = record or choose_commit_recorder()

    async def _store(self, sent: Sequence[SentCommit]) -> list[tuple[CommitAnswer, asyncio.Future[bool] | None]]:
        outcome = await self._record(sent)
        loop = asyncio.get_running_loop()
        judged = {where: loop.run_in_executor(self._booker, judge_now, *where) for where in outcome.to_judge}
        lessons = [(each.claims.enrolment_id, each.claims.lesson_id) for each in sent]
        return [
            (answer, judged.get(lesson) if answer.status in ("stored", "repeated") else None)
            for lesson, answer in zip(lessons, outcome.answers, strict=True)
        ]

    def _booked(self, answer: CommitAnswer) -> CommitAnswer:
        return replace(answer, completed=True)

    async def _let_go(self) -> None:
        await self._record.close()
