"""A lease token cannot be made or changed elsewhere."""

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
