"""What people type on the way in, as typed values."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.validators import EmailValidator

from openiop.admissions.engine.placement import worksheet
from openiop.admissions.engine.placement.values import Input, InputKind
from openiop.admissions.models import CallOutcome
from openiop.admissions.rules import loved_one_of
from openiop.kernel.levels import LEVEL_LABELS, LevelOfCare
from openiop.measures import engine as measures
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


class ReferralFile(forms.Form):
    """The file of a hospital. It is read, never stored."""

    file = forms.FileField(
        label="Referral file",
        help_text="A FHIR R4 bundle (.json), at most 10 MB. Nothing is kept until you have reviewed it.",
        widget=forms.FileInput(attrs={"accept": ".json,application/json,application/fhir+json"}),
        error_messages={"required": "Choose the referral file first.", "empty": "This file is empty."},
        allow_empty_file=True,
    )


class ReferralReview(Person):
    """What is kept of a referral: the person, and the facts whose box is ticked."""

    sex = forms.CharField(max_length=10, required=False)
    address = forms.CharField(max_length=200, required=False)
    message = forms.CharField(label="Your note", max_length=1000, required=False, widget=ui_forms.Notes(rows=2))
    keep = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, keys: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["keep"].choices = [(key, key) for key in keys]

    def inquiry(self) -> dict[str, Any]:
        """The typed values under the names of `Inquiry`'s columns; the facts are added by the view."""
        beside = ("idempotency_key", "keep", "sex", "address")
        return {name: value for name, value in self.cleaned_data.items() if name not in beside}


# --- Assessment ------------------------------------------------------------------------------------------------------

YES, NO = "yes", "no"
YES_NO = [(YES, "Yes"), (NO, "No"), ("", "Not known")]
# What a clinician scores on the spot, as score sheets on paper; the rest flows in from questionnaires.
BY_HAND = (("CIWA-AR", "total"), ("COWS", "total"), ("C-SSRS", "risk"))


class AssessmentForm(forms.Form):
    """The worksheet's six domains and its circumstances, and what was scored by hand. Every answer may be missing."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for domain in worksheet().domains:
            self.fields[f"{domain.key}-rating"] = _rating()
            self.fields[f"{domain.key}-findings"] = forms.CharField(
                label="Findings", max_length=4000, required=False, widget=ui_forms.Notes(rows=2)
            )
        for one in worksheet().circumstances:
            self.fields[one.key] = _circumstance(one)
        for code, score in BY_HAND:
            self.fields[f"{code}-{score}"] = _score(code, score)

    @staticmethod
    def initial_of(domains: dict[str, Any], circumstances: dict[str, Any], held: dict[str, Any]) -> dict[str, Any]:
        """The stored parts of an assessment as initial values of the form."""
        words = {True: YES, False: NO}
        initial = {f"{key}-{part}": value for key, domain in domains.items() for part, value in domain.items()}
        initial |= {
            key: words.get(value, value) if isinstance(value, bool) else value for key, value in circumstances.items()
        }
        return initial | {f"{code}-{name}": value for code, scores in held.items() for name, value in scores.items()}

    def domains(self) -> dict[str, Any]:
        """The domains with a rating or findings."""
        found = {}
        for domain in worksheet().domains:
            rating = self.cleaned_data.get(f"{domain.key}-rating")
            findings = self.cleaned_data.get(f"{domain.key}-findings", "")
            if rating is not None or findings:
                found[domain.key] = {"rating": rating, "findings": findings}
        return found

    def circumstances(self) -> dict[str, Any]:
        """The circumstances that are known; yes and no as booleans."""
        given = ((one, self.cleaned_data.get(one.key)) for one in worksheet().circumstances)
        known = ((one, value) for one, value in given if value not in (None, ""))
        return {one.key: value == YES if one.kind is InputKind.YES_NO else value for one, value in known}

    def measures(self) -> dict[str, Any]:
        """The scores entered by hand."""
        given = {code: {name: self.cleaned_data.get(f"{code}-{name}")} for code, name in BY_HAND}
        return {code: scores for code, scores in given.items() if None not in scores.values()}

    def domain_rows(self) -> list[tuple[Input, forms.BoundField, forms.BoundField]]:
        """Each domain with its two fields, for the page."""
        return [(one, self[f"{one.key}-rating"], self[f"{one.key}-findings"]) for one in worksheet().domains]

    def circumstance_fields(self) -> list[forms.BoundField]:
        """The fields about circumstances, in order."""
        return [self[one.key] for one in worksheet().circumstances]

    def measure_fields(self) -> list[forms.BoundField]:
        """The fields of what is scored by hand."""
        return [self[f"{code}-{name}"] for code, name in BY_HAND]


def _rating() -> forms.TypedChoiceField:
    choices = [(str(number), f"{number}  {words}") for number, words in enumerate(worksheet().ratings)]
    widget = ui_forms.Segmented("stack")
    return forms.TypedChoiceField(
        label="Rating", choices=choices, coerce=int, empty_value=None, required=False, widget=widget
    )


def _circumstance(asked: Input) -> forms.Field:
    match asked.kind:
        case InputKind.YES_NO:
            return forms.ChoiceField(
                label=asked.question, choices=YES_NO, required=False, widget=ui_forms.Segmented("sm"), initial=""
            )
        case InputKind.CHOICE:
            choices = [("", "Not known"), *((one, _level_word(one)) for one in asked.choices)]
            return forms.ChoiceField(label=asked.question, choices=choices, required=False)
        case _:
            return forms.IntegerField(
                label=asked.question,
                min_value=int(asked.low),
                max_value=int(asked.high),
                required=False,
                widget=ui_forms.WholeNumberInput(),
            )


def _level_word(value: str) -> str:
    return LEVEL_LABELS[LevelOfCare(value)] if value in set(LevelOfCare) else "No"


def _score(code: str, name: str) -> forms.Field:
    instrument = measures.load(code)
    score = instrument.score_named(name)
    if name == "risk":
        choices = [("", "Not done"), *((str(band.low), band.label) for band in score.bands)]
        return forms.TypedChoiceField(
            label=f"{instrument.name}: result", choices=choices, coerce=int, empty_value=None, required=False
        )
    return forms.IntegerField(
        label=f"{instrument.name}: total",
        help_text=f"{score.low} to {score.high}; leave empty if not done.",
        min_value=score.low,
        max_value=score.high,
        required=False,
        widget=ui_forms.WholeNumberInput(),
    )


class Decision(ui_forms.Form):
    """A clinician's decision about the level of care."""

    level = forms.ChoiceField(label="Level of care", choices=list(LEVEL_LABELS.items()), widget=forms.RadioSelect)
    reason = forms.CharField(
        label="Reason",
        max_length=1000,
        required=False,
        widget=ui_forms.Notes(rows=3),
        help_text="Required when you decide otherwise than recommended. The client does not see it.",
    )
