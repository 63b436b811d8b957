"""Rows that are written once. A correction is a counter-entry, never an edit."""

from __future__ import annotations

from typing import Any

from django.db import migrations, models


class AppendOnlyError(TypeError):
    """Code tried to change or delete a row that is written once."""


class AppendOnlyQuerySet(models.QuerySet[Any]):
    """A query set that refuses to change what is written; on PostgreSQL a trigger is the lock."""

    def update(self, **kwargs: Any) -> int:
        raise AppendOnlyError(f"{self.model.__name__} rows are written once")

    def delete(self) -> tuple[int, dict[str, int]]:
        raise AppendOnlyError(f"{self.model.__name__} rows are written once")

    def bulk_update(self, *args: Any, **kwargs: Any) -> int:
        raise AppendOnlyError(f"{self.model.__name__} rows are written once")


class AppendOnlyModel(models.Model):
    """A row that is written once and read for ever."""

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise AppendOnlyError(f"{type(self).__name__} rows are written once")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise AppendOnlyError(f"{type(self).__name__} rows are written once")


def append_only_sql(table: str) -> tuple[str, str]:
    """SQL that locks and unlocks a table's rows on PostgreSQL."""
    lock = f"""
    CREATE OR REPLACE FUNCTION xueshi_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'rows of % are written once', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
    END $$;
    CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION xueshi_refuse_change();
    """
    return lock, f"DROP TRIGGER {table}_append_only ON {table};"


def lock_tables(*tables: str) -> migrations.RunPython:
    """A migration operation that locks the tables on PostgreSQL and does nothing elsewhere."""

    def lock(apps: Any, schema_editor: Any) -> None:
        if schema_editor.connection.vendor == "postgresql":
            for table in tables:
                schema_editor.execute(append_only_sql(table)[0], params=None)  # "%" is no placeholder here

    def unlock(apps: Any, schema_editor: Any) -> None:
        if schema_editor.connection.vendor == "postgresql":
            for table in tables:
                schema_editor.execute(append_only_sql(table)[1], params=None)  # "%" is no placeholder here

    return migrations.RunPython(lock, unlock)


def lock_truncation(*tables: str) -> migrations.RunPython:
    """A migration operation that refuses TRUNCATE on the tables on PostgreSQL, where no trigger of rows sees it."""

    def lock(apps: Any, schema_editor: Any) -> None:
        if schema_editor.connection.vendor == "postgresql":
            for table in tables:
                schema_editor.execute(
                    f"CREATE TRIGGER {truncation_lock(table)} BEFORE TRUNCATE ON {table} "
                    "FOR EACH STATEMENT EXECUTE FUNCTION xueshi_refuse_change()"
                )

    def unlock(apps: Any, schema_editor: Any) -> None:
        if schema_editor.connection.vendor == "postgresql":
            for table in tables:
                schema_editor.execute(f"DROP TRIGGER {truncation_lock(table)} ON {table}")

    return migrations.RunPython(lock, unlock)


def truncation_lock(table: str) -> str:
    """The name of the trigger that refuses TRUNCATE."""
    return f"{table}_no_truncate"
