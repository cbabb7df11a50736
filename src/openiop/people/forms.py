"""Contact and personal details of a client."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

from openiop.people.models import SafeContact, Staff
from openiop.shared.access import ROLES, STAFF_ROLES, Role
from openiop.ui import forms as ui_forms

OTHERS = {"autocomplete": "off"}


class Profile(ui_forms.Form):
    """What the center needs to reach a person and to speak with them as they wish."""

    first_name = forms.CharField(max_length=60, widget=ui_forms.NameInput("off"))
    last_name = forms.CharField(max_length=60, widget=ui_forms.NameInput("off"))
    preferred_name = forms.CharField(label="Goes by", max_length=60, required=False, widget=ui_forms.NameInput("off"))
    pronouns = forms.CharField(max_length=30, required=False)
    birth_date = forms.DateField(label="Date of birth", required=False, widget=ui_forms.BirthDateInput(OTHERS))
    sex = forms.CharField(label="Sex for insurance", max_length=10, required=False)
    language = forms.CharField(max_length=40)
    phone = forms.CharField(max_length=30, required=False, widget=ui_forms.PhoneInput(OTHERS))
    email = forms.EmailField(label="E-mail", required=False, widget=ui_forms.EmailInput(OTHERS))
    safe_contact = forms.ChoiceField(label="Safe contact", choices=SafeContact.choices, widget=forms.RadioSelect)
    contact_note = forms.CharField(label="Good time, other notes on contact", max_length=200, required=False)
    address = forms.CharField(max_length=200, required=False)
    coverage = forms.CharField(label="Insurance", max_length=200, required=False)

    def details(self) -> dict[str, Any]:
        """The typed values under the names of `Client`'s columns."""
        return {name: value for name, value in self.cleaned_data.items() if name != "idempotency_key"}


class Counselor(ui_forms.Form):
    """Who is the client's counselor."""

    counselor = forms.ChoiceField(widget=forms.Select)

    def __init__(self, *args: Any, staff: Iterable[Staff], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["counselor"].choices = [(str(one.pk), one.name) for one in staff]


STAFF_ROLE_CHOICES = [(str(role), row.label) for role, row in ROLES.items() if role in STAFF_ROLES]


class StaffDetails(ui_forms.Form):
    """Name, title and roles of someone who works here."""

    first_name = forms.CharField(max_length=60, widget=ui_forms.NameInput("off"))
    last_name = forms.CharField(max_length=60, widget=ui_forms.NameInput("off"))
    credentials = forms.CharField(
        max_length=60, required=False, help_text="As they sign, such as LCSW or LADC.", widget=forms.TextInput(OTHERS)
    )
    title = forms.CharField(label="Job title", max_length=80, required=False, widget=forms.TextInput(OTHERS))
    roles = forms.TypedMultipleChoiceField(choices=STAFF_ROLE_CHOICES, coerce=Role, widget=ui_forms.Chips())

    def details(self) -> dict[str, Any]:
        """The typed values; `roles` as a frozen set."""
        given = {name: value for name, value in self.cleaned_data.items() if name != "idempotency_key"}
        return {**given, "roles": frozenset(given["roles"])}


class NewStaff(StaffDetails):
    """Someone who begins to work here; the invitation goes to their e-mail address."""

    email = forms.EmailField(
        label="E-mail",
        help_text="They sign in with it. Their invitation goes here.",
        widget=ui_forms.EmailInput(OTHERS),
    )
    field_order = ("first_name", "last_name", "email", "credentials", "title", "roles")


class NewSite(ui_forms.Form):
    """A place where the center treats people."""

    name = forms.CharField(max_length=120, widget=forms.TextInput(OTHERS))
    address = forms.CharField(max_length=200, widget=forms.TextInput(OTHERS))
    phone = forms.CharField(max_length=30, required=False, widget=ui_forms.PhoneInput(OTHERS))
