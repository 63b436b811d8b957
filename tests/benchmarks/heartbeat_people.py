"""Hundreds of thousands of learners in the middle of a lesson, made in SQL from one that is real."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from django.db import connection, transaction
from django.utils import timezone

from tests.factories.tracking import make_enrolment, make_lease
from tracking.gateways.clock import read_clock
from tracking.models import LessonProgress, PlayLease, StudyDay
from tracking.queries import lease_key, lease_token
from tracking.rules.lease_token import read_lease_token, sign_lease_token

MEDIA_MS = 24 * 3_600_000
HELD_MS = 10 * 3_600_000  # so long the leases have been open: the clock allows what is reported

CLONES = {
    "accounts_user": {"id": "{user} + n", "username": "'测试' || ({user} + n)", "mobile": "''"},
    "accounts_learner": {"id": "{learner} + n", "user_id": "{user} + n", "id_digest": "'{tag}' || n"},
    "tracking_ceyear": {"id": "{year} + n", "learner_id": "{learner} + n"},
    "tracking_enrolment": {"id": "{enrolment} + n", "learner_id": "{learner} + n", "ce_year_id": "{year} + n"},
    "tracking_lessonprogress": {"id": "{progress} + n", "enrolment_id": "{enrolment} + n"},
    "tracking_studyday": {"id": "{day} + n", "learner_id": "{learner} + n"},
    "tracking_playlease": {
        "id": "{lease} + n", "learner_id": "{learner} + n", "enrolment_id": "{enrolment} + n",
    },
}  # fmt: skip


def populate(*, learners: int, tokens: int, path: str) -> None:
    """Make so many learners with a live lease each, and write the tokens of the first ones, a line each.

    ``tokens`` people report; the other rows are only there.
    """
    with transaction.atomic():
        now = timezone.now()
        enrolment = make_enrolment(
            video_ms=MEDIA_MS, required_seconds=MEDIA_MS // 1000, now=now, policy={"challenge_kind": "none"}
        )
        lease = make_lease(enrolment=enrolment, now=now)
        reading = read_clock()
        PlayLease.objects.update(
            elapsed_ms=HELD_MS,
            opened_at=now - timedelta(milliseconds=HELD_MS),
            clock_ms=reading.monotonic_ms,
            clock_boot=reading.boot,
            expires_at=now + timedelta(hours=12),
        )
        lease.refresh_from_db()
        _clone(lease, learners - 1)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("VACUUM ANALYZE")
    _write_tokens(lease, tokens, Path(path))


def _clone(lease: PlayLease, count: int) -> None:
    known = {
        "user": lease.learner.user_id,
        "learner": lease.learner_id,
        "year": lease.enrolment.ce_year_id,
        "enrolment": lease.enrolment_id,
        "lease": lease.pk,
        "progress": LessonProgress.objects.get().pk,
        "day": StudyDay.objects.get().pk,
        "tag": "bench",
    }
    number = "SELECT generate_series(1, %s) AS n"
    uuid = "gen_random_uuid()"
    if connection.vendor == "sqlite":
        number = "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < %s) SELECT n FROM r"
        uuid = "lower(hex(randomblob(16)))"
    with connection.cursor() as cursor:
        for table, changes in CLONES.items():
            columns = [c.name for c in connection.introspection.get_table_description(cursor, table)]
            key = {name: value.format(**known) for name, value in changes.items()}
            values = [key.get(name, uuid if name == "uuid" else f's."{name}"') for name in columns]
            source = known[table.partition("_")[2].replace("lessonprogress", "progress").replace("studyday", "day")
                           .replace("playlease", "lease").replace("ceyear", "year")]  # fmt: skip
            listed = ", ".join(f'"{name}"' for name in columns)
            cursor.execute(
                f"INSERT INTO {table} ({listed}) SELECT {', '.join(values)} FROM ({number}) g, {table} s "  # noqa: S608
                f"WHERE s.id = {source} AND g.n > 0",
                [count],
            )


def _write_tokens(lease: PlayLease, count: int, path: Path) -> None:
    first = read_lease_token(lease_token(lease), key=lease_key())
    leases = PlayLease.objects.order_by("pk").values_list("pk", "uuid", "learner_id", "enrolment_id")[:count]
    with path.open("w", encoding="utf-8") as stream:
        for pk, uuid, learner_id, enrolment_id in leases.iterator(chunk_size=10_000):
            claims = type(first)(
                **{
                    **{name: getattr(first, name) for name in type(first).__dataclass_fields__},
                    "lease_id": pk,
                    "lease_uuid": uuid,
                    "learner_id": learner_id,
                    "enrolment_id": enrolment_id,
                }
            )
            stream.write(sign_lease_token(claims, key=lease_key()) + "\n")
