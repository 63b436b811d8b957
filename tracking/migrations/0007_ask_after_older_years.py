"""Annual years opened before are asked once whether another follows; the sweep answers."""

from typing import Any

from django.db import migrations
from django.db.models import F


def ask_after_older_years(apps: Any, schema_editor: Any) -> None:
    """Mark every annual year as unfollowed since its last day."""
    years = apps.get_model("tracking", "CeYear").objects.filter(kind="annual")
    years.update(unfollowed_since=F("closes_on"))


class Migration(migrations.Migration):
    dependencies = [("tracking", "0006_following_years")]
    operations = [migrations.RunPython(ask_after_older_years, migrations.RunPython.noop)]
