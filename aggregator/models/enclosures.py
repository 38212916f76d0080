"""What does an entry bring besides its words, to be heard, watched or kept?"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Enclosure:
    """A recording, a film or a document that an entry points to (RSS 2.0 ``<enclosure>``); never fetched."""

    url: str
    """Absolute ``http(s)``."""
    type: str = ""
    """Media type, lower case; "" unknown."""
    length: int = 0
    """Bytes; 0 unknown."""
