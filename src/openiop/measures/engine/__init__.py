"""Instruments and their scoring, as a library without Django: `catalog`, `load`, `score`, `item_flags`, `use_folders`."""

from openiop.measures.engine.library import NoSuchInstrument, catalog, load, use_folders
from openiop.measures.engine.scoring import applies, as_json, is_ruled_out, item_flags, least, score

__all__ = [
    "NoSuchInstrument",
    "applies",
    "as_json",
    "catalog",
    "is_ruled_out",
    "item_flags",
    "least",
    "load",
    "score",
    "use_folders",
]
