"""Lessons may show slides: PostgreSQL keeps the trigger that locks the rows, only the check is another."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("courses", "0004_questions_written_once"),
        ("media_pipeline", "0002_media_library"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="lesson",
            name="lesson_video_where_video",
        ),
        migrations.AlterField(
            model_name="lesson",
            name="kind",
            field=models.CharField(
                choices=[("video", "视频"), ("reading", "阅读"), ("slides", "幻灯片")],
                max_length=8,
                verbose_name="形式",
            ),
        ),
        migrations.AddConstraint(
            model_name="lesson",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind__in", ["video", "slides"]), ("video__isnull", False)),
                    models.Q(("kind", "reading"), ("video__isnull", True)),
                    _connector="OR",
                ),
                name="lesson_video_where_video",
            ),
        ),
    ]
