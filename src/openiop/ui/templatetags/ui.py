"""`{% load ui %}`: every component of the design system. `/styleguide/` shows them."""

from __future__ import annotations

from django import template
from django.forms import BaseForm, BoundField
from django.utils.safestring import SafeString

from openiop.ui.components import basics, content, data, wayfinding
from openiop.ui.components.drawing import drawn

register = template.Library()

for _tag in (
    basics.icon, basics.button, basics.link_button, basics.badge, basics.avatar,
    data.stat, data.progress, data.steps, data.chart, data.week_grid,
    wayfinding.tabs, wayfinding.breadcrumbs, wayfinding.back_link,
):  # fmt: skip
    register.simple_tag(_tag)

for _tag in (wayfinding.help_now, wayfinding.lifelines, data.pagination):
    register.simple_tag(_tag, takes_context=True)

for _tag in (
    content.card, content.care_card, content.notice, content.empty_state, content.disclosure, content.dialog,
    content.timeline, content.timeline_item, data.table, data.summary_list, data.summary_row,
):  # fmt: skip
    register.simple_block_tag(_tag)

register.filter("tel", wayfinding.tel)


@register.simple_tag
def form_head(form: BaseForm) -> SafeString:
    """What stands at the top of every form: the error summary and the hidden fields. `{% csrf_token %}` is separate."""
    return drawn("form_head", form=form)


@register.simple_tag
def field(bound: BoundField, *, hide_label: bool = False, label: str = "") -> SafeString:
    """A form field with label, hint and error. `label` replaces its words, `hide_label` hides them from sight."""
    context = {"field": bound, "hide_label": hide_label, "label": label or bound.label}
    return bound.render(bound.template_name, context)
