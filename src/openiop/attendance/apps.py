from __future__ import annotations

from typing import Any

from django.apps import AppConfig


class AttendanceConfig(AppConfig):
    name = "openiop.attendance"
    label = "attendance"

    def ready(self) -> None:
        """Listen to the schedule: who leaves a group is no longer expected in its sessions."""
        from openiop.schedule.events import enrollment_ended

        enrollment_ended.connect(_release, dispatch_uid="attendance.release")


def _release(sender: object, *, enrollment: Any, on: Any, by: Any, at: Any, **_: object) -> None:
    from openiop.attendance.actions import release_after

    release_after(episode=enrollment.episode, group=enrollment.group, on=on, by=by, at=at)
