"""What is typed about programs, tracks and rooms. Forms parse, never save."""

from __future__ import annotations

from typing import Any

from django import forms

from openiop.kernel.levels import LEVEL_LABELS, LevelOfCare
from openiop.programs.models import SHORT_DAYS
from openiop.ui import forms as ui_forms

OFF = {"autocomplete": "off"}


class NewProgram(ui_forms.Form):
    """A kind of treatment the center is licensed for."""

    name = forms.CharField(max_length=120, help_text="Such as Adult IOP.", widget=forms.TextInput(OFF))
    level = forms.ChoiceField(label="Level of care", choices=list(LEVEL_LABELS.items()), initial=LevelOfCare.IOP)


class NewRoom(ui_forms.Form):
    """A place where sessions happen."""

    site = forms.ModelChoiceField(None, empty_label=None)
    name = forms.CharField(max_length=60, help_text="Such as Room 2.", widget=forms.TextInput(OFF))
    seats = forms.IntegerField(min_value=1, max_value=500, widget=ui_forms.WholeNumberInput())

    def __init__(self, *args: Any, sites: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["site"].queryset = sites  # type: ignore[attr-defined]


class NewTrack(ui_forms.Form):
    """A weekly rhythm with seats."""

    program = forms.ModelChoiceField(None, empty_label=None)
    site = forms.ModelChoiceField(None, empty_label=None)
    name = forms.CharField(max_length=80, help_text="Such as Morning.", widget=forms.TextInput(OFF))
    weekdays = forms.TypedMultipleChoiceField(
        choices=list(enumerate(SHORT_DAYS)), coerce=int, label="Days", widget=ui_forms.Chips()
    )
    starts = forms.TimeField(label="From", widget=ui_forms.TimeInput())
    ends = forms.TimeField(label="To", widget=ui_forms.TimeInput())
    seats = forms.IntegerField(
        min_value=1,
        max_value=500,
        help_text="How many people can be in this track at once.",
        widget=ui_forms.WholeNumberInput(),
    )

    def __init__(self, *args: Any, programs: Any, sites: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["program"].queryset = programs  # type: ignore[attr-defined]
        self.fields["site"].queryset = sites  # type: ignore[attr-defined]
