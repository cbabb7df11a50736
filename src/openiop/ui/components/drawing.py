"""How a component becomes markup."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.forms.utils import flatatt
from django.template.loader import get_template
from django.utils.safestring import SafeString, mark_safe


def drawn(name: str, **context: Any) -> SafeString:
    """The template `ui/components/<name>.html` with this context and nothing else."""
    # A Django template escapes what it places, so its output is markup.
    return mark_safe(get_template(f"ui/components/{name}.html").render(context).strip())  # noqa: S308


def one_of(value: str, allowed: tuple[str, ...]) -> str:
    """The value, or ValueError: a misspelled variant is a defect that must show in the first test."""
    if value not in allowed:
        raise ValueError(f"{value!r} is not one of {', '.join(allowed)}")
    return value


def attributes(attrs: Mapping[str, Any] | None) -> SafeString:
    """Further HTML attributes of an element, escaped; values of None and False are left out."""
    return flatatt({key: value for key, value in (attrs or {}).items() if value is not None})
