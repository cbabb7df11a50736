"""Words and drawings about questionnaires: for the chart, and in plain words for the client."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils import timezone

from openiop.kernel.timeline import Entry
from openiop.measures import engine, rules
from openiop.measures.models import Administration
from openiop.measures.values import Instrument, Item, Score, Severity
from openiop.people.models import Client
from openiop.ui.charts import Band, LineChart, Point

# What the client is told each form is about. The form's own title may frighten; these words do not.
ABOUT = {
    "PHQ-9": "Your mood",
    "PHQ-2": "Your mood, in short",
    "GAD-7": "Worry and nerves",
    "BAM-IOP": "Your week",
    "AUDIT-C": "Drinking",
    "PC-PTSD-5": "Hard things from the past",
    "C-SSRS": "Your safety",
    "BAM-R": "Your month",
    "BARC-10": "What you can build on",
    "CAGE": "Drinking",
    "PCL-5": "Hard memories",
    "SIP": "Drinking and your life",
    "TAPS-1": "Tobacco, alcohol and drugs",
}
WHY = {
    "PHQ-9": "Mood and cravings pull on each other. We look at both, so that your care fits.",
    "GAD-7": "Worry can make it hard to rest or to come to group. We want to know, so we can help.",
    "BAM-IOP": "It shows what was hard this week and what held you up. We plan the next week from it.",
}
READING = {
    ("PHQ-9", "total"): "A lower number means fewer hard days.",
    ("PHQ-2", "total"): "A lower number means fewer hard days.",
    ("GAD-7", "total"): "A lower number means less worry.",
    ("BAM-IOP", "risk"): "Lower means less pull this week.",
    ("BAM-IOP", "protective"): "Higher means more that holds you up.",
    ("BAM-R", "risk"): "Lower means less pull this month.",
    ("BAM-R", "protective"): "Higher means more that holds you up.",
    ("BARC-10", "total"): "A higher number means more to build on.",
    ("PCL-5", "total"): "A lower number means the past weighs less on you.",
    ("SIP", "total"): "A lower number means less trouble from drinking.",
}
# The sum of days of use is for the talk with the counselor: as a bare number it reads like a mark.
# Subscales read one by one belong to the clinician too: the client sees the whole.
NOT_FOR_CLIENTS = {
    ("BAM-IOP", "use"),
    ("BAM-R", "use"),
    *(("PCL-5", f"cluster_{letter}") for letter in "bcde"),
    ("SIP", "physical"),
    ("SIP", "interpersonal"),
    ("SIP", "intrapersonal"),
    ("SIP", "impulse_control"),
    ("SIP", "social_responsibility"),
}
CLIENT_LABELS = {
    (code, score): label
    for code in ("BAM-IOP", "BAM-R")
    for score, label in (("risk", "What pulled at you"), ("protective", "What held you up"))
}


def about(code: str) -> str:
    """The plain title of a form: "Your mood"."""
    return ABOUT.get(code) or engine.load(code).title


def minutes(code: str) -> int:
    """About how long the form takes."""
    return rules.MINUTES.get(code) or max(1, len(engine.load(code).items) // 3)


def why_we_ask(code: str) -> str:
    """Why the form is asked, in a sentence or two."""
    return WHY.get(code, "Your answers help us give you the care that fits.")


@dataclass(frozen=True, slots=True)
class Question:
    """One item as the portal shows it, with its place in the form."""

    item: Item
    number: int
    of: int
    chosen: int | None
    back: str
    next: str

    @property
    def place(self) -> str:
        """3 of 9."""
        return f"{self.number} of {self.of}"


def question(administration: Administration, item_id: str | None) -> Question | None:
    """The item named, or the first without an answer; None when no such item is left."""
    instrument = engine.load(administration.instrument)
    asked = [item for item in instrument.items if engine.applies(item, administration.answers)]
    ids = [item.id for item in asked]
    if item_id is None:
        item_id = next((key for key in ids if key not in administration.answers), None)
    if item_id not in ids:
        return None
    place = ids.index(item_id)
    return Question(
        item=asked[place],
        number=place + 1,
        of=len(asked),
        chosen=administration.answers.get(item_id),
        back=ids[place - 1] if place else "",
        next=ids[place + 1] if place + 1 < len(ids) else "",
    )


def open_items(administration: Administration) -> list[Item]:
    """The items that the form asks and that have no answer, optional ones left out."""
    instrument = engine.load(administration.instrument)
    return [
        item
        for item in instrument.items
        if not item.optional and engine.applies(item, administration.answers) and item.id not in administration.answers
    ]


@dataclass(frozen=True, slots=True)
class ScoreLine:
    """One score in the client's words."""

    label: str
    value: int
    high: int
    reading: str
    compared: str


def client_scores(administration: Administration, before: Administration | None) -> list[ScoreLine]:
    """The scores as the client reads them: the number, what it means, and last time's number. No verdict."""
    instrument = engine.load(administration.instrument)
    lines = []
    for score in instrument.scores:
        value = administration.scores.get(score.name)
        key = (instrument.code, score.name)
        if value is not None and key not in NOT_FOR_CLIENTS:
            label = CLIENT_LABELS.get(key) or about(instrument.code)
            compared = _compared(value, before.scores.get(score.name) if before else None)
            lines.append(ScoreLine(label, value, score.high, READING.get(key, ""), compared))
    return lines


