"""How well does a story answer a query? BM25F over title and text, times how recent it is.

Robertson, Zaragoza and Taylor 2004, "Simple BM25 extension to multiple weighted fields". Its third part, how rare a
word is, is left out: all words must occur, so every story that is found has the rare one.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

TITLE_WEIGHT = 5.0
"""A word in the title counts as much as five in a text of usual length."""

SATURATION = 1.2
"""BM25's k1: how soon saying it once more means little."""

LENGTH = 0.75
"""BM25's b: how much a long text must say it oftener."""

HALF_LIFE = timedelta(days=7)
"""News of last week is half as new as today's: people search for what they saw these days."""

OLD = 0.5
"""What age leaves, at least. An old story about the thing itself (title and text, 0.9) then still stands beside a fresh
one that names it once in passing (0.45). With less, archives could not be searched; with more, yesterday's story would
stand below last year's."""


def occurrence(*, in_title: int, in_body: int, length: float) -> float:
    """Weigh how often a word occurs; ``length`` is the text's, where 1.0 is usual."""
    return TITLE_WEIGHT * in_title + in_body / (1 - LENGTH + LENGTH * length)


def relevance(occurrences: Sequence[float]) -> float:
    """From 0.0 to 1.0: each word's weight, saturated, and their mean."""
    return sum(each / (each + SATURATION) for each in occurrences) / max(1, len(occurrences))


def recency(age: timedelta) -> float:
    """From ``OLD`` to 1.0: half of what age can take is gone after ``HALF_LIFE``."""
    left: float = 0.5 ** (max(age, timedelta()) / HALF_LIFE)
    return OLD + (1 - OLD) * left
