"""How a made-up client's course goes on or ends: review, step down, discharge."""

from __future__ import annotations

from datetime import date

from openiop.cli.demo.courses import Ending
from openiop.cli.demo.house import House, local
from openiop.cli.demo.residents import END_REASONS, Resident
from openiop.kernel.levels import LevelOfCare
from openiop.plans import actions as plans
from openiop.plans.models import Objective
from openiop.progress import actions as progress
from openiop.progress.models import Outcome

COURSES_OF_TREATMENT = {
    Ending.STEP_DOWN: "Came regularly, practiced skills at home, and stepped down to weekly care before finishing.",
    Ending.COMPLETED: "A slow start, then steady work. Cravings fell and attendance rose over the weeks.",
    Ending.LEFT: "Came for the first weeks and then stopped. We called and wrote three times; the door stays open.",
    Ending.TRANSFERRED: "Needed more hours and more safety than evenings and days here can give.",
}


def review(house: House, resident: Resident, day: date) -> None:
    """Four weeks in: look at everything, and go on."""
    by = house.actor("director")
    with house.acting(by):
        progress.decide_review(
            episode=resident.episode,
            outcome=Outcome.CONTINUE,
            reason="Attendance and measures support the current level; plan goals are being worked on.",
            by=by,
            at=local(day, 16),
        )
        _mark_objective_met(house, resident, day)


def _mark_objective_met(house: House, resident: Resident, day: date) -> None:
    objective = Objective.objects.filter(goal__problem__plan__episode=resident.episode, status="open").first()
    if objective is not None:
        plans.set_objective_status(objective=objective, status="met", by=house.scope.actor, at=local(day, 16, 10))


def step_down(house: House, resident: Resident, day: date) -> None:
    """From the track to weekly care."""
    by = house.actor("director")
    with house.acting(by):
        progress.decide_review(
            episode=resident.episode,
            outcome=Outcome.STEP_DOWN,
            level=LevelOfCare.OUTPATIENT,
            reason="Four weeks without use, risk low and protection high on the BAM; goals of this phase are met.",
            by=by,
            at=local(day, 16),
        )


def discharge(house: House, resident: Resident, day: date) -> None:
    """The signed end, with a plan for the time after."""
    by = house.actor("director")
    ending = resident.course.ending
    with house.acting(by):
        progress.discharge(
            episode=resident.episode,
            on=day,
            reason=END_REASONS[ending],
            course_of_treatment=COURSES_OF_TREATMENT[ending],
            what_helped="Planning the hours after work, and one call before each weekend.",
            recovery_plan="Thursday meeting at the library. Walk after work. Call Sam when it gets loud. "
            "Come back to open evening groups at any time.",
            warning_signs="Skipping meals, not answering the phone, driving past the old street.",
            appointments="Primary care in two weeks. Follow-up call from us in 30 days.",
            by=by,
            at=local(day, 17),
        )
