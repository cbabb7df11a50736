from __future__ import annotations

from django.apps import AppConfig


class IncentivesConfig(AppConfig):
    name = "openiop.incentives"
    label = "incentives"
