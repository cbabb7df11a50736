"""Forms tell people what is asked, what went wrong, and lose nothing that was typed."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import pytest
from bs4 import BeautifulSoup
from django import forms
from django.template import Context, Template

from openiop.ui import forms as ui


class Callback(ui.Form):
    name = forms.CharField(label="Your name")
    phone = forms.CharField(label="Phone", help_text="We call <you> back.", widget=ui.PhoneInput())
    born = forms.DateField(label="Date of birth", required=False, widget=ui.BirthDateInput())
    who = forms.ChoiceField(
        label="Who is it for?", choices=[("me", "Me"), ("other", "Other")], widget=forms.RadioSelect
    )
    ways = forms.MultipleChoiceField(
        label="Safe ways",
        choices=[("call", "Call"), ("text", "Text")],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    craving = forms.ChoiceField(
        label="Cravings", choices=ui.Scale.choices_for(0, 10), widget=ui.Scale("None", "Very strong")
    )
    here = forms.ChoiceField(
        label="Attendance",
        choices=[("here", "Here"), ("late", "Late")],
        widget=ui.Segmented("sm", tones={"late": "warn"}),
        required=False,
    )
    agree = forms.BooleanField(label="I agree")
    notes = forms.CharField(label="Notes", widget=ui.Notes(), required=False)


GOOD = {"name": "Pat", "phone": "555 010 0134", "who": "me", "craving": "3", "agree": "on"}


def page(form: forms.Form) -> BeautifulSoup:
    return BeautifulSoup(form.render(), "html.parser")


def bound(**changes: Any) -> Callback:
    return Callback({**GOOD, **changes})


def test_every_control_has_an_id_a_label_and_the_class_of_its_kind() -> None:
    drawn = page(Callback())
    for control in drawn.select("input:not([type=hidden]), textarea, select"):
        assert control.get("id"), control  # without an id an htmx swap loses the focus
        assert drawn.select_one(f'label[for="{control["id"]}"]').get_text(strip=True)
        assert control.get("class"), control


def test_groups_are_fieldsets_with_a_legend() -> None:
    legends = [legend.get_text(" ", strip=True) for legend in page(Callback()).select("fieldset > legend")]
    assert legends == ["Who is it for?", "Safe ways (optional)", "Cravings", "Attendance (optional)"]


def test_only_optional_fields_say_so() -> None:
    drawn = page(Callback())
    assert "(optional)" in drawn.select_one('label[for="id_born"]').get_text()
    assert "(optional)" not in drawn.select_one('label[for="id_name"]').get_text()


def test_an_error_stands_beside_its_field_and_is_announced_with_it() -> None:
    control = page(bound(phone="")).select_one("#id_phone")
    described = control["aria-describedby"].split()
    drawn = page(bound(phone=""))
    assert control["aria-invalid"] == "true"
    assert described == ["id_phone_helptext", "id_phone_error"]
    assert drawn.find(id="id_phone_helptext").get_text() == "We call <you> back."
    assert drawn.find(id="id_phone_error").get_text(" ", strip=True) == "Error: Fill this in."


def test_a_group_is_described_by_its_error() -> None:
    drawn = page(bound(who=""))
    group = drawn.select_one('fieldset[aria-describedby="id_who_error"]')
    assert "Pick an answer." in group.find(id="id_who_error").get_text()


def test_the_summary_links_to_each_field_at_fault() -> None:
    drawn = page(bound(phone="", who="", craving="11", agree=""))
    links = drawn.select("[data-error-summary] a")
    assert [link["href"] for link in links] == ["#id_phone", "#id_who_0", "#id_craving_0", "#id_agree"]
    assert all(drawn.select_one(link["href"]) for link in links)
    assert links[1].get_text() == "Who is it for? Pick an answer."
    assert drawn.select_one("[data-error-summary]")["tabindex"] == "-1"


def test_what_was_typed_comes_back_and_is_escaped() -> None:
    canary = '"><script>alert(1)</script>'
    drawn = page(bound(name=canary, notes=canary, phone=""))
    assert drawn.select_one("#id_name")["value"] == canary
    assert drawn.select_one("#id_notes").get_text().strip() == canary
    assert not drawn.select("script")


def test_a_refusal_goes_beside_its_field_or_to_the_top() -> None:
    form = bound()
    assert form.is_valid()
    form.refuse("This time is taken.", field="born")
    form.refuse("The group is full.", field="a field this form does not have")
    drawn = page(form)
    assert "This time is taken." in drawn.find(id="id_born_error").get_text()
    assert "The group is full." in drawn.select_one("[data-error-summary]").get_text()


def test_each_drawing_has_a_fresh_key_and_a_form_sent_back_keeps_its_own() -> None:
    keys = {page(Callback()).select_one('[name="idempotency_key"]')["value"] for _ in range(2)}
    assert len(keys) == 2
    key = keys.pop()
    form = bound(idempotency_key=key, phone="")
    assert page(form).select_one('[name="idempotency_key"]')["value"] == key


def test_the_key_is_a_uuid_whether_sent_or_not() -> None:
    sent = "2f1f7b3e-8b1e-4a53-9d57-0b7d1f6f3c11"
    with_key, without = bound(idempotency_key=sent), bound()
    assert with_key.is_valid()
    assert without.is_valid()
    assert with_key.cleaned_data["idempotency_key"] == UUID(sent)
    assert isinstance(without.cleaned_data["idempotency_key"], UUID)


def test_a_broken_key_is_an_error_at_the_top() -> None:
    form = bound(idempotency_key="x")
    assert "Open the page again" in page(form).select_one("[data-error-summary]").get_text()


def test_two_forms_on_a_page_share_no_id() -> None:
    ids = [tag["id"] for tag in (page(Callback()).select("[id]") + page(Callback(prefix="b")).select("[id]"))]
    assert len(ids) == len(set(ids))


def test_a_form_keeps_its_own_words_for_a_missing_answer() -> None:
    class Own(ui.Form):
        when = forms.DateField(widget=ui.DateInput(), error_messages={"required": "When did you last use?"})
        start = forms.TimeField(widget=ui.TimeInput())
        day = forms.DateField(widget=ui.DateInput())
        file = forms.FileField()

    errors = Own({}).errors
    assert errors["when"] == ["When did you last use?"]
    assert [errors[name][0] for name in ("start", "day", "file")] == ["Pick a time.", "Pick a date.", "Choose a file."]


def test_a_scale_has_a_button_for_each_number_and_words_for_the_ends() -> None:
    drawn = page(bound(craving="7"))
    assert [label.get_text() for label in drawn.select(".oi-scale label")] == [str(n) for n in range(11)]
    assert drawn.select_one('.oi-scale input[value="7"]').has_attr("checked")
    assert drawn.select_one(".oi-scale__ends").get_text(" ", strip=True) == "0: None 10: Very strong"


def test_a_segmented_control_is_radios_each_followed_by_its_label() -> None:
    drawn = page(Callback())
    radios = drawn.select("[data-segmented] input[type=radio].btn-check")
    assert [radio.find_next_sibling("label").get_text() for radio in radios] == ["Here", "Late"]
    assert radios[1].find_next_sibling("label")["class"] == ["oi-opt", "oi-opt--warn"]


@pytest.mark.parametrize(
    ("widget", "attributes"),
    [
        (ui.PhoneInput(), {"type": "tel", "autocomplete": "tel", "inputmode": "tel"}),
        (ui.EmailInput(), {"type": "email", "autocomplete": "email"}),
        (ui.NameInput("given-name"), {"type": "text", "autocomplete": "given-name"}),
        (ui.CodeInput(), {"autocomplete": "one-time-code", "inputmode": "numeric"}),
        (ui.WholeNumberInput(), {"type": "text", "inputmode": "numeric"}),
        (ui.TimeInput(), {"type": "time"}),
        (ui.BirthDateInput(), {"type": "date", "autocomplete": "bday"}),
        (ui.PhoneInput(attrs={"autocomplete": "off"}), {"autocomplete": "off"}),
    ],
)
def test_a_phone_keyboard_and_autofill_fit_the_question(widget: forms.Widget, attributes: dict[str, str]) -> None:
    control = BeautifulSoup(widget.render("x", None), "html.parser").input
    assert {name: control[name] for name in attributes} == attributes


def test_a_date_is_shown_the_way_the_browser_reads_it() -> None:
    assert 'value="1990-02-03"' in ui.DateInput().render("born", date(1990, 2, 3))


def test_a_template_can_hide_or_replace_a_label() -> None:
    template = Template('{% load ui %}{% field f.here hide_label=True label="Attendance, Alex M." %}')
    legend = BeautifulSoup(template.render(Context({"f": Callback()})), "html.parser").legend
    assert legend["class"] == ["visually-hidden"]
    assert "Attendance, Alex M." in legend.get_text()


def test_forms_of_others_get_the_same_look() -> None:
    class Plain(forms.Form):
        email = forms.EmailField()

    assert "form-control" in page(Plain()).select_one("#id_email")["class"]
