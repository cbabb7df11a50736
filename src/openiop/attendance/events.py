"""What attendance tells the rooms above it."""

from __future__ import annotations

from django.dispatch import Signal

session_signed = Signal()
"""Sent once, with session=, lines= (every roster line that counts, with its final status), by=, at=."""
