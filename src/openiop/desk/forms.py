"""What is typed on pages that compose several rooms."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone

from openiop.desk.center import verb_label
from openiop.people.models import Staff
from openiop.ui import forms as ui_forms

LONGEST = timedelta(days=366)
PEOPLE = [("", "Everyone"), ("clients", "Clients and family"), ("system", "OpenIOP itself and visitors")]


class AuditFilter(forms.Form):
    """Which part of the audit trail to read."""

    is_filter = True

    since = forms.DateField(
        label="From", required=False, widget=ui_forms.DateInput(), validators=[ui_forms.reasonable_year]
    )
    until = forms.DateField(
        label="To", required=False, widget=ui_forms.DateInput(), validators=[ui_forms.reasonable_year]
    )
    person = forms.ChoiceField(label="Who", required=False)
    verb = forms.CharField(
        label="What", max_length=60, required=False, widget=forms.Select(choices=[("", "Everything")])
    )
    client = forms.CharField(
        label="Client number", max_length=12, required=False, widget=forms.TextInput({"autocomplete": "off"})
    )

    def __init__(self, *args: Any, staff: Iterable[Staff], today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields["person"].choices = PEOPLE + [(str(one.user_id), one.name) for one in staff if one.user_id]  # type: ignore[attr-defined]

    def offer_verbs(self, verbs: Iterable[str]) -> None:
        """What to choose from: what was done in the days that are shown."""
        offered = sorted({*verbs, self.cleaned_data["verb"]} - {""})
        self.fields["verb"].widget.choices = [("", "Everything")] + [(verb, verb_label(verb)) for verb in offered]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """The last seven days, where none are given."""
        given = super().clean() or {}
        until = given.get("until") or self.today
        since = given.get("since") or min(until, self.today) - timedelta(days=6)
        if since > until:
            self.add_error("until", "The last day is before the first.")
        if until - since > LONGEST:
            self.add_error("since", "Choose at most a year.")
        self.data = {**self.data.dict(), "since": since, "until": until}
        return {**given, "since": since, "until": until}


def begin_of(day: date) -> datetime:
    """The moment at which the day begins at the center."""
    return timezone.make_aware(datetime.combine(day, time.min))
