"""Lessons of SCORM packages in the editor."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cms_pages", "0003_lessons_of_slides"),
        ("media_pipeline", "0005_scorm_packages"),
    ]

    operations = [
        migrations.AddField(
            model_name="coursepagelesson",
            name="attempts_allowed",
            field=models.PositiveSmallIntegerField(
                default=0, help_text="仅 SCORM 课件：可以从头学几次，0 为不限", verbose_name="可学次数"
            ),
        ),
        migrations.AddField(
            model_name="coursepagelesson",
            name="counted_attempt",
            field=models.CharField(
                choices=[("best", "最好一次"), ("last", "最近一次"), ("first", "第一次")],
                default="best",
                max_length=5,
                verbose_name="以哪次为准",
            ),
        ),
        migrations.AddField(
            model_name="coursepagelesson",
            name="scorm_goal",
            field=models.CharField(
                choices=[("completed", "学完或通过"), ("passed", "测验通过"), ("time", "只看学习时间")],
                default="completed",
                help_text="仅 SCORM 课件：除计到所需学习秒数外，课件还须报告什么才算学完",
                max_length=9,
                verbose_name="课件须报告",
            ),
        ),
        migrations.AlterField(
            model_name="coursepagelesson",
            name="kind",
            field=models.CharField(
                choices=[("video", "视频"), ("reading", "阅读"), ("slides", "幻灯片"), ("scorm", "SCORM 课件")],
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
                verbose_name="视频、幻灯片或 SCORM 课件",
            ),
        ),
    ]
