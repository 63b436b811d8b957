"""Holdings name the mode of their newest certificate, also those from before the register asked for it."""

from typing import Any

from django.db import migrations
from django.db.models import OuterRef, Subquery, Value
from django.db.models.functions import Coalesce


def name_modes(apps: Any, schema_editor: Any) -> None:
    """One statement."""
    newest = apps.get_model("certificates", "Certificate").objects.filter(holding=OuterRef("pk")).order_by("-version")
    holdings = apps.get_model("certificates", "Holding").objects.filter(last_issued_at__isnull=False)
    holdings.update(certificate_mode=Coalesce(Subquery(newest.values("mode")[:1]), Value("")))


class Migration(migrations.Migration):
    dependencies = [("certificates", "0009_register_lists")]
    operations = [migrations.RunPython(name_modes, migrations.RunPython.noop)]
