"""What people send about questionnaires: one answer, a whole form from paper, and what to ask next."""

from __future__ import annotations

from datetime import date, datetime, time

from django import forms
from django.utils import timezone

from openiop.measures import engine
from openiop.measures.values import Instrument, Item, Respondent
from openiop.ui import forms as ui_forms


def instruments(*, of_clients_only: bool = False) -> list[tuple[str, str]]:
    """The instruments with words to ask, as choices; with `of_clients_only` those that a client can answer alone."""
    ready = (one for one in engine.catalog() if not one.needs_text)
    asked = (one for one in ready if not of_clients_only or one.respondent is Respondent.CLIENT)
    return [(one.code, f"{one.name}: {one.title}") for one in asked]


def _for_clients() -> list[tuple[str, str]]:
    return instruments(of_clients_only=True)


class AnswerForm(forms.Form):
    """One answer to one item; only the form's own options are taken."""

    value = forms.TypedChoiceField(
        coerce=int, error_messages={"required": "Tap one of the answers.", "invalid_choice": "Tap one of the answers."}
    )

    def __init__(self, item: Item, data: object = None) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        if item.is_count:
            ends = f"Enter a whole number from {item.options[0].value} to {item.options[-1].value}."
            self.fields["value"].error_messages |= {"required": ends, "invalid_choice": ends, "invalid": ends}
        self.fields["value"].choices = [(option.value, option.label) for option in item.options]  # type: ignore[attr-defined]


def _paper_choices(item: Item) -> list[tuple[object, str]]:
    if item.is_count:
        return [("", "Left open"), *((option.value, option.label) for option in item.options)]
    return [(option.value, f"{option.value} {option.label}") for option in item.options]


def _widget(item: Item) -> forms.Widget:
    """Options in sight, to be tapped; a count of days to choose from a list."""
    if item.is_count:
        return forms.Select()
    return ui_forms.Segmented("stack" if len(item.options) > 4 else "sm")


class AssignForm(ui_forms.Form):
    """Ask the client to answer an instrument."""

    instrument = forms.ChoiceField(label="Questionnaire", choices=_for_clients)
    due_on = forms.DateField(label="From", widget=ui_forms.DateInput())


class PaperForm(ui_forms.Form):
    """A whole form answered on paper or aloud, item by item; every item may be left open."""

    answered_on = forms.DateField(label="Answered on", widget=ui_forms.DateInput())

    def __init__(self, instrument: Instrument, data: object = None, initial: dict[str, object] | None = None) -> None:
        super().__init__(data, initial=initial)  # type: ignore[arg-type]
        self.instrument = instrument
        for item in instrument.items:
            self.fields[f"item_{item.id}"] = forms.TypedChoiceField(
                label=f"{item.id}. {item.text}",
                coerce=int,
                empty_value=None,
                required=False,
                choices=_paper_choices(item),
                widget=_widget(item),
            )

    @property
    def item_fields(self) -> list[forms.BoundField]:
        """The fields of the items, in the form's order."""
        return [self[f"item_{item.id}"] for item in self.instrument.items]

    @property
    def answers(self) -> dict[str, int]:
        """Item ids to numbers, open items left out."""
        given = {item.id: self.cleaned_data[f"item_{item.id}"] for item in self.instrument.items}
        return {item_id: value for item_id, value in given.items() if value is not None}

    def answered_at(self, now: datetime) -> datetime:
        """Now for a form of today; noon at the center for one of an earlier or a later day."""
        day: date = self.cleaned_data["answered_on"]
        if day == timezone.localdate(now):
            return now
        return timezone.make_aware(datetime.combine(day, time(12)))
