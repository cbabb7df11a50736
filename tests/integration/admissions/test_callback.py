"""Call me back: a minute, safe, once, and not for robots."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.core.cache import cache
from django.test import Client as Browser

from openiop.admissions.engine.selfcheck import Who
from openiop.admissions.models import Inquiry
from openiop.messaging.models import Alert
from openiop.site.self_check_token import sign
from tests.world import World

CANARY = "<script>alert(1)</script>"


@pytest.fixture
def visitor(world: World) -> Browser:
    cache.clear()
    return Browser()


def asked(**fields: str) -> dict[str, str]:
    given = {"who": "self", "first_name": "Dana", "reach": "(555) 010-0142", "safe_contact": "no_voicemail"}
    return {**given, "best_time": "after 5", "idempotency_key": str(uuid4()), **fields}


def inquiries(world: World) -> list[Inquiry]:
    with world.inside():
        return list(Inquiry.objects.all())


def test_at_most_five_questions_and_help_beside_them(visitor: Browser, query_limit: object) -> None:
    with query_limit():
        page = visitor.get("/call-me/")
    assert len(page.context["form"].visible_fields()) <= 5
    assert b"988" in page.content


def test_a_request_reaches_the_desk_with_what_is_safe(visitor: Browser, world: World, query_limit: object) -> None:
    with query_limit():
        answer = visitor.post("/call-me/", asked())
    assert b"We leave no voicemail" in answer.content
    [inquiry] = inquiries(world)
    assert (inquiry.safe_contact, inquiry.phone, inquiry.best_time) == ("no_voicemail", "(555) 010-0142", "after 5")
    with world.inside():
        assert Alert.objects.filter(kind="inquiry", source=f"inquiry:{inquiry.pk}").exists()


def test_sending_twice_is_one_request(visitor: Browser, world: World) -> None:
    given = asked()
    visitor.post("/call-me/", given)
    visitor.post("/call-me/", given)
    assert len(inquiries(world)) == 1


def test_a_loved_one_may_ask(visitor: Browser, world: World) -> None:
    visitor.post("/call-me/", asked(who="loved", first_name="Rosa"))
    [inquiry] = inquiries(world)
    assert (inquiry.for_loved_one, inquiry.caller_name, inquiry.first_name) == (True, "Rosa", "Loved one of Rosa")


@pytest.mark.parametrize(
    ("fields", "where"),
    [
        ({"reach": "12"}, "reach"),
        ({"reach": "dana@"}, "reach"),
        ({"reach": "5550100142", "safe_contact": "email_only"}, "reach"),
        ({"reach": "dana@example.org", "safe_contact": "text_only"}, "safe_contact"),
        ({"first_name": " "}, "first_name"),
        ({"safe_contact": "shout"}, "safe_contact"),
    ],
)
def test_what_cannot_be_used_is_said_beside_it_and_kept(
    visitor: Browser, world: World, fields: dict[str, str], where: str
) -> None:
    answer = visitor.post("/call-me/", asked(**fields))
    assert answer.status_code == 422
    assert where in answer.context["form"].errors
    assert b"after 5" in answer.content
    assert not inquiries(world)


def test_shared_answers_come_along_only_with_a_true_signature(visitor: Browser, world: World) -> None:
    token = sign(Who.SELF, {"now": ("none",)})
    page = visitor.post("/call-me/", {"self_check": token})
    assert page.status_code == 200
    assert b"answers come along" in page.content
    visitor.post("/call-me/", asked(self_check=token))
    visitor.post("/call-me/", asked(self_check=token + "x"))
    shared, forged = sorted((one.self_check for one in inquiries(world)), key=len, reverse=True)
    assert (shared, forged) == ({"who": "self", "answers": {"now": ["none"]}}, {})


def test_a_flood_is_answered_kindly_with_the_phone_number(visitor: Browser, world: World) -> None:
    for _ in range(5):
        assert visitor.post("/call-me/", asked()).status_code == 200
    answer = visitor.post("/call-me/", asked())
    assert answer.status_code == 429
    assert b"555-0100" in answer.content
    assert len(inquiries(world)) == 5


def test_what_is_typed_is_never_run_and_columns_cannot_be_smuggled(visitor: Browser, world: World) -> None:
    bad = visitor.post("/call-me/", asked(first_name=CANARY[:40], reach="1", best_time=CANARY))
    assert CANARY.encode() not in bad.content
    smuggled = {"outcome": "Hacked", "closed_at": "2026-01-01", "source": "phone"}
    assert CANARY.encode() not in visitor.post("/call-me/", asked(first_name=CANARY, **smuggled)).content
    [inquiry] = inquiries(world)
    assert (inquiry.source, inquiry.outcome, inquiry.closed_at) == ("web", "", None)
