"""Check-ins are kept within bounds, and a hard day reaches staff at once."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from openiop.kernel.errors import Refusal
from openiop.messaging.actions import acknowledge_alert
from openiop.messaging.models import Alert
from openiop.practice import actions, queries
from openiop.practice.models import CheckIn
from tests.world import World

TODAY = date(2026, 11, 23)


def check_in(world: World, **given: Any) -> CheckIn:
    fields = {"day": TODAY, "craving": 3, "mood": 3, **given}
    return actions.check_in(client=world.client, by=world.actor(world.client), at=world.now, **fields)


def test_a_check_in_is_kept_and_found_on_its_day(scope: World) -> None:
    made = check_in(scope, triggers=["stress", "stress", "payday"], note="  Long day ")
    assert queries.on_day(scope.client, TODAY) == made
    assert (made.triggers, made.note) == (["stress", "payday"], "Long day")
    assert not Alert.objects.exists()


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"craving": 11}, "craving"),
        ({"craving": -1}, "craving"),
        ({"mood": 0}, "mood"),
        ({"triggers": ["x"]}, "triggers"),
    ],
)
def test_out_of_bounds_is_refused_beside_its_field(scope: World, given: dict[str, Any], field: str) -> None:
    with pytest.raises(Refusal) as refusal:
        check_in(scope, **given)
    assert refusal.value.field == field
    assert not CheckIn.objects.exists()


@pytest.mark.parametrize("given", [{"craving": 11}, {"mood": 6}, {"mood": 0}])
def test_the_database_holds_the_bounds_too(scope: World, given: dict[str, int]) -> None:
    values = {"craving": 1, "mood": 1, **given}
    with pytest.raises(IntegrityError), transaction.atomic():
        CheckIn.objects.create(client=scope.client, day=TODAY, checked_in_at=scope.now, **values)


def test_a_check_in_is_never_changed(scope: World) -> None:
    made = check_in(scope)
    made.craving = 0
    with pytest.raises(Exception, match=r"permission denied|never changed"), transaction.atomic():
        made.save()


def test_a_high_craving_reaches_the_counselor_once_a_day(scope: World) -> None:
    check_in(scope, craving=8)
    check_in(scope, craving=9)
    [alert] = Alert.objects.all()
    assert (alert.kind, alert.owner, alert.client) == ("check_in.craving", scope.counselor, scope.client)
    check_in(scope, craving=8, day=TODAY + timedelta(days=1))
    assert Alert.objects.count() == 2


def test_a_second_high_craving_is_not_swallowed_by_the_alert_of_the_first(scope: World) -> None:
    check_in(scope, craving=10)
    alert = Alert.objects.get()
    acknowledge_alert(alert=alert, by=scope.actor(scope.counselor), at=scope.now)
    check_in(scope, craving=9)
    alert.refresh_from_db()
    assert alert.acknowledged_at is None
    assert alert.headline == "Craving 9 of 10 at check-in"
    assert "Craving 10 of 10 at check-in" in alert.detail


def test_an_alert_does_not_go_to_a_counselor_who_has_left(scope: World) -> None:
    scope.counselor.left_at = scope.now
    scope.counselor.save(update_fields=["left_at"])
    scope.client.refresh_from_db()
    check_in(scope, craving=9)
    assert Alert.objects.get().owner is None


def test_one_very_low_day_waits_for_a_second(scope: World) -> None:
    check_in(scope, mood=1)
    check_in(scope, mood=1)
    assert not Alert.objects.exists()
    check_in(scope, mood=1, day=TODAY + timedelta(days=1))
    assert [alert.kind for alert in Alert.objects.all()] == ["check_in.mood"]
