"""Reading a heartbeat, and saying what became of it."""

import json
from typing import Any

import pytest

from tests.tracking.test_rules_lease_token import CLAIMS, KEY
from tracking.enums import NotCountedReason
from tracking.rules.heartbeat import (
    HeartbeatAnswer,
    LeaseTokenError,
    MalformedReportError,
    beat_interval_ms,
    read_heartbeat,
)
from tracking.rules.lease_token import sign_lease_token
from tracking.rules.play_report import PlayReport

TOKEN = sign_lease_token(CLAIMS, key=KEY)
PAYLOAD: dict[str, Any] = {
    "token": TOKEN,
    "sequence": 3,
    "intervals": [[0, 30_000]],
    "rate": 1.0,
    "visible": True,
    "position_ms": 30_000,
}


def _body(**changes: Any) -> bytes:
    return json.dumps({**PAYLOAD, **changes}).encode()


def test_heartbeat_is_read_whole() -> None:
    heartbeat = read_heartbeat(_body(), key=KEY)
    assert heartbeat.claims == CLAIMS
    assert heartbeat.report == PlayReport(sequence=3, intervals=((0, 30_000),), rate_permille=1000, visible=True)
    assert heartbeat.position_ms == 30_000


def test_position_beyond_the_lesson_is_its_end() -> None:
    assert read_heartbeat(_body(position_ms=90_000), key=KEY).position_ms == 60_000


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not json",
        b"\xff\xfe",
        b"[1]",
        b"[" * 3000,
        b'{"token": NaN}',
        b'{"token": Infinity}',
        b"1" * 5000,
        b" " * 8193,
        _body(position_ms=-1),
        _body(position_ms=True),
        _body(position_ms="30000"),
        _body(intervals=[[30_000, 0]]),
        _body(intervals=[[-5, 5]]),
        _body(intervals=[[0.5, 5]]),
        _body(intervals=[[0, 5]] * 65),
        _body(intervals=[[0, 10**12]]),
        _body(intervals="all"),
        _body(sequence=-1),
        _body(sequence=2**31),
        _body(rate=0),
        _body(rate="fast"),
        _body(visible="yes"),
    ],
)
def test_what_no_player_of_ours_sends_is_malformed(body: bytes) -> None:
    with pytest.raises(MalformedReportError):
        read_heartbeat(body, key=KEY)


@pytest.mark.parametrize("member", ["rate", "position_ms"])
def test_not_a_number_is_malformed(member: str) -> None:
    with pytest.raises(MalformedReportError):
        read_heartbeat(_body(**{member: float("nan")}), key=KEY)


def test_heartbeat_without_a_token_has_no_right_to_be_read() -> None:
    with pytest.raises(LeaseTokenError):
        read_heartbeat(_body(token=None), key=KEY)


@pytest.mark.parametrize(("required_ms", "beat_ms"), [(2_700_000, 30_000), (55_000, 13_750), (4_000, 3_000)])
def test_short_lessons_beat_faster(required_ms: int, beat_ms: int) -> None:
    assert beat_interval_ms(required_ms) == beat_ms


def test_answer_is_plain_json() -> None:
    answer = HeartbeatAnswer(
        status="counted",
        sequence=3,
        credited_ms=30_000,
        required_ms=55_000,
        newly_ms=30_000,
        not_counted={NotCountedReason.DAILY_CAP: 5, NotCountedReason.HIDDEN_PAGE: 0},
        coverage=((0, 30_000),),
        completed=False,
    )
    assert json.loads(json.dumps(answer.as_json())) == {
        "status": "counted",
        "sequence": 3,
        "credited_ms": 30_000,
        "required_ms": 55_000,
        "newly_ms": 30_000,
        "not_counted": {"daily_cap": 5},
        "coverage": [[0, 30_000]],
        "completed": False,
        "end_reason": "",
        "next_due_ms": 13_750,
        "provisional_ms": 0,
        "challenge": False,
    }
