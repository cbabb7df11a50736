"""What clients practice between sessions, and how their day goes."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from openiop.people.models import Client
from openiop.shared.models import CenterModel


class Mood(models.IntegerChoices):
    VERY_LOW = 1, "Very low"
    LOW = 2, "Low"
    OK = 3, "OK"
    GOOD = 4, "Good"
    GREAT = 5, "Great"


class Trigger(models.TextChoices):
    STRESS = "stress", "Stress"
    PEOPLE = "people", "People"
    PLACES = "places", "Places"
    BOREDOM = "boredom", "Boredom"
    PAIN = "pain", "Pain"
    PAYDAY = "payday", "Payday"
    SLEEP = "sleep", "Poor sleep"
    CONFLICT = "conflict", "An argument"


class CheckIn(CenterModel):
    """A client's own few words about a day: craving 0 to 10, mood 1 to 5, what is around them."""

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="check_ins")
    day = models.DateField()
    craving = models.PositiveSmallIntegerField()
    mood = models.PositiveSmallIntegerField(choices=Mood)
    triggers = ArrayField(models.CharField(max_length=16, choices=Trigger), default=list, blank=True)
    note = models.CharField(max_length=500, blank=True)
    checked_in_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(craving__lte=10), name="practice_check_in_craving_0_to_10"),
            models.CheckConstraint(condition=Q(mood__gte=1, mood__lte=5), name="practice_check_in_mood_1_to_5"),
        ]
        indexes = [models.Index(fields=["center", "client", "-checked_in_at"], name="check_ins_by_client")]

    class Seal:
        append_only = True

    class Privacy:
        operational = ("day", "checked_in_at")
        part2 = ("client", "craving", "mood", "triggers", "note")

    def __str__(self) -> str:
        return str(self.pk)
