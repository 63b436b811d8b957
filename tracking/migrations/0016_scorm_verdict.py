"""What decided that a package was learnt, kept with the progress."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tracking", "0015_scorm_written_once")]

    operations = [
        migrations.AddField(
            model_name="lessonprogress",
            name="scorm_verdict",
            field=models.JSONField(blank=True, null=True),
        ),
    ]
