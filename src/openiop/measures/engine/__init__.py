"""Instruments and their scoring, as a library without Django: `catalog`, `load`, `score`, `item_flags`."""

from openiop.measures.engine.library import NoSuchInstrument, catalog, load
from openiop.measures.engine.scoring import applies, as_json, item_flags, score

__all__ = ["NoSuchInstrument", "applies", "as_json", "catalog", "item_flags", "load", "score"]
