"""What may happen to a treatment plan, and what never may."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection, transaction

from openiop.kernel.errors import Refusal
from openiop.messaging.models import Alert
from openiop.plans import actions, presenters, queries
from openiop.plans.models import Goal, Objective, Plan, PlanSignature, PlanStatus, Problem, Signer
from openiop.shared.access import Denied
from openiop.shared.models import AuditEntry
from tests.world import World


def sign_both(plan: Plan, world: World) -> Plan:
    actions.sign(plan=plan, signer=Signer.CLINICIAN, by=world.actor(world.counselor), at=world.now)
    return actions.sign(plan=plan, signer=Signer.CLIENT, by=world.actor(world.client), at=world.now)


def test_a_second_draft_is_the_first(world: World, plan: Plan) -> None:
    with world.inside():
        again = actions.draft_plan(episode=plan.episode, by=world.actor(world.counselor), at=world.now)
        assert again.pk == plan.pk
        assert plan.review_due_on == world.now.date() + timedelta(days=30)


def test_both_signatures_put_a_plan_in_force_and_lock_its_text(world: World, plan: Plan) -> None:
    with world.inside():
        signed = sign_both(plan, world)
        assert signed.status == PlanStatus.ACTIVE
        names = set(PlanSignature.objects.values_list("name", flat=True))
        assert names == {"Counselor Keller, LCSW", "Alex Moreno"}
        with pytest.raises(Refusal, match="signed and locked"):
            actions.add_problem(plan=plan, area="mental", text="More", by=world.actor(world.counselor), at=world.now)


def test_the_client_cannot_sign_before_the_clinician(world: World, plan: Plan) -> None:
    with world.inside(), pytest.raises(Refusal, match="still working"):
        actions.sign(plan=plan, signer=Signer.CLIENT, by=world.actor(world.client), at=world.now)


@pytest.mark.parametrize("who", ["counselor", "other_client", "family"])
def test_nobody_signs_for_the_client(world: World, plan: Plan, who: str) -> None:
    with world.inside(), pytest.raises(Denied):
        actions.sign(plan=plan, signer=Signer.CLIENT, by=world.actor(getattr(world, who)), at=world.now)


def test_the_client_does_not_sign_as_clinician(world: World, plan: Plan) -> None:
    with world.inside(), pytest.raises(Denied):
        actions.sign(plan=plan, signer=Signer.CLINICIAN, by=world.actor(world.client), at=world.now)


def test_a_change_after_a_signature_asks_for_it_again(world: World, plan: Plan) -> None:
    with world.inside():
        counselor = world.actor(world.counselor)
        actions.sign(plan=plan, signer=Signer.CLINICIAN, by=counselor, at=world.now)
        actions.add_problem(plan=plan, area="mental", text="Poor sleep", by=counselor, at=world.now)
        now = queries.current_plan(world.client)
        assert queries.signature(now, Signer.CLINICIAN) is None
        assert presenters.editor(now).lapsed
        assert queries.readable_plans(world.client) == []


def test_signing_a_text_that_has_changed_is_refused(world: World, plan: Plan) -> None:
    with world.inside():
        counselor = world.actor(world.counselor)
        read = plan.version
        actions.add_problem(plan=plan, area="mental", text="Poor sleep", by=counselor, at=world.now)
        with pytest.raises(Refusal, match="changed after you opened it"):
            actions.sign(plan=plan, signer=Signer.CLINICIAN, by=counselor, at=world.now, version=read)


def test_an_incomplete_plan_is_not_signed_and_says_what_is_missing(world: World, plan: Plan) -> None:
    with world.inside():
        counselor = world.actor(world.counselor)
        actions.add_problem(plan=plan, area="mental", text="Poor sleep", by=counselor, at=world.now)
        with pytest.raises(Refusal, match="Every problem needs a goal"):
            actions.sign(plan=plan, signer=Signer.CLINICIAN, by=counselor, at=world.now)


def test_signing_twice_is_once(world: World, plan: Plan) -> None:
    with world.inside():
        sign_both(plan, world)
        sign_both(plan, world)
        assert PlanSignature.objects.filter(plan=plan).count() == 2


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE plans_problem SET text = 'other'",
        "UPDATE plans_goal SET client_words = 'other'",
        "UPDATE plans_goal SET removed_at = now()",
        "UPDATE plans_objective SET target_date = '2030-01-01'",
        "UPDATE plans_intervention SET times_a_week = 9",
        "UPDATE plans_plan SET strengths = 'other'",
        "UPDATE plans_plan SET active_at = NULL",
        "UPDATE plans_problem SET locked_at = NULL",
        "UPDATE plans_plansignature SET name = 'Someone Else'",
        "INSERT INTO plans_problem (id, center_id, place, version, area, text, plan_id) "
        "SELECT gen_random_uuid(), center_id, 9, 0, 'mental', 'slipped in', id FROM plans_plan",
        "INSERT INTO plans_goal (id, center_id, place, version, client_words, problem_id) "
        "SELECT gen_random_uuid(), center_id, 9, 0, 'slipped in', id FROM plans_problem",
    ],
)
def test_raw_sql_cannot_change_a_signed_plan(world: World, plan: Plan, statement: str) -> None:
    with world.inside():
        sign_both(plan, world)
        with pytest.raises(Exception, match=r"locked|permission denied"), transaction.atomic():
            connection.cursor().execute(statement)


def test_the_orm_cannot_change_a_signed_line(world: World, plan: Plan) -> None:
    with world.inside():
        sign_both(plan, world)
        problem = Problem.objects.get()
        problem.text = "something else"
        with pytest.raises(Exception, match="locked"), transaction.atomic():
            problem.save()


def test_an_objective_of_a_signed_plan_can_be_met(world: World, plan: Plan) -> None:
    with world.inside():
        counselor = world.actor(world.counselor)
        sign_both(plan, world)
        actions.set_objective_status(objective=Objective.objects.get(), status="met", by=counselor, at=world.now)
        assert queries.objectives_met(world.client) == (1, 1)


def test_a_revision_carries_forward_what_is_not_done_and_replaces_the_former(world: World, plan: Plan) -> None:
    with world.inside():
        counselor = world.actor(world.counselor)
        first = Goal.objects.get()
        actions.add_objective(
            goal=first, text="Call two friends", target_date=date(2099, 1, 1), by=counselor, at=world.now
        )
        with pytest.raises(Refusal):
            sign_both(plan, world)
        second = Objective.objects.get(text="Call two friends")
        actions.add_intervention(
            objective=second, kind="peer_support", approach="met", times_a_week=1, by=counselor, at=world.now
        )
        sign_both(plan, world)
        actions.set_objective_status(
            objective=Objective.objects.get(text__startswith="Plan each"), status="met", by=counselor, at=world.now
        )
        plan.refresh_from_db()
        draft = actions.start_revision(plan=plan, by=counselor, at=world.now)
        carried = queries.current_plan(world.client)
        assert carried.pk == draft.pk
        assert [n.line.text for n in queries.walk(queries.outline(carried)) if n.kind == "objective"] == [
            "Call two friends"
        ]
        sign_both(draft, world)
        plan.refresh_from_db()
        assert (plan.status, Plan.objects.get(pk=draft.pk).status) == (PlanStatus.REPLACED, PlanStatus.ACTIVE)


def test_removed_lines_are_kept_and_come_back(world: World, plan: Plan) -> None:
    with world.inside():
        counselor = world.actor(world.counselor)
        goal = Goal.objects.get()
        actions.remove_line(line=goal, by=counselor, at=world.now)
        seen = presenters.editor(queries.current_plan(world.client))
        assert [node.line.pk for node in seen.removed] == [goal.pk]
        assert seen.problems[0].below == ()
        actions.restore_line(line=goal, by=counselor, at=world.now)
        back = presenters.editor(queries.current_plan(world.client))
        assert [node.kind for node in queries.walk(back.problems)] == ["problem", "goal", "objective", "intervention"]


def test_two_people_editing_one_line_the_second_is_told(world: World, plan: Plan) -> None:
    with world.inside():
        counselor = world.actor(world.counselor)
        goal = Goal.objects.get()
        actions.edit_line(line=goal, version=0, client_words="First words", by=counselor, at=world.now)
        with pytest.raises(Refusal, match="Someone else changed this line"):
            actions.edit_line(line=goal, version=0, client_words="Second words", by=counselor, at=world.now)
        assert Goal.objects.get().client_words == "First words"


def test_edits_of_different_lines_do_not_meet(world: World, plan: Plan) -> None:
    with world.inside():
        counselor = world.actor(world.counselor)
        actions.edit_line(line=Goal.objects.get(), version=0, client_words="New goal", by=counselor, at=world.now)
        actions.edit_line(line=Problem.objects.get(), version=0, text="New problem", by=counselor, at=world.now)
        assert Problem.objects.get().text == "New problem"


def test_only_the_text_of_a_line_is_taken(world: World, plan: Plan) -> None:
    with world.inside():
        line = Goal.objects.get()
        actions.edit_line(
            line=line,
            version=0,
            client_words="Mine",
            locked_at=world.now,
            problem_id=None,
            by=world.actor(world.counselor),
            at=world.now,
        )
        kept = Goal.objects.get()
        assert (kept.locked_at, kept.problem_id) == (None, line.problem_id)


@pytest.mark.parametrize("words", ["", "   "])
def test_an_empty_line_is_refused_beside_its_field(world: World, plan: Plan, words: str) -> None:
    with world.inside(), pytest.raises(Refusal) as refused:
        actions.add_goal(
            problem=Problem.objects.get(), client_words=words, by=world.actor(world.counselor), at=world.now
        )
    assert refused.value.field == "client_words"


def test_a_target_in_the_past_is_refused(world: World, plan: Plan) -> None:
    with world.inside(), pytest.raises(Refusal, match="today or a later day"):
        actions.add_objective(
            goal=Goal.objects.get(),
            text="Done",
            target_date=world.now.date() - timedelta(days=1),
            by=world.actor(world.counselor),
            at=world.now,
        )


def test_a_due_review_is_asked_for_once_and_settled_by_the_next_plan(world: World, plan: Plan) -> None:
    with world.inside():
        counselor = world.actor(world.counselor)
        sign_both(plan, world)
        due = plan.review_due_on
        assert actions.raise_review_alerts(on=due - timedelta(days=4), by=counselor, at=world.now) == []
        actions.raise_review_alerts(on=due - timedelta(days=2), by=counselor, at=world.now)
        actions.raise_review_alerts(on=due, by=counselor, at=world.now)
        [alert] = Alert.objects.open().filter(kind="plan_review")
        assert alert.owner_id == world.counselor.pk
        plan.refresh_from_db()
        sign_both(actions.start_revision(plan=plan, by=counselor, at=world.now), world)
        assert not Alert.objects.open().filter(kind="plan_review").exists()


def test_loading_a_plan_with_everything_costs_six_queries(
    world: World, plan: Plan, query_limit, django_assert_num_queries
) -> None:
    with world.inside(), query_limit(6):
        presenters.editor(queries.current_plan(world.client))


def test_the_trail_never_holds_the_words_of_the_plan(world: World, plan: Plan) -> None:
    with world.inside():
        sign_both(plan, world)
    with world.inside():
        trail = list(AuditEntry.objects.filter(verb__startswith="plan.").values_list("detail", flat=True))
        assert trail
        assert "evenings" not in str(trail).lower()
