"""What a body must be to be a commit, and what becomes of one that wants to do harm."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

import pytest

from tracking.rules.scorm_commit import (
    MAX_BODY_BYTES,
    CommitTokenError,
    MalformedCommitError,
    SentCommit,
    Standing,
    read_commit,
)
from tracking.rules.scorm_token import CommitClaims, sign_commit_token

KEY, NOW_S = b"k" * 32, 1_780_000_000
TOKEN = sign_commit_token(CommitClaims("1.2", 1, 1, 1, 1, 1, 1, NOW_S + 60), key=KEY)
LAUNCH = str(uuid4())


def body(**members: Any) -> dict[str, Any]:
    values = {"token": TOKEN, "activity": "ITEM-1", "launch": LAUNCH, "sequence": 3}
    return {**values, **members}


def read(text: str | bytes) -> SentCommit:
    return read_commit(text.encode() if isinstance(text, str) else text, now_s=NOW_S, key=KEY)


def read_members(**members: Any) -> SentCommit:
    return read(json.dumps(body(**members)))


def test_commit_is_read_with_all_its_members() -> None:
    commit = read_members(
        last=True,
        elements={"cmi.core.lesson_status": "passed"},
        state={"a": [1, 2.5, None]},
        current="ITEM-2",
        suspended=True,
        rollup={"completion": "completed", "success": "passed", "scaled": 0.8, "raw": 80, "min": 0, "max": 100},
        ended="finished",
        entry="resume",
    )
    assert (commit.activity, str(commit.launch), commit.sequence, commit.is_last) == ("ITEM-1", LAUNCH, 3, True)
    assert (commit.elements, commit.state) == ({"cmi.core.lesson_status": "passed"}, '{"a":[1,2.5,null]}')
    assert (commit.current, commit.is_suspended, commit.ended, commit.entry) == ("ITEM-2", True, True, "resume")
    assert commit.rollup == Standing("completed", "passed", 0.8, 80.0, 0.0, 100.0, None)


def test_members_that_are_left_out_say_nothing() -> None:
    commit = read_members()
    assert (commit.is_last, commit.elements, commit.state, commit.current) == (False, {}, None, "")
    assert (commit.is_suspended, commit.rollup, commit.ended, commit.entry) == (False, None, False, None)


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'"text"',
        b"\xff\xfe{\x00}\x00",
        b'{"token": "\xed\xa0\x80"}',
        b"[" * 100_000,
        b'{"a":' * 50_000,
        b'{"sequence": NaN}',
        b'{"sequence": -Infinity}',
        b'{"sequence": 1e999}',
        b'{"sequence": ' + b"9" * 5_000 + b"}",
        b'{"token": "a\x00b"}',
        b" " * (MAX_BODY_BYTES + 1),
    ],
)
def test_what_is_no_commit_is_refused(text: bytes) -> None:
    with pytest.raises(MalformedCommitError):
        read(text)


@pytest.mark.parametrize(
    ("member", "values"),
    [
        ("sequence", [-1, 1.0, True, "3", None, 10**12]),
        ("launch", ["", "not one", None, 7, LAUNCH + "0", "{" + LAUNCH[:-2] + "}"]),
        ("activity", [7, "x" * 256, "a\0b", "\ud800", ["ITEM-1"]]),
        ("current", [7, "x" * 256, "a\0b"]),
        ("last", [1, "true", None]),
        ("suspended", [0, "no"]),
        ("elements", [[], "cmi.location", 7]),
        ("state", [[], "state", 7, {"deep": None}]),
        ("rollup", [[], {"completion": "done"}, {"success": "won"}, {"raw": "80"}, {"raw": 1e30}, {"raw": True}]),
        ("ended", ["moved", True, 1]),
        ("entry", ["again", 1]),
    ],
)
def test_member_of_another_shape_is_named(member: str, values: list[Any]) -> None:
    for value in values:
        if value == {"deep": None}:
            value = json.loads('{"a":' * 70 + "1" + "}" * 70)
        with pytest.raises(MalformedCommitError, match=member):
            read_members(**{member: value})


def test_elements_belong_to_an_item() -> None:
    with pytest.raises(MalformedCommitError, match="activity"):
        read_members(activity="", elements={"cmi.exit": ""})
    assert read_members(activity="", state={}).activity == ""


def test_token_that_is_none_is_refused_before_anything_is_looked_at() -> None:
    with pytest.raises(CommitTokenError):
        read(json.dumps({"token": "none.of ours", "sequence": "nonsense"}))


def test_values_that_no_database_keeps_are_set_apart_and_take_no_other_with_them() -> None:
    elements = {
        "cmi.suspend_data": "a\0b",
        "cmi.comments": "half \ud83d of a pair",
        "cmi.core.lesson_location": "whole 😀 pair",
        "cmi.core.exit": 7,
        "bad\0name": "x",
        "cmi.student_preference.language": None,
        "x" * 300: "long",
        "cmi.core.score.raw": "80",
    }
    commit = read_members(elements=elements)
    assert commit.elements == {"cmi.core.lesson_location": "whole 😀 pair", "cmi.core.score.raw": "80"}
    assert commit.spoilt == (
        "cmi.suspend_data",
        "cmi.comments",
        "cmi.core.exit",
        "bad\ufffdname",
        "cmi.student_preference.language",
        "x" * 255,
    )


def test_state_keeps_its_meaning_where_a_character_cannot_be_kept() -> None:
    commit = read_members(state={"a\0": ["b\0", {"c": "\udc00d"}], "😀": "\\u0000"})
    assert commit.state is not None
    assert json.loads(commit.state) == {"a\ufffd": ["b\ufffd", {"c": "\ufffdd"}], "😀": "\\u0000"}


def test_state_has_its_size_in_characters_of_any_script() -> None:
    assert read_members(state={"a": "x" * 131_000}).state is not None
    text = json.dumps(body(state={"a": "测" * 80_000}), ensure_ascii=False)
    assert read(text).state == '{"a":"' + "测" * 80_000 + '"}'
    with pytest.raises(MalformedCommitError, match="state"):
        read_members(state={"a": "x" * 131_072})


def test_measures_stay_within_their_range() -> None:
    rollup = read_members(rollup={"scaled": 1.0000001, "progress": -0.0000001}).rollup
    assert rollup == Standing(scaled=1.0, progress=0.0)


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e400", "-1e400"])
def test_number_that_is_none_is_refused_wherever_it_stands(number: str) -> None:
    for member in ("state", "rollup"):
        text = json.dumps(body(**{member: {"raw": "HERE"}})).replace('"HERE"', number)
        with pytest.raises(MalformedCommitError):
            read(text)
