"""A batch of reports earns what its reports earn one by one, whichever way they are written."""

from __future__ import annotations

import json
import random
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from tests.factories.tracking import NOW, make_course, make_enrolment, make_lease, report_body
from tracking.models import Enrolment, LessonProgress, PlayLease, StudyDay
from tracking.operations import enrol_learner, record_heartbeat, record_heartbeats
from tracking.operations.heartbeat_batches import ReceivedHeartbeat
from tracking.queries import lease_key
from tracking.rules.heartbeat import Heartbeat, HeartbeatAnswer, read_heartbeat
from tracking.rules.server_clock import reading_of

pytestmark = pytest.mark.django_db
VIDEO_MS = 600_000
POLICY = {"challenge_kind": "quiz", "challenge_per_hour": 40, "daily_cap_minutes": 4}


def beat(lease: PlayLease, **body: Any) -> Heartbeat:
    return read_heartbeat(json.dumps(report_body(lease, **body)).encode(), key=lease_key())


def batch(*beats: Heartbeat, at: float = 0) -> list[HeartbeatAnswer | None]:
    received = [ReceivedHeartbeat(each) for each in beats]
    return record_heartbeats(received=received, clock=reading_of(NOW + timedelta(seconds=at))).answers


def long_enrolment(**policy: Any) -> Enrolment:
    return make_enrolment(video_ms=VIDEO_MS, required_seconds=500, policy={**POLICY, **policy})


def random_report(dice: random.Random, sequence: int) -> dict[str, Any]:
    """What players and scripts send: mostly honest, now and then replayed, hidden, too fast or in many pieces."""
    start = dice.randrange(0, VIDEO_MS)
    pieces = [[start, start + dice.randrange(0, 40_000)] for _ in range(dice.choice([1, 1, 1, 3]))]
    return {
        "sequence": max(0, sequence - dice.choice([0, 0, 0, 0, 2])),
        "intervals": [[min(a, VIDEO_MS), min(b, VIDEO_MS + 5_000)] for a, b in pieces],
        "rate": dice.choice([1.0, 1.0, 1.0, 2.0]),
        "visible": dice.random() > 0.1,
        "position_ms": start,
    }


def state_of(enrolment: Enrolment) -> dict[str, Any]:
    lease_fields = ["last_heard_at", "ended_at", "end_reason", "last_sequence", "credited_ms", "not_counted"]
    lease_fields += ["elapsed_ms", "clock_ms", "clock_boot", "challenge_ms", "trace"]
    progress_fields = ["coverage", "provisional", "credited_ms", "position_ms", "updated_at", "reached_at"]
    days = StudyDay.objects.filter(learner=enrolment.learner).order_by("on")
    return {
        "leases": list(PlayLease.objects.filter(enrolment=enrolment).order_by("pk").values(*lease_fields)),
        "progress": LessonProgress.objects.filter(enrolment=enrolment).values(*progress_fields).get(),
        "days": [(day.on, day.credited_ms, day.tolerance_ms) for day in days],
    }


@pytest.mark.parametrize("seed", range(6))
def test_batches_credit_what_single_reports_credit(seed: int) -> None:
    dice = random.Random(seed)
    first, second = long_enrolment(challenge_kind="none"), long_enrolment(challenge_kind="none")
    leases = [make_lease(enrolment=first), make_lease(enrolment=second)]
    seconds, sequence = 0.0, 0
    for _ in range(12):
        seconds += dice.choice([5.0, 30.0, 30.0, 90.0])
        bodies = []
        for _ in range(dice.choice([1, 2, 5])):
            bodies.append(random_report(dice, sequence))
            sequence += 1
        now = NOW + timedelta(seconds=seconds)
        singly = [record_heartbeat(heartbeat=beat(leases[0], **body), now=now) for body in bodies]
        together = batch(*(beat(leases[1], **body) for body in bodies), at=seconds)
        assert together == singly
    assert state_of(second) == state_of(first)


def test_challenge_stands_the_same_way_in_a_batch() -> None:
    lease = make_lease(enrolment=long_enrolment(challenge_per_hour=120))
    (answer,) = batch(beat(lease, intervals=[[0, 30_000]]), at=30)
    point = StudyDay.objects.get().next_challenge_ms
    assert answer is not None
    assert (answer.credited_ms, answer.provisional_ms, answer.challenge) == (point, 30_000 - (point or 0), True)
    lease.refresh_from_db()
    assert lease.challenge_ms == 30_000


