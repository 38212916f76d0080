"""Which outlets stand behind the page: who originates, who reposts, and which of them are not well?

The page is public, and the address of a feed may be a secret: its title and its web site are named.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from aggregator.export import charts
from aggregator.export.entry import outlet
from aggregator.export.health import trouble
from aggregator.export.identity import uri
from aggregator.models import Feed, FeedRecord, FeedRef, Overview, Story

RANKED = 8
"""Outlets in each of the two rankings: what one looks at; all of them are in the table below."""
HALF = 0.5
"""Originality from which on an outlet originates more than it reposts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlet:
    """One feed in the tables of the page."""

    title: str
    url: str | None
    """Of its web site."""
    own: int
    again: int
    """Stories it had from others."""
    percent: int | None
    """Its originality."""
    lag: str
    copied: int
    source: str
    """Whom it mostly copies; empty where it copies nobody."""
    bar: str
    """SVG, see `charts`."""
    dot: str
    trouble: str
    """Why nothing new comes from it, in words; empty when all is well."""
    subscribed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlets:
    """All of them, and those worth a look."""

    every: tuple[Outlet, ...]
    """By name."""
    originate: tuple[Outlet, ...]
    """The most original first."""
    repost: tuple[Outlet, ...]
    """The least original first."""
    troubled: tuple[Outlet, ...]
    subscribed: int


def outlets(overview: Overview) -> Outlets:
    """Rank the feeds, and pick out those that are not well."""
    most = max((record.own + record.reposts for record in overview.records), default=0)
    pairs = [(record, _outlet(record, overview.newest, most)) for record in overview.records]
    judged = [(record.originality, found) for record, found in pairs if record.originality is not None]
    every = sorted((found for _, found in pairs), key=lambda each: (each.title.casefold(), each.url or ""))
    return Outlets(
        every=tuple(every),
        originate=tuple(found for share, found in judged if share > HALF and found.own)[:RANKED],
        repost=tuple(found for share, found in reversed(judged) if share < HALF)[:RANKED],
        troubled=tuple(each for each in every if each.trouble),
        subscribed=sum(each.subscribed for each in every),
    )


def carriers(stories: Iterable[Story]) -> list[tuple[str, int]]:
    """Names of the outlets on the page with the number of stories each tells or copies there, by name."""
    counted = Counter(name for story in stories for name in carried_by(story))
    return sorted(counted.items(), key=lambda pair: (pair[0].casefold(), pair[0]))


def carried_by(story: Story) -> Sequence[str]:
    """The outlets that carry a story, each once, the one that speaks for it first."""
    feeds = (story.feed, *(copy.feed for copy in story.reposts))
    return list(dict.fromkeys(outlet(feed) for feed in feeds))


def behind(lag: timedelta) -> str:
    """A lag in words, as short as it can be."""
    minutes = round(lag / timedelta(minutes=1))
    if minutes < 1:
        return "under 1 min"
    if minutes < 100:
        return f"{minutes} min"
    return f"{round(minutes / 60)} h" if minutes < 48 * 60 else f"{round(minutes / 60 / 24)} days"


def _outlet(record: FeedRecord, newest: datetime | None, most: int) -> Outlet:
    feed, source = record.feed, record.copies_from
    return Outlet(
        title=outlet(FeedRef(title=feed.title, url=feed.url, site_url=feed.site_url)),
        url=_site(feed),
        own=record.own,
        again=record.reposts,
        percent=None if record.originality is None else round(100 * record.originality),
        lag="" if record.lag is None else behind(record.lag),
        copied=record.copied,
        source="" if source is None else outlet(source),
        bar=charts.share(record.own, record.reposts, most=most),
        dot="" if record.lag is None else charts.lag(record.lag),
        trouble=trouble(feed, newest),
        subscribed=not feed.removed,
    )


def _site(feed: Feed) -> str | None:
    """Where its readers go. Without a query: what stands there may be the person's own key."""
    address = uri(feed.site_url)
    return address.partition("?")[0].partition("#")[0] if address else None
