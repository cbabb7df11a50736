from __future__ import annotations

from pathlib import Path

from django.apps import AppConfig
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from openiop.kernel.errors import InputError
from openiop.measures import engine


class MeasuresConfig(AppConfig):
    name = "openiop.measures"
    label = "measures"

    def ready(self) -> None:
        """Reads the folders of questionnaires that the site names, and refuses to start with one it cannot read."""
        try:
            engine.use_folders(*map(Path, settings.OPENIOP_INSTRUMENT_FOLDERS))
        except InputError as error:
            raise ImproperlyConfigured(f"OPENIOP_INSTRUMENT_FOLDERS: {error}") from error
