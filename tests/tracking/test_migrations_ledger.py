"""Entries written before the chain are chained when the site is upgraded."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.utils import DatabaseError

from courses.enums import Block
from tests.factories.tracking import NOW, make_ce_year, make_course
from tracking.models import CeYear, LedgerChain, LedgerEntry
from tracking.queries import prove_ledger

pytestmark = pytest.mark.django_db(transaction=True)
BEFORE = [("tracking", "0007_ask_after_older_years")]


def migrate(targets: list[tuple[str, str]]) -> Any:
    """Bring the database to these migrations; gives the models as they were then."""
    executor = MigrationExecutor(connection)
    return executor.migrate(targets).apps


@pytest.fixture(autouse=True)
def brought_up_to_date() -> Iterator[None]:
    """Leave the database as it was found, whatever happens."""
    yield
    up()


def down() -> Any:
    """Take the chain away; gives the models as they were. What needs today's models is made before."""
    return migrate(BEFORE)


def up() -> None:
    """Bring the database up to date."""
    migrate(MigrationExecutor(connection).loader.graph.leaf_nodes())


def write_old(models: Any, year: CeYear, *, block: Block = Block.COMMON, **overrides: Any) -> Any:
    """An entry as it was written before it had a year or a place in a chain."""
    course = make_course(post=year.post if block == Block.PROFESSIONAL else None)
    edition = course.current_edition
    assert edition is not None
    lesson = edition.lessons.get()
    values: dict[str, Any] = {
        "uuid": uuid4(),
        "learner_id": year.learner_id,
        "authority_id": year.authority_id,
        "post_id": year.post_id if block == Block.PROFESSIONAL else None,
        "block": block.value,
        "minutes": 1,
        "label": year.label,
        "earned_on": year.opens_on,
        "earned_at": NOW,
        "source": "lesson",
        "edition_id": edition.pk,
        "lesson_id": lesson.pk,
        "lesson_key": lesson.lesson_key,
        "policy_id": year.policy_id,
        "evidence_digest": "a" * 64,
    }
    old_entries = models.get_model("tracking", "LedgerEntry").objects
    return old_entries.create(**{**values, **overrides})


def test_older_rows_are_brought_up_to_date(monkeypatch: pytest.MonkeyPatch) -> None:
    """All in one walk: going back a dozen migrations and up again takes half a minute."""
    batches = importlib.import_module("tracking.migrations.0008_chain_older_entries")
    monkeypatch.setattr(batches, "ROWS_AT_ONCE", 2)
    year, many = make_ce_year(), make_ce_year()
    other_post = make_ce_year(learner=year.learner, authority=year.authority)
    decided = {"refused": ["refused", "refused"], "recognised": ["refused", "recognised"], "": []}
    decided_years = {outcome: make_ce_year() for outcome in decided}

    old_models = down()
    late = write_old(old_models, year, earned_at=NOW + timedelta(hours=2))
    early = write_old(old_models, other_post, block=Block.PROFESSIONAL)
    stray = write_old(old_models, year, label=1999, earned_at=NOW + timedelta(hours=1))
    taken_back = {"source": "reversal", "minutes": -1, "reverses": early, "lesson_id": None, "lesson_key": None}
    counter = write_old(
        old_models, other_post, block=Block.PROFESSIONAL, earned_at=NOW + timedelta(days=1), **taken_back
    )
    backwards = [write_old(old_models, many, earned_at=NOW - timedelta(minutes=n)) for n in range(5)]
    for outcome, decisions in decided.items():
        write_old_decisions(old_models, decided_years[outcome], decisions)
    up()

    found = {entry.pk: (entry.chain_position, entry.ce_year_id) for entry in LedgerEntry.objects.all()}
    assert found == {
        early.pk: (1, other_post.pk),
        stray.pk: (2, None),
        late.pk: (3, year.pk),
        counter.pk: (4, other_post.pk),
        **{entry.pk: (5 - n, many.pk) for n, entry in enumerate(backwards)},  # in batches, in the order of earning
    }
    lengths = {year.authority_id: 4, many.authority_id: 5}
    assert dict(LedgerChain.objects.values_list("authority_id", "length")) == lengths
    assert [prove_ledger(each.authority).flaws for each in (year, many)] == [(), ()]
    assert is_locked() is (connection.vendor == "postgresql")
    standing = {outcome: CeYear.objects.get(pk=each.pk).decision for outcome, each in decided_years.items()}
    assert standing == {outcome: outcome for outcome in decided}


def write_old_decisions(models: Any, year: CeYear, outcomes: list[str]) -> None:
    for outcome in outcomes:
        models.get_model("tracking", "Recognition").objects.create(
            uuid=uuid4(),
            ce_year_id=year.pk,
            outcome=outcome,
            common_minutes=0,
            professional_minutes=0,
            policy_id=year.policy_id,
            decided_at=NOW,
            reason="测试",
        )


def is_locked() -> bool:
    """Whether the database refuses to change an entry again, after the migrations had to."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("UPDATE tracking_ledgerentry SET minutes = 99")
            transaction.set_rollback(True)
    except DatabaseError as error:
        return "written once" in str(error)
    return False
