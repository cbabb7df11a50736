"""A backup that cannot be trusted is worse than none: each test damages, moves or interrupts one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace as changed
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from openiop.cli.main import run
from openiop.shared.postgres import verify
from openiop.shared.postgres.backup import LAST_BACKUP, back_up
from openiop.shared.postgres.errors import PostgresError
from openiop.shared.postgres.restore import restore
from openiop.shared.postgres.server import EmbeddedServer, quiet
from openiop.shared.postgres.testing import temporary_home

AT = datetime(2026, 11, 23, 14, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A backup of a small database with 1,000 rows that only the web role's own center may see."""
    with temporary_home() as home, pytest.MonkeyPatch.context() as patch:
        patch.setenv("OPENIOP_HOME", str(home))
        patch.delenv("DATABASE_URL", raising=False)
        patch.delenv("DATABASE_OWNER_URL", raising=False)
        server = EmbeddedServer(home, settings={"shared_buffers": "32MB"})
        server.start()
        with server.connect("owner") as connection:
            connection.execute("CREATE TABLE kept (id int PRIMARY KEY, note text)")
            connection.execute("INSERT INTO kept SELECT n, 'row ' || n FROM generate_series(1, 1000) n")
            connection.execute("ALTER TABLE kept ENABLE ROW LEVEL SECURITY")
            connection.execute("CREATE POLICY odd ON kept USING (id % 2 = 1)")
            connection.execute("GRANT SELECT ON kept TO openiop_web")
        yield back_up(tmp_path_factory.mktemp("backups"), at=AT, say=quiet)


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty installation."""
    with temporary_home() as path:
        monkeypatch.setenv("OPENIOP_HOME", str(path))
        monkeypatch.delenv("DATABASE_URL", raising=False)
        monkeypatch.delenv("DATABASE_OWNER_URL", raising=False)
        yield path


@pytest.fixture
def copy(saved: Path, tmp_path: Path) -> Path:
    """The backup, to be damaged; its files are linked, so a test replaces them, never writes into them."""
    target = tmp_path / "copy"
    for path in sorted(saved.rglob("*")):
        other = target / path.relative_to(saved)
        if path.is_dir():
            other.mkdir(parents=True)
        else:
            other.parent.mkdir(parents=True, exist_ok=True)
            other.hardlink_to(path)
    return target


def flip_a_byte(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.unlink()
    path.write_bytes(content)


def rows_seen(home: Path, role: str = "superuser") -> int:
    server = EmbeddedServer(home)
    server.start()
    with server.connect(role) as connection:  # type: ignore[arg-type]
        seen = connection.execute("SELECT count(*) FROM kept").fetchone()
    server.stop()
    assert seen is not None
    return int(seen[0])


def test_a_backup_is_private_whole_and_described(saved: Path) -> None:
    assert saved.name == "openiop-20261123T143000Z"
    assert saved.stat().st_mode & 0o777 == 0o700
    assert [path.name for path in saved.parent.iterdir()] == [saved.name]
    described = verify.verify(saved)
    assert (described.postgresql, described.tables, described.has_base) == ("18.4", 1, True)


@pytest.mark.parametrize("from_dump", [False, True], ids=["files", "dump"])
def test_a_restored_home_holds_the_rows_the_roles_and_the_fences(saved: Path, home: Path, from_dump: bool) -> None:
    answer = restore(saved, at=AT, say=quiet, from_dump=from_dump)
    assert "1 tables" in answer
    assert rows_seen(home) == 1000
    assert rows_seen(home, "web") == 500


def test_the_passwords_of_the_saved_home_do_not_open_the_restored_one(saved: Path, home: Path) -> None:
    restore(saved, at=AT, say=quiet)
    record = json.loads((home / "cluster.json").read_text())
    assert not any(
        record["passwords"]["web"] in path.read_text("latin-1") for path in saved.rglob("*") if path.is_file()
    )
    assert not (saved / "cluster.json").exists()


FLIPPED = [
    "base/PG_VERSION",
    "base/global/pg_control",
    "base/backup_manifest",
    "base/backup_label",
    "openiop.dump",
    "backup.json",
]


@pytest.mark.parametrize("name", FLIPPED)
def test_one_flipped_byte_is_found_and_its_file_is_named(copy: Path, home: Path, name: str) -> None:
    flip_a_byte(copy / name)
    with pytest.raises(PostgresError, match=f"damaged: {name}"):
        restore(copy, at=AT, say=quiet)
    assert not (home / "data").exists()


def test_a_flipped_byte_in_the_log_is_found(copy: Path) -> None:
    (segment,) = (copy / "base" / "pg_wal").glob("0*")
    flip_a_byte(segment)
    with pytest.raises(PostgresError, match=f"damaged: base/pg_wal/{segment.name}"):
        verify.verify(copy)


def test_a_missing_and_an_unknown_file_are_named(copy: Path) -> None:
    (copy / "base" / "PG_VERSION").rename(copy / "base" / "more")
    with pytest.raises(PostgresError, match="base/PG_VERSION is missing"):
        verify.verify(copy)
    (copy / "base" / "PG_VERSION").hardlink_to(copy / "base" / "more")
    with pytest.raises(PostgresError, match="does not belong to it: base/more"):
        verify.verify(copy)


def test_a_database_is_not_overwritten_unless_asked_and_then_kept_aside(saved: Path, home: Path) -> None:
    restore(saved, at=AT, say=quiet)
    with pytest.raises(PostgresError, match="holds a database already"):
        restore(saved, at=AT, say=quiet)
    restore(saved, at=AT + timedelta(minutes=1), say=quiet, replace=True)
    assert rows_seen(home) == 1000
    assert (home / "data.before-20261123T143100Z" / "PG_VERSION").exists()


def test_a_restore_that_does_not_succeed_puts_the_old_database_back(saved: Path, copy: Path, home: Path) -> None:
    restore(saved, at=AT, say=quiet)
    dump = copy / verify.DUMP
    dump.unlink()
    dump.write_bytes(b"no dump at all")
    described = verify.verify(saved)
    (copy / verify.DESCRIPTION).unlink()
    changed(described, files=described.files | {verify.DUMP: verify.sha256(dump)}).write(copy)
    with pytest.raises(PostgresError, match="pg_restore"):
        restore(copy, at=AT, say=quiet, replace=True, from_dump=True)
    assert rows_seen(home) == 1000


def test_a_database_in_use_is_not_replaced(saved: Path, home: Path) -> None:
    restore(saved, at=AT, say=quiet)
    server = EmbeddedServer(home)
    server.start()
    with pytest.raises(PostgresError, match="in use"):
        restore(saved, at=AT, say=quiet, replace=True)
    assert server.is_ready()
    server.stop()


def test_a_backup_that_is_interrupted_leaves_nothing_that_looks_like_one(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = EmbeddedServer(home)
    server.start()
    monkeypatch.setattr("openiop.shared.postgres.backup.program", lambda name: Path("/bin/false"))
    with pytest.raises(PostgresError, match="stopped with status 1"):
        back_up(tmp_path / "backups", at=AT, say=quiet)
    assert list((tmp_path / "backups").iterdir()) == []
    assert not (home / LAST_BACKUP).exists()
    server.stop()


def test_a_server_of_the_operator_gives_a_dump_and_takes_one_back(
    home: Path, tmp_path: Path, saved: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = EmbeddedServer(home)
    server.start()
    with server.connect() as connection:
        connection.execute("GRANT openiop_web TO openiop_owner")
        connection.execute("GRANT CREATE ON DATABASE openiop TO openiop_owner")
    monkeypatch.setenv("DATABASE_URL", server.url("owner"))
    restore(saved, at=AT, say=quiet)
    folder = back_up(tmp_path / "backups", at=AT, say=quiet)
    assert not verify.verify(folder).has_base
    with pytest.raises(PostgresError, match="has tables already"):
        restore(folder, at=AT, say=quiet)
    restore(folder, at=AT, say=quiet, replace=True)
    with server.connect("owner") as connection:
        for schema in ("public", "before_restore_20261123t143000"):
            connection.execute(f"SET search_path TO {schema}")
            assert connection.execute("SELECT count(*) FROM kept").fetchone() == (1000,)
    with server.connect("web") as connection:
        assert connection.execute("SELECT count(*) FROM kept").fetchone() == (500,)
    server.stop()


def test_the_command_line_saves_and_brings_back(
    home: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    server = EmbeddedServer(home)
    server.start()
    server.stop()
    monkeypatch.chdir(tmp_path)
    assert run(["backup", "backups"]) == 0
    (folder,) = (tmp_path / "backups").iterdir()
    assert json.loads((home / LAST_BACKUP).read_text())["folder"] == str(folder)
    assert run(["restore", f"backups/{folder.name}"]) == 1
    assert capfd.readouterr().err.splitlines() == [
        f"openiop: {home} holds a database already; --replace moves it aside and keeps it."
    ]
    assert run(["restore", str(tmp_path)]) == 1
    assert "is not a backup" in capfd.readouterr().err


def test_a_home_that_lost_its_record_gets_new_passwords(saved: Path, home: Path) -> None:
    restore(saved, at=AT, say=quiet)
    (home / "cluster.json").unlink()
    assert rows_seen(home) == 1000
