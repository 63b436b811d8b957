"""How fast an attempt at a package may save."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tracking", "0017_scorm_attempts_listed")]

    operations = [
        migrations.AddField(
            model_name="scormattempt",
            name="paced_ms",
            field=models.PositiveBigIntegerField(default=0),
        ),
    ]
