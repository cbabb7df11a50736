"""Who wrote last, so that a page that saves as one types warns of other people only."""

from __future__ import annotations

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def _saved_by() -> models.ForeignKey:
    return models.ForeignKey(
        blank=True,
        null=True,
        on_delete=django.db.models.deletion.PROTECT,
        related_name="+",
        to=settings.AUTH_USER_MODEL,
    )


class Migration(migrations.Migration):
    dependencies = [("attendance", "0003_reason_as_long_as_a_line"), ("accounts", "0002_initial")]
    operations = [
        migrations.AddField(model_name="groupnote", name="saved_by", field=_saved_by()),
        migrations.AddField(model_name="clientnote", name="saved_by", field=_saved_by()),
    ]
