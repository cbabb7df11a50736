"""How people ask to sign in."""

from __future__ import annotations

from allauth.account import forms as allauth_forms
from django import forms

from openiop.ui.forms import EmailInput


class LoginForm(allauth_forms.LoginForm):
    """Staff sign in with e-mail and password."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields.pop("remember", None)
        self.fields["login"].label = "E-mail"
        self.fields["login"].widget.attrs.pop("placeholder", None)
        self.fields["password"].widget.attrs.pop("placeholder", None)
        self.fields["password"].help_text = ""


class RequestLoginCodeForm(allauth_forms.RequestLoginCodeForm):
    """A code by mail is for people without a password: clients and family.

    Someone with a password gets the same page and no mail, so that nobody learns who works here.
    """

    email = forms.EmailField(label="E-mail", widget=EmailInput())

    def clean_email(self) -> str:
        email: str = super().clean_email()
        user = getattr(self, "_user", None)
        if user is not None and user.has_usable_password():
            self._user = None
        return email
