"""Where does a document stand in the history of its feed, and what has left the feed?

A feed's history is a chain of pages behind its live document (RFC 5005 §4). A closed page is never written again,
and says so (``fh:archive``); the newest page is open, and stories that leave the live document are added to it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

HISTORY = "http://purl.org/syndication/history/1.0"
"""Namespace of ``fh:archive`` (RFC 5005)."""

TOMBSTONES = "http://purl.org/atompub/tombstones/1.0"
"""Namespace of ``at:deleted-entry`` (RFC 6721)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A document's neighbours; all addresses are absolute."""

    address: str | None = None
    """Its own, for a page of history; None: the live document."""
    older: str | None = None
    newer: str | None = None
    closed: bool = False
    """Never to be written again."""
    departed: tuple[tuple[str, datetime], ...] = ()
    """Ids of stories that are entries no more, and since when."""

    def links(self, current: str) -> list[tuple[str, str]]:
        """Link relations and addresses (RFC 5005 §4); ``current`` is the live document's own address."""
        found = (
            ("current", current if self.address else None),
            ("prev-archive", self.older),
            ("next-archive", self.newer),
        )
        return [(rel, address) for rel, address in found if address]


LIVE = Place()
"""A live document without a history."""
