"""A year over is asked whether another follows."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tracking", "0005_year_decision")]

    operations = [
        migrations.AddField(
            model_name="ceyear",
            name="unfollowed_since",
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddIndex(
            model_name="ceyear",
            index=models.Index(
                condition=models.Q(("unfollowed_since__isnull", False)),
                fields=["unfollowed_since"],
                name="ce_year_unfollowed",
            ),
        ),
    ]
