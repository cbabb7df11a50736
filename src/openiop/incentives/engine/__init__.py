"""Contingency management as a library without Django: protocols, what each visit earns, and fair draws."""

from openiop.incentives.engine.award import Award, award
from openiop.incentives.engine.course import as_json, next_draws, next_visit, parse_events, run
from openiop.incentives.engine.draws import MIN_SEED_BYTES, commitment, draw, may_draw, replay
from openiop.incentives.engine.library import (
    NoSuchProtocol,
    adjusted,
    bowls,
    limit_in_force,
    limits,
    limits_on,
    parse_protocol,
    protocol,
    protocols,
)

__all__ = [
    "MIN_SEED_BYTES",
    "Award",
    "NoSuchProtocol",
    "adjusted",
    "as_json",
    "award",
    "bowls",
    "commitment",
    "draw",
    "limit_in_force",
    "limits",
    "limits_on",
    "may_draw",
    "next_draws",
    "next_visit",
    "parse_events",
    "parse_protocol",
    "protocol",
    "protocols",
    "replay",
    "run",
]
