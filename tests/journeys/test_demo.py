"""The demo center: a believable center behind seven doors, which open only where they may."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from openiop.site.doors import DOORS
from tests.journeys.conftest import installation_on
from tests.live import Installation, Visitor, refuse_violations, serving
from tests.settings import EMPTY, SERVER, WORKER


@pytest.fixture(scope="module")
def demo(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """`openiop demo` on an empty database, filled and served."""
    name = f"demo_{WORKER}"
    installation = installation_on(name, EMPTY, tmp_path_factory)
    installation.settings["OPENIOP_DEMO"] = "1"
    done = installation.command("demo", "--no-serve")
    assert done.returncode == 0, done.stderr
    with serving(installation):
        yield installation
    SERVER.drop_database(name)


def test_the_center_is_as_large_as_promised(demo: Installation) -> None:
    counts = {
        "sites": "SELECT count(*) FROM people_site",
        "staff": "SELECT count(*) FROM people_staff",
        "tracks": "SELECT count(*) FROM programs_track",
        "groups": "SELECT count(*) FROM schedule_group",
        "active": "SELECT count(*) FROM admissions_episode WHERE ended_on IS NULL",
        "discharged": "SELECT count(*) FROM progress_discharge",
        "waiting": "SELECT count(*) FROM admissions_wait WHERE left_at IS NULL",
    }
    found = {name: demo.sql(query)[0][0] for name, query in counts.items()}
    assert found == {
        "sites": 2,
        "staff": 12,
        "tracks": 3,
        "groups": 6,
        "active": 48,
        "discharged": 70,
        "waiting": 2,
    }


def test_its_history_holds_every_part_of_the_way(demo: Installation) -> None:
    for table in (
        "admissions_assessment",
        "plans_plansignature",
        "attendance_clientnote",
        "measures_administration",
        "practice_checkin",
        "incentives_drugtest",
        "incentives_draw",
        "consents_consent",
        "people_familymember",
        "progress_review",
    ):
        assert demo.sql(f"SELECT count(*) FROM {table}")[0][0] > 40, table
    ways = dict(demo.sql("SELECT outcome, count(*) FROM progress_review GROUP BY outcome"))
    assert set(ways) >= {"continue", "step_down"}
    assert dict(demo.sql("SELECT end_reason, count(*) FROM admissions_episode GROUP BY 1"))["left"] >= 15


@pytest.mark.parametrize("role", list(DOORS))
def test_each_door_leads_to_a_first_page(demo: Installation, visit: Callable[..., Visitor], role: str) -> None:
    visitor = visit(demo)
    visitor.go("/accounts/login/")
    visitor.page.locator(f"form[action='/demo/enter/{role}'] button").click()
    visitor.page.wait_for_url(lambda address: "/accounts/" not in address)
    assert visitor.page.locator("h1").count() == 1
    refuse_violations(visitor.page)


def test_the_styleguide_shows_every_component(demo: Installation, visit: Callable[..., Visitor]) -> None:
    visitor = visit(demo)
    visitor.go("/styleguide/")
    refuse_violations(visitor.page)


def test_today_shows_new_alerts_by_itself(demo: Installation, visit: Callable[..., Visitor]) -> None:
    visitor = visit(demo)
    visitor.page.clock.install()
    visitor.go("/accounts/login/")
    visitor.page.locator("form[action='/demo/enter/counselor'] button").click()
    visitor.page.wait_for_url("**/desk/")
    with visitor.page.expect_response("**/desk/today/needs/") as asked:
        visitor.page.clock.fast_forward(61_000)
    assert asked.value.ok
    visitor.page.locator("#today-alerts").wait_for()
