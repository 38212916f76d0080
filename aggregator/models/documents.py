"""What does a feed's document say, before anything is stored?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from aggregator.models.enclosures import Enclosure


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One element of a feed, as the publisher wrote it; not yet stored."""

    guid: str
    """The feed's own name for it, or what the fallback ladder found instead; unique within the document."""
    url: str | None = None
    """Absolute ``http(s)``."""
    title: str = ""
    """Plain text, may be empty."""
    author: str | None = None
    summary_html: str = ""
    content_html: str = ""
    published: datetime | None = None
    updated: datetime | None = None
    language: str | None = None
    tags: tuple[str, ...] = ()
    source_url: str | None = None
    """Where the entry itself says it was taken from (``<source>``, ``rel="via"``, ``rel="canonical"``)."""
    enclosures: tuple[Enclosure, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedFeed:
    """A document understood."""

    title: str | None = None
    site_url: str | None = None
    language: str | None = None
    entries: tuple[Entry, ...] = ()
    malformed: str | None = None
    """Why the document is not what its format promises; such a parse may add items, never update them."""
    complete: bool = True
    """The document reached us to its end; what validates a document cut short would make us miss the rest."""
    min_interval: timedelta | None = None
    """``<ttl>`` or ``sy:updatePeriod``: the publisher's own word on how often to come."""
    update_base: datetime | None = None
    """``sy:updateBase``: where the periods of ``min_interval`` begin; None where they have no beginning."""
    skip_hours: tuple[int, ...] = ()
    """``<skipHours>``: 0 to 23, UTC."""
    skip_days: tuple[int, ...] = ()
    """``<skipDays>``: Monday is 0."""
    hub: str | None = None
    """Link relation ``hub`` (WebSub), of the document or of the headers it came with."""
    older_url: str | None = None
    """The next page back in time: ``prev-archive`` or ``next`` (RFC 5005), ``next_url`` (JSON Feed)."""
    warnings: tuple[str, ...] = ()
    """Entries that were skipped or mended, and why."""
