from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("media_pipeline", "0002_media_library"),
    ]

    operations = [
        migrations.AddField(
            model_name="uploadsession",
            name="compares_parts",
            field=models.BooleanField(default=False),
        ),
    ]
