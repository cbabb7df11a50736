"""Components: the right elements, names for those who listen, and nothing unescaped."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.core.paginator import Paginator
from django.template import Context, Template
from django.test import RequestFactory

from openiop.ui.components.basics import initials
from openiop.ui.components.wayfinding import tel
from openiop.ui.navigation import NavItem

XSS = "<script>x</script>"


def draw(source: str, **context: Any) -> BeautifulSoup:
    return BeautifulSoup(Template("{% load ui %}" + source).render(Context(context)), "html.parser")


@pytest.mark.parametrize(
    "source",
    [
        "{% button x icon='check' name=x value=x %}",
        "{% link_button x x %}",
        "{% badge x 'now' %}",
        "{% avatar x %}",
        "{% card title=x hint=x action=x action_url=x %}{{ x }}{% endcard %}",
        "{% care_card x 'now' %}{{ x }}{% endcare_card %}",
        "{% notice 'warn' title=x %}{{ x }}{% endnotice %}",
        "{% empty_state x %}{{ x }}{% endempty_state %}",
        "{% disclosure x %}{{ x }}{% enddisclosure %}",
        "{% dialog x title=x %}{{ x }}{% enddialog %}",
        "{% timeline x %}{% timeline_item x when=x who=x url=x %}{{ x }}{% endtimeline_item %}{% endtimeline %}",
        "{% table x %}<tbody><tr><td>{{ x }}</td></tr></tbody>{% endtable %}",
        "{% summary_list %}{% summary_row x action=x action_url=x %}{{ x }}{% endsummary_row %}{% endsummary_list %}",
        "{% stat x x hint=x url=x %}",
        "{% progress 1 2 x note=x %}",
        "{% back_link x x %}",
        "{% icon 'home' label=x %}",
    ],
)
def test_words_in_a_component_are_escaped_once(source: str) -> None:
    drawn = draw(source, x=XSS)
    assert not drawn.find("script")
    assert "&lt;" not in drawn.get_text()
    assert not drawn.select("[style]")


@pytest.mark.parametrize(
    "source", ["{% badge 'a' 'red' %}", "{% button 'a' 'huge' %}", "{% notice 'bad' %}{% endnotice %}"]
)
def test_a_variant_that_does_not_exist_fails(source: str) -> None:
    with pytest.raises(ValueError, match="is not one of"):
        draw(source)


def test_an_icon_is_silent_unless_it_has_a_name() -> None:
    assert draw("{% icon 'home' %}").svg["aria-hidden"] == "true"
    named = draw("{% icon 'home' label='Home' %}").svg
    assert (named["role"], named["aria-label"]) == ("img", "Home")


def test_a_button_takes_further_attributes_and_leaves_out_empty_ones() -> None:
    button = draw("{% button 'Save' attrs=more %}", more={"data-hx-post": "/a/?b=1&c=2", "disabled": None}).button
    assert button["data-hx-post"] == "/a/?b=1&c=2"
    assert not button.has_attr("disabled")
    assert not button.has_attr("name")


def test_a_table_region_scrolls_by_keyboard_and_has_a_name() -> None:
    region = draw("{% table 'Here today' %}<tbody></tbody>{% endtable %}").div
    assert (region["role"], region["tabindex"]) == ("region", "0")
    assert region.find(id=region["aria-labelledby"]).get_text() == "Here today"


def test_urgency_is_said_not_only_colored() -> None:
    heading = draw("{% care_card 'if you cannot wake someone' 'now' level=3 %}{% endcare_card %}").h3
    assert heading.get_text().strip() == "Act now: if you cannot wake someone"


def test_a_link_to_change_an_answer_says_which() -> None:
    row = draw("{% summary_row 'Voicemail' action='Change' action_url='/v/' %}No{% endsummary_row %}")
    assert row.a.get_text() == "Change Voicemail"


def test_tabs_mark_the_current_page_and_count() -> None:
    items = [NavItem("Plan", "/p/", is_current=True), NavItem("Notes", "/n/", count=3), NavItem("Old", "/o/", count=0)]
    drawn = draw("{% tabs items 'Chart' %}", items=items)
    assert [link.get("aria-current") for link in drawn.select("a")] == ["page", None, None]
    assert [link.get_text(" ", strip=True) for link in drawn.select("a")] == ["Plan", "Notes 3", "Old"]


def test_breadcrumbs_end_with_this_page() -> None:
    drawn = draw("{% breadcrumbs items %}", items=[NavItem("Clients", "/c/"), NavItem("Alex", "/c/1/")])
    assert [link.get_text() for link in drawn.select("a")] == ["Clients"]
    assert drawn.select_one("[aria-current=page]").get_text() == "Alex"


def test_steps_are_told_in_words() -> None:
    drawn = draw("{% steps labels 2 %}", labels=["About you", "Your week", "Send"])
    assert drawn.p.get_text() == "Step 2 of 3: Your week"
    assert [item.get("class") for item in drawn.select("li")] == [["is-done"], ["is-current"], None]


def test_pages_keep_the_filters() -> None:
    request = RequestFactory().get("/desk/clients/", {"q": "ana & co", "page": "2"})
    drawn = draw("{% pagination page %}", page=Paginator(range(50), 20).page(2), request=request)
    assert [link["href"] for link in drawn.select("a")] == ["?q=ana+%26+co&page=1", "?q=ana+%26+co&page=3"]
    assert "21 to 40 of 50" in drawn.get_text()
    assert not draw("{% pagination page %}", page=Paginator(range(5), 20).page(1)).find("nav")


def test_help_now_works_without_script_and_without_a_center() -> None:
    drawn = draw("{% help_now %}")
    assert drawn.details.summary.get_text(strip=True) == "Get help now"
    links = [link["href"] for link in drawn.select("a")]
    assert links == ["tel:911", "tel:988", "sms:988", "/help/"]


def test_help_now_calls_the_center_and_the_persons_own_contacts() -> None:
    drawn = draw(
        "{% help_now 'block' %}",
        center=SimpleNamespace(name="Riverbend", phone="(555) 010-0134"),
        help_contacts=[SimpleNamespace(name="Jordan", phone="555-010-0177 ext. 4")],
    )
    assert {"tel:+15550100134", "tel:+15550100177;ext=4"} <= {link["href"] for link in drawn.select("a")}


@pytest.mark.parametrize(
    ("number", "address"),
    [
        ("(555) 010-0134", "tel:+15550100134"),
        ("1 555 010 0134", "tel:+15550100134"),
        ("+44 20 7946 0000", "tel:+442079460000"),
        ("988", "tel:988"),
        ("555-010-0134 x12", "tel:+15550100134;ext=12"),
    ],
)
def test_a_phone_number_as_people_write_it_can_be_called(number: str, address: str) -> None:
    assert tel(number) == address


@pytest.mark.parametrize(
    ("name", "letters"),
    [("Alex Morgan", "AM"), ("Ana de la Cruz", "AC"), ("Cher", "C"), ("", "?"), ("  ", "?"), ("7", "?")],
)
def test_initials(name: str, letters: str) -> None:
    assert initials(name) == letters
