"""Where the database is: `DATABASE_URL` when it is set, else the embedded server of this installation's home."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TypedDict

import psycopg
from psycopg.conninfo import conninfo_to_dict

from openiop.shared.postgres.cluster import load_cluster
from openiop.shared.postgres.errors import PostgresError

# A cut network is noticed in 4.4 s with these, and after more than 20 s without (measured; milliseconds and seconds).
TCP_DEFAULTS = {
    "connect_timeout": "3",
    "keepalives": "1",
    "keepalives_idle": "5",
    "keepalives_interval": "2",
    "keepalives_count": "2",
    "tcp_user_timeout": "4000",
}


class DatabaseUrls(TypedDict):
    """One libpq URL for each role; `superuser` only for the embedded server."""

    web: str
    owner: str
    superuser: str | None


def default_home() -> Path:
    """`OPENIOP_HOME`, else `.openiop` in the current folder."""
    return Path(os.environ.get("OPENIOP_HOME") or ".openiop").absolute()


def uses_embedded_server() -> bool:
    """True when no `DATABASE_URL` names a server of the operator."""
    return not os.environ.get("DATABASE_URL")


def database_urls() -> DatabaseUrls:
    """The URLs to connect with.

    Raises PostgresError when `DATABASE_URL` cannot be read, or when it is unset and no embedded database exists.
    """
    if not uses_embedded_server():
        web = os.environ["DATABASE_URL"]
        owner = os.environ.get("DATABASE_OWNER_URL") or web
        return {
            "web": with_defaults(web, name="DATABASE_URL"),
            "owner": with_defaults(owner, name="DATABASE_OWNER_URL"),
            "superuser": None,
        }
    cluster = load_cluster(default_home())
    if cluster is None:
        raise PostgresError(
            f"There is no database in {default_home()}: run `openiop serve` or `make demo`, or set DATABASE_URL."
        )
    return {"web": cluster.url("web"), "owner": cluster.url("owner"), "superuser": cluster.url("superuser")}


def with_defaults(url: str, *, name: str = "DATABASE_URL") -> str:
    """The URL with the network defaults that it does not set itself. Raises PostgresError when it is no libpq URL."""
    if not url.startswith(("postgresql://", "postgres://")):
        raise PostgresError(
            f"{name} must start with postgresql://, such as postgresql://user:password@host:5432/openiop"
        )
    try:
        given = conninfo_to_dict(url)
    except psycopg.Error as error:
        raise PostgresError(f"{name} cannot be read: {' '.join(str(error).split())}") from None
    missing = [f"{key}={value}" for key, value in TCP_DEFAULTS.items() if key not in given]
    separator = "&" if "?" in url else "?"
    return url + (separator + "&".join(missing) if missing else "")
