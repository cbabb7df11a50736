"""What a client sends: a check-in, and that they cannot come."""

from __future__ import annotations

from django import forms

from openiop.practice.models import Mood, Trigger
from openiop.ui import forms as ui_forms


class CheckInForm(ui_forms.Form):
    """Craving and mood are asked; what is around and a note are there for those who want them."""

    craving = forms.TypedChoiceField(
        label="How strong are cravings now?",
        coerce=int,
        choices=ui_forms.Scale.choices_for(0, 10),
        widget=ui_forms.Scale("None", "Very strong"),
        error_messages={"required": "Tap a number from 0 to 10.", "invalid_choice": "Tap a number from 0 to 10."},
    )
    mood = forms.TypedChoiceField(
        label="How is your mood?",
        coerce=int,
        choices=Mood.choices,
        widget=ui_forms.Segmented("fill"),
        error_messages={"required": "Tap one of the five.", "invalid_choice": "Tap one of the five."},
    )
    triggers = forms.MultipleChoiceField(
        label="What is around you today?",
        required=False,
        choices=Trigger.choices,
        widget=ui_forms.Chips(),
        error_messages={"invalid_choice": "Tap what fits from the list."},
    )
    note = forms.CharField(
        label="A few words, if you like",
        required=False,
        max_length=500,
        widget=ui_forms.Notes(rows=2),
        error_messages={"max_length": "That is a bit long. Keep it under 500 letters."},
    )


class CannotComeForm(ui_forms.Form):
    """A client cannot come to a session."""

    why = forms.CharField(
        label="What gets in the way?",
        help_text="Your counselor reads this. You can leave it empty.",
        required=False,
        max_length=300,
        widget=ui_forms.Notes(rows=3),
        error_messages={"max_length": "That is a bit long. Keep it under 300 letters."},
    )
