"""How people ask to sign in."""

from __future__ import annotations

from allauth.account import forms as allauth_forms
from allauth.mfa.webauthn import forms as passkey_forms
from django import forms

from openiop.accounts.queries import works_here
from openiop.ui.forms import CodeInput, EmailInput


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
    """A code by mail is for clients and family.

    Who works here gets the same page and no mail, so that nobody learns who does, and so that an invitation that was
    never used cannot be walked around.
    """

    email = forms.EmailField(label="E-mail", widget=EmailInput())

    def clean_email(self) -> str:
        email: str = super().clean_email()
        user = getattr(self, "_user", None)
        if user is not None and (user.has_usable_password() or works_here(user)):
            self._user = None
        return email


class ConfirmLoginCodeForm(allauth_forms.ConfirmLoginCodeForm):
    """The code from the mail."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].label = "Code from the mail"
        self.fields["code"].widget = CodeInput({"inputmode": "text", "autocapitalize": "characters"})


class ResetPasswordForm(allauth_forms.ResetPasswordForm):
    """A link to set a new password, for those who have one. Everyone sees the same page."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"] = forms.EmailField(label="E-mail", widget=EmailInput())

    def clean_email(self) -> str:
        email: str = super().clean_email()
        self.users = [user for user in self.users if user.has_usable_password()]
        return email


class SetPasswordForm(allauth_forms.ResetPasswordKeyForm):
    """The first password, after an invitation, or a new one."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        _plain_passwords(self, "password1", "password2")


class ChangePasswordForm(allauth_forms.ChangePasswordForm):
    """Another password."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["oldpassword"].label = "Your password now"
        self.fields["oldpassword"].widget.attrs.pop("placeholder", None)
        _plain_passwords(self, "password1", "password2")


def _plain_passwords(form: forms.Form, first: str, second: str) -> None:
    for name, label in ((first, "New password"), (second, "The same again")):
        form.fields[name].label = label
        form.fields[name].widget.attrs.pop("placeholder", None)
    form.fields[first].help_text = "15 characters or more. Spaces are fine."


class AddPasskeyForm(passkey_forms.AddWebAuthnForm):
    """A passkey signs in by itself, unless its owner wants it as a second step only."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = "What to call it"
        self.fields["name"].help_text = "Such as My phone."
        self.initial["name"] = "My device"
        self.fields["passwordless"].label = "Sign in with this passkey alone"
        self.fields["passwordless"].help_text = ""
        self.fields["passwordless"].initial = True
