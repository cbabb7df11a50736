"""Engines of admissions: plain Python from typed values to typed values."""
