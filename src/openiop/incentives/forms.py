"""What staff send about tests and rewards."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

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
    """Which written protocol to start, and the yearly limit that its funding asks for."""

    protocol = forms.ChoiceField(label="Protocol", choices=_protocols, initial="miedar")
    limit = forms.ChoiceField(
        label="Yearly limit", required=False, help_text="No draw is made that could pass it. It stays for this course."
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = [(limit.id, f"${limit.amount}: {limit.label}") for limit in engine.limits_on(today)]
        self.fields["limit"].choices = [("", "No limit"), *rows]


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
    bonus = forms.ChoiceField(
        label="Bonus",
        required=False,
        choices=[("yes", "Yes"), ("no", "No"), ("unknown", "Not tested")],
        initial="unknown",
        widget=ui_forms.Segmented("sm"),
    )

    def __init__(self, *args: Any, bonus_goal: str = "", **kwargs: Any) -> None:
        """`bonus_goal`: what the running protocol gives a bonus for; without one the form does not ask."""
        super().__init__(*args, **kwargs)
        self.bonus_goal = bonus_goal
        if bonus_goal:
            self.fields["bonus"].label = f"{bonus_goal} (bonus)"
        else:
            del self.fields["bonus"]

    @property
    def has_bonus(self) -> bool | None:
        """Whether the bonus goal was met; None when nobody looked or nothing is given for it."""
        return {"yes": True, "no": False}.get(self.cleaned_data.get("bonus", ""))

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
