"""Closing an alert."""

from __future__ import annotations

from django import forms

from openiop.ui import forms as ui_forms


class CloseAlert(ui_forms.Form):
    """What was done about it, in a few words."""

    what_was_done = forms.CharField(
        label="What was done", max_length=500, widget=ui_forms.Notes(rows=2), help_text="A few words for the record."
    )


class EmergencyForm(ui_forms.Form):
    """Why a chart must be opened now."""

    reason = forms.CharField(
        label="Why can this not wait?",
        max_length=500,
        widget=ui_forms.Notes(rows=3),
        help_text="A sentence. For example: the client called in crisis, and their counselor cannot be reached.",
    )