def test_reports_of_many_learners_are_kept_apart() -> None:
    leases = [make_lease(enrolment=long_enrolment()) for _ in range(3)]
    answers = batch(*(beat(lease, intervals=[[0, 1_000 * n]]) for n, lease in enumerate(leases, 1)), at=30)
    assert [answer.credited_ms for answer in answers if answer] == [1_000, 2_000, 3_000]
    assert list(PlayLease.objects.order_by("pk").values_list("credited_ms", flat=True)) == [1_000, 2_000, 3_000]


def test_two_leases_of_one_learner_share_the_day() -> None:
    enrolment = long_enrolment(daily_cap_minutes=1, challenge_kind="none")
    first = make_lease(enrolment=enrolment)
    course = make_course(post=enrolment.ce_year.post, video_ms=VIDEO_MS, required_seconds=500)
    other = enrol_learner(learner=enrolment.learner, course=course, now=NOW)
    second = make_lease(enrolment=other, now=NOW + timedelta(seconds=50), take_over=True)
    answers = batch(beat(first, intervals=[[0, 50_000]]), beat(second, intervals=[[0, 50_000]]), at=100)
    assert [answer.newly_ms for answer in answers if answer] == [50_000, 10_000]
    assert StudyDay.objects.get().credited_ms == 60_000


def test_report_of_a_lease_that_does_not_exist_is_answered_with_nothing() -> None:
    known, gone = make_lease(enrolment=long_enrolment()), make_lease(enrolment=long_enrolment())
    gone_beat = beat(gone, intervals=[[0, 1_000]])
    PlayLease.objects.filter(pk=gone.pk).delete()
    answers = batch(gone_beat, beat(known, intervals=[[0, 1_000]]), at=30)
    assert [answer and answer.credited_ms for answer in answers] == [None, 1_000]


def test_day_after_midnight_is_added() -> None:
    midnight = 14 * 3600  # in Shanghai, as seconds after NOW
    lease = make_lease(enrolment=long_enrolment(), now=NOW + timedelta(seconds=midnight - 60))
    batch(beat(lease, intervals=[[0, 1_000]]), at=midnight - 30)
    batch(beat(lease, sequence=1, intervals=[[10_000, 20_000]]), at=midnight + 1)
    assert list(StudyDay.objects.order_by("on").values_list("credited_ms", flat=True)) == [1_000, 10_000]


def test_lesson_reached_in_a_batch_is_named_once() -> None:
    lease = make_lease(enrolment=make_enrolment())
    received = [
        ReceivedHeartbeat(beat(lease, intervals=[[0, 55_000]])),
        ReceivedHeartbeat(beat(lease, sequence=1, intervals=[[55_000, 60_000]])),
    ]
    outcome = record_heartbeats(received=received, clock=reading_of(NOW + timedelta(seconds=60)))
    assert outcome.reached == [(lease.enrolment_id, lease.lesson_id)]
    assert [answer.status for answer in outcome.answers if answer] == ["counted", "lease_ended"]


def test_batch_costs_the_same_for_one_report_and_for_thirty(django_assert_num_queries: Any) -> None:
    leases = [make_lease(enrolment=long_enrolment(challenge_kind="none")) for _ in range(30)]
    beats = [beat(lease, intervals=[[0, 1_000]]) for lease in leases]
    again = [beat(lease, sequence=1, intervals=[[1_000, 2_000]]) for lease in leases]
    one = 2 if connection.vendor == "postgresql" else 6
    with django_assert_num_queries(one + 2):  # a savepoint, as the test itself is a transaction
        batch(*beats[:1], at=30)
    with django_assert_num_queries(one + 2):
        batch(*again, at=60)


def test_quotes_in_reasons_survive_the_array_literal() -> None:
    lease = make_lease(enrolment=long_enrolment())
    PlayLease.objects.update(not_counted={'odd "reason" \\ {here}': 7})
    batch(beat(lease, intervals=[[0, 1_000]], rate=2.0), at=30)
    lease.refresh_from_db()
    assert lease.not_counted == {'odd "reason" \\ {here}': 7, "too_fast_playback": 1_000}
