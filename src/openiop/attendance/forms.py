"""What is typed on the page of a session. Forms parse, never save."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms

from openiop.attendance.models import Engagement, Status
from openiop.attendance.values import GroupEdit, LineEdit, Mark
from openiop.ui import forms as ui_forms

HOW = [
    (Status.PRESENT, "Here"),
    (Status.LATE, "Late"),
    (Status.LEFT_EARLY, "Left"),
    (Status.EXCUSED, "Excused"),
    (Status.ABSENT, "Out"),
]
TONES: dict[str, ui_forms.Tone] = {"late": "warn", "left_early": "warn", "excused": "quiet", "absent": "quiet"}
LINE_LENGTH = 500


class Seen(forms.CharField):
    """What the page showed before anyone typed. Its spaces count; None for a page that does not say."""

    def __init__(self) -> None:
        super().__init__(required=False, strip=False, empty_value="", widget=forms.HiddenInput)

    def to_python(self, value: Any) -> Any:
        """The text with line ends as forms send them back."""
        return None if value is None else str(value).replace("\r\n", "\n")


class Text(forms.CharField):
    """Free text with plain line ends, whatever the browser sends."""

    def to_python(self, value: Any) -> str:
        """The text; the null character, which no database text may hold, stays an error of its own."""
        return super().to_python(value).replace("\r\n", "\n")


class GroupPart(ui_forms.Form):
    """What the group did."""

    topic = Text(
        required=False,
        max_length=120,
        label="Topic",
        widget=forms.TextInput(attrs={"list": "topics", "autocomplete": "off"}),
    )
    narrative = Text(required=False, max_length=8000, label="What the group did", widget=ui_forms.Notes(8))
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    was_topic = Seen()
    was_narrative = Seen()

    def edit(self) -> GroupEdit:
        """What was touched, as the action takes it."""
        given = self.cleaned_data
        return GroupEdit(
            topic=_touched(given, "topic"),
            narrative=_touched(given, "narrative"),
            version=given["version"],
            was_topic=given["was_topic"],
            was_narrative=given["was_narrative"],
        )


class MemberPart(forms.Form):
    """One member: how they attended, and the line about them."""

    status = forms.ChoiceField(
        required=False, choices=HOW, label="Attendance", widget=ui_forms.Segmented("sm", tones=TONES)
    )
    minutes = forms.IntegerField(
        required=False, min_value=0, max_value=480, label="Minutes", widget=ui_forms.WholeNumberInput()
    )
    engagement = forms.ChoiceField(required=False, choices=Engagement, label="Engagement")
    text = Text(
        required=False,
        max_length=LINE_LENGTH,
        label="One line",
        widget=forms.TextInput(attrs={"autocomplete": "off", "placeholder": "One line"}),
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    was_status = Seen()
    was_minutes = Seen()
    was_engagement = Seen()
    was_text = Seen()

    def mark(self) -> Mark | None:
        """How the member attended, if that was touched."""
        given = self.cleaned_data
        status, minutes = given.get("status", ""), given.get("minutes")
        shown = "" if minutes is None else str(minutes)
        if not status or (status, shown) == (given["was_status"], given["was_minutes"]):
            return None
        return Mark(status, minutes)

    def edit(self, attendance_id: UUID) -> LineEdit:
        """What was written about the member, as the action takes it."""
        given = self.cleaned_data
        return LineEdit(
            attendance_id,
            text=_touched(given, "text"),
            engagement=_touched(given, "engagement") or None,
            version=given["version"],
            was_text=given["was_text"],
            was_engagement=given["was_engagement"],
        )


def _touched(given: dict[str, Any], field: str) -> str | None:
    value: str = given.get(field, "")
    return None if value == given[f"was_{field}"] else value


class Addition(ui_forms.Form):
    """An addendum to a signed note."""

    text = Text(max_length=4000, label="What to add or correct", widget=ui_forms.Notes(3))


class Cancel(ui_forms.Form):
    """Why a session does not take place."""

    because = Text(max_length=200, label="Why it is canceled", widget=forms.TextInput(attrs={"autocomplete": "off"}))
