"""A lease token cannot be made or changed elsewhere."""

import base64
import hmac
import struct
from dataclasses import replace
from uuid import UUID

import pytest

from tracking.rules.lease_token import LeaseClaims, LeaseTokenError, read_lease_token, sign_lease_token

KEY = b"k" * 32
CLAIMS = LeaseClaims(
    lease_id=1,
    learner_id=2,
    enrolment_id=3,
    lesson_id=4,
    policy_id=5,
    expires_at_s=1_800_000_000,
    duration_ms=60_000,
    required_ms=55_000,
    rate_permille=1000,
    daily_cap_ms=0,
    challenge_per_hour=2,
    challenge_window_ms=60_000,
    day_offset_minutes=480,
    lease_uuid=UUID("12345678-1234-4234-8234-123456789abc"),
)


def test_token_gives_back_what_was_signed() -> None:
    assert read_lease_token(sign_lease_token(CLAIMS, key=KEY), key=KEY) == CLAIMS


def test_token_says_whether_its_lesson_is_judged() -> None:
    judged = replace(CLAIMS, is_judged=True)
    assert read_lease_token(sign_lease_token(judged, key=KEY), key=KEY) == judged


def test_token_of_the_version_before_is_of_a_lesson_that_its_time_reaches() -> None:
    numbers = [getattr(CLAIMS, name) for name in CLAIMS.__slots__[:13]]
    body = base64.urlsafe_b64encode(struct.pack(">B13q16s", 2, *numbers, CLAIMS.lease_uuid.bytes)).rstrip(b"=")
    signature = base64.urlsafe_b64encode(hmac.digest(KEY, body, "sha256")).rstrip(b"=")
    assert read_lease_token(f"{body.decode()}.{signature.decode()}", key=KEY) == CLAIMS


def test_token_of_a_later_version_is_not_guessed_at() -> None:
    numbers = [getattr(CLAIMS, name) for name in CLAIMS.__slots__[:13]]
    body = base64.urlsafe_b64encode(struct.pack(">B13q16s", 4, *numbers, CLAIMS.lease_uuid.bytes)).rstrip(b"=")
    signature = base64.urlsafe_b64encode(hmac.digest(KEY, body, "sha256")).rstrip(b"=")
    with pytest.raises(LeaseTokenError, match="another version"):
        read_lease_token(f"{body.decode()}.{signature.decode()}", key=KEY)


def test_token_is_short_enough_for_every_report() -> None:
    assert len(sign_lease_token(CLAIMS, key=KEY)) < 230


def test_token_of_another_key_is_refused() -> None:
    with pytest.raises(LeaseTokenError):
        read_lease_token(sign_lease_token(CLAIMS, key=b"other"), key=KEY)


def test_body_of_one_token_with_the_signature_of_another_is_refused() -> None:
    body = sign_lease_token(replace(CLAIMS, learner_id=99), key=KEY).split(".")[0]
    signature = sign_lease_token(CLAIMS, key=KEY).split(".")[1]
    with pytest.raises(LeaseTokenError):
        read_lease_token(f"{body}.{signature}", key=KEY)


@pytest.mark.parametrize("token", [None, 7, "", ".", "a.b", "é.ü", "x" * 601, ["a"], {"a": 1}])
def test_what_is_no_token_is_refused(token: object) -> None:
    with pytest.raises(LeaseTokenError):
        read_lease_token(token, key=KEY)
