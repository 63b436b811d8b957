"""Lessons may show SCORM packages, on terms of their own."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("courses", "0006_grace_days"),
        ("media_pipeline", "0005_scorm_packages"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="lesson",
            name="lesson_video_where_video",
        ),
        migrations.AddField(
            model_name="lesson",
            name="attempts_allowed",
            field=models.PositiveSmallIntegerField(default=0, verbose_name="可学次数"),
        ),
        migrations.AddField(
            model_name="lesson",
            name="counted_attempt",
            field=models.CharField(
                choices=[("best", "最好一次"), ("last", "最近一次"), ("first", "第一次")],
                default="best",
                max_length=5,
                verbose_name="以哪次为准",
            ),
        ),
        migrations.AddField(
            model_name="lesson",
            name="scorm_goal",
            field=models.CharField(
                choices=[("completed", "学完或通过"), ("passed", "测验通过"), ("time", "只看学习时间")],
                default="completed",
                max_length=9,
                verbose_name="课件须报告",
            ),
        ),
        migrations.AlterField(
            model_name="lesson",
            name="kind",
            field=models.CharField(
                choices=[("video", "视频"), ("reading", "阅读"), ("slides", "幻灯片"), ("scorm", "SCORM 课件")],
                max_length=8,
                verbose_name="形式",
            ),
        ),
        migrations.AddConstraint(
            model_name="lesson",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind__in", ["video", "slides", "scorm"]), ("video__isnull", False)),
                    models.Q(("kind", "reading"), ("video__isnull", True)),
                    _connector="OR",
                ),
                name="lesson_video_where_video",
            ),
        ),
    ]
