"""The look for suspicions reads what is recent by an index, however much was studied before."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoDbBlocker

from tests.factories.crowd import make_crowd
from tests.factories.tracking import NOW, make_lease
from tests.services.databases import rows_of_a_module
from tracking.models import Challenge, PlayLease, StudyDay
from tracking.queries.answer_sights import fast_answers
from tracking.queries.sights import Sight, long_days, same_traces, shared_devices

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(300)]
LEARNERS = 200
STUDIED = 8_000  # leases, four a day back from now, and as many challenges


Plans = Callable[[Callable[[datetime], list[Sight]]], str]


@pytest.fixture(scope="module")
def plans(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Plans]:
    """How the statements of a look are carried out, among leases and challenges of years; made once for all tests."""
    with rows_of_a_module(django_db_blocker):
        _make_years_of_study()
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        yield _plans


def _make_years_of_study() -> None:
    lease = make_lease()
    PlayLease.objects.update(ended_at=NOW, end_reason="left")
    learners = [learner.pk for learner in make_crowd(learners=LEARNERS).learners]
    moments = [(learners[each % LEARNERS], NOW - timedelta(hours=6 * each)) for each in range(STUDIED)]
    PlayLease.objects.bulk_create([_lease(lease, learner, at) for learner, at in moments], batch_size=500)
    Challenge.objects.bulk_create([_answer(lease, learner, at) for learner, at in moments], batch_size=500)
    days = [StudyDay(learner_id=learner, on=at.date(), credited_ms=1) for learner, at in moments]
    StudyDay.objects.bulk_create(days, batch_size=500, ignore_conflicts=True)


def _lease(like: PlayLease, learner_id: int, at: datetime) -> PlayLease:
    return PlayLease(
        learner_id=learner_id,
        enrolment_id=like.enrolment_id,
        lesson_id=like.lesson_id,
        opened_at=at,
        last_heard_at=at,
        expires_at=at,
        ended_at=at,
        end_reason="left",
        credited_ms=1,
        trace=learner_id,
        last_sequence=99,
        device_key=f"{learner_id:032x}",
    )


def _answer(lease: PlayLease, learner_id: int, at: datetime) -> Challenge:
    return Challenge(
        learner_id=learner_id,
        lease=lease,
        lesson_id=lease.lesson_id,
        kind="quiz",
        right_key="a",
        asked_at=at,
        expires_at=at,
        answered_at=at,
        outcome="right",
    )


def _plans(look: Callable[[datetime], list[Sight]]) -> str:
    with CaptureQueriesContext(connection) as captured:
        look(NOW)
    lines: list[str] = []
    for query in captured.captured_queries:
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute(f"EXPLAIN {query['sql']}")
            else:
                cursor.execute(f"EXPLAIN QUERY PLAN {query['sql'].replace('%', '%%')}")
            lines += [str(row[-1]) for row in cursor.fetchall()]
    return "\n".join(lines)


@pytest.mark.parametrize("look", [shared_devices, same_traces, long_days])
def test_recent_leases_are_found_by_when_they_were_opened(
    plans: Plans, look: Callable[[datetime], list[Sight]]
) -> None:
    told = plans(look)
    assert "lease_by_opening" in told
    assert "Seq Scan on tracking_playlease" not in told
    assert "Seq Scan on tracking_studyday" not in told
    assert not any(f"SCAN {name}" in told for name in ("tracking_playlease", "tracking_studyday", "U0"))


def test_recent_answers_are_found_by_when_they_were_asked_for(
    plans: Plans,
) -> None:
    told = plans(fast_answers)
    assert "challenge_by_asking" in told
    assert "Seq Scan on tracking_challenge" not in told
    assert "SCAN tracking_challenge" not in told
