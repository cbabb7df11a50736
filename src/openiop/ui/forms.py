"""Forms as people meet them: Django's own renderer with our templates, and the widgets.

With `FORM_RENDERER = "openiop.ui.forms.Renderer"` every form of the project, allauth's too, gets label, hint, error
and the ARIA links between them from `ui/forms/field.html`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Literal
from uuid import UUID, uuid4

from django import forms
from django.forms.renderers import DjangoTemplates
from django.forms.widgets import Input

Tone = Literal["", "warn", "ok", "quiet"]

_CLASSES: tuple[tuple[type[forms.Widget], str], ...] = (
    (forms.CheckboxInput, "form-check-input"),
    (forms.RadioSelect, "form-check-input"),  # CheckboxSelectMultiple is one of these
    (forms.Select, "form-select"),
    (Input, "form-control"),
    (forms.Textarea, "form-control"),
)

_OURS = {
    "django/forms/widgets/radio.html": "ui/forms/choices.html",
    "django/forms/widgets/checkbox_select.html": "ui/forms/choices.html",
}


class BoundField(forms.BoundField):
    """A field on a form; knows how the template draws it and where an error link must lead."""

    def build_widget_attrs(self, attrs: dict[str, Any], widget: forms.Widget | None = None) -> dict[str, Any]:
        """Adds the class of the control and, on choices, the link to their error."""
        built: dict[str, Any] = super().build_widget_attrs(attrs, widget)
        drawn_with = widget or self.field.widget
        css = next((css for kind, css in _CLASSES if isinstance(drawn_with, kind)), "")
        if css and not drawn_with.is_hidden and not getattr(drawn_with, "own_look", False):
            given = built.get("class") or drawn_with.attrs.get("class", "")
            built["class"] = f"{css} {given}".strip()
        return built

    @property
    def is_check(self) -> bool:
        """Whether this is one checkbox, whose label stands after it."""
        return isinstance(self.field.widget, forms.CheckboxInput)

    @property
    def is_optional(self) -> bool:
        """Whether the label says "optional"; nothing of a form that only chooses what to show does (`is_filter`)."""
        if getattr(self.form, "is_filter", False):
            return False
        return not self.field.required and not self.is_check and not self.field.disabled

    @property
    def label_start(self) -> str:
        """The label as the start of a line of the error summary: a question keeps its mark, other words get a colon."""
        label = str(self.label)
        return label if label.endswith((".", "?", "!", ":")) else f"{label}:"

    @property
    def focus_id(self) -> str:
        """The id of the element that an error link leads to: the control, or the first of a group."""
        return f"{self.auto_id}_0" if self.use_fieldset else str(self.id_for_label or self.auto_id)


class Renderer(DjangoTemplates):
    """The project's form renderer (`FORM_RENDERER`)."""

    form_template_name = "ui/forms/form.html"
    field_template_name = "ui/forms/field.html"
    bound_field_class = BoundField

    def get_template(self, template_name: str) -> Any:
        """Django's template of that name, or ours where Django's has no place for our classes."""
        return super().get_template(_OURS.get(template_name, template_name))


class KeyField(forms.UUIDField):
    """The idempotency key: a fresh one for each drawing of an empty form, kept when the form comes back with errors.

    A form sent without one (by a script, say) gets a key of its own; a broken one is an error.
    """

    def __init__(self) -> None:
        # Two forms on one page must not share an id, so this input has none.
        super().__init__(required=False, initial=uuid4, widget=forms.HiddenInput(attrs={"id": False}))
        self.error_messages["invalid"] = "This form is out of date. Open the page again."

    def clean(self, value: Any) -> UUID:
        """The key as a UUID."""
        return super().clean(value) or uuid4()


_REQUIRED = forms.Field.default_error_messages["required"]


def _missing(widget: forms.Widget) -> str:
    """What to do about a field that was left empty, in place of "This field is required"."""
    if isinstance(widget, forms.CheckboxInput):
        return "Check this box to go on."
    if isinstance(widget, forms.Select | forms.RadioSelect):
        return "Pick an answer."
    if isinstance(widget, forms.DateInput | forms.TimeInput | forms.DateTimeInput):
        return "Pick a date." if isinstance(widget, forms.DateInput) else "Pick a time."
    if isinstance(widget, forms.FileInput):
        return "Choose a file."
    return "Fill this in."


class Form(forms.Form):
    """The base of the project's forms: error summary at the top and an idempotency key.

    `cleaned_data["idempotency_key"]` is a `uuid.UUID`; give it to the action that creates something.
    """

    idempotency_key = KeyField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if field.error_messages.get("required") == _REQUIRED:
                field.error_messages["required"] = _missing(field.widget)

    def refuse(self, message: str, *, field: str | None = None) -> None:
        """Shows a refusal of the domain beside its field, or at the top if the form has no such field."""
        self.add_error(field if field in self.fields else None, message)


# --- Widgets -----------------------------------------------------------------------------------------------


