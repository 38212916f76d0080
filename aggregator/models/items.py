"""What is stored of an entry, and what would a person read of it?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """An entry once stored: a fact, kept verbatim, never touched by dedup."""

    id: int
    """Row number: the order of arrival."""
    uid: str
    """Public id, 20 hex digits: derived from (feed URL as first subscribed, guid), the same on any machine."""
    feed_id: int
    guid: str
    url: str | None = None
    title: str = ""
    author: str | None = None
    summary_html: str = ""
    content_html: str = ""
    published: datetime | None = None
    """As the feed said; may be missing, wrong, or in the future."""
    updated: datetime | None = None
    language: str | None = None
    tags: tuple[str, ...] = ()
    source_url: str | None = None
    first_seen: datetime
    at: datetime
    """The credible time: ``published``, else ``updated``; ``first_seen`` where neither,
    or where it lies after that or before there was a web."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CleanText:
    """What a person would read of an item: text without boilerplate. Made in one place, ``text.clean``."""

    title: str = ""
    """One line, entities decoded, site suffixes such as " - Decrypt" removed."""
    paragraphs: tuple[str, ...] = ()
    """Cleaned blocks in document order, headings and list items each a block of their own."""
    truncated: bool = False
    """The text visibly stops short ("[…]", "…", "Continue reading")."""
    attributions: tuple[str, ...] = ()
    """Absolute URLs that the text itself names as its source, footer links included."""
    language: str = ""
    """ISO 639-1 where known, else empty."""

    @property
    def body(self) -> str:
        """The paragraphs, one a line."""
        return "\n".join(self.paragraphs)
