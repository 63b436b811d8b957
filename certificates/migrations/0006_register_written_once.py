"""Events, published designs, signatures and checks are written once: PostgreSQL itself refuses to change them."""

from django.db import migrations

from lms.lib.append_only import lock_tables


class Migration(migrations.Migration):
    dependencies = [("certificates", "0005_drop_older_events")]
    operations = [
        lock_tables(
            "certificates_holdingevent",
            "certificates_designversion",
            "certificates_detachedsignature",
            "certificates_integritycheck",
        )
    ]
