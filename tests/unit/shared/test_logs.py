"""What reaches a log never holds what a person typed."""

from __future__ import annotations

import logging

from django.conf import settings

from openiop.config.logs import QuietFormatter

TYPED = "DETAIL: Failing row contains (Alex, Moreno, alex@example.org)"


def formatted() -> str:
    try:
        try:
            raise ValueError(TYPED)
        except ValueError as error:
            raise RuntimeError(TYPED) from error
    except RuntimeError as error:
        record = logging.getLogger("django.request").makeRecord(
            "django.request",
            logging.ERROR,
            "",
            0,
            "Internal Server Error: %s",
            ("/desk/",),
            (type(error), error, error.__traceback__),
        )
    return QuietFormatter("{levelname} {name}: {message}", style="{").format(record)


def test_an_error_is_logged_by_its_kind_and_place_without_its_words() -> None:
    text = formatted()
    assert "RuntimeError" in text
    assert "ValueError" in text
    assert "test_logs.py" in text
    assert "Moreno" not in text


def test_every_handler_of_the_product_writes_this_way() -> None:
    for handler in settings.LOGGING["handlers"].values():
        formatter = settings.LOGGING["formatters"][handler["formatter"]]
        assert formatter["()"] == "openiop.config.logs.QuietFormatter"
