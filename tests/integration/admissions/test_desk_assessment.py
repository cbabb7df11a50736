"""The assessment in one sitting, and a decision that only a clinician makes."""

from __future__ import annotations

import pytest

from openiop.admissions import actions
from openiop.admissions.models import Assessment, LevelDecision, Recommendation
from openiop.messaging.models import Alert
from tests.world import World

CANARY = "<script>alert(1)</script>"
HTMX = {"HX-Request": "true"}


@pytest.fixture
def path(world: World) -> str:
    return f"/desk/clients/{world.client.pk}/assessment/"


@pytest.fixture
def begun(world: World, path: str, browse: object) -> str:
    browse(world.admissions.user).post(path, {"do": "start"})
    return path


def held(world: World) -> Assessment:
    with world.inside():
        return Assessment.objects.get()


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("admissions", 200),
        ("counselor", 200),
        ("other_staff", 200),
        ("scheduler", 403),
        ("client", 403),
        ("family", 403),
    ],
)
def test_who_may_assess(world: World, browse: object, path: str, who: str, status: int) -> None:
    assert browse(getattr(world, who).user).get(path).status_code == status


def test_another_center_finds_nobody_and_a_stranger_signs_in(
    world: World, browse: object, path: str, client: object
) -> None:
    browser = browse(world.foreign_director.user)
    assert browser.get(path).status_code == 404
    assert browser.post(path, {"do": "start"}).status_code == 404
    assert browser.get(path.replace("assessment", "recommendation")).status_code == 404
    assert client.get(path).status_code == 302


def test_looking_begins_nothing(world: World, browse: object, path: str) -> None:
    assert b"Start the assessment" in browse(world.admissions.user).get(path).content
    with world.inside():
        assert not Assessment.objects.exists()


def test_each_change_is_saved_and_said_so(world: World, browse: object, begun: str, query_limit: object) -> None:
    browser = browse(world.admissions.user)
    with query_limit():
        page = browser.get(begun)
    assert b"Withdrawal and intoxication safety" in page.content
    given = {"version": "0", "withdrawal-rating": "1", "withdrawal-findings": CANARY, "safe_home": "no"}
    with query_limit():
        answer = browser.post(begun, given, headers=HTMX)
    assert b"Saved" in answer.content
    assert b'name="version" value="1"' in answer.content
    assert b"<html" not in answer.content
    assert held(world).domains == {"withdrawal": {"rating": 1, "findings": CANARY}}
    assert held(world).circumstances == {"safe_home": False}
    page = browser.get(begun).content.decode()
    assert CANARY not in page
    assert "&lt;script&gt;" in page


def test_without_script_the_button_saves_and_shows_the_page(world: World, browse: object, begun: str) -> None:
    answer = browse(world.admissions.user).post(
        begun, {"version": "0", "do": "save", "environment-findings": "Lives alone"}
    )
    assert b"Lives alone" in answer.content
    assert b"<html" in answer.content
    assert held(world).domains["environment"]["findings"] == "Lives alone"


def test_danger_is_shown_while_it_is_being_written(world: World, browse: object, begun: str) -> None:
    answer = browse(world.admissions.user).post(begun, {"version": "0", "C-SSRS-risk": "3"}, headers=HTMX)
    assert b"Do this now" in answer.content


def test_the_second_person_is_told_and_sees_both_texts(world: World, browse: object, begun: str) -> None:
    one, two = browse(world.admissions.user), browse(world.counselor.user)
    one.post(begun, {"version": "0", "withdrawal-findings": "Tremor since Monday"}, headers=HTMX)
    mine = {"version": "0", "withdrawal-findings": "No tremor seen"}
    for headers in (HTMX, {}):
        answer = two.post(begun, mine, headers=headers)
        assert answer.status_code == 409
        for words in (b"Someone else has saved", b"Tremor since Monday", b"No tremor seen"):
            assert words in answer.content
    assert held(world).domains["withdrawal"]["findings"] == "Tremor since Monday"
    two.post(begun, {**mine, "version": "1"})
    assert held(world).domains["withdrawal"]["findings"] == "No tremor seen"


