"""Rows that are written once: our own code refuses to change them, and PostgreSQL refuses anybody."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import DatabaseError, connection, models, transaction

from certificates.models import Certificate, HoldingEvent
from courses.models import HourPolicy
from lms.lib.append_only import AppendOnlyError
from tests.factories.certificates import make_certificate

pytestmark = pytest.mark.django_db


def certificate(media_folder: Path) -> models.Model:
    return make_certificate()


def event(media_folder: Path) -> models.Model:
    make_certificate()
    return HoldingEvent.objects.get(sequence=2)


def policy(media_folder: Path) -> models.Model:
    return make_certificate().renewal.ce_year.policy


ROWS: list[tuple[Callable[[Path], models.Model], str]] = [
    (certificate, "number"),
    (event, "reason"),
    (policy, "source"),
]


@pytest.mark.parametrize(("make", "column"), ROWS, ids=["certificate", "event", "policy"])
def test_code_can_neither_change_nor_delete_the_row(media_folder: Path, make, column: str):
    row = make(media_folder)
    rows = type(row).objects.filter(pk=row.pk)
    setattr(row, column, "changed")
    refused = [
        row.save,
        row.delete,
        rows.delete,
        lambda: rows.update(**{column: "changed"}),
        lambda: rows.bulk_update([row], [column]),
        lambda: type(row).objects.update_or_create(pk=row.pk, defaults={column: "changed"}),
    ]
    for act in refused:
        with pytest.raises(AppendOnlyError):
            act()
    assert rows.values_list(column, flat=True).get() != "changed"


@pytest.mark.parametrize(("make", "column"), ROWS, ids=["certificate", "event", "policy"])
def test_the_database_is_the_lock_where_it_can_be(media_folder: Path, make, column: str):
    row = make(media_folder)
    table = row._meta.db_table
    statements = [f"UPDATE {table} SET {column} = 'changed' WHERE id = %s", f"DELETE FROM {table} WHERE id = %s"]  # noqa: S608
    outcomes = []
    for statement in statements:
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement, [row.pk])
                transaction.set_rollback(True)
            outcomes.append("obeyed")
        except DatabaseError as error:
            outcomes.append(str(error).splitlines()[0])
    locked = [f"rows of {table} are written once"] * 2
    assert outcomes == {"postgresql": locked, "sqlite": ["obeyed"] * 2}[connection.vendor]


def test_the_row_stays_as_it_was_written(media_folder: Path):
    issued = make_certificate()
    before = Certificate.objects.values().get()
    with pytest.raises(AppendOnlyError):
        Certificate.objects.filter(pk=issued.pk).update(number="changed")
    assert Certificate.objects.values().get() == before
    assert HourPolicy.objects.filter(pk=issued.renewal.ce_year.policy_id).exists()
