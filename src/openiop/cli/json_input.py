"""One reader and one writer of JSON for every command, and one way to say that an input cannot be used."""

from __future__ import annotations

import functools
import json
import sys
import tomllib
from collections.abc import Callable, Mapping
from typing import Any, NoReturn, ParamSpec, TypeVar

import click

from openiop.kernel.errors import InputError

MAX_BYTES = 1_000_000
STANDARD_INPUT = "-"

P = ParamSpec("P")
R = TypeVar("R")


def read_object(path: str) -> dict[str, Any]:
    """The JSON object in the file `path`, or on standard input for `-`.

    InputError when it cannot be read, is over a megabyte, is not JSON, repeats a key, or holds NaN or Infinity.
    """
    return parse_object(_read(path))


def read_table(path: str) -> dict[str, Any]:
    """The TOML table in a file whose name ends in .toml, otherwise the JSON object as `read_object` reads it."""
    if not path.endswith(".toml"):
        return read_object(path)
    raw = _read(path)
    if len(raw) > MAX_BYTES:
        raise InputError("input", held=f"{len(raw)} bytes or more", allowed=f"at most {MAX_BYTES} bytes")
    try:
        return tomllib.loads(raw.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:  # bad UTF-8, broken TOML, numbers with thousands of digits
        raise InputError("input", held=str(error), allowed="a TOML table in UTF-8") from None


def parse_object(raw: bytes) -> dict[str, Any]:
    """The JSON object that `raw` spells in UTF-8; InputError as for `read_object`."""
    if len(raw) > MAX_BYTES:
        raise InputError("input", held=f"{len(raw)} bytes or more", allowed=f"at most {MAX_BYTES} bytes")
    try:
        value = json.loads(raw.decode("utf-8-sig"), object_pairs_hook=_unique, parse_constant=_not_a_number)
    except InputError:
        raise
    except RecursionError:
        raise InputError("input", held="too many brackets inside one another", allowed="a JSON object") from None
    except ValueError as error:  # covers bad UTF-8, broken JSON and numbers with thousands of digits
        raise InputError("input", held=str(error), allowed="a JSON object in UTF-8") from None
    if not isinstance(value, dict):
        raise InputError("input", held=value, allowed="a JSON object")
    return value


def members(value: object, field: str, allowed: Mapping[str, object]) -> dict[str, Any]:
    """`value` as an object that has no other keys than those of `allowed`; InputError names the first other one."""
    if not isinstance(value, dict):
        raise InputError(field, held=value, allowed="a JSON object")
    for key in value:
        if key not in allowed:
            raise InputError(field, held=key, allowed="known keys are " + ", ".join(allowed))
    return value


def write(value: Mapping[str, Any]) -> None:
    """Prints `value` as indented JSON."""
    click.echo(json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False))


def exits_2_on_bad_input(function: Callable[P, R]) -> Callable[P, R]:
    """A command that answers an InputError with one line on standard error and exit status 2."""

    @functools.wraps(function)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return function(*args, **kwargs)
        except InputError as error:
            click.echo(str(error), err=True)
            sys.exit(2)

    return wrapped


def _read(path: str) -> bytes:
    # One byte more than allowed is enough to know that an input is too big.
    if path == STANDARD_INPUT:
        return sys.stdin.buffer.read(MAX_BYTES + 1)
    try:
        with open(path, "rb") as file:
            return file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise InputError("file", held=path, allowed=f"name a JSON file that can be read, or - ({reason})") from None


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise InputError("input", held=key, allowed="each key may stand only once in an object")
        found[key] = value
    return found


def _not_a_number(text: str) -> NoReturn:
    raise InputError("input", held=text, allowed="numbers are finite")
