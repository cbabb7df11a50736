"""Which process is the server of a data directory, if any.

`postmaster.pid` is a claim, not a fact: after a crash its number may belong to any program, or to a dead process that
its parent has not collected. A running server has its data directory as its working directory: that is the proof.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

PID_FILE = "postmaster.pid"


def live_postmaster(data: Path) -> int | None:
    """The pid of the server that runs on `data`, or None when postmaster.pid is absent, stale or names a stranger."""
    pid = claimed_pid(data)
    return pid if pid is not None and _works_in(pid, data) else None


def claimed_pid(data: Path) -> int | None:
    """The first line of postmaster.pid."""
    try:
        return abs(int((data / PID_FILE).read_text("utf-8", "replace").splitlines()[0]))
    except (FileNotFoundError, IndexError, ValueError):
        return None


def remove_stale_claims(data: Path, socket_folder: Path) -> None:
    """Remove the pid files of a server that is gone; PostgreSQL refuses to start while anyone has their number.

    Should this ever be wrong, PostgreSQL still refuses a second server: it finds the first one's shared memory.
    """
    if live_postmaster(data) is None:
        (data / PID_FILE).unlink(missing_ok=True)
        for lock in socket_folder.glob(".s.PGSQL.*.lock"):
            lock.unlink(missing_ok=True)


def _works_in(pid: int, data: Path) -> bool:
    if Path("/proc/self/cwd").exists():
        try:
            return Path(os.readlink(f"/proc/{pid}/cwd")) == data.resolve()
        except OSError:  # gone, dead but not collected, or a stranger's
            return False
    shown = subprocess.run(
        ["/bin/ps", "-o", "stat=,command=", "-p", str(pid)], capture_output=True, text=True, check=False
    ).stdout
    return not shown.startswith("Z") and "postgres" in shown and str(data) in shown
