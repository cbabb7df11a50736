from __future__ import annotations

from django.apps import AppConfig


class IncentivesConfig(AppConfig):
    name = "openiop.incentives"
    label = "incentives"

    def ready(self) -> None:
        from openiop.attendance.events import session_signed
        from openiop.incentives.receivers import on_session_signed

        session_signed.connect(on_session_signed, dispatch_uid="incentives.on_session_signed")
