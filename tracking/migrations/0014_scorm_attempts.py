"""What SCORM packages report."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("courses", "0007_lessons_of_packages"),
        ("media_pipeline", "0005_scorm_packages"),
        ("tracking", "0013_recognised_lately"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ScormAttempt",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "completion",
                    models.CharField(
                        choices=[
                            ("unknown", "未报告"),
                            ("not attempted", "未开始"),
                            ("incomplete", "未学完"),
                            ("completed", "已学完"),
                        ],
                        default="unknown",
                        max_length=13,
                        verbose_name="完成情况",
                    ),
                ),
                (
                    "success",
                    models.CharField(
                        choices=[("unknown", "未报告"), ("failed", "未通过"), ("passed", "已通过")],
                        default="unknown",
                        max_length=7,
                        verbose_name="通过情况",
                    ),
                ),
                ("score_scaled", models.FloatField(blank=True, null=True, verbose_name="折算得分")),
                ("score_raw", models.FloatField(blank=True, null=True, verbose_name="得分")),
                ("score_min", models.FloatField(blank=True, null=True, verbose_name="最低分")),
                ("score_max", models.FloatField(blank=True, null=True, verbose_name="最高分")),
                ("progress", models.FloatField(blank=True, null=True, verbose_name="进度")),
                ("number", models.PositiveSmallIntegerField(verbose_name="第几次")),
                ("began_at", models.DateTimeField(verbose_name="开始时间")),
                ("touched_at", models.DateTimeField(verbose_name="最近保存")),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="结束时间")),
                (
                    "end",
                    models.CharField(
                        blank=True,
                        choices=[("finished", "学完退出"), ("restart", "从头再学"), ("moved", "课件换版")],
                        max_length=8,
                        verbose_name="结束方式",
                    ),
                ),
                ("generation", models.PositiveIntegerField(default=0)),
                ("last_sequence", models.IntegerField(default=-1)),
                ("is_suspended", models.BooleanField(default=False)),
                ("claimed_ms", models.PositiveBigIntegerField(blank=True, null=True)),
                ("current", models.CharField(blank=True, max_length=255)),
                ("state", models.JSONField(blank=True, default=dict)),
                (
                    "enrolment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="scorm_attempts",
                        to="tracking.enrolment",
                    ),
                ),
                (
                    "lesson",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="scorm_attempts", to="courses.lesson"
                    ),
                ),
                (
                    "video",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="scorm_attempts",
                        to="media_pipeline.video",
                    ),
                ),
            ],
            options={
                "verbose_name": "SCORM 学习",
                "verbose_name_plural": "SCORM 学习",
            },
        ),
        migrations.CreateModel(
            name="ScormActivity",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "completion",
                    models.CharField(
                        choices=[
                            ("unknown", "未报告"),
                            ("not attempted", "未开始"),
                            ("incomplete", "未学完"),
                            ("completed", "已学完"),
                        ],
                        default="unknown",
                        max_length=13,
                        verbose_name="完成情况",
                    ),
                ),
                (
                    "success",
                    models.CharField(
                        choices=[("unknown", "未报告"), ("failed", "未通过"), ("passed", "已通过")],
                        default="unknown",
                        max_length=7,
                        verbose_name="通过情况",
                    ),
                ),
                ("score_scaled", models.FloatField(blank=True, null=True, verbose_name="折算得分")),
                ("score_raw", models.FloatField(blank=True, null=True, verbose_name="得分")),
                ("score_min", models.FloatField(blank=True, null=True, verbose_name="最低分")),
                ("score_max", models.FloatField(blank=True, null=True, verbose_name="最高分")),
                ("progress", models.FloatField(blank=True, null=True, verbose_name="进度")),
                ("key", models.CharField(max_length=255)),
                ("elements", models.JSONField(default=dict)),
                ("total_time_ms", models.PositiveBigIntegerField(default=0)),
                ("entry", models.CharField(blank=True, max_length=9)),
                ("exit", models.CharField(blank=True, max_length=8)),
                ("revision", models.PositiveIntegerField(default=0)),
                ("updated_at", models.DateTimeField()),
                (
                    "attempt",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="activities",
                        to="tracking.scormattempt",
                    ),
                ),
            ],
            options={
                "verbose_name": "SCORM 单元",
                "verbose_name_plural": "SCORM 单元",
            },
        ),
        migrations.CreateModel(
            name="ScormCommit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("activity_key", models.CharField(max_length=255)),
                ("launch", models.UUIDField()),
                ("generation", models.PositiveIntegerField()),
                ("sequence", models.PositiveIntegerField()),
                ("is_last", models.BooleanField(default=False)),
                ("elements", models.JSONField(default=dict)),
                ("refused", models.JSONField(default=list)),
                ("received_at", models.DateTimeField()),
                (
                    "attempt",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="commits", to="tracking.scormattempt"
                    ),
                ),
            ],
            options={
                "verbose_name": "SCORM 提交",
                "verbose_name_plural": "SCORM 提交",
            },
        ),
        migrations.CreateModel(
            name="ScormInteraction",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveIntegerField()),
                ("key", models.TextField(blank=True)),
                ("kind", models.CharField(blank=True, max_length=12)),
                ("said_at", models.CharField(blank=True, max_length=40)),
                ("weighting", models.FloatField(blank=True, null=True)),
                ("correct_responses", models.JSONField(default=list)),
                ("learner_response", models.TextField(blank=True)),
                ("result", models.CharField(blank=True, max_length=24)),
                ("latency_ms", models.PositiveBigIntegerField(blank=True, null=True)),
                ("description", models.TextField(blank=True)),
                ("objectives", models.JSONField(default=list)),
                (
                    "activity",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="interactions",
                        to="tracking.scormactivity",
                    ),
                ),
            ],
            options={
                "verbose_name": "SCORM 作答",
                "verbose_name_plural": "SCORM 作答",
            },
        ),
        migrations.CreateModel(
            name="ScormMove",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="说明")),
                ("moved_at", models.DateTimeField(verbose_name="时间")),
                (
                    "actor",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "lesson",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="scorm_moves", to="courses.lesson"
                    ),
                ),
                (
                    "video",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="scorm_moves",
                        to="media_pipeline.video",
                    ),
                ),
            ],
            options={
                "verbose_name": "SCORM 换版",
                "verbose_name_plural": "SCORM 换版",
            },
        ),
        migrations.CreateModel(
            name="ScormObjective",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "completion",
                    models.CharField(
                        choices=[
                            ("unknown", "未报告"),
                            ("not attempted", "未开始"),
                            ("incomplete", "未学完"),
                            ("completed", "已学完"),
                        ],
                        default="unknown",
                        max_length=13,
                        verbose_name="完成情况",
                    ),
                ),
                (
                    "success",
                    models.CharField(
                        choices=[("unknown", "未报告"), ("failed", "未通过"), ("passed", "已通过")],
                        default="unknown",
                        max_length=7,
                        verbose_name="通过情况",
                    ),
                ),
                ("score_scaled", models.FloatField(blank=True, null=True, verbose_name="折算得分")),
                ("score_raw", models.FloatField(blank=True, null=True, verbose_name="得分")),
                ("score_min", models.FloatField(blank=True, null=True, verbose_name="最低分")),
                ("score_max", models.FloatField(blank=True, null=True, verbose_name="最高分")),
                ("progress", models.FloatField(blank=True, null=True, verbose_name="进度")),
                ("position", models.PositiveIntegerField()),
                ("key", models.TextField(blank=True)),
                ("description", models.TextField(blank=True)),
                (
                    "activity",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="objectives",
                        to="tracking.scormactivity",
                    ),
                ),
            ],
            options={
                "verbose_name": "SCORM 目标",
                "verbose_name_plural": "SCORM 目标",
            },
        ),
        migrations.CreateModel(
            name="ScormSession",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("activity_key", models.CharField(max_length=255)),
                ("launch", models.UUIDField(unique=True)),
                ("generation", models.PositiveIntegerField()),
                ("began_at", models.DateTimeField()),
                ("heard_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("claimed_ms", models.PositiveBigIntegerField(blank=True, null=True)),
                (
                    "attempt",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="sessions", to="tracking.scormattempt"
                    ),
                ),
                (
                    "lease",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="scorm_sessions",
                        to="tracking.playlease",
                    ),
                ),
            ],
            options={
                "verbose_name": "SCORM 会话",
                "verbose_name_plural": "SCORM 会话",
            },
        ),
        migrations.AddIndex(
            model_name="scormattempt",
            index=models.Index(fields=["video", "began_at"], name="scorm_attempt_of_video"),
        ),
        migrations.AddConstraint(
            model_name="scormattempt",
            constraint=models.UniqueConstraint(
                fields=("enrolment", "lesson", "number"), name="scorm_attempt_number_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="scormattempt",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at__isnull", True)),
                fields=("enrolment", "lesson"),
                name="one_open_scorm_attempt",
            ),
        ),
        migrations.AddConstraint(
            model_name="scormattempt",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("end", ""), ("ended_at__isnull", True)),
                    models.Q(("ended_at__isnull", False), models.Q(("end", ""), _negated=True)),
                    _connector="OR",
                ),
                name="scorm_attempt_end_has_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="scormactivity",
            constraint=models.UniqueConstraint(fields=("attempt", "key"), name="scorm_activity_once"),
        ),
        migrations.AddConstraint(
            model_name="scormcommit",
            constraint=models.UniqueConstraint(fields=("attempt", "generation", "sequence"), name="scorm_commit_once"),
        ),
        migrations.AddConstraint(
            model_name="scorminteraction",
            constraint=models.UniqueConstraint(fields=("activity", "position"), name="scorm_interaction_once"),
        ),
        migrations.AddIndex(
            model_name="scormmove",
            index=models.Index(fields=["lesson", "moved_at"], name="scorm_move_of_lesson"),
        ),
        migrations.AddConstraint(
            model_name="scormobjective",
            constraint=models.UniqueConstraint(fields=("activity", "position"), name="scorm_objective_once"),
        ),
        migrations.AddIndex(
            model_name="scormsession",
            index=models.Index(fields=["attempt", "began_at"], name="scorm_session_of_attempt"),
        ),
    ]
