"""How allauth is held to the rules of a treatment center."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):
    """Nobody signs up by themselves, and no mail says what kind of place it comes from."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send sign-in mail without the site's name: its subject is seen on lock screens."""
        context.pop("current_site", None)
        super().send_mail(template_prefix, email, context)
