"""A hospital's referral, on the desk and from the command line: every line is reviewed before anything is kept."""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

import pytest
from bs4 import BeautifulSoup
from click.testing import CliRunner
from django.core.files.uploadedfile import SimpleUploadedFile

from openiop.admissions.engine.referral import MAX_BYTES
from openiop.admissions.models import Inquiry
from openiop.cli.main import run
from openiop.cli.referral import command
from openiop.people.models import Client
from tests.referral_fixtures import RXNORM, about, active, bundle, coded, patient
from tests.world import World

CANARY = "<script>alert(1)</script>"
URL = "/desk/inquiries/referral/"


def referral() -> bytes:
    return bundle(
        active("Asthma", "195967001", onsetDateTime="2019-04-05"),
        active(f"Opioid use disorder {CANARY}", "5602001"),
        about(
            "MedicationRequest",
            status="active",
            intent="order",
            medicationCodeableConcept=coded("Naltrexone 50 MG", "1234", RXNORM),
        ),
    )


def drop(browser: object, data: bytes) -> object:
    return browser.post(URL, {"file": SimpleUploadedFile("referral.json", data, "application/json")})


def reviewed(page: object) -> dict[str, object]:
    """What a browser would send from the review page."""
    soup = BeautifulSoup(page.content, "html.parser")
    form = soup.select_one("main form")
    given: dict[str, object] = {"keep": []}
    for field in form.select("input[name], textarea[name]"):
        if field.get("type") == "checkbox":
            if field.has_attr("checked"):
                given["keep"].append(field["value"])
        elif field.get("type") != "radio" or field.has_attr("checked"):
            given[field["name"]] = field.get("value", field.text or "")
    return given


def stored(world: World) -> list[Inquiry]:
    with world.inside():
        return list(Inquiry.objects.all())


def test_every_fact_is_shown_with_its_source_and_nothing_is_kept_yet(
    world: World, browse: object, query_limit: object
) -> None:
    browser = browse(world.admissions.user)
    with query_limit():
        page = drop(browser, referral())
    text = page.content.decode()
    for words in ("Asthma", "Apr 5, 2019", "SNOMED CT 195967001", "Naltrexone 50 MG", "Condition", "Nowak"):
        assert words in text
    assert CANARY not in text
    assert not stored(world)


def test_only_what_stays_ticked_is_kept_and_once(world: World, browse: object, query_limit: object) -> None:
    browser = browse(world.admissions.user)
    given = reviewed(drop(browser, referral()))
    groups = drop(browser, referral()).context["groups"]
    asthma = next(fact.key for _, facts in groups for fact in facts if fact.text == "Asthma")
    given["keep"].remove(asthma)
    with query_limit():
        first = browser.post(URL, {**given, "source": "web", "outcome": "x"})
    assert browser.post(URL, given).url == first.url
    [inquiry] = stored(world)
    assert (inquiry.source, inquiry.safe_contact, inquiry.language) == ("referral", "no_voicemail", "Spanish")
    assert "Asthma" not in str(inquiry.referral)
    assert "Naltrexone 50 MG" in str(inquiry.referral["medicines"])
    assert "999-00-1234" not in str(inquiry.referral)
    assert b"Naltrexone" in browser.get(first.url).content


def test_someone_known_is_shown_at_the_review(world: World, browse: object) -> None:
    with world.inside():
        Client.objects.filter(pk=world.client.pk).update(phone="617-555-0100")
    assert "We may know this person already" in drop(browse(world.admissions.user), referral()).content.decode()


def test_an_error_at_the_review_keeps_every_choice(world: World, browse: object) -> None:
    browser = browse(world.admissions.user)
    given = {**reviewed(drop(browser, referral())), "first_name": "", "keep": ["0"], "message": "Call the ward"}
    answer = browser.post(URL, given)
    assert answer.status_code == 422
    assert reviewed(answer)["keep"] == ["0"]
    assert b"Call the ward" in answer.content
    assert not stored(world)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"hello", "not valid JSON"),
        (b"", "empty"),
        (bundle()[:-40], "breaks off"),
        (b'{"resourceType": "Bundle", "entry": []}', "no patient"),
        (bundle(who=patient(deceasedBoolean=True)), "died"),
        (b" " * (MAX_BYTES + 1), "larger than 10 MB"),
        (b" " * (13 * 2**20), "larger than 10 MB"),
    ],
)
def test_a_file_that_cannot_be_used_gets_one_sentence(world: World, browse: object, data: bytes, words: str) -> None:
    answer = drop(browse(world.admissions.user), data)
    assert answer.status_code == 422
    [sentence] = answer.context["form"].errors["file"]
    assert words in sentence
    assert not stored(world)


def test_a_changed_or_missing_review_keeps_nothing(world: World, browse: object) -> None:
    browser = browse(world.admissions.user)
    given = reviewed(drop(browser, referral()))
    assert browser.post(URL, {**given, "referral": str(given["referral"])[:-3] + "abc"}).status_code == 422
    assert browser.post(URL, {"referral": ""}).status_code == 422
    assert browser.post(URL, {}).status_code == 422
    assert not stored(world)


def test_the_way_from_file_to_client_keeps_the_facts(world: World, browse: object) -> None:
    browser = browse(world.admissions.user)
    inquiry = browser.post(URL, reviewed(drop(browser, referral()))).url
    page = browser.get(f"{inquiry}client/")
    form = page.context["form"]
    given = {name: form[name].value() or "" for name in form.fields}
    browser.post(f"{inquiry}client/", {**given, "idempotency_key": str(uuid4())})
    with world.inside():
        made = Client.objects.get(last_name=given["last_name"])
    assert made.birth_date.isoformat() == "1988-06-30"
    assert made.address.startswith("1 Elm St")
    assert "Naltrexone 50 MG" in str(made.background["medicines"])


def test_the_command_shows_asks_and_keeps(world: World, tmp_path: Path) -> None:
    file = tmp_path / "referral.json"
    file.write_bytes(referral())
    arguments = [str(file), "--center", "harbor house"]
    no = CliRunner().invoke(command, arguments, input="n\n", catch_exceptions=False)
    assert "Asthma" in no.output
    assert "Nothing was kept." in no.output
    assert not stored(world)
    yes = CliRunner().invoke(command, [*arguments, "--yes"], catch_exceptions=False)
    assert "Kept as inquiry" in yes.output
    [inquiry] = stored(world)
    assert (inquiry.source, len(inquiry.referral["conditions"])) == ("referral", 2)


def test_the_command_says_in_one_line_what_is_wrong(world: World, tmp_path: Path, capsys: object) -> None:
    broken = tmp_path / "broken.json"
    broken.write_text("hello")
    good = tmp_path / "good.json"
    good.write_bytes(referral())
    for arguments, status, words in (
        ([str(broken)], 1, "not valid JSON"),
        ([str(tmp_path / "none.json")], 2, "can be read"),
        ([str(good), "--yes"], 2, "Harbor House"),
        ([str(good), "--yes", "--center", "Nowhere"], 2, "Nowhere"),
    ):
        assert run(["import-referral", *arguments]) == status
        error = capsys.readouterr().err
        assert words in error
        assert error.count("\n") == 1
    assert not stored(world)
