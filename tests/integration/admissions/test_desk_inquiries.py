"""The desk's inquiries: nobody is forgotten, nothing is typed twice, and only those who answer inquiries see them."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from openiop.admissions import actions
from openiop.admissions.models import Call, Inquiry
from openiop.people.models import Client
from tests.world import World

CANARY = "<script>alert(1)</script>"


@pytest.fixture
def inquiry(world: World) -> Inquiry:
    with world.inside() as scope:
        return actions.receive_inquiry(
            source="web",
            first_name="Dana",
            last_name="Wells",
            phone="555-0142",
            email="dana@example.org",
            safe_contact="text_only",
            best_time="after 5 PM",
            self_check={"who": "self", "answers": {"now": ["suicide"]}},
            referral={"conditions": [{"text": "Asthma", "resource": "Condition", "code": "195967001", "date": "2019"}]},
            by=scope.actor,
            at=world.now - timedelta(hours=5),
        )


def typed(**fields: str) -> dict[str, str]:
    given = {"first_name": "Kim", "last_name": "Lee", "phone": "555-0188", "safe_contact": "any", "language": "English"}
    return {**given, "idempotency_key": str(uuid4()), **fields}


@pytest.mark.parametrize(
    ("who", "status"), [("admissions", 200), ("director", 200), ("counselor", 403), ("scheduler", 403), ("client", 403)]
)
def test_only_those_who_answer_inquiries_see_them(
    world: World, browse: object, inquiry: Inquiry, who: str, status: int
) -> None:
    browser = browse(getattr(world, who).user)
    for path in ("", "new/", "referral/", f"{inquiry.pk}/", f"{inquiry.pk}/client/"):
        assert browser.get(f"/desk/inquiries/{path}").status_code == status, path
    for path in ("calls/", "close/"):
        answer = browser.post(f"/desk/inquiries/{inquiry.pk}/{path}", {})
        assert answer.status_code == (422 if status == 200 else status)


def test_another_center_and_a_stranger_find_nothing(
    world: World, browse: object, inquiry: Inquiry, client: object
) -> None:
    browser = browse(world.foreign_director.user)
    for path in ("", "client/"):
        assert browser.get(f"/desk/inquiries/{inquiry.pk}/{path}").status_code == 404
    assert browser.post(f"/desk/inquiries/{inquiry.pk}/close/", {"close-outcome": "x"}).status_code == 404
    assert client.get(f"/desk/inquiries/{inquiry.pk}/").status_code == 302


def test_the_list_shows_age_safe_contact_and_next_step(
    world: World, browse: object, inquiry: Inquiry, query_limit: object
) -> None:
    browser = browse(world.admissions.user)
    with query_limit():
        page = browser.get("/desk/inquiries/").content.decode()
    for words in ("Dana Wells", "Website", "Text only", "after 5 PM", "Send a text"):
        assert words in page
    assert "Dana Wells" not in browser.get("/desk/inquiries/?show=phone").content.decode()
    assert browser.get("/desk/inquiries/?show=nonsense'--&page=x").status_code == 200


def test_one_inquiry_shows_what_was_shared_and_its_danger(
    world: World, browse: object, inquiry: Inquiry, query_limit: object
) -> None:
    browser = browse(world.admissions.user)
    with query_limit():
        page = browser.get(f"/desk/inquiries/{inquiry.pk}/").content.decode()
    for words in ("Danger sign", "I think about ending my life", "Asthma", "195967001", "Text only"):
        assert words in page


def test_a_phone_call_is_written_down_once(world: World, browse: object, inquiry: Inquiry, query_limit: object) -> None:
    browser, given = browse(world.admissions.user), typed(message=CANARY, outcome="x", source="web")
    with query_limit():
        first = browser.post("/desk/inquiries/new/", given)
    second = browser.post("/desk/inquiries/new/", given)
    assert first.url == second.url
    assert CANARY not in browser.get(first.url).content.decode()
    with world.inside():
        made = Inquiry.objects.get(first_name="Kim")
    assert (made.source, made.outcome) == ("phone", "")


def test_without_a_way_to_call_back_it_is_not_taken(world: World, browse: object) -> None:
    answer = browse(world.admissions.user).post("/desk/inquiries/new/", typed(phone="", message="Please help"))
    assert answer.status_code == 422
    assert "phone" in answer.context["form"].errors
    assert b"Please help" in answer.content


def test_a_call_is_logged_once_and_moves_the_next_step(world: World, browse: object, inquiry: Inquiry) -> None:
    browser = browse(world.admissions.user)
    given = {"call-outcome": "no_answer", "call-note": CANARY, "call-idempotency_key": str(uuid4())}
    for _ in range(2):
        assert browser.post(f"/desk/inquiries/{inquiry.pk}/calls/", given).status_code == 302
    with world.inside():
        assert Call.objects.get().staff_id == world.admissions.pk
    page = browser.get(f"/desk/inquiries/{inquiry.pk}/").content.decode()
    assert "No answer" in page
    assert CANARY not in page
    assert "Try again" in browser.get("/desk/inquiries/").content.decode()


def test_closing_needs_words(world: World, browse: object, inquiry: Inquiry) -> None:
    browser = browse(world.admissions.user)
    assert browser.post(f"/desk/inquiries/{inquiry.pk}/close/", {"close-outcome": " "}).status_code == 422
    assert browser.post(f"/desk/inquiries/{inquiry.pk}/close/", {"close-outcome": "Moved away"}).status_code == 302
    assert "Moved away" in browser.get("/desk/inquiries/?show=closed").content.decode()


def test_one_step_makes_a_client_with_everything_known(
    world: World, browse: object, inquiry: Inquiry, query_limit: object
) -> None:
    browser = browse(world.admissions.user)
    with query_limit():
        page = browser.get(f"/desk/inquiries/{inquiry.pk}/client/")
    form = page.context["form"]
    given = {name: form[name].value() or "" for name in form.fields}
    assert (given["first_name"], given["phone"], given["safe_contact"]) == ("Dana", "555-0142", "text_only")
    answers = [browser.post(f"/desk/inquiries/{inquiry.pk}/client/", {**given, "number": "X-1"}) for _ in range(2)]
    with world.inside():
        made = Client.objects.get(last_name="Wells")
    assert made.number != "X-1"
    assert made.background["conditions"][0]["text"] == "Asthma"
    assert [answer.url for answer in answers] == [
        f"/desk/clients/{made.pk}/assessment/",
        f"/desk/clients/{made.pk}/profile/",
    ]


def test_people_already_known_come_first(world: World, browse: object) -> None:
    with world.inside() as scope:
        again = actions.receive_inquiry(
            source="phone",
            first_name="Alex",
            last_name="Moreno",
            email="alex@example.org",
            by=scope.actor,
            at=world.now,
        )
    browser = browse(world.admissions.user)
    path = f"/desk/inquiries/{again.pk}/client/"
    assert "We may know this person already" in browser.get(path).content.decode()
    given = typed(first_name="Alex", last_name="Moreno")
    assert browser.post(path, given).status_code == 422
    assert browser.post(path, {**given, "existing": str(world.other_client.pk)}).status_code == 422
    answer = browser.post(path, {**given, "existing": str(world.client.pk)})
    assert answer.url == f"/desk/clients/{world.client.pk}/assessment/"
    with world.inside():
        assert Client.objects.filter(last_name="Moreno").count() == 1
