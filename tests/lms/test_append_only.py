"""What is written once stays: in the code everywhere, and in the database itself on PostgreSQL."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import AuditEntry
from lms.lib.append_only import AppendOnlyError

pytestmark = pytest.mark.django_db


def _entry() -> AuditEntry:
    return AuditEntry.objects.create(at=datetime(2026, 3, 2, tzinfo=UTC), action="test.act", target="测试", detail={})


def test_a_row_is_neither_saved_again_nor_deleted() -> None:
    entry = _entry()

    for change in (entry.save, entry.delete, AuditEntry.objects.all().delete):
        with pytest.raises(AppendOnlyError):
            change()
    with pytest.raises(AppendOnlyError):
        AuditEntry.objects.update(action="test.other")
    with pytest.raises(AppendOnlyError):
        AuditEntry.objects.bulk_update([entry], ["action"])


def test_on_postgresql_not_even_sql_changes_a_row() -> None:
    _entry()
    refused = False
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("UPDATE accounts_auditentry SET action = 'test.other'")
    except IntegrityError as error:
        refused = "written once" in str(error)

    assert refused is (connection.vendor == "postgresql")
