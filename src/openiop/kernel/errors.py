"""The two ways in which OpenIOP says no.

A `Refusal` is a sentence for a person: a form shows it beside its field. An `InputError` names what a
machine sent: a command prints it as one line and exits with status 2. Anything else is a defect.
"""

from __future__ import annotations


class Refusal(Exception):
    """A request that the rules of the program do not allow.

    `message` says what is wrong and how to fix it; `field` names the form field it belongs to, if any.
    """

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field


class InputError(ValueError):
    """A machine-readable input that cannot be used.

    `field` is the path of the offending value (`items.3`), `held` what stood there, `allowed` what may stand there.
    """

    def __init__(self, field: str, *, held: object, allowed: str) -> None:
        shown = repr(held)
        self.field = field
        self.held = held
        self.allowed = allowed
        super().__init__(f"{field}: {shown[:80]}{'…' if len(shown) > 80 else ''} is not allowed; {allowed}")


class Conflict(Refusal):
    """Someone else has saved since the page was opened. Nothing is lost: the page shows both texts."""
