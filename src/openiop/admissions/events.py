"""What the rooms above may listen to."""

from __future__ import annotations

from django.dispatch import Signal

admitted = Signal()
"""A client was admitted. Sent with `episode`, `by` and `at`, inside the transaction of the admission."""
