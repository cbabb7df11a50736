"""Questionnaires for OpenIOP that are free for non-commercial use only. See LICENSE."""

from __future__ import annotations

from pathlib import Path

FOLDER = Path(__file__).resolve().parent / "instruments"
