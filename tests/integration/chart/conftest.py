"""A client with three weeks of treatment behind them."""

from __future__ import annotations

from tests.integration.progress.conftest import episode, track

__all__ = ["episode", "track"]
