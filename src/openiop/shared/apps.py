from __future__ import annotations

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class SharedConfig(AppConfig):
    name = "openiop.shared"
    label = "shared"

    def ready(self) -> None:
        from openiop.shared.seal import seal_after_migrate

        post_migrate.connect(seal_after_migrate, sender=self, dispatch_uid="openiop.seal")