@pytest.mark.parametrize(
    "given",
    [
        {"withdrawal-rating": "9"},
        {"CIWA-AR-total": "68"},
        {"hours_since_heavy_use": "-1"},
        {"safe_home": "perhaps"},
        {"stepping_down_from": "the moon"},
        {"COWS-total": "many"},
    ],
)
def test_what_cannot_be_is_refused_and_kept_on_the_page(world: World, browse: object, begun: str, given: dict) -> None:
    answer = browse(world.admissions.user).post(begun, {"version": "0", "environment-findings": "Kept", **given})
    assert answer.status_code == 422
    assert b"Kept" in answer.content
    assert held(world).version == 0


def complete(world: World, browse: object, begun: str, **given: str) -> str:
    browser = browse(world.admissions.user)
    answer = browser.post(begun, {"version": "0", "do": "complete", **given})
    assert answer.status_code == 302
    return answer.url


def test_it_ends_in_a_recommendation_with_reasons_and_what_is_missing(
    world: World, browse: object, begun: str, query_limit: object
) -> None:
    where = complete(world, browse, begun, **{"return_to_use-rating": "2", "C-SSRS-risk": "3"})
    browser = browse(world.admissions.user)
    with query_limit():
        page = browser.get(where).content.decode()
    for words in (
        "Do this now",
        "LOC-H4",
        "cssrs.columbia.edu",
        "What is missing",
        "not enough",
        "not The ASAM Criteria",
    ):
        assert words in page
    assert "A clinician decides" in page
    assert page.index("Do this now") < page.index("Recommended")
    with world.inside():
        assert Alert.objects.filter(client=world.client, kind="safety").exists()


def test_completing_twice_makes_one_recommendation(world: World, browse: object, begun: str) -> None:
    complete(world, browse, begun, **{"return_to_use-rating": "2"})
    browse(world.admissions.user).post(begun, {"version": "0", "do": "complete", "return_to_use-rating": "2"})
    with world.inside():
        assert Recommendation.objects.count() == 1


def test_only_a_clinician_decides_and_an_override_needs_a_reason(world: World, browse: object, begun: str) -> None:
    where = complete(world, browse, begun, **{"return_to_use-rating": "2"})
    assert browse(world.admissions.user).post(where, {"level": "iop"}).status_code == 403
    clinician = browse(world.counselor.user)
    refused = clinician.post(where, {"level": "outpatient", "reason": " "})
    assert refused.status_code == 422
    assert "reason" in refused.context["form"].errors
    preview = clinician.post(where, {"level": "outpatient", "preview": "1"})
    assert b"Meeting about once a week" in preview.content
    given = {"level": "outpatient", "reason": CANARY, "decided_by": str(world.director.pk), "is_override": "false"}
    for _ in range(2):
        clinician.post(where, given)
    with world.inside():
        decision = LevelDecision.objects.get()
    assert (decision.decided_by_id, decision.is_override) == (world.counselor.pk, True)
    assert CANARY not in clinician.get(where).content.decode()


def test_the_client_reads_it_in_their_words_and_nobody_elses(
    world: World, browse: object, begun: str, query_limit: object
) -> None:
    own = browse(world.client.user)
    assert b"not there yet" in own.get("/portal/level/").content
    where = complete(world, browse, begun, **{"return_to_use-rating": "2"})
    browse(world.counselor.user).post(where, {"level": "iop", "reason": "A private clinical thought"})
    with query_limit():
        page = own.get("/portal/level/").content.decode()
    assert "several times a week" in page
    assert "private clinical thought" not in page
    assert "several times a week" not in browse(world.other_client.user).get("/portal/level/").content.decode()
    assert browse(world.counselor.user).get("/portal/level/").status_code == 403


def test_facts_of_the_referral_stand_beside_the_assessment(world: World, browse: object) -> None:
    with world.inside() as scope:
        inquiry = actions.receive_inquiry(
            source="referral",
            first_name="Al",
            referral={"medicines": [{"text": "Naltrexone 50 mg"}]},
            by=scope.actor,
            at=world.now,
        )
        actions.convert(inquiry=inquiry, existing=world.client, by=scope.actor, at=world.now)
        actions.start_assessment(client=world.client, by=scope.actor, at=world.now)
    page = browse(world.admissions.user).get(f"/desk/clients/{world.client.pk}/assessment/")
    assert b"Naltrexone 50 mg" in page.content
