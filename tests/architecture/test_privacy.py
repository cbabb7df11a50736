"""Every column says what kind of secret it holds."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db.models import Model

from openiop.shared.privacy import classes_of, unclassified

OURS = [
    model
    for model in apps.get_models()
    if model.__module__.startswith("openiop.") and model._meta.label_lower != "shared.installation"
]


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label_lower)
def test_every_column_is_classified(model: type[Model]) -> None:
    assert unclassified(model) == set()
    known = {field.name for field in model._meta.concrete_fields}
    assert set(classes_of(model)) <= known, "a class names a column that does not exist"
