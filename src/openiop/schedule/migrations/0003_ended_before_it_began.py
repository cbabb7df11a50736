"""An enrollment that ends before it began becomes empty, since nothing is deleted."""

from __future__ import annotations

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("schedule", "0002_capacity")]
    operations = [migrations.RemoveConstraint(model_name="enrollment", name="schedule_enrollment_lasts")]
