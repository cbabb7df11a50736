"""`/styleguide/`: every component of the design system, alive. 404 outside a demo."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time, timedelta

from django import forms
from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from openiop.shared import gate
from openiop.ui import forms as ui_forms
from openiop.ui.charts import Band, LineChart, Point
from openiop.ui.icons import sprite
from openiop.ui.navigation import NavItem
from openiop.ui.week import Slot, Week, week

MONDAY = date(2026, 11, 23)  # any Monday: the page shows components, not a center


class SampleForm(ui_forms.Form):
    """One field of each kind."""

    name = forms.CharField(label="Your name", widget=ui_forms.NameInput())
    phone = forms.CharField(label="Phone number", help_text="We call you back today.", widget=ui_forms.PhoneInput())
    email = forms.EmailField(label="E-mail", required=False, widget=ui_forms.EmailInput())
    born = forms.DateField(label="Date of birth", widget=ui_forms.BirthDateInput())
    time = forms.TimeField(label="Best time to call", required=False, widget=ui_forms.TimeInput())
    track = forms.ChoiceField(label="Which times fit your week?", choices=[("am", "Morning"), ("pm", "Evening")])
    who = forms.ChoiceField(
        label="Who is this for?",
        choices=[("me", "For me"), ("other", "For someone I love")],
        widget=forms.RadioSelect,
    )
    safe = forms.MultipleChoiceField(
        label="How may we reach you?",
        help_text="Pick what is safe for you.",
        choices=[("call", "Call"), ("text", "Text"), ("voicemail", "Leave a voicemail")],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    craving = forms.ChoiceField(
        label="How strong are cravings now?",
        choices=ui_forms.Scale.choices_for(0, 10),
        widget=ui_forms.Scale("None", "Very strong"),
    )
    mood = forms.ChoiceField(
        label="How is your mood?",
        choices=[("1", "Very low"), ("2", "Low"), ("3", "OK"), ("4", "Good"), ("5", "Great")],
        widget=ui_forms.Segmented("fill"),
    )
    around = forms.MultipleChoiceField(
        label="What is around you today?",
        choices=[(word.lower(), word) for word in ("Stress", "People", "Places", "Boredom", "Pain", "Payday")],
        widget=ui_forms.Chips(),
        required=False,
    )
    attendance = forms.ChoiceField(
        label="Attendance",
        choices=[("here", "Here"), ("late", "Late"), ("excused", "Excused"), ("absent", "Absent")],
        widget=ui_forms.Segmented("sm", tones={"late": "warn", "excused": "warn", "absent": "quiet"}),
    )
    often = forms.ChoiceField(
        label="Over the last 2 weeks, how often?",
        choices=[
            ("0", "Not at all"),
            ("1", "Several days"),
            ("2", "More than half the days"),
            ("3", "Nearly every day"),
        ],
        widget=ui_forms.Segmented("stack"),
    )
    note = forms.CharField(label="Anything else?", required=False, widget=ui_forms.Notes())
    agree = forms.BooleanField(label="I agree to be called at this number", help_text="You can change this any time.")


@dataclass(frozen=True, slots=True)
class _Contact:
    name: str
    phone: str


def _chart() -> LineChart:
    values = (17, 15, 16, 12, 9, 8, 6)
    return LineChart(
        label="PHQ-9 mood score",
        points=tuple(Point(MONDAY + timedelta(weeks=n - 6), value) for n, value in enumerate(values)),
        low=0,
        high=27,
        bands=(Band("Minimal", 0, 5), Band("Mild", 5, 10), Band("Moderate", 10, 20), Band("Severe", 20, 27)),
        summary="Lower is better.",
    )


def _week() -> Week:
    days = [MONDAY + timedelta(days=n) for n in range(5)]
    slots = [Slot(day, time(9), "9:00 to 10:00 AM", "Relapse prevention", "Room 2") for day in days[::2]]
    slots += [Slot(day, time(10, 15), "10:15 to 11:15 AM", "DBT skills", "Room 2", "#week") for day in days[::2]]
    slots.append(Slot(days[1], time(17, 30), "5:30 to 6:30 PM", "Family education", "Online", tone="soon"))
    return week("Week of November 23", days=days, today=MONDAY, slots=slots)


def _tabs() -> list[NavItem]:
    return [
        NavItem("Overview", "#tabs", is_current=True),
        NavItem("Plan", "#tabs"),
        NavItem("Notes", "#tabs", count=3),
    ]


@gate.public
def styleguide(request: HttpRequest) -> HttpResponse:
    """Shows every component. A POST checks the sample form and keeps nothing."""
    if not settings.OPENIOP_DEMO:
        raise Http404
    form = SampleForm(request.POST) if request.method == "POST" else SampleForm()
    context = {
        "form": form,
        "tabs": _tabs(),
        "crumbs": [NavItem("Clients", "#"), NavItem("Alex Morgan", "")],
        "steps": ["About you", "Your week", "Insurance", "Check and send"],
        "chart": _chart(),
        "week": _week(),
        "page": Paginator(range(95), 20).page(2),
        "icons": sorted(sprite()),
        "help_contacts": [_Contact("Jordan, my sister", "(555) 010-0177")],
    }
    return render(request, "site/styleguide.html", context, status=422 if form.errors else 200)
