"""Contingency management as a library without Django: protocols, what each visit earns, and fair draws."""

from openiop.incentives.engine.course import as_json, next_draws, next_visit, parse_events, run
from openiop.incentives.engine.draws import MIN_SEED_BYTES, commitment, draw, may_draw, replay
from openiop.incentives.engine.library import (
    NoSuchProtocol,
    adjusted,
    bowls,
    limit_in_force,
    limits,
    protocol,
    protocols,
)

__all__ = [
    "MIN_SEED_BYTES",
    "NoSuchProtocol",
    "adjusted",
    "as_json",
    "bowls",
    "commitment",
    "draw",
    "limit_in_force",
    "limits",
    "may_draw",
    "next_draws",
    "next_visit",
    "parse_events",
    "protocol",
    "protocols",
    "replay",
    "run",
]
