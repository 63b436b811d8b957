"""Learners in the middle of a short lesson, for tests that break things while they report."""

from __future__ import annotations

import json
from datetime import timedelta

from django.utils import timezone

from tests.factories.tracking import make_ce_year, make_course, make_lease
from tracking.gateways.clock import read_clock
from tracking.models import PlayLease
from tracking.operations import enrol_learner
from tracking.queries import lease_token

HELD_MS = 3_600_000  # the clock allows whatever these tests report


def print_tokens(count: int) -> None:
    """Make learners, each with a live lease on the same lesson of a minute; print their tokens as JSON."""
    now = timezone.now()
    year = make_ce_year(now=now, policy={"challenge_kind": "none"})
    course = make_course(post=year.post, video_ms=60_000)
    leases = []
    for _ in range(count):
        own = make_ce_year(now=now, post=year.post, authority=year.authority)
        enrolment = enrol_learner(learner=own.learner, course=course, now=now)
        leases.append(make_lease(enrolment=enrolment, now=now))
    reading = read_clock()
    PlayLease.objects.update(
        elapsed_ms=HELD_MS,
        opened_at=now - timedelta(milliseconds=HELD_MS),
        clock_ms=reading.monotonic_ms,
        clock_boot=reading.boot,
    )
    print(json.dumps([lease_token(lease) for lease in leases]))  # noqa: T201
