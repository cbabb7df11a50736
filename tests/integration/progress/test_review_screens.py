"""Review, discharge and the summary's PDF, as people see them."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import pytest
from bs4 import BeautifulSoup
from django.utils import timezone
from pypdf import PdfReader

from openiop.admissions.models import Episode
from openiop.incentives import actions as incentives
from openiop.measures import actions as measures
from openiop.plans.models import Plan
from openiop.progress import actions
from openiop.progress.models import Discharge, Review
from openiop.shared import pdf
from openiop.shared.models import AuditEntry
from tests.world import World

CANARY = "<img src=x onerror=alert(1)>"


def url(world: World, rest: str) -> str:
    return f"/desk/clients/{world.client.pk}/{rest}"


def summary(world: World, **fields: object) -> dict[str, object]:
    return {
        "on": timezone.localdate().isoformat(),
        "reason": "completed",
        "course_of_treatment": "Three weeks of groups.",
        "what_helped": "Morning walks",
        "recovery_plan": "Call Sam on a hard day.",
        "warning_signs": "Skipping meals",
        "appointments": "Dr. Lin, December 3",
    } | fields


@pytest.fixture
def tested(world: World, episode: Episode) -> Episode:
    """Two drug tests and two questionnaires beside the attendance."""
    with world.inside():
        by = world.actor(world.counselor)
        for days, result in ((9, "positive"), (4, "positive")):
            at = world.now - timedelta(days=days)
            test = incentives.order_test(client=world.client, by=by, at=at, ordered_on=at.date())
            incentives.record_result(test=test, result=result, substances=["cocaine"], by=by, at=at)
        for days, value in ((14, 2), (1, 1)):
            at = world.now - timedelta(days=days)
            held = measures.assign(client=world.client, instrument="PHQ-9", due_on=at.date(), by=by, at=at)
            for item in range(1, 10):
                measures.answer(administration=held, item=str(item), value=0 if item == 9 else value, by=by, at=at)
            measures.complete(administration=held, by=by, at=at)
    return episode


@pytest.mark.parametrize("page", ["review/", "discharge/"])
@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("counselor", 200),
        ("director", 200),
        ("other_staff", 403),
        ("scheduler", 403),
        ("foreign_director", 404),
        ("client", 403),
        ("family", 403),
    ],
)
def test_who_may_review_and_discharge(world: World, episode: Episode, browse, page: str, who: str, status: int) -> None:
    assert browse(getattr(world, who).user).get(url(world, page)).status_code == status


def test_the_review_shows_the_facts_side_by_side_within_its_queries(
    world: World, tested: Episode, browse, query_limit
) -> None:
    browser = browse(world.counselor.user)
    browser.get(url(world, "review/"))
    with query_limit():
        page = browser.get(url(world, "review/"))
    text = BeautifulSoup(page.content, "html.parser").main.get_text(" ", strip=True)
    for words in (
        "Hours attended each week",
        "PHQ-9",
        "2 of the last 2 drug tests were positive",
        "A return to use asks for a review with more support, not for a discharge.",
        "Positive",
    ):
        assert words in text


def test_a_decision_is_kept_once_with_its_reason(world: World, episode: Episode, browse) -> None:
    browser = browse(world.counselor.user)
    key = BeautifulSoup(browser.get(url(world, "review/")).content, "html.parser").find(
        "input", {"name": "idempotency_key"}
    )["value"]
    sent = {
        "outcome": "continue",
        "reason": CANARY,
        "idempotency_key": key,
        "decided_by": str(world.director.pk),
        "decided_at": "2001-01-01",
    }
    for _ in range(2):
        assert browser.post(url(world, "review/"), sent).status_code == 302
    with world.inside():
        [review] = Review.objects.all()
        assert review.decided_by_id == world.counselor.pk
        assert review.decided_at.year > 2020
    page = browser.get(url(world, "review/")).content.decode()
    assert CANARY not in page


def test_a_step_without_a_level_comes_back_as_typed(world: World, episode: Episode, browse) -> None:
    page = browse(world.counselor.user).post(url(world, "review/"), {"outcome": "step_up", "reason": "Two hard weeks"})
    soup = BeautifulSoup(page.content, "html.parser")
    assert page.status_code == 422
    assert "Two hard weeks" in soup.find("textarea", {"name": "reason"}).get_text()
    assert soup.find(id="id_level")["aria-invalid"] == "true"


def test_before_admission_there_is_nothing_to_review(world: World, browse) -> None:
    browser = browse(world.counselor.user)
    assert "Not admitted yet" in browser.get(url(world, "review/")).content.decode()
    assert browser.get(url(world, "discharge/")).status_code == 404


def test_discharge_is_prefilled_signed_once_and_then_read(world: World, tested: Episode, browse, query_limit) -> None:
    browser = browse(world.counselor.user)
    browser.get(url(world, "discharge/"))
    with query_limit():
        page = browser.get(url(world, "discharge/"))
    soup = BeautifulSoup(page.content, "html.parser")
    assert "In treatment since Nov 2, 2026" in soup.find("textarea", {"name": "course_of_treatment"}).get_text()
    key = soup.find("input", {"name": "idempotency_key"})["value"]
    for _ in range(2):
        sent = summary(world, idempotency_key=key, signed_by=str(world.director.pk), what_helped=CANARY)
        assert browser.post(url(world, "discharge/"), sent).status_code == 302
    with world.inside():
        [signed] = Discharge.objects.all()
        assert signed.signed_by_id == world.counselor.pk
    page = browser.get(url(world, "discharge/")).content.decode()
    assert "Call Sam on a hard day." in page
    assert CANARY not in page


def test_an_unfinished_discharge_comes_back_as_typed(world: World, episode: Episode, browse) -> None:
    page = browse(world.counselor.user).post(url(world, "discharge/"), summary(world, recovery_plan=" "))
    assert page.status_code == 422
    assert "Morning walks" in page.content.decode()
    with world.inside():
        assert Episode.objects.get(pk=episode.pk).ended_on is None


def test_the_pdf_holds_the_summary_and_the_notice_on_every_page(world: World, episode: Episode, browse) -> None:
    browser = browse(world.counselor.user)
    assert browser.get(url(world, "discharge/summary.pdf")).status_code == 404
    long = "Steady work in groups every week.\n" * 90
    browser.post(url(world, "discharge/"), summary(world, course_of_treatment=long))
    answer = browser.get(url(world, "discharge/summary.pdf"))
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == 'attachment; filename="discharge-summary.pdf"'
    assert "no-store" in answer["Cache-Control"]
    pages = [" ".join(page.extract_text().split()) for page in PdfReader(BytesIO(answer.content)).pages]
    assert len(pages) > 1
    for page in pages:
        assert "42 CFR part 2 prohibits unauthorized use or disclosure of these records." in page
    whole = " ".join(pages)
    for words in ("Harbor House", "Alex Moreno", "HH-", "Call Sam on a hard day.", "Dr. Lin", "Counselor Keller, LCSW"):
        assert words in whole
    with world.inside():
        assert AuditEntry.objects.filter(verb="discharge.printed").count() == 1


@pytest.mark.parametrize(("who", "status"), [("other_staff", 403), ("foreign_director", 404), ("client", 403)])
def test_who_may_not_print_the_summary(world: World, episode: Episode, browse, who: str, status: int) -> None:
    browse(world.counselor.user).post(url(world, "discharge/"), summary(world))
    assert browse(getattr(world, who).user).get(url(world, "discharge/summary.pdf")).status_code == status


def test_without_pango_the_page_says_what_to_install(world: World, episode: Episode, browse, monkeypatch) -> None:
    def missing(html: str) -> bytes:
        raise pdf.PdfUnavailable(pdf.MISSING)

    monkeypatch.setattr("openiop.desk.views.discharge.render_pdf", missing)
    browser = browse(world.counselor.user)
    browser.post(url(world, "discharge/"), summary(world))
    page = browser.get(url(world, "discharge/summary.pdf"))
    assert page.status_code == 503
    assert "apt install libpango" in page.content.decode()


def test_a_document_fetches_nothing() -> None:
    body = pdf.render_pdf('<img src="http://192.0.2.1/x.png"><p>Words</p>')
    assert "Words" in PdfReader(BytesIO(body)).pages[0].extract_text()


def test_script_typed_into_a_summary_is_text_in_the_pdf(world: World, episode: Episode, browse) -> None:
    browser = browse(world.counselor.user)
    browser.post(url(world, "discharge/"), summary(world, what_helped="<b>bold</b> walks"))
    answer = browser.get(url(world, "discharge/summary.pdf"))
    assert "<b>bold</b> walks" in PdfReader(BytesIO(answer.content)).pages[0].extract_text()


def test_plans_of_an_ended_episode_cannot_be_begun(world: World, episode: Episode, browse) -> None:
    browser = browse(world.counselor.user)
    browser.post(url(world, "discharge/"), summary(world))
    browser.post(url(world, "plan/start/"))
    with world.inside():
        assert not Plan.objects.exists()


def test_due_reviews_are_raised_for_signals_too(world: World, tested: Episode) -> None:
    with world.inside():
        on = timezone.localdate(world.now)
        [alert] = actions.raise_review_alerts(on=on, by=world.actor(world.director), at=world.now)
        assert "return to use" in alert.detail
