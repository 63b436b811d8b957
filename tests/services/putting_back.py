"""After a test of real transactions: its database as it was made, without emptying and filling every table anew."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import Any

from django.apps import apps
from django.db import connection, transaction

_KEPT = "as_made"


def remember() -> Callable[[], None]:
    """Remember all rows of the test database; give the function that puts them back and removes all others."""
    put_back = _remember_sqlite() if connection.vendor == "sqlite" else _remember_postgresql()

    def put_all_back() -> None:
        put_back()
        apps.get_model("contenttypes", "ContentType").objects.clear_cache()  # services start where no models are loaded

    return put_all_back


def _remember_sqlite() -> Callable[[], None]:
    connection.ensure_connection()
    kept = sqlite3.connect(":memory:", check_same_thread=False)
    connection.connection.backup(kept)

    def put_back() -> None:
        connection.ensure_connection()
        kept.backup(connection.connection)

    return put_back


def _remember_postgresql() -> Callable[[], None]:
    """Copy the few tables that have rows; afterwards one statement tells which tables are no longer what they were."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        tables = [f'"{name}"' for (name,) in cursor.fetchall()]
        cursor.execute(" UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM {name})" for name in tables))  # noqa: S608
        filled = [name for (name,) in cursor.fetchall()]
        cursor.execute(f"DROP SCHEMA IF EXISTS {_KEPT} CASCADE; CREATE SCHEMA {_KEPT}")
        for name in filled:
            cursor.execute(f"CREATE TABLE {_KEPT}.{name} AS TABLE {name}")
        digests = {name: _digest(cursor, name) for name in filled}
    looks = [f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM {name})" for name in tables if name not in digests]  # noqa: S608
    looks += [f"SELECT '{name}' WHERE ({_digest_of(name)}) IS DISTINCT FROM '{digests[name]}'" for name in filled]  # noqa: S608
    which = " UNION ALL ".join(looks)

    def put_back() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(which)
            changed = [name for (name,) in cursor.fetchall()]
            cursor.execute("SET LOCAL session_replication_role = replica")  # no row is checked or refused
            for name in changed:
                cursor.execute(f"DELETE FROM {name}")  # noqa: S608
                if name in digests:
                    cursor.execute(f"INSERT INTO {name} SELECT * FROM {_KEPT}.{name}")  # noqa: S608

    return put_back


def _digest_of(name: str) -> str:
    return f"SELECT md5(string_agg(r::text, ' ' ORDER BY r::text)) FROM {name} r"  # noqa: S608


def _digest(cursor: Any, name: str) -> str:
    cursor.execute(_digest_of(name))
    return str(cursor.fetchone()[0])
