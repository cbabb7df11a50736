"""What people type on the way in, as typed values."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.validators import EmailValidator

from openiop.admissions.models import CallOutcome
from openiop.admissions.rules import loved_one_of
from openiop.people.models import SafeContact
from openiop.ui import forms as ui_forms

SELF, LOVED = "self", "loved"
LEAST_DIGITS, PHONE_LENGTH = 7, 30
SOMEONE_NEW = "new"


class Callback(ui_forms.Form):
    """Call me back: five questions, so that it takes a minute."""

    who = forms.ChoiceField(
        label="Who is this for?",
        choices=[(SELF, "For me"), (LOVED, "For someone I love")],
        widget=ui_forms.Segmented("fill"),
    )
    first_name = forms.CharField(label="Your first name", max_length=40, widget=ui_forms.NameInput("given-name"))
    reach = forms.CharField(
        label="Your phone number or e-mail",
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "class": "oi-w-lg"}),
    )
    safe_contact = forms.ChoiceField(
        label="What is a safe way to reach you?",
        choices=SafeContact.choices,
        initial=SafeContact.NO_VOICEMAIL,
        widget=forms.RadioSelect,
        help_text="Others may hear a voicemail or see a text. Pick what is safe for you.",
    )
    best_time = forms.CharField(
        label="When is a good time?", max_length=80, required=False, help_text="For example: after 5 PM, not on Friday."
    )
    self_check = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        """Sorts the one way to reach the person into phone or e-mail, and checks that it fits what is safe."""
        given = super().clean() or {}
        reach = given.get("reach", "")
        if not reach:
            return given
        key = "email" if "@" in reach else "phone"
        given["phone"], given["email"] = "", ""
        given[key] = reach
        self._check_reach(key, reach, given.get("safe_contact"))
        return given

    def _check_reach(self, key: str, reach: str, safe: str | None) -> None:
        if key == "email" and not _is_email(reach):
            self.add_error("reach", "Check the e-mail address. It should look like name@example.org.")
        elif key == "phone" and len(re.sub(r"\D", "", reach)) < LEAST_DIGITS:
            self.add_error("reach", "Check the phone number. Please give all digits with the area code.")
        elif key == "phone" and len(reach) > PHONE_LENGTH:
            self.add_error("reach", "This is too long for a phone number. Give the number only.")
        elif key == "phone" and safe == SafeContact.EMAIL_ONLY:
            self.add_error("reach", "You chose e-mail only. Give us an e-mail address.")
        elif key == "email" and safe and safe != SafeContact.EMAIL_ONLY:
            self.add_error("safe_contact", "You gave us an e-mail address. Choose e-mail only, or give a phone number.")

    def inquiry(self) -> dict[str, Any]:
        """The typed values under the names of `Inquiry`'s columns."""
        given = self.cleaned_data
        loved = given["who"] == LOVED
        return {
            "for_loved_one": loved,
            "caller_name": given["first_name"] if loved else "",
            "first_name": loved_one_of(given["first_name"]) if loved else given["first_name"],
            **{key: given[key] for key in ("phone", "email", "safe_contact", "best_time")},
        }


def _is_email(text: str) -> bool:
    try:
        EmailValidator()(text)
    except forms.ValidationError:
        return False
    return True


OTHERS = {"autocomplete": "off"}


class Person(ui_forms.Form):
    """Who someone is and how to reach them, as staff type it."""

    first_name = forms.CharField(max_length=60, widget=ui_forms.NameInput("off"))
    last_name = forms.CharField(max_length=60, required=False, widget=ui_forms.NameInput("off"))
    birth_date = forms.DateField(label="Date of birth", required=False, widget=ui_forms.BirthDateInput(OTHERS))
    phone = forms.CharField(max_length=PHONE_LENGTH, required=False, widget=ui_forms.PhoneInput(OTHERS))
    email = forms.EmailField(label="E-mail", required=False, widget=ui_forms.EmailInput(OTHERS))
    safe_contact = forms.ChoiceField(label="Safe contact", choices=SafeContact.choices, widget=forms.RadioSelect)
    language = forms.CharField(max_length=40, initial="English")
    coverage = forms.CharField(label="Insurance", max_length=200, required=False)


class PhoneInquiry(Person):
    """Someone called: what staff write down while they talk."""

    field_order = ("first_name", "last_name", "for_loved_one", "caller_name", "phone", "email", "safe_contact")

    for_loved_one = forms.BooleanField(label="Someone else called for this person", required=False)
    caller_name = forms.CharField(
        label="Who called",
        max_length=120,
        required=False,
        help_text="If it was someone else.",
        widget=ui_forms.NameInput("off"),
    )
    best_time = forms.CharField(label="Good time to call", max_length=80, required=False)
    message = forms.CharField(label="What they said", max_length=1000, required=False, widget=ui_forms.Notes(rows=3))

    def clean(self) -> dict[str, Any]:
        """Without a phone number or an e-mail nobody can call back."""
        given = super().clean() or {}
        if (
            not given.get("phone")
            and not given.get("email")
            and "phone" not in self.errors
            and "email" not in self.errors
        ):
            self.add_error("phone", "Enter a phone number or an e-mail address.")
        return given

    def inquiry(self) -> dict[str, Any]:
        """The typed values under the names of `Inquiry`'s columns."""
        return {name: value for name, value in self.cleaned_data.items() if name != "idempotency_key"}


class LogCall(ui_forms.Form):
    """One attempt to reach the person."""

    outcome = forms.ChoiceField(label="How did it go?", choices=CallOutcome.choices, widget=ui_forms.Segmented("stack"))
    note = forms.CharField(max_length=1000, required=False, widget=ui_forms.Notes(rows=2))


class CloseInquiry(ui_forms.Form):
    """Why nothing more is to be done."""

    outcome = forms.CharField(
        label="How did it end?", max_length=200, help_text="For example: chose another center; referred to detox."
    )


class Convert(Person):
    """An inquiry becomes a client: everything is filled in already."""

    contact_note = forms.CharField(label="Good time, other notes on contact", max_length=200, required=False)
    existing = forms.ChoiceField(label="Is this someone we know?", widget=forms.RadioSelect)

    def __init__(self, *args: Any, known: Sequence[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["last_name"].required = True
        if known:
            self.fields["existing"].choices = [*known, (SOMEONE_NEW, "No, this is someone new")]
        else:
            del self.fields["existing"]

    @property
    def joined(self) -> str:
        """The id of the client that this person is, "" for someone new."""
        chosen = self.cleaned_data.get("existing", SOMEONE_NEW)
        return "" if chosen == SOMEONE_NEW else str(chosen)

    def details(self) -> dict[str, Any]:
        """The typed values under the names of `Client`'s columns."""
        return {name: value for name, value in self.cleaned_data.items() if name not in ("idempotency_key", "existing")}
