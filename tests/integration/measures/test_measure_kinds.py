"""Forms of more than one kind: days to enter as a number, and slots without words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client as Browser
from django.urls import reverse

from openiop.kernel.errors import Refusal
from openiop.measures import actions, engine, presenters
from openiop.measures.forms import PaperForm, instruments
from openiop.measures.models import Administration
from tests.world import World

TODAY = date(2026, 11, 23)


@pytest.fixture
def bam(world: World) -> Administration:
    with world.inside() as scope:
        return actions.assign(client=world.client, instrument="BAM-R", due_on=TODAY, by=scope.actor, at=world.now)


def test_a_client_enters_a_number_of_days(world: World, bam: Administration, browse: Callable[..., Browser]) -> None:
    alex = browse(world.client.user)
    address = reverse("portal:measure", args=[bam.pk])
    page = alex.get(address + "?item=4").content.decode()
    assert 'inputmode="numeric"' in page
    assert "A number from 0 to 30." in page
    assert alex.post(address + "?item=4", {"value": "12"}).status_code == 302
    with world.inside():
        assert Administration.objects.get(pk=bam.pk).answers == {"4": 12}
    assert 'value="12"' in alex.get(address + "?item=4").content.decode()


@pytest.mark.parametrize("value", ["", "31", "-1", "2.5", "a few"])
def test_a_number_the_form_does_not_have_is_said_in_words(
    world: World, bam: Administration, browse: Callable[..., Browser], value: str
) -> None:
    address = reverse("portal:measure", args=[bam.pk]) + "?item=4"
    answer = browse(world.client.user).post(address, {"value": value})
    assert answer.status_code == 422
    assert "Enter a whole number from 0 to 30." in answer.content.decode()


def test_a_slot_is_offered_to_nobody_until_its_words_are_there(scope: World) -> None:
    assert not {"URICA", "PACS", "WHODAS-12"} & {code for code, _ in instruments()}
    with pytest.raises(Refusal, match="Add its text"):
        actions.assign(
            client=scope.client, instrument="PACS", due_on=TODAY, by=scope.actor(scope.counselor), at=scope.now
        )


def test_a_paper_form_reads_days_from_a_list_and_leaves_open_what_was_left_open(bam: Administration) -> None:
    form = PaperForm(engine.load("BAM-R"), {"answered_on": "2026-11-23", "item_4": "30", "item_1": "8", "item_2": ""})
    assert form.is_valid(), form.errors
    assert form.answers == {"4": 30, "1": 8}


def test_a_client_reads_one_plain_line_for_a_form_with_subscales(world: World) -> None:
    with world.inside() as scope:
        done = actions.record_on_paper(
            client=world.client,
            instrument="PCL-5",
            answers={str(number): 2 for number in range(1, 21)},
            by=scope.actor,
            at=world.now,
        )
        [line] = presenters.client_scores(done, None)
    assert (line.label, line.value) == ("Hard memories", 40)
    assert "lower number" in line.reading


def test_every_form_a_client_may_get_has_a_plain_name() -> None:
    codes = [code for code, _ in instruments(of_clients_only=True)]
    assert {code: presenters.about(code) for code in codes if presenters.about(code) == engine.load(code).title} == {}
