"""Leases and challenges are found by when they began, of everybody or of one learner; a report changes neither."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_institution_member"),
        ("courses", "0004_questions_written_once"),
        ("tracking", "0009_every_entry_chained"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="challenge",
            index=models.Index(fields=["asked_at"], name="challenge_by_asking"),
        ),
        migrations.AddIndex(
            model_name="playlease",
            index=models.Index(fields=["learner", "opened_at"], name="lease_of_learner"),
        ),
        migrations.AddIndex(
            model_name="playlease",
            index=models.Index(fields=["opened_at"], name="lease_by_opening"),
        ),
    ]
