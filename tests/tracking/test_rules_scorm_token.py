"""A commit token saves into one attempt in one sitting, and nothing else; no other token saves anything."""

from __future__ import annotations

import base64
from dataclasses import replace

import pytest

from tests.benchmarks.heartbeat_parts import CLAIMS as LEASE_CLAIMS
from tracking.rules.lease_token import LeaseTokenError, read_lease_token, sign_lease_token
from tracking.rules.scorm_token import (
    STANDARDS,
    CommitClaims,
    CommitTokenError,
    read_commit_token,
    sign_commit_token,
)

KEY, OTHER = b"k" * 32, b"o" * 32
CLAIMS = CommitClaims("2004-3", 11, 2, 33, 44, 55, 66, 2_000_000_000)
NOW_S = 1_999_999_999


@pytest.mark.parametrize("standard", STANDARDS)
def test_token_says_what_was_signed(standard: str) -> None:
    claims = replace(CLAIMS, standard=standard)
    token = sign_commit_token(claims, key=KEY)
    assert read_commit_token(token, now_s=NOW_S, key=KEY) == claims
    assert len(token) < 160


def test_token_of_an_earlier_secret_is_honoured_while_it_is_named() -> None:
    token = sign_commit_token(CLAIMS, key=OTHER)
    assert read_commit_token(token, now_s=NOW_S, key=KEY, old_keys=(OTHER,)) == CLAIMS
    with pytest.raises(CommitTokenError):
        read_commit_token(token, now_s=NOW_S, key=KEY)


def test_token_runs_out() -> None:
    token = sign_commit_token(CLAIMS, key=KEY)
    with pytest.raises(CommitTokenError, match="run out"):
        read_commit_token(token, now_s=CLAIMS.expires_at_s, key=KEY)


def test_tokens_of_leases_and_of_commits_do_not_stand_in_for_each_other_even_under_one_key() -> None:
    with pytest.raises(CommitTokenError):
        read_commit_token(sign_lease_token(LEASE_CLAIMS, key=KEY), now_s=NOW_S, key=KEY)
    with pytest.raises(LeaseTokenError):
        read_lease_token(sign_commit_token(CLAIMS, key=KEY), key=KEY)


@pytest.mark.parametrize("place", [0, 3, 20, -1, -20])
def test_altered_token_is_none(place: int) -> None:
    letters = list(sign_commit_token(CLAIMS, key=KEY))
    letters[place] = "A" if letters[place] != "A" else "B"
    with pytest.raises(CommitTokenError):
        read_commit_token("".join(letters), now_s=NOW_S, key=KEY)


@pytest.mark.parametrize("token", [None, 7, "", ".", "a.b", "x" * 5_000, "测试.测试", ["a.b"], {"a": 1}])
def test_anything_else_is_no_token(token: object) -> None:
    with pytest.raises(CommitTokenError):
        read_commit_token(token, now_s=NOW_S, key=KEY)


def test_body_without_its_signature_is_no_token() -> None:
    body, _dot, _signature = sign_commit_token(CLAIMS, key=KEY).partition(".")
    forged = base64.urlsafe_b64encode(b"\0" * 32).rstrip(b"=").decode()
    for token in (body, f"{body}.", f"{body}.{forged}"):
        with pytest.raises(CommitTokenError):
            read_commit_token(token, now_s=NOW_S, key=KEY)
