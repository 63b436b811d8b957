"""Rows that are written once: PostgreSQL itself refuses to change them."""

from django.db import migrations

from lms.lib.append_only import lock_tables


class Migration(migrations.Migration):
    dependencies = [("tracking", "0001_initial")]
    operations = [lock_tables("tracking_ledgerentry", "tracking_recognition")]
