"""A crowd of learners with years and a chained ledger, written fast, past the operations."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import connection

from accounts.models import Authority, Learner, User
from courses.enums import Block
from courses.models import HourPolicy, Lesson, Post
from tests.factories.courses import make_post
from tests.factories.tracking import NOW, make_course, make_ruled_authority
from tracking.models import CeYear, LedgerChain, LedgerEntry, Recognition, YearBalance
from tracking.rules.ledger_chain import LedgerRow, digest_of_entry

ENTRIES_EACH = 10
LESSONS = ((Block.COMMON, 4), (Block.PROFESSIONAL, 6))
AT_ONCE = 5_000
OPENS_ON, CLOSES_ON = date(2026, 3, 2), date(2027, 3, 1)


@dataclass(frozen=True, slots=True)
class Crowd:
    """What was made: the authorities, and the learners in order; each has one year and ``ENTRIES_EACH`` entries.

    Of a hundred years ten are not met, two wait for an officer, one was refused, and the others are recognised.
    """

    authorities: tuple[Authority, ...]
    post: Post
    learners: tuple[Learner, ...]

    @property
    def entries(self) -> int:
        """How many entries there are."""
        return ENTRIES_EACH * len(self.learners)


def make_crowd(*, learners: int, authorities: int = 4) -> Crowd:
    """Make so many learners, dealt out to the authorities; on PostgreSQL by COPY, a million entries in two minutes."""
    post = make_post()
    bodies = tuple(make_ruled_authority(recognition="officer") for _ in range(authorities))
    people = _people(learners)
    years = _years(people, bodies, post)
    _decisions(years)
    lessons = [
        lesson
        for block, number in LESSONS
        for lesson in _lessons(make_course(post=post if block == Block.PROFESSIONAL else None, lessons=number))
    ]
    for place, body in enumerate(bodies):
        own = [year for year in years if year.authority_id == body.pk]
        _write_chain(body, _rows(own, lessons, place))
    return Crowd(authorities=bodies, post=post, learners=tuple(people))


def is_unmet(number: int) -> bool:
    """Whether the learner of this number has not met the year."""
    return number % 100 >= 90


def decision_of(number: int) -> str:
    """The decision on the year of the learner of this number; empty where it is not met or waits."""
    return "" if number % 100 in (0, 1) or is_unmet(number) else "refused" if number % 100 == 2 else "recognised"


def _people(number: int) -> list[Learner]:
    users = [User(username=f"crowd-{n}", password="!") for n in range(number)]
    User.objects.bulk_create(users, batch_size=AT_ONCE)
    found = User.objects.filter(username__startswith="crowd-").order_by("pk")
    people = [
        Learner(
            user_id=pk,
            full_name="测试学员",
            id_kind="resident_id",
            id_digest=f"{pk:064x}",
            id_sealed="sealed",
            id_masked="9900**********0013",
            registered_at=NOW,
        )
        for pk in found.values_list("pk", flat=True)
    ]
    return list(Learner.objects.bulk_create(people, batch_size=AT_ONCE))


def _years(people: list[Learner], bodies: tuple[Authority, ...], post: Post) -> list[CeYear]:
    policies = {body.pk: HourPolicy.objects.filter(authority=body).get() for body in bodies}
    years = [
        CeYear(
            learner=learner,
            post=post,
            authority=bodies[n % len(bodies)],
            kind="renewal",
            label=2026,
            opens_on=OPENS_ON,
            closes_on=CLOSES_ON,
            policy=policies[bodies[n % len(bodies)].pk],
            opened_at=NOW,
            met_at=None if is_unmet(n // len(bodies)) else NOW + timedelta(seconds=n),
            decision=decision_of(n // len(bodies)),
        )
        for n, learner in enumerate(people)
    ]
    return list(CeYear.objects.bulk_create(years, batch_size=AT_ONCE))


def _decisions(years: list[CeYear]) -> None:
    Recognition.objects.bulk_create(
        [
            Recognition(
                ce_year=year,
                outcome=year.decision,
                common_minutes=1,
                professional_minutes=2,
                policy_id=year.policy_id,
                decided_at=NOW,
                reason="测试",
            )
            for year in years
            if year.decision
        ],
        batch_size=AT_ONCE,
    )
    balances = [
        YearBalance(
            ce_year=year,
            studied_common_minutes=4,
            studied_professional_minutes=6,
            counted_common_minutes=1,
            counted_professional_minutes=2,
            need_minutes=3,
            hour_minutes=1,
            is_met=True,
            computed_at=NOW,
        )
        for year in years
    ]
    YearBalance.objects.bulk_create(balances, batch_size=AT_ONCE)


def _lessons(course: object) -> list[Lesson]:
    edition = course.current_edition  # type: ignore[attr-defined]
    return list(edition.lessons.select_related("edition").order_by("position"))


def _rows(years: list[CeYear], lessons: list[Lesson], place: int) -> Iterator[LedgerRow]:
    """The chain of one authority: one lesson of all its learners after another."""
    position, digest = 0, ""
    for lesson in lessons:
        for year in years:
            position += 1
            row = _row(year, lesson, position, digest)
            digest = digest_of_entry(row)
            yield row._replace(entry_digest=digest)


def _row(year: CeYear, lesson: Lesson, position: int, previous: str) -> LedgerRow:
    return LedgerRow(
        uuid=uuid4(),
        authority_id=year.authority_id,
        learner_id=year.learner_id,
        post_id=year.post_id if lesson.edition.block == Block.PROFESSIONAL else None,
        block=str(lesson.edition.block),
        minutes=1,
        ce_year_id=year.pk,
        label=year.label,
        earned_on=OPENS_ON,
        earned_at=NOW + timedelta(seconds=position),
        source="lesson",
        edition_id=lesson.edition_id,
        lesson_id=lesson.pk,
        lesson_key=lesson.lesson_key,
        offline_study_id=None,
        policy_id=year.policy_id,
        evidence_digest="0" * 64,
        reverses_id=None,
        entered_by_id=None,
        chain_position=position,
        previous_digest=previous,
        entry_digest="",
    )


def _write_chain(body: Authority, rows: Iterator[LedgerRow]) -> None:
    last: list[LedgerRow] = []

    def watched() -> Iterator[LedgerRow]:
        for row in rows:
            last[:] = [row]
            yield row

    (_copy if connection.vendor == "postgresql" else _insert)(watched())
    if last:
        LedgerChain.objects.create(authority=body, length=last[0].chain_position or 0, last_digest=last[0].entry_digest)


def _copy(rows: Iterable[LedgerRow]) -> None:
    """COPY, without looking up what every key points at."""
    columns = ", ".join(LedgerRow._fields)
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        with cursor.copy(f"COPY {LedgerEntry._meta.db_table} ({columns}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        cursor.execute("SET session_replication_role = DEFAULT")


def _insert(rows: Iterable[LedgerRow]) -> None:
    marks = ", ".join(["%s"] * len(LedgerRow._fields))
    columns = ", ".join(LedgerRow._fields)
    sql = f"INSERT INTO {LedgerEntry._meta.db_table} ({columns}) VALUES ({marks})"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.executemany(sql, [[_plain(value) for value in row] for row in rows])


def _plain(value: Any) -> Any:
    if isinstance(value, UUID):
        return value.hex
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    return connection.ops.adapt_datefield_value(value) if isinstance(value, date) else value
