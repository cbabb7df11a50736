"""Flesch-Kincaid grade of a text. Syllables are counted with pyphen's hyphenation patterns, as textstat does."""

from __future__ import annotations

import re

import pyphen

WORD = re.compile(r"[A-Za-z']+")
SENTENCE_END = re.compile(r"[.!?]+(?:\s|$)")
PATTERNS = pyphen.Pyphen(lang="en_US")


def grade(text: str) -> float:
    """US school grade (Flesch-Kincaid). A text without an end mark counts as one sentence."""
    words = WORD.findall(text)
    sentences = [part for part in SENTENCE_END.split(text) if WORD.search(part)]
    syllables = sum(len(PATTERNS.positions(word.lower())) + 1 for word in words)
    if not words:
        return 0.0
    return 0.39 * len(words) / len(sentences) + 11.8 * syllables / len(words) - 15.59
