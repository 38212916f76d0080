"""Which piece of a text shows best why it was found, and which of its words were looked for?"""

from __future__ import annotations

from collections.abc import Sequence

from aggregator.text.segment import folded
from aggregator.text.wanted import Finder

CHARACTERS = 240
"""About as long as an abstract: three lines of a terminal."""

LEAD = 60
"""Characters before the first word found that are shown with it."""

Marks = tuple[tuple[int, int], ...]
"""Beginnings and ends, in order, apart from each other."""


def marks(text: str, finders: Sequence[Finder]) -> Marks:
    """Where what was looked for stands in a text; none where folding moves its characters."""
    low = folded(text)
    if len(low) != len(text):
        return ()
    joined: list[tuple[int, int]] = []
    for start, end in sorted(place for finder in finders for place in finder.places(low)):
        if joined and start <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(end, joined[-1][1])
        else:
            joined.append((start, end))
    return tuple(joined)


def says_all(text: str, finders: Sequence[Finder]) -> bool:
    """Whether all that was looked for stands in it."""
    low = folded(text)
    return all(finder.stands_in(low) for finder in finders)


def excerpt(paragraphs: Sequence[str], finders: Sequence[Finder]) -> str | None:
    """Cut out where most of what was looked for stands together; None where nothing of it does.

    Whole words, an ellipsis where something is left out.
    """
    best, most = None, 0
    for paragraph in paragraphs:
        low = folded(paragraph)
        said = sum(finder.stands_in(low) for finder in finders)
        if said > most:
            best, most = paragraph, said
    if best is None or len(best) <= CHARACTERS:
        return best
    return _window(best, _start(folded(best), finders))


def _start(low: str, finders: Sequence[Finder]) -> int:
    """Where the piece begins in which most of it stands, the first such."""
    places = sorted(
        (start, number) for number, finder in enumerate(finders) for start, _ in finder.places(low)
    )
    best, most = 0, 0
    for first, _ in places:
        together = len({each for start, each in places if first <= start < first + CHARACTERS - LEAD})
        if together > most:
            best, most = max(0, first - LEAD), together
    return best


def _window(text: str, start: int) -> str:
    """Characters from there on, moved to where words begin and end."""
    start = min(start, len(text) - CHARACTERS)
    if start > 0:
        blank = text.find(" ", start, start + LEAD)
        start = start if blank < 0 else blank + 1
    end = start + CHARACTERS
    if end < len(text):
        blank = text.rfind(" ", start + CHARACTERS // 2, end)
        end = end if blank < 0 else blank
    return "…" * (start > 0) + text[start:end].strip() + "…" * (end < len(text))
