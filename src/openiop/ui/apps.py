"""The design system as a Django app."""

from __future__ import annotations

from django.apps import AppConfig


class UiConfig(AppConfig):
    """Base pages, components and form widgets; no tables."""

    name = "openiop.ui"
    label = "ui"
    verbose_name = "Design system"
