"""Where the database is: the operator's words, the defaults that are added to them, and clear refusals."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from psycopg.conninfo import conninfo_to_dict

from openiop.shared.postgres.cluster import ROLE_NAMES, Cluster, load_cluster
from openiop.shared.postgres.errors import PostgresError
from openiop.shared.postgres.location import TCP_DEFAULTS, database_urls, default_home, with_defaults


@pytest.fixture(autouse=True)
def no_database_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("OPENIOP_HOME", str(tmp_path))


def test_an_operators_server_gets_the_network_defaults_it_did_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://web:secret@db.example/iop?connect_timeout=9&sslmode=verify-full")
    monkeypatch.setenv("DATABASE_OWNER_URL", "postgresql://owner:secret@db.example/iop")
    urls = database_urls()
    web = conninfo_to_dict(urls["web"])
    assert (web["user"], web["connect_timeout"], web["sslmode"]) == ("web", "9", "verify-full")
    assert TCP_DEFAULTS.items() - {("connect_timeout", "3")} <= web.items()
    assert conninfo_to_dict(urls["owner"])["user"] == "owner"
    assert urls["superuser"] is None


def test_one_url_serves_for_both_roles(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://both@db.example/iop")
    assert database_urls()["owner"] == database_urls()["web"]


@pytest.mark.parametrize(
    "url", ["db.example/iop", "mysql://a@b/c", "postgresql://a@b/c?colour=red", "postgresql://[::1/x"]
)
def test_an_unusable_url_is_named(url: str) -> None:
    with pytest.raises(PostgresError, match="DATABASE_URL"):
        with_defaults(url)


def test_without_any_database_the_answer_says_what_to_run() -> None:
    with pytest.raises(PostgresError, match="openiop serve"):
        database_urls()


def test_the_home_is_in_the_current_folder_unless_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("OPENIOP_HOME")
    assert default_home() == tmp_path / ".openiop"


def test_a_record_is_private_and_comes_back_as_it_was(tmp_path: Path) -> None:
    cluster = Cluster(tmp_path, {"superuser": "a", "owner": "b/:@", "web": "c"}, initialized=True)
    cluster.save()
    assert (tmp_path / "cluster.json").stat().st_mode & 0o777 == 0o600
    assert load_cluster(tmp_path) == cluster
    assert "b/:@" not in repr(cluster)
    assert {path.name for path in tmp_path.iterdir()} == {"cluster.json"}


def test_urls_of_the_embedded_server_name_role_socket_and_database(tmp_path: Path) -> None:
    Cluster(tmp_path / "a home", {"superuser": "s", "owner": "o", "web": "w"})
    cluster = Cluster(tmp_path, {"superuser": "s", "owner": "o", "web": "w"})
    cluster.save()
    for role, url in database_urls().items():
        parts = conninfo_to_dict(str(url))
        assert parts["user"] == ROLE_NAMES[role]  # type: ignore[index]
        assert parts["host"] == str(cluster.socket_folder)
        assert parts["dbname"] == "openiop"


def test_a_record_without_a_password_is_called_damaged(tmp_path: Path) -> None:
    (tmp_path / "cluster.json").write_text(json.dumps({"passwords": {"web": "w"}}))
    with pytest.raises(PostgresError, match="damaged"):
        load_cluster(tmp_path)
