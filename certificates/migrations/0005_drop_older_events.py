"""Events and series are kept elsewhere now."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("certificates", "0004_copy_events_and_series")]
    operations = [
        migrations.DeleteModel(name="CertificateEvent"),
        migrations.DeleteModel(name="CertificateSeries"),
    ]
