"""What is earned follows from the protocol, each draw can be replayed, and each dollar has two sides."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from openiop.admissions.models import EndReason, Episode
from openiop.attendance import actions as attendance
from openiop.attendance.values import LineEdit
from openiop.incentives import actions, engine, queries
from openiop.incentives.models import Account, Course, Draw, DrugTest, Earning, LedgerLine
from openiop.kernel.errors import Refusal
from openiop.shared.models import AuditEntry
from tests.iop import Iop, build_iop
from tests.world import World

SEED = bytes(range(32))
TODAY = date(2026, 11, 23)


@pytest.fixture
def iop(scope: World) -> Iop:
    return build_iop(scope)


@pytest.fixture
def episode(iop: Iop) -> Episode:
    return iop.begin(iop.world.client)


def start(world: World, episode: Episode, protocol: str = "miedar", seed: bytes = SEED) -> Course:
    return actions.start_course(
        episode=episode, protocol=protocol, seed=seed, by=world.actor(world.counselor), at=world.now
    )


def resulted(world: World, result: str, *, days: int = 0, substances: tuple[str, ...] = ()) -> DrugTest:
    by, at = world.actor(world.counselor), world.now + timedelta(days=days)
    test = actions.order_test(client=world.client, by=by, at=at)
    return actions.record_result(test=test, result=result, substances=substances, by=by, at=at)


@pytest.fixture
def funded(scope: World, episode: Episode) -> World:
    """A client with 25 dollars on the balance."""
    actions._transfer(
        scope.client.pk,
        Account.FUND,
        Account.CLIENT,
        Decimal(25),
        what="Start",
        by=scope.actor(scope.counselor),
        at=scope.now,
    )
    return scope


def hand_out(world: World, amount: str) -> LedgerLine:
    return actions.hand_out(
        client=world.client, amount=Decimal(amount), what="Gift card", by=world.actor(world.scheduler), at=world.now
    )


def test_miedar_pays_by_the_week_and_starts_again_at_one(scope: World, episode: Episode) -> None:
    course = start(scope, episode)
    for day, result in enumerate(["negative", "negative", "negative", "positive", "negative", "excused", "negative"]):
        resulted(scope, result, days=day)
    earned = list(Earning.objects.order_by("earned_on").values_list("draws", flat=True))
    assert earned == [1, 1, 2, 0, 1, 0, 2]
    assert Draw.objects.filter(course=course).count() == 7


def test_draws_replay_from_the_committed_seed(scope: World, episode: Episode) -> None:
    course = start(scope, episode)
    for day in range(8):
        resulted(scope, "negative", days=day)
    drawn = list(Draw.objects.order_by("counter").values_list("counter", "prize", "amount"))
    again = queries.replayed(course, len(drawn))
    assert drawn == [(n, prize.key, prize.value) for n, prize in enumerate(again, start=1)]
    assert course.commitment == engine.commitment(bytes(course.seed))


def test_the_ledger_holds_what_the_draws_gave_and_sums_to_zero(scope: World, episode: Episode) -> None:
    start(scope, episode)
    for day in range(8):
        resulted(scope, "negative", days=day)
    won = sum(Draw.objects.values_list("amount", flat=True))
    assert won > 0
    assert queries.balance(scope.client) == won
    assert sum(LedgerLine.objects.values_list("amount", flat=True)) == 0


def test_a_positive_takes_nothing_back(funded: World) -> None:
    start(funded, Episode.objects.get())
    resulted(funded, "positive", substances=("Cocaine",))
    assert queries.balance(funded.client) == 25


def test_without_a_course_a_negative_test_earns_nothing(scope: World, episode: Episode) -> None:
    resulted(scope, "negative")
    assert not Earning.objects.exists()


def test_a_result_is_recorded_once(scope: World, episode: Episode) -> None:
    start(scope, episode)
    test = resulted(scope, "negative")
    with pytest.raises(Refusal):
        actions.record_result(test=test, result="positive", by=scope.actor(scope.counselor), at=scope.now)
    assert Earning.objects.count() == 1


@pytest.mark.parametrize(
    ("result", "substances", "field"),
    [("pending", (), "result"), ("great", (), "result"), ("negative", ("Cocaine",), "substances")],
)
def test_a_result_that_cannot_be_is_refused(
    scope: World, episode: Episode, result: str, substances: tuple[str, ...], field: str
) -> None:
    test = actions.order_test(client=scope.client, by=scope.actor(scope.counselor), at=scope.now)
    with pytest.raises(Refusal) as refusal:
        actions.record_result(
            test=test, result=result, substances=substances, by=scope.actor(scope.counselor), at=scope.now
        )
    assert refusal.value.field == field


def test_one_visit_counts_once(scope: World, episode: Episode) -> None:
    course = start(scope, episode)
    for _ in range(2):
        actions.earn(
            course=course,
            source="test:same",
            outcome=engine.parse_events({"visits": [{"result": "negative"}]})[0].result,
            on=TODAY,
            why="Test",
            by=scope.actor(scope.counselor),
            at=scope.now,
        )
    assert (Earning.objects.count(), Draw.objects.count()) == (1, 1)


def test_after_the_last_visit_of_the_protocol_nothing_more_counts(scope: World, episode: Episode) -> None:
    start(scope, episode)
    for day in range(25):
        resulted(scope, "negative", days=day)
    assert Earning.objects.count() == 24
    assert sum(Earning.objects.values_list("draws", flat=True)) == 156
    assert queries.next_reward(scope.client) == []


def test_vouchers_go_to_the_balance_without_a_draw(scope: World, episode: Episode) -> None:
    start(scope, episode, "higgins-vouchers")
    for day in range(3):
        resulted(scope, "negative", days=day)
    assert queries.balance(scope.client) == Decimal("2.50") + Decimal("3.75") + Decimal("5.00") + Decimal("10.00")
    assert not Draw.objects.exists()


def test_two_courses_for_the_same_thing_are_refused(scope: World, episode: Episode) -> None:
    start(scope, episode)
    with pytest.raises(Refusal):
        start(scope, episode)
    with pytest.raises(Refusal):
        start(scope, episode, "va-prize-bowl")
    start(scope, episode, "attendance-prizes")


def test_a_course_needs_a_running_episode_and_a_long_seed(scope: World, episode: Episode) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        start(scope, episode, seed=b"short")
    episode.ended_on, episode.end_reason = TODAY, EndReason.COMPLETED
    with pytest.raises(Refusal):
        start(scope, episode)


def test_after_a_slip_the_next_good_visit_is_named(scope: World, episode: Episode) -> None:
    start(scope, episode)
    resulted(scope, "negative")
    [ahead] = queries.next_reward(scope.client)
    assert (ahead.visit.draws, ahead.is_after_reset) == (1, False)
    resulted(scope, "positive", days=1)
    [ahead] = queries.next_reward(scope.client)
    assert (ahead.visit.draws, ahead.is_after_reset) == (1, True)


def test_ending_a_course_keeps_the_balance(funded: World) -> None:
    episode = Episode.objects.get()
    course = start(funded, episode)
    actions.end_courses(episode=episode, on=TODAY, by=funded.actor(funded.counselor), at=funded.now)
    course.refresh_from_db()
    assert course.ended_on == TODAY
    assert queries.balance(funded.client) == 25
    resulted(funded, "negative")
    assert not Earning.objects.exists()


# --- Attendance --------------------------------------------------------------------------------------------


def sign(iop: Iop, number: int, status: str) -> None:
    """Mark the client in that session, write the note, and sign it."""
    session = iop.sessions()[number]
    by, at = iop.world.actor(session.facilitator), session.ends_at
    line = iop.line(session, iop.world.client)
    attendance.mark(line=line, status=status, by=by, at=at)
    attendance.save_group_note(
        session=session,
        narrative="The group practiced.",
        lines=[LineEdit(line.pk, text="Took part.", engagement="active")],
        by=by,
        at=at,
    )
    attendance.sign_session(session=session, by=by, at=at)


def test_a_signed_day_counts_once_however_many_sessions_it_has(iop: Iop) -> None:
    sessions = iop.sessions()
    episode = iop.begin(iop.world.client)
    start(iop.world, episode, "attendance-prizes")
    assert len(sessions) == 6
    sign(iop, 0, "present")
    sign(iop, 1, "present")
    [earning] = Earning.objects.all()
    assert (earning.source, earning.draws, earning.earned_on) == ("attendance:2026-11-23", 1, TODAY)
    sign(iop, 2, "present")
    assert sorted(Earning.objects.values_list("draws", flat=True)) == [1, 2]


def test_a_day_is_missed_only_when_all_of_it_is(iop: Iop) -> None:
    iop.sessions()
    start(iop.world, iop.begin(iop.world.client), "attendance-prizes")
    sign(iop, 0, "absent")
    assert not Earning.objects.exists()
    sign(iop, 1, "present")
    assert [(e.result, e.draws) for e in Earning.objects.all()] == [("attended", 1)]


def test_a_day_away_with_a_good_reason_keeps_the_row(iop: Iop) -> None:
    iop.sessions()
    start(iop.world, iop.begin(iop.world.client), "attendance-prizes")
    for number, status in enumerate(["present", "present", "excused", "excused", "present", "present"]):
        sign(iop, number, status)
    found = [(e.result, e.draws) for e in Earning.objects.order_by("earned_on")]
    assert found == [("attended", 1), ("excused", 0), ("attended", 2)]


# --- The ledger, broken on purpose -------------------------------------------------------------------------


def test_a_prize_is_taken_from_the_balance(funded: World) -> None:
    line = hand_out(funded, "20.00")
    assert (line.account, line.amount, line.posted_by) == (Account.CLIENT, Decimal("-20.00"), funded.scheduler)
    assert queries.balance(funded.client) == 5
    assert [row.balance for row in queries.statement(funded.client)] == [5, 25]


@pytest.mark.parametrize("amount", ["25.01", "0", "-5", "1.005", "99999"])
def test_more_than_the_balance_or_no_amount_is_refused_beside_its_field(funded: World, amount: str) -> None:
    with pytest.raises(Refusal) as refusal:
        hand_out(funded, amount)
    assert refusal.value.field == "amount"
    assert queries.balance(funded.client) == 25


def ledger_line(world: World, account: str, amount: str, transfer: object) -> None:
    LedgerLine.objects.create(
        transfer=transfer, account=account, client=world.client, amount=amount, what="Test", posted_at=world.now
    )


def test_the_database_refuses_a_balance_below_zero(funded: World) -> None:
    with pytest.raises(IntegrityError, match="balance is smaller"), transaction.atomic():
        ledger_line(funded, Account.CLIENT, "-25.01", uuid4())
    with (
        pytest.raises(IntegrityError, match="balance is smaller"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            "INSERT INTO incentives_ledgerline (id, center_id, transfer, account, client_id, amount, what, posted_at)"
            " VALUES (gen_random_uuid(), %s, gen_random_uuid(), 'client', %s, -100, 'x', now())",
            [funded.client.center_id, funded.client.pk],
        )


def test_the_database_refuses_one_side_without_the_other(funded: World) -> None:
    with pytest.raises(IntegrityError, match="sum to zero"), transaction.atomic():
        post_one_side(funded)


def post_one_side(world: World) -> None:
    """A line without its counterpart, and what the database checks when a transaction ends."""
    ledger_line(world, Account.CLIENT, "5.00", uuid4())
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.parametrize("table", ["incentives_ledgerline", "incentives_draw", "incentives_earning"])
def test_nothing_earned_is_changed_or_taken_out(funded: World, table: str) -> None:
    for statement in (f'UPDATE "{table}" SET id = id', f'DELETE FROM "{table}"'):
        with (
            pytest.raises(Exception, match="permission denied"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)


def test_a_course_cannot_change_its_seed(scope: World, episode: Episode) -> None:
    course = start(scope, episode)
    course.seed = bytes(32)
    with pytest.raises(IntegrityError, match="locked"), transaction.atomic():
        course.save()


def test_the_trail_names_who_did_what_and_not_what_was_found(world: World) -> None:
    with world.inside():
        resulted(world, "positive", substances=("Cocaine",))
    with world.inside():
        entries = AuditEntry.objects.filter(verb__startswith="test.")
        assert {entry.verb for entry in entries} == {"test.ordered", "test.resulted"}
        assert all("Cocaine" not in str(entry.detail) for entry in entries)
        assert {entry.client_id for entry in entries} == {world.client.pk}
