"""Who answers wrongly again and again waits; what nobody answers is given up."""

from datetime import timedelta

import pytest

from tests.factories.challenges import claims_of, make_challenge, make_challenged_lease, wrong_key
from tests.factories.tracking import NOW
from tracking.enums import ChallengeOutcome
from tracking.models import PlayLease
from tracking.operations import CoolDownError, answer_challenge, end_lease, miss_expired_challenges

pytestmark = pytest.mark.django_db


def at(seconds):
    return NOW + timedelta(seconds=seconds)


def answer(lease, challenge, *, key=None, now=NOW):
    return answer_challenge(
        claims=claims_of(lease), challenge_uuid=challenge.uuid, key=key or challenge.right_key, now=now
    )


def answer_wrong(lease, challenge, *, now=NOW):
    return answer(lease, challenge, key=wrong_key(challenge), now=now)


def test_after_two_wrong_answers_the_next_question_has_to_be_waited_for():
    lease = make_challenged_lease()
    answer_wrong(lease, make_challenge(lease), now=NOW)

    verdict = answer_wrong(lease, make_challenge(lease), now=NOW)

    assert (verdict.retry_ms, verdict.message) == (30_000, "连续答错，请在 30 秒后再作答。待验证的时间会保留。")
    with pytest.raises(CoolDownError, match="请在 1 秒后再作答") as refusal:
        make_challenge(lease, now=at(29.5))
    assert refusal.value.retry_ms == 500
    third = make_challenge(lease, now=at(30))
    assert answer_wrong(lease, third, now=at(30)).retry_ms == 60_000


def test_waiting_is_not_avoided_by_another_lease():
    lease = make_challenged_lease()
    for _ in range(2):
        answer_wrong(lease, make_challenge(lease), now=NOW)
    end_lease(lease_id=lease.pk, now=NOW)

    again = make_challenged_lease(enrolment=lease.enrolment)

    with pytest.raises(CoolDownError):
        make_challenge(again, now=at(29))


def test_a_right_answer_ends_the_row_and_an_hour_forgets_it():
    lease = make_challenged_lease()
    for _ in range(2):
        answer_wrong(lease, make_challenge(lease), now=NOW)
    answer(lease, make_challenge(lease, now=at(30)), now=at(30))
    PlayLease.objects.update(challenge_ms=0)
    assert answer_wrong(lease, make_challenge(lease, now=at(31)), now=at(31)).retry_ms == 0

    later = at(2 * 3600 - 1)
    assert answer_wrong(lease, make_challenge(lease, now=later), now=later).retry_ms == 0


def test_the_sweep_gives_up_what_nobody_answered():
    lease, other = make_challenged_lease(), make_challenged_lease()
    missed, open_still = make_challenge(lease), make_challenge(other, now=at(10))

    assert miss_expired_challenges(now=at(65)) == 0
    assert miss_expired_challenges(now=at(65.001)) == 1
    assert miss_expired_challenges(now=at(65.001)) == 0

    missed.refresh_from_db()
    open_still.refresh_from_db()
    assert (missed.outcome, open_still.outcome) == (ChallengeOutcome.MISSED, ChallengeOutcome.OPEN)
