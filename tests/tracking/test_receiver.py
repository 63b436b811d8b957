"""The fast path answers as the ordinary view does, after the commit, and says so when it is busy."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.factories.tracking import NOW, make_enrolment, make_lease, report_body
from tracking.api import HeartbeatReceiver
from tracking.api.batcher import HeartbeatBatcher
from tracking.api.heartbeats import END_PATH, HEARTBEAT_PATH
from tracking.api.recorders import StoreError
from tracking.models import LedgerEntry, LessonProgress, PlayLease
from tracking.operations.heartbeat_batches import BatchOutcome, ReceivedHeartbeat
from tracking.rules.server_clock import reading_of

Answer = tuple[int, dict[str, Any], dict[bytes, bytes]]


async def pages(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 299, "headers": []})
    await send({"type": "http.response.body", "body": b'{"page": true}'})


async def ask(
    receiver: HeartbeatReceiver, body: bytes, *, path: str = HEARTBEAT_PATH, method: str = "POST", language: bytes = b""
) -> Answer:
    messages: list[Any] = []
    halves = [
        {"type": "http.request", "body": body[: len(body) // 2], "more_body": True},
        {"type": "http.request", "body": body[len(body) // 2 :], "more_body": False},
    ]

    async def receive() -> Any:
        return halves.pop(0)

    async def send(message: Any) -> None:
        messages.append(message)

    headers = [(b"accept-language", language)] if language else []
    scope = {"type": "http", "path": path, "method": method, "headers": headers}
    await receiver(scope, receive, send)
    return messages[0]["status"], json.loads(messages[1]["body"]), dict(messages[0]["headers"])


def ask_once(body: bytes, **how: Any) -> Answer:
    """Ask a receiver of its own, and close what its threads opened."""

    async def run() -> Answer:
        batcher = HeartbeatBatcher()
        try:
            return await ask(HeartbeatReceiver(pages, batcher=batcher), body, **how)
        finally:
            await batcher.close()

    return asyncio.run(run())


def body_of(lease: PlayLease, **changes: Any) -> bytes:
    return json.dumps(report_body(lease, **changes)).encode()


class Recorder:
    """A recorder that a test holds in its hand: batches wait until they are let go."""

    def __init__(self) -> None:
        self.sizes: list[int] = []
        self.gate = asyncio.Event()
        self.error: Exception | None = None

    async def __call__(self, received: Sequence[ReceivedHeartbeat]) -> BatchOutcome:
        self.sizes.append(len(received))
        await self.gate.wait()
        if self.error:
            raise self.error
        return BatchOutcome([None] * len(received), [])

    async def close(self) -> None:
        """Nothing is held."""


@pytest.mark.django_db(transaction=True)
def test_report_stands_when_it_is_answered() -> None:
    lease = make_lease()
    status, answer, headers = ask_once(body_of(lease, intervals=[[0, 2_000]]))
    assert (status, answer["status"], answer["credited_ms"]) == (200, "counted", 2_000)
    assert (headers[b"cache-control"], headers[b"content-type"]) == (b"no-store", b"application/json")
    assert LessonProgress.objects.get().coverage == [[0, 2_000]]


@pytest.mark.django_db(transaction=True)
def test_answer_is_that_of_the_ordinary_view() -> None:
    first, second = make_lease(), make_lease()
    for changes in (
        {"intervals": [[0, 2_000]]},
        {"intervals": [[0, 2_000]]},
        {"sequence": 1, "intervals": [[0, 3_000]], "rate": 2.0},
        {"sequence": 2, "intervals": [[2_000, 2_500]], "visible": False},
        {"sequence": 3, "intervals": [[59_000, 62_000]]},
        {"sequence": 4, "intervals": "all"},
        {"sequence": 5, "token": "none.of ours"},
    ):
        fast = ask_once(body_of(first, **changes))
        plain = Client().post(reverse("tracking:heartbeat"), body_of(second, **changes), "application/json")
        assert (fast[0], fast[1]) == (plain.status_code, plain.json())


@pytest.mark.django_db(transaction=True)
def test_lesson_that_is_reached_is_booked_before_the_answer() -> None:
    lease = make_lease()
    PlayLease.objects.update(elapsed_ms=60_000)
    _status, answer, _headers = ask_once(body_of(lease, intervals=[[0, 55_000]]))
    assert answer["completed"] is True
    assert LedgerEntry.objects.get().lesson_id == lease.lesson_id


@pytest.mark.django_db(transaction=True)
def test_page_that_is_left_ends_its_lease() -> None:
    lease = make_lease()
    status, answer, _headers = ask_once(body_of(lease, intervals=[[0, 1_000]]), path=END_PATH)
    assert (status, answer["end_reason"]) == (200, "left")
    assert ask_once(body_of(lease, sequence=1))[0] == 409


@pytest.mark.django_db(transaction=True)
def test_lease_that_is_not_known_is_said_to_be_so_in_the_readers_language() -> None:
    lease = make_lease(enrolment=make_enrolment())
    body = body_of(lease)
    PlayLease.objects.all().delete()
    assert ask_once(body)[:2] == (
        409,
        {"error": "lease_unknown", "reason": "lease_unknown", "message": "播放许可已失效，请刷新页面重新开始。"},
    )
    assert "reload" in ask_once(body, language=b"en-GB,en;q=0.9")[1]["message"].lower()


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"x" * 9_000, b"\xff\xff"])
def test_what_is_no_report_is_refused(body: bytes) -> None:
    async def run() -> Answer:
        return await ask(HeartbeatReceiver(pages, batcher=HeartbeatBatcher(record=Recorder())), body)

    status, answer, _headers = asyncio.run(run())
    assert (status, answer["error"]) == (400, "malformed")


@pytest.mark.parametrize(("path", "method"), [("/", "POST"), (HEARTBEAT_PATH, "GET"), ("/study/heartbeat/x", "POST")])
def test_everything_else_is_a_page(path: str, method: str) -> None:
    async def run() -> Answer:
        receiver = HeartbeatReceiver(pages, batcher=HeartbeatBatcher(record=Recorder()))
        return await ask(receiver, b"", path=path, method=method)

    assert asyncio.run(run())[0] == 299


@pytest.mark.django_db
def test_reports_that_come_while_a_batch_is_written_are_written_together() -> None:
    body = body_of(make_lease())

    async def run() -> tuple[list[int], list[Answer]]:
        recorder = Recorder()
        receiver = HeartbeatReceiver(pages, batcher=HeartbeatBatcher(record=recorder))
        first = asyncio.create_task(ask(receiver, body))
        await asyncio.sleep(0.01)
        others = [asyncio.create_task(ask(receiver, body)) for _ in range(30)]
        await asyncio.sleep(0.01)
        assert not any(task.done() for task in [first, *others]), "answered before the commit"
        recorder.gate.set()
        return recorder.sizes, await asyncio.gather(first, *others)

    sizes, answers = asyncio.run(run())
    assert sizes == [1, 30]
    assert {answer[0] for answer in answers} == {409}


@pytest.mark.django_db
def test_full_queue_asks_players_to_come_back() -> None:
    body = body_of(make_lease())

    async def run() -> tuple[Answer, int]:
        recorder = Recorder()
        receiver = HeartbeatReceiver(pages, batcher=HeartbeatBatcher(record=recorder, most_waiting=5))
        tasks = [asyncio.create_task(ask(receiver, body))]
        await asyncio.sleep(0.01)  # this one is being written
        tasks += [asyncio.create_task(ask(receiver, body)) for _ in range(5)]
        await asyncio.sleep(0.01)
        refused = await ask(receiver, body)
        recorder.gate.set()
        answers = await asyncio.gather(*tasks)
        return refused, sum(answer[0] == 409 for answer in answers)

    (status, answer, headers), answered = asyncio.run(run())
    assert (status, answer["error"], headers[b"retry-after"]) == (503, "busy", b"3")
    assert answered == 6


@pytest.mark.django_db
def test_batch_that_cannot_be_written_is_nobodys_loss() -> None:
    body = body_of(make_lease())

    async def run() -> list[int]:
        recorder = Recorder()
        recorder.gate.set()
        receiver = HeartbeatReceiver(pages, batcher=HeartbeatBatcher(record=recorder))
        statuses = []
        for error in (StoreError("away"), ValueError("a fault of ours"), None):
            recorder.error = error
            statuses.append((await ask(receiver, body))[0])
        return statuses

    assert asyncio.run(run()) == [503, 503, 409]


@pytest.mark.django_db
def test_player_that_goes_away_disturbs_nobody() -> None:
    body = body_of(make_lease())

    async def run() -> Answer:
        recorder = Recorder()
        receiver = HeartbeatReceiver(pages, batcher=HeartbeatBatcher(record=recorder))
        gone = asyncio.create_task(ask(receiver, body))
        stays = asyncio.create_task(ask(receiver, body))
        await asyncio.sleep(0.01)
        gone.cancel()
        recorder.gate.set()
        return await stays

    assert asyncio.run(run())[0] == 409


@pytest.fixture(autouse=True)
def _clock_of_the_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    moment = NOW + timedelta(seconds=2)
    for place in ("tracking.api.recorders", "tracking.views.heartbeats"):
        monkeypatch.setattr(f"{place}.read_clock", lambda: reading_of(moment))
    monkeypatch.setattr(timezone, "now", lambda: moment)
