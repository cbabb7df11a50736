"""Forms of the plan editor. They parse; the actions write."""

from __future__ import annotations

from typing import Any

from django import forms

from openiop.people.queries import working_staff
from openiop.plans.models import Approach, Area, Kind, ObjectiveStatus
from openiop.ui import forms as ui_forms


class LineForm(ui_forms.Form):
    """A line of a plan. `version` is the line's own when the form was drawn; a new line has none."""

    version = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput(attrs={"id": False}))

    def words(self) -> dict[str, Any]:
        """What the person wrote, without the machinery of the form."""
        return {name: value for name, value in self.cleaned_data.items() if name not in {"version", "idempotency_key"}}


class ProblemForm(LineForm):
    area = forms.ChoiceField(label="What is it about?", choices=[("", "Choose an area"), *Area.choices])
    text = forms.CharField(
        label="Problem",
        max_length=500,
        widget=ui_forms.Notes(rows=2),
        help_text="In words that you and the client agree on.",
    )


class GoalForm(LineForm):
    client_words = forms.CharField(
        label="Goal, in the client's own words",
        max_length=500,
        widget=ui_forms.Notes(rows=2, attrs={"placeholder": "“I want to …”"}),
    )


class ObjectiveForm(LineForm):
    text = forms.CharField(
        label="Objective",
        max_length=500,
        widget=ui_forms.Notes(rows=2),
        help_text="A step that both of you can see is done.",
    )
    target_date = forms.DateField(label="By when", widget=ui_forms.DateInput())


class InterventionForm(LineForm):
    kind = forms.ChoiceField(label="What", choices=Kind.choices)
    approach = forms.ChoiceField(label="Approach", choices=Approach.choices)
    times_a_week = forms.IntegerField(
        label="Times a week", min_value=1, max_value=14, initial=1, widget=ui_forms.WholeNumberInput()
    )
    staff = forms.ModelChoiceField(label="Who", queryset=None, required=False, empty_label="The team")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["staff"].queryset = working_staff()
        self.fields["staff"].label_from_instance = lambda staff: staff.name


class DetailsForm(LineForm):
    strengths = forms.CharField(
        label="Strengths and what matters to the client", max_length=500, required=False, widget=ui_forms.Notes(rows=2)
    )
    review_due_on = forms.DateField(label="Next review of this plan", widget=ui_forms.DateInput())


class StatusForm(forms.Form):
    """How an objective stands."""

    status = forms.ChoiceField(choices=ObjectiveStatus.choices)


class SignForm(forms.Form):
    """The version of the plan that the signer read. Who signs, and when, no form can say."""

    version = forms.IntegerField(min_value=0)


LINE_FORMS: dict[str, type[LineForm]] = {
    "problem": ProblemForm,
    "goal": GoalForm,
    "objective": ObjectiveForm,
    "intervention": InterventionForm,
}
