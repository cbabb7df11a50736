"""Closing an alert."""

from __future__ import annotations

from django import forms

from openiop.ui import forms as ui_forms


class CloseAlert(ui_forms.Form):
    """What was done about it, in a few words."""

    what_was_done = forms.CharField(
        label="What was done", max_length=500, widget=ui_forms.Notes(rows=2), help_text="A few words for the record."
    )
