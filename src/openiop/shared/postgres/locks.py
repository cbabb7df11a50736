"""Two file locks in the home: one process at a time starts or stops the server, and every user of it is counted.

The operating system drops both when a process dies, however it dies.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from openiop.shared.postgres.errors import PostgresError


@contextmanager
def alone(path: Path, *, wait: float, say: Callable[[str], None]) -> Iterator[None]:
    """Hold the lock of `path`, waiting at most `wait` seconds for another process to finish."""
    descriptor = _open(path)
    try:
        deadline, told = time.monotonic() + wait, False
        while not _try(descriptor, fcntl.LOCK_EX):
            if time.monotonic() > deadline:
                raise PostgresError(f"Another OpenIOP process has held {path} for {wait:.0f} s: stop it and try again.")
            if not told:
                say("Another OpenIOP process is starting or stopping the database; waiting for it")
                told = True
            time.sleep(0.05)
        yield
    finally:
        os.close(descriptor)


class Share:
    """One process's part in a server; the last one to leave may stop it."""

    def __init__(self, path: Path) -> None:
        self._descriptor = _open(path)
        fcntl.flock(self._descriptor, fcntl.LOCK_SH)

    def leave(self) -> bool:
        """Give the part back. True when nobody else has one."""
        last = _try(self._descriptor, fcntl.LOCK_EX)
        os.close(self._descriptor)
        return last


def nobody_uses(path: Path) -> bool:
    """True when no process has a share of `path`."""
    return Share(path).leave()


def _open(path: Path) -> int:
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except PermissionError as error:
        raise PostgresError(f"{path} belongs to another user: run as that user, or set OPENIOP_HOME.") from error


def _try(descriptor: int, kind: int) -> bool:
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
