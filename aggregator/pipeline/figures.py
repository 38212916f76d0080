"""Who originates and who reposts? The stories of a time, read once, counted by `dedup.originality`.

Only items of stories with several copies need their fingerprints (who names whom, how long is it), so the cost
follows the copies, not the items.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from aggregator.dedup import fingerprint, origin, packing
from aggregator.dedup.originality import FeedFigures, Ledger
from aggregator.models import CoinTrend, Feed
from aggregator.pipeline import trends
from aggregator.store import feeds as feed_store
from aggregator.store import index, origins
from aggregator.store.connection import Store
from aggregator.store.origins import Carried
from aggregator.text import urls

BATCH = 500
"""Stories with several copies whose fingerprints are in memory at once: some 2 MB."""
LINKS_READ = 9
"""Links of a feed without a site by which its publisher is told; more than half of them have to agree."""
HOURS = 48
"""Of which the number of stories is told, up to the last one: today and yesterday."""
WORDS_PER_MINUTE = 238
"""Silent reading of English non-fiction by adults (Brysbaert 2019, a mean over 190 studies)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedStats:
    """A feed with its figures."""

    feed: Feed
    publisher: str
    """The name in its domain, the same for all feeds of a house; "" unknown."""
    figures: FeedFigures
    copies_from: Feed | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stats:
    """All feeds that brought something, the most original first, and the whole."""

    feeds: tuple[FeedStats, ...]
    items: int
    stories: int
    span: timedelta
    """From the first story to the last."""
    reading_saved: timedelta
    """To read the copies that were collapsed."""
    newest: datetime | None = None
    """When the last of the stories was founded."""
    hours: tuple[int, ...] = ()
    """Stories in each clock hour (UTC) up to that of the last one, oldest first."""
    coins: tuple[CoinTrend, ...] = ()
    """Those that most stories were about in the week up to the last one, against the week before."""

    @property
    def stories_per_hour(self) -> float:
        """On average over the span, which counts as an hour at least."""
        return self.stories / max(1.0, self.span / timedelta(hours=1))

    @property
    def share_collapsed(self) -> float:
        """Part of the items that are copies of a story told already."""
        return 1 - self.stories / self.items if self.items else 0.0


def stats(store: Store, *, since: datetime | None, until: datetime | None, window: timedelta) -> Stats:
    """Count the stories founded in a time, and what is in the news at its end. ``window``: as in `counted`."""
    found = counted(store, since=since, until=until, window=window)
    if found.newest is None:
        return found
    hours = origins.founded_by_hour(store, found.newest, hours=HOURS)
    return replace(found, hours=hours, coins=trends.coins(store, found.newest))


def counted(store: Store, *, since: datetime | None, until: datetime | None, window: timedelta) -> Stats:
    """Count the stories founded in a time, and nothing beyond it. ``window``: a repost with a longer lag had a wrong
    clock.
    """
    feeds = feed_store.feeds_by_id(store)
    publishers = {feed.id: publisher(store, feed) for feed in feeds.values()}
    houses = {
        feed: fingerprint.identity("publisher", name) if name else feed for feed, name in publishers.items()
    }
    ledger = Ledger(longest_lag=int(window.total_seconds()))
    founded: list[int] = []
    for at, story in _stories(store, origins.carried(store, since, until), houses):
        ledger.add(story)
        founded = [min(founded[0], at), max(founded[1], at)] if founded else [at, at]
    newest = datetime.fromtimestamp(founded[1], UTC) if founded else None
    return Stats(
        newest=newest,
        feeds=tuple(
            FeedStats(
                feed=feeds[each.feed],
                publisher=publishers[each.feed],
                figures=each,
                copies_from=feeds[each.copies_from] if each.copies_from is not None else None,
            )
            for each in ledger.figures()
        ),
        items=ledger.items,
        stories=ledger.stories,
        span=timedelta(seconds=founded[1] - founded[0] if founded else 0),
        reading_saved=timedelta(minutes=round(ledger.tokens_saved / WORDS_PER_MINUTE)),
    )


def publisher(store: Store, feed: Feed) -> str:
    """Name the house of a feed: by its site, else by where most of its items lead, else by its own address.

    Not item by item, as dedup does: a feed that links other people's pages copies them all the same.
    """
    if name := urls.brand(feed.site_url):
        return name
    links = origins.some_links(store, feed.id, limit=LINKS_READ)
    for name, count in Counter(urls.brand(link) for link in links).most_common(1):
        if name and 2 * count > len(links):
            return name
    return urls.brand(feed.url) if feed.url.startswith("http") else ""


def _stories(
    store: Store, carried: Iterable[tuple[int, list[Carried]]], houses: Mapping[int, int]
) -> Iterator[tuple[int, list[origin.Copy]]]:
    """Stories as copies; those that wait for fingerprints come later than those that need none."""
    waiting: list[tuple[int, list[Carried]]] = []
    for at, items in carried:
        if len(items) == 1:
            yield at, _unread(items, houses)
            continue
        waiting.append((at, items))
        if len(waiting) == BATCH:
            yield from _read(store, waiting, houses)
            waiting = []
    yield from _read(store, waiting, houses)


def _unread(items: Iterable[Carried], houses: Mapping[int, int]) -> list[origin.Copy]:
    return [
        origin.Copy(item=each.item, feed=each.feed, house=houses[each.feed], at=each.at, length=0)
        for each in items
    ]


def _read(
    store: Store, stories: Iterable[tuple[int, list[Carried]]], houses: Mapping[int, int]
) -> Iterator[tuple[int, list[origin.Copy]]]:
    stories = list(stories)
    stored = index.fingerprints(store, [each.item for _, items in stories for each in items])
    for at, items in stories:
        try:
            prints = {each.item: packing.decode_origins(stored[each.item][1]) for each in items}
        except (KeyError, ValueError):
            # A rebuild that was stopped, or a newer program that has not run yet: times alone must do.
            yield at, _unread(items, houses)
        else:
            yield at, origin.copies(prints, houses)
