"""What staff send about tests and rewards."""

from __future__ import annotations

from decimal import Decimal

from django import forms

from openiop.incentives import engine
from openiop.incentives.models import Result
from openiop.ui import forms as ui_forms

SUBSTANCES = (
    "Alcohol",
    "Amphetamine",
    "Methamphetamine",
    "Cocaine",
    "Opioids",
    "Fentanyl",
    "Benzodiazepines",
    "Cannabis",
)


def _protocols() -> list[tuple[str, str]]:
    return [(one.name, one.title) for one in engine.protocols()]


class StartCourseForm(ui_forms.Form):
    """Which written protocol to start."""

    protocol = forms.ChoiceField(label="Protocol", choices=_protocols, initial="miedar")


class OrderTestForm(ui_forms.Form):
    """For which day."""

    ordered_on = forms.DateField(label="For", widget=ui_forms.DateInput())


class ResultForm(ui_forms.Form):
    """The result of one test, by what the protocol rewards."""

    result = forms.ChoiceField(
        label="Result",
        choices=[choice for choice in Result.choices if choice[0] != Result.PENDING],
        widget=ui_forms.Segmented("sm"),
    )
    substances = forms.MultipleChoiceField(
        label="Found, if positive",
        required=False,
        choices=[(name, name) for name in SUBSTANCES],
        widget=ui_forms.Chips(),
    )
    other = forms.CharField(label="Something else found", required=False, max_length=60)

    @property
    def found(self) -> list[str]:
        """Everything named, the free text last."""
        other = self.cleaned_data["other"].strip()
        return [*self.cleaned_data["substances"], *([other] if other else [])]


class HandOutForm(ui_forms.Form):
    """What is handed out, and for how much of the balance."""

    amount = forms.DecimalField(
        label="Amount in dollars",
        min_value=Decimal("0.01"),
        max_digits=8,
        decimal_places=2,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "class": "oi-w-xs"}),
    )
    what = forms.CharField(
        label="What", max_length=120, help_text="Such as: gift card, bus pass, coffee mug", widget=forms.TextInput()
    )
