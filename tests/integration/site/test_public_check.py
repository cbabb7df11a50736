"""The self-check in the browser: one question a page, nothing kept, danger first, a person at the end."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup
from django.contrib.sessions.models import Session
from django.core import signing
from django.http import HttpResponse
from django.test import Client

from openiop.admissions.engine.selfcheck import Who, questions
from openiop.site.self_check_token import SALT, sign, unsign
from tests.reading_grade import grade
from tests.world import World

CHECK = "/check/"
SAFE = {"now": "none", "use": "some", "impact": "much", "body": "mild", "health": "no", "home": "safe", "group": "yes"}


def page(response: HttpResponse) -> BeautifulSoup:
    main = BeautifulSoup(response.content, "html.parser").main
    assert main is not None
    return main


def state(response: HttpResponse) -> str:
    return str(page(response).find("input", attrs={"name": ["state", "self_check"]})["value"])


def answer(client: Client, response: HttpResponse, *values: str) -> HttpResponse:
    return client.post(CHECK, {"state": state(response), "answer": list(values)})


def walk(client: Client, who: str = "self", **changes: str) -> HttpResponse:
    response = client.post(CHECK, {"who": who})
    for value in {**SAFE, **changes}.values():
        response = answer(client, response, value)
    return response


def test_seven_questions_lead_to_an_outcome_with_reasons_and_a_person(world: World, client: Client) -> None:
    text = page(walk(client)).get_text(" ", strip=True)
    assert "An IOP may fit you" in text
    assert "You have a safe place to sleep." in text
    assert "Call 555-0100" in text
    assert "a first idea, not a decision" in text


def test_the_wording_for_a_loved_one(world: World, client: Client) -> None:
    first = client.post(CHECK, {"who": "loved"})
    assert "for them" in page(first).h1.get_text()
    assert "An IOP may fit them" in page(walk(client, "loved")).get_text()


def test_each_page_asks_one_question_and_says_how_far(world: World, client: Client) -> None:
    response = client.post(CHECK, {"who": "self"})
    for number, question in enumerate(questions(Who.SELF), start=1):
        assert page(response).h1.get_text() == question.text
        assert f"{number} of 7" in page(response).get_text(" ")
        assert "Why we ask" in page(response).get_text()
        response = answer(client, response, "skip")
    assert "You left some questions open" in page(response).get_text()


@pytest.mark.parametrize(
    ("sign_", "link"), [("overdose", "tel:911"), ("suicide", "tel:988"), ("withdrawal", "tel:911")]
)
def test_a_danger_sign_stops_it_and_leads_to_help_first(world: World, client: Client, sign_: str, link: str) -> None:
    response = answer(client, client.post(CHECK, {"who": "self"}), sign_)
    main = page(response)
    assert next(iter(main.find_all("a")))["href"] == link
    assert "Call 555-0100" in main.get_text(" ")
    assert main.find("input", attrs={"name": "answer"}) is None
    assert grade(main.get_text(". ", strip=True)) <= 5


def test_violence_at_home_offers_the_hotline(world: World, client: Client) -> None:
    main = page(answer(client, client.post(CHECK, {"who": "self"}), "violence"))
    assert {"tel:911", "tel:+18007997233"} <= {link["href"] for link in main.find_all("a")}


def test_none_of_these_beside_a_danger_sign_keeps_the_danger_sign(world: World, client: Client) -> None:
    response = answer(client, client.post(CHECK, {"who": "self"}), "none", "suicide")
    assert "You matter" in page(response).get_text()


def test_back_returns_to_the_question_before(world: World, client: Client) -> None:
    every = questions(Who.SELF)
    second = answer(client, client.post(CHECK, {"who": "self"}), "none")
    assert page(second).h1.get_text() == every[1].text
    first = client.post(CHECK, {"state": state(second), "back": "1"})
    assert page(first).h1.get_text() == every[0].text
    assert client.post(CHECK, {"state": state(first), "back": "1"})["Location"] == CHECK


def test_back_from_a_danger_page_asks_again(world: World, client: Client) -> None:
    danger = answer(client, client.post(CHECK, {"who": "self"}), "overdose")
    again = client.post(CHECK, {"state": state(danger), "back": "1"})
    assert page(again).h1.get_text() == questions(Who.SELF)[0].text


def test_back_from_the_outcome_asks_the_last_question(world: World, client: Client) -> None:
    again = client.post(CHECK, {"state": state(walk(client)), "back": "1"})
    assert page(again).h1.get_text() == questions(Who.SELF)[-1].text


def test_no_answer_is_asked_for_again_with_a_kind_error(world: World, client: Client) -> None:
    first = client.post(CHECK, {"who": "self"})
    again = client.post(CHECK, {"state": state(first)})
    assert again.status_code == 422
    assert "You may choose not to say." in page(again).get_text()
    strange = answer(client, first, "'><script>alert(1)</script>")
    assert strange.status_code == 422
    assert b"<script>alert" not in strange.content


def test_nothing_is_kept_and_nothing_may_be_cached(world: World, client: Client) -> None:
    strict = Client(enforce_csrf_checks=True)  # a browser that takes no cookie
    before = Session.objects.count()
    response = strict.post(CHECK, {"who": "self"})
    for value in list(SAFE.values())[:-1]:
        response = answer(strict, response, value)
        assert "no-store" in response["Cache-Control"]
        assert not response.cookies
        assert response.status_code == 200
    assert Session.objects.count() == before
    assert "no-store" in strict.get(CHECK)["Cache-Control"]


@pytest.mark.parametrize("token", ["", "x", "a:b:c", "x" * 5000, "é", "\x00"])
def test_a_changed_token_starts_again(world: World, client: Client, token: str) -> None:
    response = client.post(CHECK, {"state": token, "answer": "daily"})
    assert (response.status_code, response["Location"]) == (302, CHECK)


def test_the_share_form_carries_the_answers_and_only_on_request(world: World, client: Client) -> None:
    main = page(walk(client, home="none"))
    form = main.find("input", attrs={"name": "self_check"}).find_parent("form")
    assert (form["method"], form["action"]) == ("post", "/call-me/")
    shared = unsign(form.find("input", attrs={"name": "self_check"})["value"])
    assert shared is not None
    assert (shared.who, shared.answers["home"]) == (Who.SELF, ("none",))
    assert all("?" not in link["href"] for link in main.find_all("a"))


def test_tokens_are_refused_when_tampered_old_or_of_other_questions() -> None:
    token = sign(Who.LOVED, {"use": ("daily",)})
    assert unsign(token) is not None
    assert unsign(token[:-2]) is None
    assert unsign(signing.dumps({"who": "self", "answers": {"nope": ["x"]}}, salt=SALT)) is None
    assert unsign(signing.dumps({"who": "us", "answers": {}}, salt=SALT)) is None
    assert unsign(signing.dumps(["self"], salt=SALT)) is None
    assert unsign(signing.dumps({"who": "self", "answers": {"use": 7}}, salt=SALT)) is None
    assert unsign(signing.dumps({"who": "self", "answers": {}}, salt="another")) is None
