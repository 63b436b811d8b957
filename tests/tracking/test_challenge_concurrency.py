"""The same challenge asked for and answered at once, each from its own connection."""

import json
from datetime import timedelta

import pytest

from tests.factories.challenges import claims_of, make_challenge, make_challenged_lease, progress_of, wrong_key
from tests.factories.threads import in_threads
from tests.factories.tracking import NOW, report_body
from tests.tracking.test_concurrency import THREADS
from tracking.models import Challenge, LedgerEntry, PlayLease, StudyDay
from tracking.operations import answer_challenge, ask_challenge, miss_expired_challenges, record_heartbeat
from tracking.queries import lease_key
from tracking.rules.heartbeat import read_heartbeat

pytestmark = pytest.mark.django_db(transaction=True)


def test_asking_at_once_asks_one_question():
    lease = make_challenged_lease()
    claims = claims_of(lease)

    found = in_threads(*[lambda: ask_challenge(claims=claims, now=NOW)] * THREADS)

    assert found == [Challenge.objects.get()] * THREADS


def test_answering_at_once_is_judged_once_and_books_once():
    lease = make_challenged_lease(provisional=[[30_000, 55_000]])
    claims, challenge = claims_of(lease), make_challenge(lease)

    def answer(key):
        return answer_challenge(claims=claims, challenge_uuid=challenge.uuid, key=key, now=NOW)

    keys = [challenge.right_key, wrong_key(challenge)] * 3
    verdicts = in_threads(*[lambda key=key: answer(key) for key in keys])

    challenge.refresh_from_db()
    assert {verdict.outcome for verdict in verdicts} == {challenge.outcome}
    assert LedgerEntry.objects.count() == (challenge.outcome == "right")
    assert progress_of(lease).credited_ms == (55_000 if challenge.outcome == "right" else 30_000)


def test_reports_and_an_answer_at_once_lose_nothing_and_count_nothing_twice():
    lease = make_challenged_lease(video_ms=3_600_000, required_seconds=3_500)
    PlayLease.objects.update(elapsed_ms=40_000, last_sequence=0, credited_ms=40_000)
    StudyDay.objects.update(credited_ms=40_000, next_challenge_ms=30_000)
    claims, challenge = claims_of(lease), make_challenge(lease)
    later = NOW + timedelta(seconds=20)
    body = report_body(lease, sequence=1, intervals=[[40_000, 60_000]], position_ms=60_000)
    beat = read_heartbeat(json.dumps(body).encode(), key=lease_key())

    results = in_threads(
        lambda: answer_challenge(claims=claims, challenge_uuid=challenge.uuid, key=challenge.right_key, now=later),
        lambda: record_heartbeat(heartbeat=beat, now=later),
    )

    assert [type(result).__name__ for result in results] == ["ChallengeVerdict", "HeartbeatAnswer"]
    progress, day = progress_of(lease), StudyDay.objects.get()
    known = progress.coverage + progress.provisional
    assert (known, progress.provisional) == ([[0, 60_000]], [])
    assert day.credited_ms == 60_000
    assert PlayLease.objects.get().challenge_ms == -1


def test_the_sweep_and_a_late_answer_agree():
    lease = make_challenged_lease()
    claims, challenge = claims_of(lease), make_challenge(lease)
    late = NOW + timedelta(seconds=70)

    results = in_threads(
        lambda: answer_challenge(claims=claims, challenge_uuid=challenge.uuid, key=challenge.right_key, now=late),
        lambda: miss_expired_challenges(now=late),
    )

    assert results[0].outcome == "missed"
    assert results[1] in (0, 1)
    assert progress_of(lease).credited_ms == 30_000
