"""Attempts at all packages are listed by their beginning."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tracking", "0016_scorm_verdict")]

    operations = [
        migrations.AddIndex(
            model_name="scormattempt",
            index=models.Index(fields=["began_at"], name="scorm_attempt_by_beginning"),
        ),
    ]
