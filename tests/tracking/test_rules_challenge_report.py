"""Reading what a player sends about a challenge."""

import json
from uuid import UUID

import pytest

from tests.tracking.test_rules_lease_token import CLAIMS, KEY
from tracking.rules.challenge_report import ChallengeVerdict, read_challenge_reply, read_question_wish
from tracking.rules.lease_token import LeaseTokenError, sign_lease_token
from tracking.rules.play_report import MalformedReportError

TOKEN = sign_lease_token(CLAIMS, key=KEY)
ID = "0b8ffcbc-beb0-4c62-9e03-f88653a58182"


def body(**members):
    return json.dumps({"token": TOKEN, "id": ID, "key": "abc", **members}).encode()


def test_a_wish_is_its_token():
    assert read_question_wish(json.dumps({"token": TOKEN}).encode(), key=KEY) == CLAIMS


def test_an_answer_is_token_challenge_and_key():
    reply = read_challenge_reply(body(), key=KEY)

    assert (reply.claims, reply.challenge_uuid, reply.key) == (CLAIMS, UUID(ID), "abc")


@pytest.mark.parametrize(
    "members",
    [
        {"id": None},
        {"id": 7},
        {"id": "0b8ffcbc"},
        {"id": [ID]},
        {"key": None},
        {"key": ""},
        {"key": 1},
        {"key": ["abc"]},
        {"key": "a" * 17},
        {"key": "钥"},
        {"key": "a\0"},
    ],
)
def test_an_answer_of_another_shape_is_refused(members):
    with pytest.raises(MalformedReportError):
        read_challenge_reply(body(**members), key=KEY)


@pytest.mark.parametrize("sent", [b"", b"[]", b"null", b"[" * 2000, b"{" + b" " * 3000 + b"}", b"\xff{}"])
def test_what_is_no_object_is_refused(sent):
    for read in (read_question_wish, read_challenge_reply):
        with pytest.raises(MalformedReportError):
            read(sent, key=KEY)


@pytest.mark.parametrize("token", [None, 7, "", TOKEN[:-1], TOKEN + "A"])
def test_a_token_that_is_not_ours_is_refused(token):
    for read in (read_question_wish, read_challenge_reply):
        with pytest.raises(LeaseTokenError):
            read(body(token=token), key=KEY)


def test_a_token_of_the_secret_before_is_still_read():
    old = sign_lease_token(CLAIMS, key=b"old")

    assert read_question_wish(body(token=old), key=KEY, old_keys=(b"old",)) == CLAIMS


def test_a_verdict_is_told_in_plain_values():
    verdict = ChallengeVerdict("right", "好", 40_000, 55_000, ((0, 40_000),), 0, completed=False)

    assert verdict.as_json() == {
        "outcome": "right",
        "message": "好",
        "credited_ms": 40_000,
        "required_ms": 55_000,
        "coverage": [[0, 40_000]],
        "provisional_ms": 0,
        "completed": False,
        "retry_ms": 0,
    }
