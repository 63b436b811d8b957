import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_site_messages"),
        ("certificates", "0002_written_once"),
        ("courses", "0005_lessons_of_slides"),
        ("tracking", "0011_restored_hours"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="CertificateDesign",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("content", models.JSONField(default=dict, verbose_name="设计")),
                ("edited_at", models.DateTimeField(verbose_name="修改时间")),
            ],
            options={
                "verbose_name": "证书样式",
                "verbose_name_plural": "证书样式",
            },
        ),
        migrations.CreateModel(
            name="DesignVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("number", models.PositiveIntegerField(verbose_name="版本")),
                ("template", models.CharField(max_length=40, verbose_name="模板")),
                ("content", models.JSONField(verbose_name="设计")),
                ("sha256", models.CharField(max_length=64)),
                ("published_at", models.DateTimeField(verbose_name="发布时间")),
            ],
            options={
                "verbose_name": "证书样式版本",
                "verbose_name_plural": "证书样式版本",
            },
        ),
        migrations.CreateModel(
            name="DetachedSignature",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("algorithm", models.CharField(max_length=20, verbose_name="算法")),
                ("value", models.TextField()),
                ("made_at", models.DateTimeField(verbose_name="签名时间")),
            ],
            options={
                "verbose_name": "附加签名",
                "verbose_name_plural": "附加签名",
            },
        ),
        migrations.CreateModel(
            name="FreeSerial",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("serial", models.PositiveBigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="HoldingEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("sequence", models.PositiveIntegerField(verbose_name="序号")),
                (
                    "operation",
                    models.CharField(
                        choices=[
                            ("01", "发证"),
                            ("02", "延续"),
                            ("03", "暂停"),
                            ("04", "失效"),
                            ("05", "注销"),
                            ("06", "解除暂停"),
                            ("07", "其他"),
                            ("08", "转入"),
                            ("09", "变更"),
                            ("10", "撤销转出"),
                        ],
                        max_length=2,
                        verbose_name="操作",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("01", "有效"),
                            ("02", "暂停"),
                            ("03", "撤销"),
                            ("04", "注销"),
                            ("05", "失效"),
                            ("06", "转出"),
                            ("07", "吊销"),
                            ("99", "其他"),
                        ],
                        max_length=2,
                        verbose_name="状态",
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="时间")),
                ("related", models.CharField(blank=True, max_length=120, verbose_name="关联证照标识")),
                ("reason", models.CharField(blank=True, max_length=300, verbose_name="原因")),
            ],
            options={
                "verbose_name": "证书事件",
                "verbose_name_plural": "证书事件",
            },
        ),
        migrations.CreateModel(
            name="IntegrityCheck",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("at", models.DateTimeField(verbose_name="检查时间")),
                ("checked", models.PositiveIntegerField(verbose_name="抽检数")),
                ("missing", models.PositiveIntegerField(verbose_name="缺失数")),
                ("altered", models.PositiveIntegerField(verbose_name="改动数")),
                ("findings", models.JSONField(default=list, verbose_name="发现")),
            ],
            options={
                "verbose_name": "证书文件抽检",
                "verbose_name_plural": "证书文件抽检",
            },
        ),
        migrations.CreateModel(
            name="IssueItem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "待签发"),
                            ("issued", "已签发"),
                            ("stopped", "需人工处理"),
                            ("poison", "已隔离"),
                        ],
                        default="waiting",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("attempts", models.PositiveSmallIntegerField(default=0, verbose_name="尝试次数")),
                ("claimed_at", models.DateTimeField(blank=True, null=True)),
                ("done_at", models.DateTimeField(blank=True, null=True, verbose_name="完成时间")),
                ("failure", models.CharField(blank=True, max_length=300, verbose_name="未完成原因")),
            ],
            options={
                "verbose_name": "批量签发明细",
                "verbose_name_plural": "批量签发明细",
            },
        ),
        migrations.CreateModel(
            name="IssuerProfile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "mode",
                    models.CharField(
                        choices=[("own", "本系统签发"), ("ministry", "部系统签发")],
                        default="own",
                        max_length=8,
                        verbose_name="签发方式",
                    ),
                ),
                ("numbering", models.CharField(default="authority-year", max_length=40, verbose_name="编号规则")),
                ("uscc", models.CharField(blank=True, max_length=18, verbose_name="统一社会信用代码")),
                ("signer", models.CharField(blank=True, max_length=60, verbose_name="签名者")),
            ],
            options={
                "verbose_name": "签发设置",
                "verbose_name_plural": "签发设置",
            },
        ),
        migrations.CreateModel(
            name="IssueRun",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("running", "进行中"),
                            ("paused", "已暂停"),
                            ("done", "已完成"),
                            ("cancelled", "已取消"),
                        ],
                        default="running",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("total", models.PositiveIntegerField(default=0, verbose_name="总数")),
                ("started_at", models.DateTimeField(verbose_name="开始时间")),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="结束时间")),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="说明")),
            ],
            options={
                "verbose_name": "批量签发",
                "verbose_name_plural": "批量签发",
            },
        ),
        migrations.CreateModel(
            name="MinistryBatch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("made_at", models.DateTimeField(verbose_name="生成时间")),
                ("path", models.CharField(max_length=200)),
                ("sha256", models.CharField(max_length=64)),
                ("total", models.PositiveIntegerField(verbose_name="件数")),
                ("returned_at", models.DateTimeField(blank=True, null=True, verbose_name="最近回传时间")),
                ("report", models.JSONField(default=list, verbose_name="回传报告")),
            ],
            options={
                "verbose_name": "报部数据包",
                "verbose_name_plural": "报部数据包",
            },
        ),
        migrations.CreateModel(
            name="NumberSeries",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=60, unique=True)),
                ("last_serial", models.PositiveBigIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="Reminder",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("due_on", models.DateField(verbose_name="截止日期")),
                ("days_before", models.PositiveSmallIntegerField(verbose_name="提前天数")),
                (
                    "channel",
                    models.CharField(
                        choices=[("site", "站内消息"), ("email", "电子邮件"), ("sms", "短信")],
                        max_length=8,
                        verbose_name="方式",
                    ),
                ),
                ("made_at", models.DateTimeField(verbose_name="生成时间")),
                ("sent_at", models.DateTimeField(blank=True, null=True, verbose_name="发送时间")),
                ("attempts", models.PositiveSmallIntegerField(default=0, verbose_name="尝试次数")),
                ("failure", models.CharField(blank=True, max_length=300, verbose_name="失败原因")),
            ],
            options={
                "verbose_name": "到期提醒",
                "verbose_name_plural": "到期提醒",
            },
        ),
        migrations.CreateModel(
            name="SigningKey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kid", models.CharField(max_length=64, unique=True)),
                (
                    "purpose",
                    models.CharField(
                        choices=[("seal", "证书文件"), ("code", "二维码与凭证"), ("sm2", "国密签名")],
                        max_length=8,
                        verbose_name="用途",
                    ),
                ),
                ("name", models.CharField(max_length=60, verbose_name="名称")),
                ("algorithm", models.CharField(max_length=20, verbose_name="算法")),
                ("public_jwk", models.JSONField(default=dict)),
                ("certificate_pem", models.TextField(blank=True)),
                ("chain_pem", models.TextField(blank=True)),
                ("not_before", models.DateTimeField(blank=True, null=True, verbose_name="生效")),
                ("not_after", models.DateTimeField(blank=True, null=True, verbose_name="到期")),
                ("first_used_at", models.DateTimeField(verbose_name="启用时间")),
                ("retired_at", models.DateTimeField(blank=True, null=True, verbose_name="停用时间")),
                ("compromised_at", models.DateTimeField(blank=True, null=True, verbose_name="失密时间")),
            ],
            options={
                "verbose_name": "签名密钥",
                "verbose_name_plural": "签名密钥",
            },
        ),
        migrations.CreateModel(
            name="StatusProposal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "operation",
                    models.CharField(
                        choices=[
                            ("01", "发证"),
                            ("02", "延续"),
                            ("03", "暂停"),
                            ("04", "失效"),
                            ("05", "注销"),
                            ("06", "解除暂停"),
                            ("07", "其他"),
                            ("08", "转入"),
                            ("09", "变更"),
                            ("10", "撤销转出"),
                        ],
                        max_length=2,
                        verbose_name="操作",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("01", "有效"),
                            ("02", "暂停"),
                            ("03", "撤销"),
                            ("04", "注销"),
                            ("05", "失效"),
                            ("06", "转出"),
                            ("07", "吊销"),
                            ("99", "其他"),
                        ],
                        max_length=2,
                        verbose_name="拟变更为",
                    ),
                ),
                ("reason", models.CharField(max_length=300, verbose_name="原因")),
                ("changes", models.JSONField(blank=True, default=dict, verbose_name="更正内容")),
                ("proposed_at", models.DateTimeField(verbose_name="提出时间")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "待复核"),
                            ("confirmed", "已复核"),
                            ("refused", "未通过"),
                            ("withdrawn", "已撤回"),
                        ],
                        default="open",
                        max_length=10,
                        verbose_name="进展",
                    ),
                ),
                ("decided_at", models.DateTimeField(blank=True, null=True, verbose_name="决定时间")),
                ("decision_note", models.CharField(blank=True, max_length=300, verbose_name="复核意见")),
            ],
            options={
                "verbose_name": "证书状态变更",
                "verbose_name_plural": "证书状态变更",
            },
        ),
        migrations.AddField(
            model_name="certificate",
            name="identifier",
            field=models.CharField(blank=True, max_length=120, verbose_name="证照标识"),
        ),
        migrations.AddField(
            model_name="certificate",
            name="mode",
            field=models.CharField(
                choices=[("own", "本系统签发"), ("ministry", "部系统签发")],
                default="own",
                max_length=8,
                verbose_name="签发方式",
            ),
        ),
        migrations.AddField(
            model_name="certificate",
            name="qr_payload",
            field=models.TextField(blank=True, editable=False),
        ),
        migrations.AddField(
            model_name="certificate",
            name="replaces",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="replaced_by",
                to="certificates.certificate",
                verbose_name="前一版本",
            ),
        ),
        migrations.AddField(
            model_name="certificate",
            name="signature_level",
            field=models.CharField(
                choices=[("B-B", "基本签名"), ("B-T", "带时间戳签名"), ("B-LTA", "长期存档签名")],
                default="B-B",
                max_length=8,
                verbose_name="签名级别",
            ),
        ),
        migrations.AddField(
            model_name="certificate",
            name="status_index",
            field=models.PositiveBigIntegerField(blank=True, null=True, unique=True),
        ),
        migrations.AddField(
            model_name="holding",
            name="certificate_number",
            field=models.CharField(blank=True, max_length=60, verbose_name="现证书编号"),
        ),
        migrations.AddField(
            model_name="holding",
            name="last_issued_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="最近签发时间"),
        ),
        migrations.AddField(
            model_name="holding",
            name="status",
            field=models.CharField(
                choices=[
                    ("01", "有效"),
                    ("02", "暂停"),
                    ("03", "撤销"),
                    ("04", "注销"),
                    ("05", "失效"),
                    ("06", "转出"),
                    ("07", "吊销"),
                    ("99", "其他"),
                ],
                default="01",
                max_length=2,
                verbose_name="状态",
            ),
        ),
        migrations.AlterField(
            model_name="certificate",
            name="number",
            field=models.CharField(max_length=60, verbose_name="证书编号"),
        ),
        migrations.AlterField(
            model_name="certificate",
            name="pdf_sha256",
            field=models.CharField(db_index=True, max_length=64),
        ),
        migrations.AlterField(
            model_name="certificate",
            name="renewal",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="certificate",
                to="certificates.renewal",
            ),
        ),
        migrations.AddIndex(
            model_name="holding",
            index=models.Index(fields=["authority", "-last_issued_at", "-id"], name="holding_newest"),
        ),
        migrations.AddIndex(
            model_name="holding",
            index=models.Index(fields=["authority", "status", "-last_issued_at", "-id"], name="holding_by_status"),
        ),
        migrations.AddIndex(
            model_name="holding",
            index=models.Index(fields=["certificate_number"], name="holding_by_number"),
        ),
        migrations.AddConstraint(
            model_name="holding",
            constraint=models.CheckConstraint(
                condition=models.Q(("status__in", ["01", "02", "03", "04", "05", "06", "07", "99"])),
                name="holding_status_known",
            ),
        ),
        migrations.AddField(
            model_name="certificatedesign",
            name="authority",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="certificate_design",
                to="accounts.authority",
            ),
        ),
        migrations.AddField(
            model_name="certificatedesign",
            name="edited_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="designversion",
            name="design",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="versions",
                to="certificates.certificatedesign",
            ),
        ),
        migrations.AddField(
            model_name="designversion",
            name="published_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="certificate",
            name="design",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="certificates",
                to="certificates.designversion",
            ),
        ),
        migrations.AddField(
            model_name="detachedsignature",
            name="certificate",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="detached_signatures",
                to="certificates.certificate",
            ),
        ),
        migrations.AddField(
            model_name="holdingevent",
            name="actor",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="certificate_events",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="holdingevent",
            name="authority",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="holding_events", to="accounts.authority"
            ),
        ),
        migrations.AddField(
            model_name="holdingevent",
            name="certificate",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="events",
                to="certificates.certificate",
            ),
        ),
        migrations.AddField(
            model_name="holdingevent",
            name="confirmed_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="holdingevent",
            name="holding",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="events", to="certificates.holding"
            ),
        ),
        migrations.AddField(
            model_name="holdingevent",
            name="previous",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="certificates.certificate",
            ),
        ),
        migrations.AddField(
            model_name="issueitem",
            name="ce_year",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="issue_items", to="tracking.ceyear"
            ),
        ),
        migrations.AddField(
            model_name="issuerprofile",
            name="authority",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="issuer_profile", to="accounts.authority"
            ),
        ),
        migrations.AddField(
            model_name="issuerun",
            name="authority",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="issue_runs",
                to="accounts.authority",
            ),
        ),
        migrations.AddField(
            model_name="issuerun",
            name="started_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="issueitem",
            name="run",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="items", to="certificates.issuerun"
            ),
        ),
        migrations.AddField(
            model_name="ministrybatch",
            name="authority",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="ministry_batches", to="accounts.authority"
            ),
        ),
        migrations.AddField(
            model_name="ministrybatch",
            name="made_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="renewal",
            name="ministry_batch",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="renewals",
                to="certificates.ministrybatch",
            ),
        ),
        migrations.AddField(
            model_name="freeserial",
            name="series",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="free", to="certificates.numberseries"
            ),
        ),
        migrations.AddField(
            model_name="reminder",
            name="ce_year",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="reminders", to="tracking.ceyear"
            ),
        ),
        migrations.AddField(
            model_name="detachedsignature",
            name="signing_key",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="detached_signatures",
                to="certificates.signingkey",
            ),
        ),
        migrations.AddField(
            model_name="certificate",
            name="signing_key",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="certificates",
                to="certificates.signingkey",
            ),
        ),
        migrations.AddField(
            model_name="statusproposal",
            name="authority",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="proposals", to="accounts.authority"
            ),
        ),
        migrations.AddField(
            model_name="statusproposal",
            name="decided_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="statusproposal",
            name="holding",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="proposals", to="certificates.holding"
            ),
        ),
        migrations.AddField(
            model_name="statusproposal",
            name="proposed_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="proposals", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="holdingevent",
            name="proposal",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="event",
                to="certificates.statusproposal",
            ),
        ),
        migrations.AddField(
            model_name="certificate",
            name="proposal",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="certificate",
                to="certificates.statusproposal",
            ),
        ),
        migrations.AddIndex(
            model_name="certificate",
            index=models.Index(fields=["authority", "-issued_at", "-id"], name="certificate_newest"),
        ),
        migrations.AddConstraint(
            model_name="certificate",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("proposal__isnull", True), ("renewal__isnull", False)),
                    models.Q(("proposal__isnull", False), ("renewal__isnull", True)),
                    _connector="OR",
                ),
                name="certificate_has_one_cause",
            ),
        ),
        migrations.AddConstraint(
            model_name="designversion",
            constraint=models.UniqueConstraint(fields=("design", "number"), name="design_version_once"),
        ),
        migrations.AddConstraint(
            model_name="issuerun",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["running", "paused"])),
                fields=("authority",),
                name="issue_run_open_once",
            ),
        ),
        migrations.AddIndex(
            model_name="issueitem",
            index=models.Index(fields=["run", "state", "id"], name="issue_item_state"),
        ),
        migrations.AddConstraint(
            model_name="issueitem",
            constraint=models.UniqueConstraint(fields=("run", "ce_year"), name="issue_item_once"),
        ),
        migrations.AddConstraint(
            model_name="freeserial",
            constraint=models.UniqueConstraint(fields=("series", "serial"), name="free_serial_once"),
        ),
        migrations.AddIndex(
            model_name="reminder",
            index=models.Index(
                condition=models.Q(("sent_at__isnull", True)), fields=["made_at"], name="reminder_unsent"
            ),
        ),
        migrations.AddConstraint(
            model_name="reminder",
            constraint=models.UniqueConstraint(
                fields=("ce_year", "due_on", "days_before", "channel"), name="reminder_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="detachedsignature",
            constraint=models.UniqueConstraint(fields=("certificate", "algorithm"), name="detached_signature_once"),
        ),
        migrations.AddIndex(
            model_name="statusproposal",
            index=models.Index(fields=["authority", "state", "proposed_at"], name="proposal_waiting"),
        ),
        migrations.AddConstraint(
            model_name="statusproposal",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "open")), fields=("holding",), name="proposal_open_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="statusproposal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "confirmed"), _negated=True),
                    models.Q(
                        ("decided_by__isnull", False), models.Q(("decided_by", models.F("proposed_by")), _negated=True)
                    ),
                    _connector="OR",
                ),
                name="proposal_second_person",
            ),
        ),
        migrations.AddConstraint(
            model_name="holdingevent",
            constraint=models.UniqueConstraint(fields=("holding", "sequence"), name="holding_event_once"),
        ),
        migrations.AddConstraint(
            model_name="holdingevent",
            constraint=models.CheckConstraint(
                condition=models.Q(("status__in", ["01", "02", "03", "04", "05", "06", "07", "99"])),
                name="holding_event_status_known",
            ),
        ),
    ]
