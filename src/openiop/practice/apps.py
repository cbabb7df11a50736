from __future__ import annotations

from django.apps import AppConfig


class PracticeConfig(AppConfig):
    name = "openiop.practice"
    label = "practice"

    def ready(self) -> None:
        from openiop.admissions.events import admitted
        from openiop.practice.receivers import on_admitted

        admitted.connect(on_admitted, dispatch_uid="practice.on_admitted")
