"""What the schedule tells the rooms above it."""

from __future__ import annotations

from django.dispatch import Signal

enrollment_ended = Signal()
"""Sent with enrollment=, on= (the last day it holds), by=, at=."""
