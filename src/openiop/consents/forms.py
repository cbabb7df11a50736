"""Offering, signing and naming family."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any

from django import forms
from django.utils import timezone

from openiop.consents.models import Information
from openiop.people.models import FamilyMember
from openiop.ui import forms as ui_forms

PURPOSES = (
    ("To support me in treatment", "To support me in treatment"),
    ("To know when to drive me or watch the children", "To know when to drive me or watch the children"),
    ("To take part in family counseling", "To take part in family counseling"),
)


class OfferConsent(ui_forms.Form):
    """Who may be told what, why, and until when."""

    recipient = forms.ChoiceField(label="Who may be told", widget=forms.RadioSelect)
    information = forms.MultipleChoiceField(
        label="What they may be told", choices=Information, widget=forms.CheckboxSelectMultiple
    )
    purpose = forms.ChoiceField(label="Why", choices=PURPOSES)
    expires_on = forms.DateField(
        label="Until",
        widget=ui_forms.DateInput(),
        required=False,
        help_text="Left empty, it holds until treatment ends or it is taken back.",
    )

    def __init__(self, *args: Any, family: Iterable[FamilyMember], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["recipient"].choices = [(str(m.pk), f"{m.name}, {m.relation.lower()}") for m in family]

    def clean_expires_on(self) -> datetime | None:
        """The end of the chosen day in the center's time."""
        day: date | None = self.cleaned_data["expires_on"]
        if day is None:
            return None
        return timezone.make_aware(datetime.combine(day, time(23, 59)))


class SignConsent(ui_forms.Form):
    """The client's name, typed."""

    name = forms.CharField(
        label="Your full name", max_length=120, widget=ui_forms.NameInput(), help_text="Typing it is your signature."
    )


class NameFamily(ui_forms.Form):
    """Someone the client wants to involve."""

    first_name = forms.CharField(label="First name", max_length=60, widget=ui_forms.NameInput("off"))
    last_name = forms.CharField(label="Last name", max_length=60, widget=ui_forms.NameInput("off"))
    relation = forms.CharField(label="Relation", max_length=40, help_text="Such as mother, partner, friend.")
    email = forms.EmailField(
        label="E-mail",
        required=False,
        widget=ui_forms.EmailInput(attrs={"autocomplete": "off"}),
        help_text="With it they can sign in to the family pages.",
    )
    phone = forms.CharField(
        label="Phone", max_length=30, required=False, widget=ui_forms.PhoneInput(attrs={"autocomplete": "off"})
    )
