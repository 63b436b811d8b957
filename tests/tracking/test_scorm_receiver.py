"""The fast path of commits answers as the ordinary view does, after the commit, and says so when it is busy."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from django.test import RequestFactory
from django.utils import timezone

from tests.factories.scorm_commits import Sitting, make_sitting
from tests.factories.tracking import NOW
from tracking.api import CommitReceiver
from tracking.api.commit_batcher import CommitBatcher
from tracking.api.recorders import StoreError
from tracking.api.scorm_commits import COMMIT_PATH
from tracking.models import LedgerEntry, LessonProgress, ScormActivity, ScormAttempt, ScormCommit
from tracking.operations import CommitOutcome
from tracking.queries import lease_token
from tracking.rules.scorm_commit import CommitAnswer, SentCommit
from tracking.views import scorm_commit

Answer = tuple[int, dict[str, Any], dict[bytes, bytes]]
MOMENT = NOW + timedelta(seconds=30)


async def pages(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 299, "headers": []})
    await send({"type": "http.response.body", "body": b'{"page": true}'})


async def ask(receiver: CommitReceiver, body: bytes, *, path: str = COMMIT_PATH, method: str = "POST") -> Answer:
    messages: list[Any] = []
    halves = [
        {"type": "http.request", "body": body[: len(body) // 2], "more_body": True},
        {"type": "http.request", "body": body[len(body) // 2 :], "more_body": False},
    ]

    async def receive() -> Any:
        return halves.pop(0)

    async def send(message: Any) -> None:
        messages.append(message)

    await receiver({"type": "http", "path": path, "method": method, "headers": []}, receive, send)
    return messages[0]["status"], json.loads(messages[1]["body"]), dict(messages[0]["headers"])


def ask_together(*bodies: bytes) -> list[Answer]:
    """Ask a receiver of its own all at once, and close what its threads opened."""

    async def run() -> list[Answer]:
        batcher = CommitBatcher()
        try:
            receiver = CommitReceiver(pages, batcher=batcher)
            return await asyncio.gather(*(ask(receiver, body) for body in bodies))
        finally:
            await batcher.close()

    return asyncio.run(run())


def ask_once(body: bytes) -> Answer:
    return ask_together(body)[0]


def ask_plainly(body: bytes) -> tuple[int, dict[str, Any]]:
    answer = scorm_commit(RequestFactory().post(COMMIT_PATH, body, "text/plain"))
    return answer.status_code, json.loads(answer.content)


def bytes_of(body: dict[str, Any]) -> bytes:
    return json.dumps(body).encode()


class Recorder:
    """A recorder that a test holds in its hand: batches wait until they are let go."""

    def __init__(self) -> None:
        self.sizes: list[int] = []
        self.gate = asyncio.Event()
        self.error: Exception | None = None

    async def __call__(self, commits: Sequence[SentCommit]) -> CommitOutcome:
        self.sizes.append(len(commits))
        await self.gate.wait()
        if self.error:
            raise self.error
        return CommitOutcome([CommitAnswer("stored", commit.sequence) for commit in commits], [])

    async def close(self) -> None:
        """Nothing is held."""


@pytest.mark.django_db(transaction=True)
def test_commit_stands_when_it_is_answered() -> None:
    sitting = make_sitting()
    status, answer, headers = ask_once(bytes_of(sitting.body({"cmi.suspend_data": "x", "cmi.nonsense": "y"})))
    refused = [{"element": "cmi.nonsense", "code": 401}]
    assert (status, answer) == (200, {"status": "stored", "sequence": 0, "refused": refused, "completed": False})
    assert (headers[b"cache-control"], headers[b"content-type"]) == (b"no-store", b"application/json")
    assert ScormActivity.objects.get().elements == {"cmi.suspend_data": "x"}


def odd_bodies(sitting: Sitting) -> list[bytes]:
    """Right ones and wrong ones, each on top of those before."""
    first = sitting.body({"cmi.core.lesson_status": "incomplete"})
    wrong = {**first, "sequence": 5, "elements": {"cmi.core.lesson_status": "won", "cmi.comments": "\0"}}
    stale_token = {**first, "token": lease_token(sitting.lease)}
    return [
        bytes_of(first),
        bytes_of(first),
        bytes_of(wrong),
        bytes_of({**first, "sequence": 6, "activity": "ITEM-2"}),
        bytes_of(stale_token),
        bytes_of({**first, "token": "none.of ours"}),
        bytes_of({**first, "sequence": "all"}),
        b"\xff",
        b"x" * 300_000,
        bytes_of({**first, "sequence": 7, "ended": "finished"}),
        bytes_of({**first, "sequence": 8}),
    ]


@pytest.mark.django_db(transaction=True)
def test_answers_are_those_of_the_ordinary_view() -> None:
    first, second = make_sitting(), make_sitting()
    fast = [ask_once(body)[:2] for body in odd_bodies(first)]
    plain = [ask_plainly(body) for body in odd_bodies(second)]
    assert fast == plain
    assert [status for status, _ in fast] == [200, 200, 200, 400, 403, 403, 400, 400, 400, 200, 409]
    ScormAttempt.objects.update(generation=9)
    assert ask_once(bytes_of(first.body()))[:2] == (409, {"error": "stale", "reason": "stale"})
    assert ask_plainly(bytes_of(second.body())) == (409, {"error": "stale", "reason": "stale"})


@pytest.mark.django_db(transaction=True)
def test_lesson_that_is_learnt_is_booked_before_the_answer() -> None:
    sitting = make_sitting(required_seconds=60)
    LessonProgress.objects.update(credited_ms=60_000)
    body = sitting.body({"cmi.core.lesson_status": "passed"}, rollup={"completion": "completed", "success": "passed"})
    _status, answer, _headers = ask_once(bytes_of(body))
    assert answer["completed"] is True
    assert LedgerEntry.objects.get().lesson_id == sitting.lease.lesson_id


@pytest.mark.django_db(transaction=True)
def test_commits_of_many_learners_are_stored_together() -> None:
    sittings = [make_sitting() for _ in range(8)]
    answers = ask_together(
        *(bytes_of(each.body({"cmi.core.lesson_location": str(n)})) for n, each in enumerate(sittings))
    )
    assert [answer[0] for answer in answers] == [200] * 8
    stored = ScormActivity.objects.order_by("attempt_id")
    assert [each.elements["cmi.core.lesson_location"] for each in stored] == [str(n) for n in range(8)]


@pytest.mark.django_db(transaction=True)
def test_commit_that_no_database_keeps_holds_up_nobody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    sittings = [make_sitting() for _ in range(5)]
    bodies = [each.body({"cmi.core.lesson_location": "1"}) for each in sittings]
    monkeypatch.setattr("tracking.rules.scorm_commit.MAX_SEQUENCE", 10**30)
    bodies[2]["sequence"] = 10**20  # more than any column holds
    answers = ask_together(*map(bytes_of, bodies))
    assert [answer[0] for answer in answers] == [200, 200, 400, 200, 200]
    assert ScormCommit.objects.count() == 4


@pytest.mark.parametrize(("path", "method"), [("/", "POST"), (COMMIT_PATH, "GET"), (COMMIT_PATH + "/", "POST")])
def test_everything_else_is_a_page(path: str, method: str) -> None:
    async def run() -> Answer:
        receiver = CommitReceiver(pages, batcher=CommitBatcher(record=Recorder()))
        return await ask(receiver, b"", path=path, method=method)

    assert asyncio.run(run())[0] == 299


@pytest.mark.django_db
def test_commits_that_come_while_a_batch_is_stored_are_stored_together() -> None:
    body = bytes_of(make_sitting().body())

    async def run() -> tuple[list[int], list[Answer]]:
        recorder = Recorder()
        receiver = CommitReceiver(pages, batcher=CommitBatcher(record=recorder))
        first = asyncio.create_task(ask(receiver, body))
        await asyncio.sleep(0.01)
        others = [asyncio.create_task(ask(receiver, body)) for _ in range(30)]
        await asyncio.sleep(0.01)
        assert not any(task.done() for task in [first, *others]), "answered before the commit"
        recorder.gate.set()
        return recorder.sizes, await asyncio.gather(first, *others)

    sizes, answers = asyncio.run(run())
    assert sizes == [1, 30]
    assert {answer[0] for answer in answers} == {200}


@pytest.mark.django_db
def test_full_queue_asks_pages_to_come_back() -> None:
    body = bytes_of(make_sitting().body())

    async def run() -> tuple[Answer, int]:
        recorder = Recorder()
        receiver = CommitReceiver(pages, batcher=CommitBatcher(record=recorder, most_waiting=5))
        tasks = [asyncio.create_task(ask(receiver, body))]
        await asyncio.sleep(0.01)  # this one is being stored
        tasks += [asyncio.create_task(ask(receiver, body)) for _ in range(5)]
        await asyncio.sleep(0.01)
        refused = await ask(receiver, body)
        recorder.gate.set()
        answers = await asyncio.gather(*tasks)
        return refused, sum(answer[0] == 200 for answer in answers)

    (status, answer, headers), answered = asyncio.run(run())
    assert (status, answer, headers[b"retry-after"]) == (503, {"error": "busy", "reason": "queue"}, b"3")
    assert answered == 6


@pytest.mark.django_db
def test_batch_that_cannot_be_stored_is_nobodys_loss() -> None:
    body = bytes_of(make_sitting().body())

    async def run() -> list[int]:
        recorder = Recorder()
        recorder.gate.set()
        receiver = CommitReceiver(pages, batcher=CommitBatcher(record=recorder))
        statuses = []
        for error in (StoreError("away"), ValueError("a fault of ours"), None):
            recorder.error = error
            statuses.append((await ask(receiver, body))[0])
        return statuses

    assert asyncio.run(run()) == [503, 503, 200]


@pytest.mark.django_db
def test_page_that_goes_away_disturbs_nobody() -> None:
    body = bytes_of(make_sitting().body())

    async def run() -> Answer:
        recorder = Recorder()
        receiver = CommitReceiver(pages, batcher=CommitBatcher(record=recorder))
        gone = asyncio.create_task(ask(receiver, body))
        stays = asyncio.create_task(ask(receiver, body))
        await asyncio.sleep(0.01)
        gone.cancel()
        recorder.gate.set()
        return await stays

    assert asyncio.run(run())[0] == 200


@pytest.fixture(autouse=True)
def _clock_of_the_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tracking.api.scorm_commits.time.time", lambda: MOMENT.timestamp())
    monkeypatch.setattr(timezone, "now", lambda: MOMENT)
