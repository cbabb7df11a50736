"""One person's whole way through a program, in the browser, as the different people, from an empty center.

The center is the one `openiop setup` makes: one site and one administrator. Everything else happens here.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from io import BytesIO
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page
from pypdf import PdfReader

from tests.journeys.conftest import ADMINISTRATOR, PASSWORD, TIME_ZONE
from tests.journeys.people import accept_invitation, add_staff, set_up_app, sign_in_by_code, type_password
from tests.live import Installation, Visitor, refuse_violations

CLIENT_MAIL = "alex@example.org"
MOTHER_MAIL = "rosa@example.org"
GOAL = "I want to be there when my kids wake up."


class WholeWay:
    """The people of the journey, each with a browser of their own, and what they do, in order."""

    def __init__(self, center: Installation, visit: Callable[..., Visitor]) -> None:
        self.center = center
        self.visit = visit
        self.now = datetime.now(ZoneInfo(TIME_ZONE))

    # --- Preparing the center ---

    def given_a_center_with_staff_and_an_evening_group(self) -> None:
        self.ada = self.visit(self.center)
        type_password(self.ada, ADMINISTRATOR, PASSWORD)
        set_up_app(self.ada)
        for first, last, role in (
            ("Nina", "Ames", "Admissions"),
            ("Carl", "Berg", "Counselor"),
            ("Dora", "Cole", "Clinical director"),
        ):
            add_staff(self.ada, first, last, f"{first.lower()}@example.org", [role])
        self._open_track()

    def _open_track(self) -> None:
        ada = self.ada
        ada.go("/desk/center/tracks/")
        ada.press("Add a program")
        ada.fill(name="Adult IOP")
        ada.press("Add")
        ada.go("/desk/center/tracks/")
        ada.press("Add a track")
        ada.fill(name="Evening", seats="12", starts=self.begins, ends=self.ends)
        for weekday in range(7):
            check(ada.page, "weekdays", str(weekday))
        ada.press("Add")
        ada.go("/desk/center/tracks/")
        ada.press("Add a room")
        ada.fill(name="Room 1", seats="14")
        ada.press("Add")
        ada.go("/desk/center/tracks/")
        ada.press("Add a group")
        ada.page.select_option("[name=track]", index=1)
        ada.fill(name="Coping skills", starts=self.begins, ends=self.ends, topics="Riding out a craving")
        ada.page.select_option("[name=facilitator]", label="Carl Berg, LCSW")
        ada.page.select_option("[name=room]", index=1)
        for weekday in range(7):
            check(ada.page, "weekdays", str(weekday))
        refuse_violations(ada.page)
        ada.press("Add the group")

    @property
    def begins(self) -> str:
        """The group meets every day and has begun ten minutes ago."""
        return f"{self.now - timedelta(minutes=10):%H:%M}"

    @property
    def ends(self) -> str:
        return f"{self.now + timedelta(minutes=80):%H:%M}"

    # --- The way in ---

    def when_alex_asks_to_be_called_back(self) -> None:
        alex = self.visit(self.center, width=390)
        alex.go("/")
        refuse_violations(alex.page)
        alex.press("Call me back")
        choose(alex.page, "who", "self")
        alex.fill(first_name="Alex", reach="303-555-0177", best_time="After 5 PM")
        choose(alex.page, "safe_contact", "no_voicemail")
        refuse_violations(alex.page)
        alex.page.locator("form.oi-form button[type=submit]").first.click()
        alex.page.wait_for_load_state()
        assert "Alex" in alex.page.inner_text("main")

    def when_admissions_calls_and_makes_alex_a_client(self) -> None:
        self.nina = nina = self.visit(self.center)
        accept_invitation(nina, self.center, "nina@example.org", "nina walks a long quiet road")
        nina.go("/desk/inquiries/")
        refuse_violations(nina.page)
        nina.press("Alex")
        choose(nina.page, "outcome", "reached")
        nina.page.locator("[name=call-note]").fill("Wants to start this week.")
        nina.press("Log this call")
        assert "Wants to start this week." in nina.page.inner_text("main")
        refuse_violations(nina.page)
        nina.press("Make a client")
        assert nina.page.input_value("[name=first_name]") == "Alex", "nothing is typed twice"
        assert nina.page.input_value("[name=phone]") == "303-555-0177"
        nina.fill(last_name="Moreno", birth_date="1990-04-02", email=CLIENT_MAIL)
        refuse_violations(nina.page)
        nina.press("Make a client")
        [(self.client,)] = self.center.sql("SELECT id FROM people_client")
        nina.go(f"/desk/clients/{self.client}/profile/")
        nina.page.select_option("[name=counselor]", label="Carl Berg, LCSW")
        nina.press("Assign")
        nina.press("Open the portal")
        refuse_violations(nina.page)

    def when_the_counselor_assesses_and_decides(self) -> None:
        self.carl = carl = self.visit(self.center)
        accept_invitation(carl, self.center, "carl@example.org", "carl walks a long quiet road")
        carl.go(f"/desk/clients/{self.client}/assessment/")
        carl.press("Start the assessment")
        ratings = {
            "withdrawal": 0,
            "physical_health": 0,
            "mental_health": 1,
            "motivation": 1,
            "return_to_use": 3,
            "environment": 1,
        }
        for domain, rating in ratings.items():
            choose(carl.page, f"{domain}-rating", str(rating))
        carl.page.locator("[name=return_to_use-findings]").fill("Strong cues at home in the evening.")
        for question in ("safe_home", "can_take_part_in_groups", "weekly_care_not_enough"):
            choose(carl.page, question, "yes")
        for question in ("acute_psychosis_or_mania", "unstable_medical_condition", "withdrawal_seizure_history"):
            choose(carl.page, question, "no")
        refuse_violations(carl.page)
        carl.press("Complete and see the recommendation")
        assert "Intensive outpatient (IOP)" in carl.page.inner_text("main")
        refuse_violations(carl.page)
        choose(carl.page, "level", "iop")
        carl.fill(reason="Needs more than weekly care; home is safe.")
        carl.press("Decide")
        assert "Decided" in carl.page.inner_text("main")

    def when_admissions_admits_alex_to_the_evening_track(self) -> None:
        nina = self.nina
        nina.go(f"/desk/clients/{self.client}/admit/")
        refuse_violations(nina.page)
        nina.page.get_by_role("radio", name=re.compile("Evening")).check()
        nina.press("Admit")
        assert self.center.sql("SELECT count(*) FROM admissions_episode WHERE ended_on IS NULL") == [(1,)]
        [(expected,)] = self.center.sql("SELECT count(*) FROM attendance_attendance")
        assert expected >= 20, "the sessions of the coming weeks expect Alex"

    # --- Treatment ---

    def when_they_write_and_sign_a_plan(self) -> None:
        carl = self.carl
        carl.go(f"/desk/clients/{self.client}/plan/")
        carl.press("Start the plan")
        self._plan_line("Add a problem", area="return_to_use", text="Alcohol most evenings.")
        self._plan_line("Add a goal", client_words=GOAL)
        by = f"{self.now + timedelta(days=28):%Y-%m-%d}"
        self._plan_line("Add an objective", text="Use the evening plan on five of seven days.", target_date=by)
        self._plan_line("Add what the program does", kind="group", approach="cbt", times_a_week="3")
        refuse_violations(carl.page)
        carl.press("Sign as clinician")
        self.alex = alex = self.visit(self.center, width=390)
        sign_in_by_code(alex, self.center, CLIENT_MAIL)
        alex.go("/portal/plan/")
        assert GOAL in alex.page.inner_text("main")
        refuse_violations(alex.page)
        alex.press("I read it and I sign")
        assert self.center.sql("SELECT status FROM plans_plan") == [("active",)]

    def _plan_line(self, add: str, **fields: str) -> None:
        page = self.carl.page
        page.get_by_role("link", name=add).first.click()
        form = page.locator("#plan form.oi-form")
        form.wait_for()
        for name, value in fields.items():
            field = form.locator(f"[name={name}]")
            if field.evaluate("node => node.tagName") == "SELECT":
                field.select_option(value)
            else:
                field.fill(value)
        form.get_by_role("button", name="Save").click()
        page.get_by_role("link", name=add).first.wait_for()
        page.wait_for_load_state()

    def when_alex_checks_in_and_answers_the_phq9(self) -> None:
        alex = self.alex
        alex.go("/portal/")
        assert "Coping skills" in alex.page.inner_text("main")
        refuse_violations(alex.page)
        alex.go("/portal/check-in/")
        refuse_violations(alex.page)
        taps = [
            alex.page.locator("label", has_text=re.compile(r"^\s*4\s*$")),
            alex.page.locator("label", has_text="Good"),
            alex.page.get_by_text("Stress", exact=True),
            alex.page.get_by_role("button", name="Save check-in"),
        ]
        for tap in taps:
            tap.first.click()
        alex.page.wait_for_load_state()
        assert self.center.sql("SELECT craving, mood, triggers FROM practice_checkin") == [(4, 4, ["stress"])]
        assert len(taps) <= 4
        self._answer_the_phq9()

    def _answer_the_phq9(self) -> None:
        page = self.alex.page
        [(phq9,)] = self.center.sql("SELECT id FROM measures_administration WHERE instrument = 'PHQ-9'")
        page.goto(f"/portal/measures/{phq9}/")
        self.alex.press("Start")
        refuse_violations(page)
        for _ in range(8):
            page.locator("button[name=value][value='1']").click()
            page.wait_for_load_state()
        page.locator("button[name=value][value='1']").click()  # item 9
        page.wait_for_load_state()
        assert "988" in page.inner_text("main"), "help is shown at once"
        refuse_violations(page)
        raised = self.center.sql(
            "SELECT headline FROM messaging_alert WHERE urgency = '1_now' AND client_id IS NOT NULL"
        )
        assert raised, "staff are alerted the moment item 9 is above zero, before the form is finished"
        self.alex.press("Go on with the questions")
        page.locator("button[name=value]").first.click()
        page.wait_for_load_state()
        self.alex.press("Send my answers")
        refuse_violations(page)
        [(scores,)] = self.center.sql("SELECT scores FROM measures_administration WHERE instrument = 'PHQ-9'")
        assert scores["total"] == 9

    def when_the_counselor_answers_the_alert(self) -> None:
        carl = self.carl
        carl.go("/desk/")
        assert "Alex M." in carl.page.inner_text("main")
        refuse_violations(carl.page)
        carl.go("/desk/alerts/")
        refuse_violations(carl.page)
        carl.page.get_by_role("link", name=re.compile("PHQ-9|thoughts|self-harm", re.IGNORECASE)).first.click()
        carl.page.wait_for_load_state()
        carl.press("I have it")
        refuse_violations(carl.page)
        carl.fill(what_was_done="Called at once; safety plan made; no plan or intent.")
        carl.press("Close alert")

    def when_rewards_start_and_a_test_is_negative(self) -> None:
        carl = self.carl
        carl.go(f"/desk/clients/{self.client}/rewards/")
        refuse_violations(carl.page)
        carl.press("Start rewards")
        carl.press("Order")
        carl.page.get_by_role("link", name=re.compile("result", re.IGNORECASE)).first.click()
        carl.page.wait_for_load_state()
        choose(carl.page, "result", "negative")
        carl.press("Record")
        assert self.center.sql("SELECT draws FROM incentives_earning") == [(1,)]
        [(drawn,)] = self.center.sql("SELECT count(*) FROM incentives_draw")
        assert drawn == 1
        self.alex.go("/portal/rewards/")
        refuse_violations(self.alex.page)

    def when_the_group_meets_and_its_note_is_signed(self) -> None:
        carl = self.carl
        carl.go("/desk/")
        carl.press("Attendance and note")
        refuse_violations(carl.page)
        carl.page.locator("label", has_text=re.compile("^Here$")).first.click()
        carl.page.locator("[name=group-narrative]").fill(
            "The group timed an urge and listed what helps while it passes."
        )
        carl.page.get_by_label(re.compile("One line")).fill("Rode out an urge on the bus with breathing.")
        carl.page.locator("#sign").click()
        carl.page.wait_for_load_state()
        [(text, signed)] = self.center.sql("SELECT text, signed_at IS NOT NULL FROM attendance_clientnote")
        assert signed
        assert "timed an urge" in text
        assert "on the bus" in text
        refuse_violations(carl.page)

    # --- Family ---

    def when_alex_lets_his_mother_know_some_things(self) -> None:
        carl, alex = self.carl, self.alex
        carl.go(f"/desk/clients/{self.client}/consents/")
        carl.fill(first_name="Rosa", last_name="Moreno", relation="Mother", email=MOTHER_MAIL)
        carl.press("Add")
        rosa = self.rosa = self.visit(self.center, width=390)
        sign_in_by_code(rosa, self.center, MOTHER_MAIL)
        rosa.go("/family/")
        assert "Alex" not in rosa.page.inner_text("body"), "without consent nothing confirms anyone's presence"
        refuse_violations(rosa.page)
        carl.go(f"/desk/clients/{self.client}/consents/")
        carl.page.get_by_role("radio", name=re.compile("Rosa")).check()
        carl.page.get_by_role("checkbox", name="When sessions are").check()
        carl.page.get_by_role("checkbox", name="Which sessions they came to").check()
        refuse_violations(carl.page)
        carl.press("Offer")
        alex.go("/portal/consents/")
        refuse_violations(alex.page)
        alex.press("Read and sign")
        refuse_violations(alex.page)
        alex.fill(name="Alex Moreno")
        alex.press("Sign")
        rosa.go("/family/")
        seen = rosa.page.inner_text("main")
        assert "was there" in seen, "attendance is open"
        assert GOAL not in seen, "the plan is not"
        refuse_violations(rosa.page)
        assert self.center.sql("SELECT count(*) FROM consents_disclosure") == [(1,)]

    def when_he_takes_it_back_she_sees_nothing(self) -> None:
        alex, rosa = self.alex, self.rosa
        alex.go("/portal/consents/")
        alex.press("Take back")
        alex.press("Take it back now")
        rosa.go("/family/")
        assert "Alex" not in rosa.page.inner_text("body")

    # --- The end of the way ---

    def when_the_director_reviews_and_discharges(self) -> None:
        self.dora = dora = self.visit(self.center)
        accept_invitation(dora, self.center, "dora@example.org", "dora walks a long quiet road")
        dora.go(f"/desk/clients/{self.client}/")
        timeline = dora.page.inner_text("main")
        assert "Coping skills" in timeline
        refuse_violations(dora.page)
        dora.go(f"/desk/clients/{self.client}/review/")
        refuse_violations(dora.page)
        choose(dora.page, "outcome", "continue")
        dora.fill(reason="Comes regularly; cravings are falling.")
        dora.press("Keep this decision")
        assert self.center.sql("SELECT outcome FROM progress_review") == [("continue",)]
        dora.go(f"/desk/clients/{self.client}/discharge/")
        refuse_violations(dora.page)
        dora.page.select_option("[name=reason]", "completed")
        dora.fill(
            course_of_treatment="Came to group, practiced skills, and met the first goal.",
            recovery_plan="Thursday meeting at the library. Call Sam when it gets loud.",
        )
        dora.press("Sign and discharge")
        refuse_violations(dora.page)

    def then_the_discharge_summary_is_a_pdf(self) -> None:
        answer = self.dora.context.request.get(f"/desk/clients/{self.client}/discharge/summary.pdf")
        assert answer.headers["content-type"] == "application/pdf"
        assert "moreno" not in answer.headers["content-disposition"].lower(), "no name in a file name"
        text = "\n".join(page.extract_text() for page in PdfReader(BytesIO(answer.body())).pages)
        assert "Call Sam when it gets loud" in text
        assert "42 CFR part 2 prohibits unauthorized use or disclosure of these records" in " ".join(text.split())

    def then_every_step_is_in_the_audit_trail(self) -> None:
        verbs = {verb for (verb,) in self.center.sql("SELECT DISTINCT verb FROM shared_auditentry")}
        assert verbs >= {
            "inquiry.received",
            "client.added",
            "assessment.completed",
            "level.decided",
            "plan.signed",
            "check_in.made",
            "alert.raised",
            "alert.closed",
            "consent.signed",
            "consent.revoked",
            "information.disclosed",
            "review.decided",
            "discharge.signed",
            "chart.opened",
        }


def check(page: Page, name: str, value: str) -> None:
    """Tick one box of a group; its label is what people see and press."""
    box = page.locator(f"input[value='{value}']:is([name='{name}'], [name$='-{name}'])").first
    if not box.is_checked():
        page.locator(f"label[for='{box.get_attribute('id')}']").click()


choose = check


@pytest.fixture
def way(fresh_center: Installation, visit: Callable[..., Visitor]) -> WholeWay:
    return WholeWay(fresh_center, visit)


def test_from_the_first_call_to_the_discharge_summary(way: WholeWay) -> None:
    way.given_a_center_with_staff_and_an_evening_group()
    way.when_alex_asks_to_be_called_back()
    way.when_admissions_calls_and_makes_alex_a_client()
    way.when_the_counselor_assesses_and_decides()
    way.when_admissions_admits_alex_to_the_evening_track()
    way.when_they_write_and_sign_a_plan()
    way.when_alex_checks_in_and_answers_the_phq9()
    way.when_the_counselor_answers_the_alert()
    way.when_rewards_start_and_a_test_is_negative()
    way.when_the_group_meets_and_its_note_is_signed()
    way.when_alex_lets_his_mother_know_some_things()
    way.when_he_takes_it_back_she_sees_nothing()
    way.when_the_director_reviews_and_discharges()
    way.then_the_discharge_summary_is_a_pdf()
    way.then_every_step_is_in_the_audit_trail()
