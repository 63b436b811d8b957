"""Rows that are written once: PostgreSQL itself refuses to change them."""

from django.db import migrations

from lms.lib.append_only import lock_tables


class Migration(migrations.Migration):
    dependencies = [("courses", "0001_initial")]
    operations = [
        lock_tables(
            "courses_hourpolicy",
            "courses_courseedition",
            "courses_lesson",
            "courses_editioncitation",
            "courses_lessoncitation",
        )
    ]