def reasonable_year(day: date) -> None:
    """Validator of a day that will be reckoned with: the ends of the calendar have no day before or after them."""
    if not 1900 <= day.year <= 2200:
        raise forms.ValidationError("Enter a year from 1900 to 2200.")


class DateInput(forms.DateInput):
    """The browser's date picker; sends and shows ISO dates."""

    input_type = "date"

    def __init__(self, attrs: Mapping[str, Any] | None = None) -> None:
        super().__init__(attrs={"class": "oi-w-sm", **(attrs or {})}, format="%Y-%m-%d")


class TimeInput(forms.TimeInput):
    """The browser's time picker."""

    input_type = "time"

    def __init__(self, attrs: Mapping[str, Any] | None = None) -> None:
        super().__init__(attrs={"class": "oi-w-sm", **(attrs or {})}, format="%H:%M")


class BirthDateInput(DateInput):
    """A date of birth, which the browser may know."""

    def __init__(self, attrs: Mapping[str, Any] | None = None) -> None:
        super().__init__(attrs={"autocomplete": "bday", **(attrs or {})})


class NameInput(forms.TextInput):
    """A person's name; `part` is the autocomplete token (`name`, `given-name`, `family-name`, or `off` for others)."""

    def __init__(self, part: str = "name", attrs: Mapping[str, Any] | None = None) -> None:
        super().__init__(
            attrs={"autocomplete": part, "autocapitalize": "words", "spellcheck": "false", **(attrs or {})}
        )


class PhoneInput(forms.TextInput):
    """A phone number, with the phone's number pad. `autocomplete="off"` in `attrs` when it is another person's."""

    input_type = "tel"

    def __init__(self, attrs: Mapping[str, Any] | None = None) -> None:
        super().__init__(attrs={"autocomplete": "tel", "inputmode": "tel", "class": "oi-w-md", **(attrs or {})})


class EmailInput(forms.EmailInput):
    """An e-mail address."""

    def __init__(self, attrs: Mapping[str, Any] | None = None) -> None:
        super().__init__(attrs={"autocomplete": "email", "inputmode": "email", "spellcheck": "false", **(attrs or {})})


class WholeNumberInput(forms.TextInput):
    """A whole number typed as text: no spinner that a wheel turns by accident."""

    def __init__(self, attrs: Mapping[str, Any] | None = None) -> None:
        super().__init__(attrs={"inputmode": "numeric", "autocomplete": "off", "class": "oi-w-xs", **(attrs or {})})


class CodeInput(forms.TextInput):
    """A one-time code from a mail or an app."""

    def __init__(self, attrs: Mapping[str, Any] | None = None) -> None:
        extra = {"inputmode": "numeric", "autocomplete": "one-time-code", "class": "oi-w-sm", "spellcheck": "false"}
        super().__init__(attrs={**extra, **(attrs or {})})


class Notes(forms.Textarea):
    """Free text of `rows` lines."""

    def __init__(self, rows: int = 4, attrs: Mapping[str, Any] | None = None) -> None:
        super().__init__(attrs={"rows": rows, **(attrs or {})})


class _Options:
    """What segmented controls, scales and chips share: hidden inputs whose labels are the buttons."""

    own_look = True
    option_template_name = "ui/forms/option.html"


class Segmented(_Options, forms.RadioSelect):
    """A choice of a few, all in sight, made with one tap.

    `look`: "" in a row, "fill" across the width, "stack" one below the other (for long answers), "sm" for dense
    desks. `tones` colors the chosen option of a value: {"late": "warn"}.
    """

    template_name = "ui/forms/segmented.html"

    def __init__(
        self,
        look: Literal["", "fill", "stack", "sm"] = "",
        *,
        tones: Mapping[str, Tone] | None = None,
        attrs: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(attrs=attrs)
        self.look = look
        self.tones = dict(tones or {})

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Adds the look."""
        context: dict[str, Any] = super().get_context(name, value, attrs)
        context["widget"]["look"] = self.look
        return context

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Adds the tone of this option."""
        option: dict[str, Any] = super().create_option(name, value, *args, **kwargs)
        option["tone"] = self.tones.get(str(value), "")
        return option


class Scale(_Options, forms.RadioSelect):
    """Numbers to tap, 0 to 10 by default, with words for both ends: `choices=Scale.choices_for(0, 10)` on the field."""

    template_name = "ui/forms/scale.html"

    def __init__(self, low: str = "", high: str = "", *, attrs: Mapping[str, Any] | None = None) -> None:
        super().__init__(attrs=attrs)
        self.low, self.high = low, high

    @staticmethod
    def choices_for(first: int = 0, last: int = 10) -> list[tuple[int, str]]:
        """The choices of a field with this widget, both ends included."""
        return [(number, str(number)) for number in range(first, last + 1)]

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Adds the words of the ends."""
        context: dict[str, Any] = super().get_context(name, value, attrs)
        numbers = [value for value, _ in self.choices]
        context["widget"].update(low=self.low, high=self.high, first=numbers[0], last=numbers[-1])
        return context


class Chips(_Options, forms.CheckboxSelectMultiple):
    """Several of many, each a tap."""

    template_name = "ui/forms/chips.html"
