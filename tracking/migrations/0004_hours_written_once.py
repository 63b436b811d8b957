"""Rows of the hours engine that are written once, and room for rows that are rewritten in place.

A report rewrites three rows and changes no indexed column; free room on the page lets PostgreSQL keep the new version
beside the old one and write no index.
"""

from typing import Any

from django.db import migrations

from lms.lib.append_only import lock_tables

REWRITTEN = ("tracking_playlease", "tracking_lessonprogress", "tracking_studyday")


def leave_room(apps: Any, schema_editor: Any) -> None:
    """Leave a third of every page free, on PostgreSQL."""
    if schema_editor.connection.vendor == "postgresql":
        for table in REWRITTEN:
            schema_editor.execute(f"ALTER TABLE {table} SET (fillfactor = 66)")


class Migration(migrations.Migration):
    dependencies = [("tracking", "0003_hours_engine")]
    operations = [
        lock_tables("tracking_ledgerseal", "tracking_makeupapproval", "tracking_offlineevidence"),
        migrations.RunPython(leave_room, migrations.RunPython.noop),
    ]
