"""The one line written about someone who was not there is the reason; it gets the room of a line."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("attendance", "0002_same_time")]
    operations = [
        migrations.AlterField(
            model_name="attendance", name="reason", field=models.CharField(blank=True, max_length=500)
        )
    ]
