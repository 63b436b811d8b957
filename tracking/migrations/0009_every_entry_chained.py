"""From now on no entry of the ledger is without its place in a chain."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("tracking", "0008_chain_older_entries")]
    operations = [
        migrations.AlterField(model_name="ledgerentry", name="chain_position", field=models.PositiveBigIntegerField()),
        migrations.AlterField(model_name="ledgerentry", name="entry_digest", field=models.CharField(max_length=64)),
        migrations.AddConstraint(
            model_name="ledgerentry",
            constraint=models.CheckConstraint(
                condition=Q(chain_position__gte=1)
                & ~Q(entry_digest="")
                & (Q(chain_position=1) | ~Q(previous_digest="")),
                name="ledger_entry_is_chained",
            ),
        ),
    ]
