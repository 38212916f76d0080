"""What does the person subscribe to, and what has polling learned about it?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """A feed as the person's OPML names it."""

    url: str
    """``http(s)`` URL, or a path or ``file:`` URL inside the home directory; verbatim."""
    title: str | None = None
    site_url: str | None = None
    language: str | None = None
    folder: tuple[str, ...] = ()
    """Names of the enclosing outlines, outermost first."""
    tags: tuple[str, ...] = ()
    priority: int = 0
    """``aggregator:priority``: of two copies of one article, the feed with the higher one speaks for it."""
    line: int | None = None
    """Where it stands in the OPML file, counted from 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A subscription with what polling has learned about it."""

    id: int
    url: str
    """The address that is polled now."""
    first_url: str
    """The address as first subscribed: part of every story's identity, never changed."""
    title: str
    """The person's title, else the feed's own, else the host name."""
    site_url: str | None = None
    language: str | None = None
    folder: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    priority: int = 0
    etag: str | None = None
    last_modified: str | None = None
    validators_url: str | None = None
    """The address that gave ``etag`` and ``last_modified``, after redirects: they are sent to no other."""
    body_hash: str | None = None
    min_interval: timedelta | None = None
    """The publisher's word in its last document on how often to come, at most."""
    update_base: datetime | None = None
    """``sy:updateBase``: where the publisher's periods of ``min_interval`` begin."""
    skip_hours: tuple[int, ...] = ()
    """Hours (UTC, 0 to 23) in which the publisher asks to be left alone."""
    skip_days: tuple[int, ...] = ()
    """Days of the week likewise, Monday is 0."""
    rhythm: timedelta | None = None
    """From one new entry to the next, on average, by the last document's own dates."""
    hub: str | None = None
    """The WebSub hub the feed names; recorded and shown (subscribing there needs a public address)."""
    moving_to: str | None = None
    """Where permanent redirects led at the last ``moves_seen`` polls in a row."""
    moves_seen: int = 0
    churn: int = 0
    """Documents in a row that rewrote most of the entries we knew: counters and advertisements, not news."""
    polls: int = 0
    """Polls that were answered: with a document or with "not modified"."""
    polls_not_modified: int = 0
    body_bytes: int = 0
    """Size of the last document."""
    bytes_saved: int = 0
    """By answers of "not modified", each of which spared us the last document again."""
    next_poll_at: datetime | None = None
    last_polled_at: datetime | None = None
    last_ok_at: datetime | None = None
    last_new_at: datetime | None = None
    failures: int = 0
    """Failures in a row; 0 after any success."""
    last_status: int | None = None
    last_error: str | None = None
    removed: bool = False
    """No longer in the OPML: not polled, its items stay."""
    gone: bool = False
    """The server said 410: not polled until subscribed anew."""
