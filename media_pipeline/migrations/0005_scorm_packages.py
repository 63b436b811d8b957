"""What SCORM packages hold."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("media_pipeline", "0004_reasons_of_decks"),
    ]

    operations = [
        migrations.AlterField(
            model_name="video",
            name="kind",
            field=models.CharField(
                choices=[("video", "视频"), ("slides", "幻灯片"), ("scorm", "SCORM 课件")],
                default="video",
                max_length=8,
                verbose_name="类型",
            ),
        ),
        migrations.CreateModel(
            name="ScormContent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "standard",
                    models.CharField(
                        choices=[
                            ("1.2", "SCORM 1.2"),
                            ("2004-2", "SCORM 2004 第二版"),
                            ("2004-3", "SCORM 2004 第三版"),
                            ("2004-4", "SCORM 2004 第四版"),
                        ],
                        max_length=8,
                        verbose_name="标准",
                    ),
                ),
                ("identifier", models.CharField(blank=True, max_length=255, verbose_name="标识")),
                ("outline", models.JSONField(default=dict)),
                ("findings", models.JSONField(blank=True, default=list)),
                ("files", models.JSONField(default=dict)),
                ("file_count", models.PositiveIntegerField(verbose_name="文件数")),
                ("unpacked_bytes", models.PositiveBigIntegerField(verbose_name="解压后大小（字节）")),
                ("declared_seconds", models.PositiveIntegerField(default=1800, verbose_name="声明的学习时长（秒）")),
                (
                    "declared_by",
                    models.CharField(
                        choices=[("manifest", "课件清单"), ("editor", "编辑填写"), ("nobody", "未声明，按默认值")],
                        default="nobody",
                        max_length=8,
                        verbose_name="时长来源",
                    ),
                ),
                ("allowed_hosts", models.JSONField(blank=True, default=list, verbose_name="允许访问的外部主机")),
                ("imported_at", models.DateTimeField(verbose_name="导入时间")),
                (
                    "video",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="scorm", to="media_pipeline.video"
                    ),
                ),
            ],
            options={
                "verbose_name": "SCORM 课件内容",
                "verbose_name_plural": "SCORM 课件内容",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("standard__in", ["1.2", "2004-2", "2004-3", "2004-4"])),
                        name="scorm_standard_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("declared_seconds__gt", 0)), name="scorm_declared_positive"
                    ),
                ],
            },
        ),
    ]
