"""Reads instruments from TOML into typed values, once: those shipped beside this package, and folders named on top.

Three tiers, because an open license cannot carry words it does not cover: `content/instruments` is shipped whole,
`content/slots` without the owners' words, and everything else (the non-commercial package, a site's own licensed text)
comes from folders that someone names on purpose with `use_folders`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from openiop.kernel.errors import InputError
from openiop.measures.engine.reading import instrument_of, with_text
from openiop.measures.values import Instrument

_named_folders: list[Traversable] = []


class NoSuchInstrument(InputError):
    """The code names no shipped instrument."""


def use_folders(*folders: Traversable) -> tuple[Instrument, ...]:
    """Read these folders of TOML files on top of what is shipped, in place of any named before; the new catalog.

    A file is a whole instrument, or the words for a slot (`text_for`). InputError, and nothing changed, for a folder or
    a file that cannot be read, or a second instrument of the same code.
    """
    before = list(_named_folders)
    if before == list(folders):
        return catalog()
    _named_folders[:] = folders
    _by_code.cache_clear()
    try:
        return catalog()
    except InputError:
        _named_folders[:] = before
        _by_code.cache_clear()
        raise


def catalog() -> tuple[Instrument, ...]:
    """Every known instrument, in the order of the codes; those without words have `needs_text`."""
    return tuple(_by_code().values())


def load(code: str) -> Instrument:
    """The instrument with this code (`PHQ-9`), in capital or small letters; NoSuchInstrument if there is none."""
    instruments = _by_code()
    found = instruments.get(code.upper())
    if found is None:
        raise NoSuchInstrument("instrument", held=code, allowed="one of " + ", ".join(instruments))
    return found


@cache
def _by_code() -> Mapping[str, Instrument]:
    content = files("openiop.measures") / "content"
    found: dict[str, Instrument] = {}
    texts: list[tuple[str, Mapping[str, Any]]] = []
    for folder in (content / "instruments", content / "slots", *_named_folders):
        for name, row in _rows(folder):
            if "text_for" in row:
                texts.append((name, row))
            else:
                _add(found, name, row)
    for name, row in texts:
        _fill(found, name, row)
    return dict(sorted(found.items()))


def _rows(folder: Traversable) -> Iterable[tuple[str, Mapping[str, Any]]]:
    """The TOML files of a folder by name, in order, so that the result never depends on the file system."""
    try:
        entries = sorted((entry.name, entry) for entry in folder.iterdir() if entry.name.endswith(".toml"))
        return [(name, tomllib.loads(entry.read_text(encoding="utf-8"))) for name, entry in entries]
    except (OSError, ValueError) as error:  # no such folder, not UTF-8, not TOML
        raise InputError("instruments", held=str(folder), allowed=f"a folder of TOML files ({error})") from None


def _add(found: dict[str, Instrument], name: str, row: Mapping[str, Any]) -> None:
    try:
        instrument = instrument_of(row)
    except (KeyError, TypeError, ValueError) as error:
        raise InputError("instruments", held=name, allowed=f"a complete instrument ({error!r})") from None
    before = found.get(instrument.code)
    # A site that holds the license may put the whole instrument in the place of a slot, never in that of another.
    if before is not None and not before.needs_text:
        raise InputError("instruments", held=name, allowed=f"each code once; {instrument.code} is already there")
    found[instrument.code] = instrument


def _fill(found: dict[str, Instrument], name: str, row: Mapping[str, Any]) -> None:
    slot = found.get(row["text_for"])
    if slot is None or not slot.needs_text:
        raise InputError("instruments", held=name, allowed="text_for naming an instrument that needs text")
    try:
        found[slot.code] = with_text(slot, row)
    except (KeyError, TypeError, ValueError) as error:
        raise InputError("instruments", held=name, allowed=f"words for every item and option ({error!r})") from None
