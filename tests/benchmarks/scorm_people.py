"""Thousands of learners in front of a running package, made in SQL from one that is real."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from uuid import uuid4

from django.db import connection, transaction
from django.utils import timezone

from tests.factories.scorm_commits import Sitting
from tests.factories.scorm_study import make_package, make_package_enrolment
from tests.factories.tracking import make_lease
from tracking.models import LessonProgress, PlayLease, ScormAttempt
from tracking.queries import commit_token

CLONES = {
    "accounts_user": ("user", {"id": "{user} + n", "username": "'测试' || ({user} + n)", "mobile": "''"}),
    "accounts_learner": (
        "learner", {"id": "{learner} + n", "user_id": "{user} + n", "id_digest": "'bench' || n"},
    ),
    "tracking_ceyear": ("year", {"id": "{year} + n", "learner_id": "{learner} + n"}),
    "tracking_enrolment": (
        "enrolment", {"id": "{enrolment} + n", "learner_id": "{learner} + n", "ce_year_id": "{year} + n"},
    ),
    "tracking_lessonprogress": ("progress", {"id": "{progress} + n", "enrolment_id": "{enrolment} + n"}),
    "tracking_playlease": (
        "lease", {"id": "{lease} + n", "learner_id": "{learner} + n", "enrolment_id": "{enrolment} + n"},
    ),
    "tracking_scormattempt": ("attempt", {"id": "{attempt} + n", "enrolment_id": "{enrolment} + n"}),
}  # fmt: skip


def populate(*, learners: int, tokens: int, path: str) -> None:
    """Make so many learners with a sitting each; write token and launch of the first ones, a line each."""
    with transaction.atomic():
        now = timezone.now()
        enrolment = make_package_enrolment(video=make_package(standard="2004-4"), now=now)
        sitting = Sitting(make_lease(enrolment=enrolment, now=now), standard="2004-4")
        PlayLease.objects.update(expires_at=now + timedelta(hours=12))
        _clone(sitting, learners - 1)
    with connection.cursor() as cursor:
        cursor.execute("SELECT setval(pg_get_serial_sequence('tracking_scormattempt', 'id'), 10000000)")
        cursor.execute("VACUUM ANALYZE")
    leases = {lease.enrolment_id: lease for lease in PlayLease.objects.all()}
    with Path(path).open("w", encoding="utf-8") as stream:
        for attempt in ScormAttempt.objects.order_by("pk")[:tokens].iterator(chunk_size=10_000):
            token = commit_token(attempt=attempt, lease=leases[attempt.enrolment_id], standard="2004-4")
            stream.write(f"{token} {uuid4()}\n")


def _clone(sitting: Sitting, count: int) -> None:
    lease = sitting.lease
    known = {
        "user": lease.learner.user_id,
        "learner": lease.learner_id,
        "year": lease.enrolment.ce_year_id,
        "enrolment": lease.enrolment_id,
        "lease": lease.pk,
        "progress": LessonProgress.objects.get().pk,
        "attempt": sitting.attempt.pk,
    }
    with connection.cursor() as cursor:
        for table, (source, changes) in CLONES.items():
            columns = [c.name for c in connection.introspection.get_table_description(cursor, table)]
            key = {name: value.format(**known) for name, value in changes.items()}
            values = [key.get(name, "gen_random_uuid()" if name == "uuid" else f's."{name}"') for name in columns]
            listed = ", ".join(f'"{name}"' for name in columns)
            cursor.execute(
                f"INSERT INTO {table} ({listed}) SELECT {', '.join(values)} "  # noqa: S608
                f"FROM generate_series(1, %s) AS g(n), {table} s WHERE s.id = {known[source]}",
                [count],
            )
