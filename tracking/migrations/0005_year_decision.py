"""A year knows its standing decision, so that an officer's lists are found by an index; TRUNCATE is refused as well."""

from django.db import migrations, models

from lms.lib.append_only import lock_truncation


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_institution_member"),
        ("courses", "0004_questions_written_once"),
        ("tracking", "0004_hours_written_once"),
    ]

    operations = [
        migrations.AddField(
            model_name="ceyear",
            name="decision",
            field=models.CharField(
                blank=True,
                choices=[("recognised", "予以认定"), ("refused", "不予认定")],
                max_length=10,
                verbose_name="认定结果",
            ),
        ),
        migrations.AddField(
            model_name="yearbalance",
            name="hour_minutes",
            field=models.PositiveSmallIntegerField(default=45),
        ),
        migrations.AddIndex(
            model_name="ceyear",
            index=models.Index(
                condition=models.Q(("decision", ""), ("met_at__isnull", False)),
                fields=["authority", "-met_at", "-id"],
                name="ce_year_waiting",
            ),
        ),
        migrations.AddIndex(
            model_name="ceyear",
            index=models.Index(
                condition=models.Q(("decision", "refused")), fields=["authority", "id"], name="ce_year_refused"
            ),
        ),
        lock_truncation(
            "tracking_ledgerentry",
            "tracking_ledgerseal",
            "tracking_makeupapproval",
            "tracking_offlineevidence",
            "tracking_recognition",
        ),
    ]
