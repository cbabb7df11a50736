"""Forms of reviews and discharge. They parse; the actions write."""

from __future__ import annotations

from typing import Any

from django import forms

from openiop.admissions.models import LEVELS, EndReason
from openiop.progress.models import Outcome
from openiop.progress.queries import open_tracks
from openiop.ui import forms as ui_forms


class ReviewForm(ui_forms.Form):
    outcome = forms.ChoiceField(
        label="Decision", choices=Outcome.choices, widget=ui_forms.Segmented(look="stack"), initial=Outcome.CONTINUE
    )
    level = forms.ChoiceField(
        label="Level to go on at",
        choices=[("", "Choose a level"), *LEVELS],
        required=False,
        help_text="Only for a step up or down.",
    )
    track = forms.ModelChoiceField(
        label="Track to go on in",
        queryset=None,
        required=False,
        empty_label="No track here",
        help_text="Only for a step up or down. The change starts tomorrow.",
    )
    reason = forms.CharField(
        label="Why",
        max_length=1000,
        widget=ui_forms.Notes(rows=3),
        help_text="What in the facts speaks for it, and what the client wants.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["track"].queryset = open_tracks()


class DischargeForm(ui_forms.Form):
    on = forms.DateField(label="Last day of treatment", widget=ui_forms.DateInput())
    reason = forms.ChoiceField(label="How it ends", choices=EndReason.choices)
    course_of_treatment = forms.CharField(
        label="Course of treatment",
        max_length=8000,
        widget=ui_forms.Notes(rows=8),
        help_text="Written from the facts. Change it as you see fit.",
    )
    what_helped = forms.CharField(label="What helped", max_length=4000, required=False, widget=ui_forms.Notes(rows=3))
    recovery_plan = forms.CharField(
        label="Recovery plan, in the client's own words",
        max_length=4000,
        widget=ui_forms.Notes(rows=5),
        help_text="Life after treatment: people, places, habits, and what to do on a hard day.",
    )
    warning_signs = forms.CharField(
        label="Warning signs", max_length=4000, required=False, widget=ui_forms.Notes(rows=3)
    )
    appointments = forms.CharField(
        label="Next appointments",
        max_length=4000,
        required=False,
        widget=ui_forms.Notes(rows=3),
        help_text="With whom, where and when, one a line.",
    )
