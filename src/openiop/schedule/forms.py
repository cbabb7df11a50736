"""What is typed about groups, enrollments and a client's week. Forms parse, never save."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time
from typing import Any

from django import forms
from django.utils import timezone

from openiop.people.models import Client, Staff
from openiop.plans.models import Approach, Kind
from openiop.programs.models import Room
from openiop.schedule.models import WEEKDAYS, Commitment
from openiop.schedule.values import Busy, WeeklyTime, merged
from openiop.ui import forms as ui_forms

COMMITMENT_ROWS = 5


class StaffChoice(forms.ModelChoiceField):
    """A member of the staff, by name with credentials."""

    def label_from_instance(self, staff: Staff) -> str:
        return staff.name


class ClientChoice(forms.ModelChoiceField):
    """A client, by name and number."""

    def label_from_instance(self, client: Client) -> str:
        return f"{client.name} ({client.number})"


class RoomChoice(forms.ModelChoiceField):
    """A room with its site."""

    def label_from_instance(self, room: Room) -> str:
        return f"{room.name}, {room.site.name}"


class NewGroup(ui_forms.Form):
    """A group with the same time on each of its days."""

    track = forms.ModelChoiceField(None, empty_label="Choose a track")
    name = forms.CharField(max_length=80)
    kind = forms.ChoiceField(choices=[choice for choice in Kind.choices if choice[0] != Kind.INDIVIDUAL])
    approach = forms.ChoiceField(choices=Approach)
    facilitator = StaffChoice(None, label="Led by", empty_label="Choose who leads it")
    room = RoomChoice(None, empty_label="Choose a room")
    capacity = forms.IntegerField(
        min_value=1,
        max_value=60,
        initial=12,
        label="Places",
        help_text="Programs commonly keep groups at 12 or fewer.",
        widget=ui_forms.WholeNumberInput(),
    )
    weekdays = forms.TypedMultipleChoiceField(
        choices=list(enumerate(WEEKDAYS)), coerce=int, label="Days", widget=ui_forms.Chips()
    )
    starts = forms.TimeField(label="From", widget=ui_forms.TimeInput())
    ends = forms.TimeField(label="To", widget=ui_forms.TimeInput())
    topics = forms.CharField(
        required=False,
        max_length=4000,
        help_text="One a line. The sessions take them in turn.",
        widget=ui_forms.Notes(4),
    )

    def __init__(self, *args: Any, tracks: Any, staff: Any, rooms: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["track"].queryset = tracks  # type: ignore[attr-defined]
        self.fields["facilitator"].queryset = staff  # type: ignore[attr-defined]
        self.fields["room"].queryset = rooms  # type: ignore[attr-defined]

    def clean_topics(self) -> list[str]:
        """The lines that hold something, each at most as long as a topic may be."""
        topics = [line.strip() for line in self.cleaned_data["topics"].splitlines() if line.strip()]
        if any(len(topic) > 120 for topic in topics):
            raise forms.ValidationError("A topic has at most 120 characters.")
        return topics

    def group(self) -> dict[str, Any]:
        """The arguments of `schedule.actions.add_group`."""
        given = {key: value for key, value in self.cleaned_data.items() if key != "idempotency_key"}
        days, starts, ends = given.pop("weekdays"), given.pop("starts"), given.pop("ends")
        return {**given, "meetings": [(day, starts, ends) for day in days]}


class NewMember(ui_forms.Form):
    """Someone in treatment joins a group."""

    client = ClientChoice(None, empty_label="Choose a client")
    since = forms.DateField(label="From", widget=ui_forms.DateInput())

    def __init__(self, *args: Any, clients: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["client"].queryset = clients  # type: ignore[attr-defined]


class LastDay(ui_forms.Form):
    """When someone leaves a group."""

    on = forms.DateField(label="Last day", widget=ui_forms.DateInput(), validators=[ui_forms.reasonable_year])


class NewSession(ui_forms.Form):
    """A session of one client with one clinician."""

    kind = forms.ChoiceField(
        choices=[(Kind.INDIVIDUAL, "Individual therapy"), (Kind.FAMILY, "Family counseling")],
        widget=ui_forms.Segmented(),
        initial=Kind.INDIVIDUAL,
    )
    client = ClientChoice(None, empty_label="Choose a client")
    facilitator = StaffChoice(None, label="Clinician", empty_label="Choose a clinician")
    day = forms.DateField(widget=ui_forms.DateInput())
    starts = forms.TimeField(label="From", widget=ui_forms.TimeInput())
    minutes = forms.IntegerField(min_value=5, max_value=480, initial=50, widget=ui_forms.WholeNumberInput())
    room = RoomChoice(None, required=False, empty_label="No room")

    def __init__(self, *args: Any, clients: Any, staff: Any, rooms: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["client"].queryset = clients  # type: ignore[attr-defined]
        self.fields["facilitator"].queryset = staff  # type: ignore[attr-defined]
        self.fields["room"].queryset = rooms  # type: ignore[attr-defined]

    def session(self) -> dict[str, Any]:
        """The arguments of `attendance.actions.plan_session`, the time in the active zone."""
        given = self.cleaned_data
        return {
            "kind": given["kind"],
            "clients": [given["client"]],
            "facilitator": given["facilitator"],
            "starts_at": timezone.make_aware(datetime.combine(given["day"], given["starts"])),
            "minutes": given["minutes"],
            "room": given["room"],
        }


class BusyTime(forms.Form):
    """A weekly time when the client cannot come; an empty one is left out."""

    weekdays = forms.TypedMultipleChoiceField(
        required=False,
        choices=[(number, name[:3]) for number, name in enumerate(WEEKDAYS)],
        coerce=int,
        label="Days",
        widget=ui_forms.Chips(),
    )
    starts = forms.TimeField(required=False, label="From", widget=ui_forms.TimeInput())
    ends = forms.TimeField(required=False, label="To", widget=ui_forms.TimeInput())
    reason = forms.ChoiceField(choices=Commitment.Reason, label="Why")

    def clean(self) -> dict[str, Any]:
        """Days, start and end belong together."""
        given = super().clean() or self.cleaned_data
        parts = [given.get("weekdays"), given.get("starts"), given.get("ends")]
        if any(parts) and not all(parts) and not self.errors:
            raise forms.ValidationError("Fill in days, start and end, or leave all three empty.")
        if all(parts) and given["ends"] <= given["starts"]:
            self.add_error("ends", "The end must be after the start.")
        return given

    def busy(self) -> list[Busy]:
        """The times as values, one per day."""
        given = self.cleaned_data
        if not given.get("weekdays"):
            return []
        times = (WeeklyTime(day, given["starts"], given["ends"]) for day in given["weekdays"])
        return [Busy(one, given["reason"]) for one in times]


def commitment_forms(data: Any = None, known: Iterable[Busy] = ()) -> list[BusyTime]:
    """A few rows to fill in; what is known comes first, equal times of several days in one row."""
    rows: dict[tuple[time, time, str], list[int]] = {}
    for one in known:
        rows.setdefault((one.time.starts, one.time.ends, one.reason), []).append(one.time.weekday)
    initial: list[dict[str, Any]] = [
        {"starts": starts, "ends": ends, "reason": reason, "weekdays": days}
        for (starts, ends, reason), days in rows.items()
    ]
    number = max(COMMITMENT_ROWS, len(initial) + 1)
    if data is not None:
        number = min(max(number, sum(key.endswith("-reason") for key in data)), 40)
    initial += [{}] * (number - len(initial))
    return [BusyTime(data, prefix=f"busy-{place}", initial=one) for place, one in enumerate(initial)]


def busy_of(rows: Iterable[BusyTime]) -> list[Busy]:
    """All times of valid rows, overlapping ones of the same reason joined."""
    by_reason: dict[str, list[WeeklyTime]] = {}
    for row in rows:
        for one in row.busy():
            by_reason.setdefault(one.reason, []).append(one.time)
    return [Busy(one, reason) for reason, times in by_reason.items() for one in merged(times)]


class Start(ui_forms.Form):
    """The track and the first day of treatment."""

    track = forms.UUIDField(error_messages={"required": "Choose a track.", "invalid": "Choose a track."})
    on = forms.DateField(label="First day", widget=ui_forms.DateInput())
