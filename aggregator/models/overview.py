"""How much of what each feed brought of late is its own, and how many stories are there an hour?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from aggregator.models.feeds import Feed
from aggregator.models.stories import FeedRef


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedRecord:
    """A feed with how much of what it brought of late is its own.

    All figures are of the time that ``Overview`` names; they are counted as ``aggregator stats`` counts them.
    """

    feed: Feed
    own: int = 0
    """Stories it told first, or alone."""
    reposts: int = 0
    """Stories another publisher had first."""
    doubles: int = 0
    """Stories another feed of its own publisher had first."""
    originality: float | None = None
    """Share of its own, between 0 and 1, drawn towards the half where there are few; None where it brought nothing."""
    lag: timedelta | None = None
    """How far its reposts come behind the first telling, in the middle; None where no clock can be believed."""
    copied: int = 0
    """How often publishers took up one of its stories."""
    copies_from: FeedRef | None = None
    """The feed that most of its reposts come from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CoinTrend:
    """How much a coin is in the news."""

    coin: str
    """Ticker symbol."""
    stories: int
    """Of the time that is told."""
    before: int | None
    """Of the equally long time before; None where the history does not reach so far."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """What goes on behind the merged feed; depends on what is stored alone, never on the clock."""

    records: tuple[FeedRecord, ...] = ()
    """Subscribed feeds, and others that brought something, the most original first."""
    since: datetime | None = None
    """From when on stories count in the records."""
    items: int = 0
    """Brought since then, copies included."""
    stories: int = 0
    """Told since then."""
    reading_saved: timedelta = timedelta(0)
    """To read the copies that were collapsed."""
    newest: datetime | None = None
    """When the newest story was founded; None where there is none."""
    hours: tuple[int, ...] = ()
    """Stories in each clock hour (UTC), oldest first; the last hour is that of the newest story, so far."""
    coins: tuple[CoinTrend, ...] = ()
    """Those that most stories were about since ``since``, against the equally long time before."""
