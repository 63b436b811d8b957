"""A course page may have lessons of slides."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cms_pages", "0002_lesson_questions"),
        ("media_pipeline", "0002_media_library"),
    ]

    operations = [
        migrations.AlterField(
            model_name="coursepagelesson",
            name="kind",
            field=models.CharField(
                choices=[("video", "视频"), ("reading", "阅读"), ("slides", "幻灯片")],
                default="reading",
                max_length=8,
                verbose_name="形式",
            ),
        ),
        migrations.AlterField(
            model_name="coursepagelesson",
            name="video",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="media_pipeline.video",
                verbose_name="视频或幻灯片",
            ),
        ),
    ]
