"""A client in treatment, and a plan for them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from openiop.admissions.models import Episode
from openiop.kernel.levels import LevelOfCare
from openiop.plans import actions
from openiop.plans.models import Plan
from tests.world import World


@pytest.fixture
def episode(world: World) -> Episode:
    """The client's running episode."""
    with world.inside():
        return Episode.objects.create(
            client=world.client, level=LevelOfCare.IOP, admitted_on=world.now.date() - timedelta(days=10)
        )


def write_lines(plan: Plan, world: World) -> None:
    """One line of each kind: the smallest plan that can be signed."""
    actor = world.actor(world.counselor)
    problem = actions.add_problem(
        plan=plan, area="return_to_use", text="Evenings at home are hard", by=actor, at=world.now
    )
    goal = actions.add_goal(problem=problem, client_words="I want my evenings back", by=actor, at=world.now)
    objective = actions.add_objective(
        goal=goal, text="Plan each evening of the week", target_date=date(2099, 12, 20), by=actor, at=world.now
    )
    actions.add_intervention(
        objective=objective,
        kind="group",
        approach="cbt",
        times_a_week=3,
        staff=world.counselor,
        by=actor,
        at=world.now,
    )


@pytest.fixture
def plan(world: World, episode: Episode) -> Plan:
    """A complete draft that nobody has signed."""
    with world.inside():
        draft = actions.draft_plan(episode=episode, by=world.actor(world.counselor), at=world.now)
        write_lines(draft, world)
        draft.refresh_from_db()
        return draft