def client_charts(finished: Mapping[str, Sequence[Administration]]) -> list[LineChart]:
    """A line for every score a client reads, from two administrations on. No band and no verdict: only the numbers."""
    charts = []
    for code, administrations in finished.items():
        instrument = engine.load(code)
        for score in instrument.scores:
            key = (code, score.name)
            points = tuple(
                Point(timezone.localdate(one.completed_at), one.scores[score.name])
                for one in administrations
                if one.scores.get(score.name) is not None
            )
            if len(points) > 1 and key not in NOT_FOR_CLIENTS:
                label = CLIENT_LABELS.get(key) or about(code)
                charts.append(LineChart(label, points, score.low, score.high, summary=READING.get(key, "")))
    return charts


def _compared(value: int, before: int | None) -> str:
    if before is None:
        return ""
    return "The same as last time." if value == before else f"Last time it was {before}."


@dataclass(frozen=True, slots=True)
class Row:
    """One finished form in the desk's table."""

    administration: Administration
    cells: tuple[tuple[str, str], ...]
    """The label of each score and what it came to."""


@dataclass(frozen=True, slots=True)
class Panel:
    """Everything the desk shows about one instrument: charts, table, and the answers of the newest."""

    instrument: Instrument
    charts: tuple[LineChart, ...]
    labels: tuple[str, ...]
    rows: tuple[Row, ...]
    newest: Administration
    answers: tuple[tuple[str, str], ...]


def panel(code: str, finished: list[Administration]) -> Panel:
    """The desk's view of one instrument, from its finished administrations, oldest first."""
    instrument = engine.load(code)
    newest = finished[-1]
    return Panel(
        instrument=instrument,
        charts=tuple(filter(None, (_chart(instrument, score, finished) for score in instrument.scores))),
        labels=tuple(score.label for score in instrument.scores),
        rows=tuple(
            Row(one, tuple((score.label, _cell(score, one)) for score in instrument.scores))
            for one in reversed(finished)
        ),
        newest=newest,
        answers=_answers(instrument, newest),
    )


def _row(instrument: Instrument, one: Administration) -> Row:
    return Row(one, tuple((score.label, _cell(score, one)) for score in instrument.scores))


def _chart(instrument: Instrument, score: Score, finished: list[Administration]) -> LineChart | None:
    points = tuple(
        Point(timezone.localdate(one.completed_at), one.scores[score.name], _band_label(score, one))
        for one in finished
        if one.scores.get(score.name) is not None
    )
    if not points:
        return None
    # A band runs to where the next begins, so that no gap of one point shows.
    ends = [band.low for band in score.bands[1:]] + [score.high]
    bands = tuple(Band(band.label, band.low, end) for band, end in zip(score.bands, ends, strict=False))
    label = instrument.name if len(instrument.scores) == 1 else f"{instrument.name}, {score.label}"
    return LineChart(label, points, score.low, score.high, bands, summary=_summary(points))


def _summary(points: tuple[Point, ...]) -> str:
    first, last = points[0], points[-1]
    if len(points) == 1:
        return f"{last.shown} on {last.day}."
    return f"From {first.shown} on {first.day} to {last.shown} on {last.day}."


def _band_label(score: Score, one: Administration) -> str:
    key = one.bands.get(score.name)
    return next((band.label for band in score.bands if band.key == key), "")


def _cell(score: Score, one: Administration) -> str:
    value = one.scores.get(score.name)
    if value is None:
        return "Not scored: answers are open"
    band = _band_label(score, one)
    return f"{value}, {band.lower()}" if band else str(value)


def _answers(instrument: Instrument, one: Administration) -> tuple[tuple[str, str], ...]:
    return tuple(
        (item.text, item.label_of(one.answers[item.id]) if item.id in one.answers else "Left open")
        for item in instrument.items
        if item.id in one.answers or engine.applies(item, one.answers)
    )


def dangers(one: Administration) -> list[str]:
    """What the answers ask of whoever has the form in hand, right now. Their alert may be someone else's."""
    return [flag["text"] for flag in one.flags if flag["severity"] == Severity.NOW]


def timeline(client: Client) -> list[Entry]:
    """The client's finished questionnaires as lines of the chart's timeline. One query."""
    finished = Administration.objects.filter(client=client, completed_at__isnull=False).order_by("-completed_at")
    return [_entry(one) for one in finished]


def _entry(one: Administration) -> Entry:
    instrument = engine.load(one.instrument)
    scores = [
        f"{score.label} {_cell(score, one)}" for score in instrument.scores if one.scores.get(score.name) is not None
    ]
    return Entry(
        at=one.completed_at,
        kind="Measure",
        title=instrument.name + (f": {', '.join(scores)}" if scores else ", answers left open"),
        text=" ".join(flag["text"] for flag in one.flags),
        icon="chart",
    )
