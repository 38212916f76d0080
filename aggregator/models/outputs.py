"""Which stories stand in a merged feed?"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which stories stand in a merged feed: all conditions must hold, of a list one entry is enough.

    Tells the same of a story whoever asks; an empty tuple asks for nothing.
    """

    coins: tuple[str, ...] = ()
    """Ticker symbols, upper case; of the copy that speaks for the story."""
    tags: tuple[str, ...] = ()
    """Of any copy, case ignored."""
    languages: tuple[str, ...] = ()
    """ISO 639-1; of the copy that speaks."""
    feeds: tuple[str, ...] = ()
    """Part of the title or address of a feed that has a copy, case ignored."""
    folders: tuple[str, ...] = ()
    """Name of a folder that such a feed is in, at any depth, case ignored."""
    words: tuple[str, ...] = ()
    """Searches, of which one must find a copy."""
    without_words: tuple[str, ...] = ()
    """Searches, of which none may."""
    originals: bool = False
    """Not where the feed that speaks has a negative priority, or its copy names another site as its source."""
    min_outlets: int = 1
    """Publishers that carry the story."""
    sponsored: bool = True
    """Whether stories labelled so are let through; the same for the next."""
    press_releases: bool = True
