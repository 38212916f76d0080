"""Which stories stand in an output, and how is each of its documents made from them?"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import islice

from aggregator import opml
from aggregator.export import atom, jsonfeed, page, rss
from aggregator.export.channel import Channel
from aggregator.export.entry import outlet
from aggregator.export.identity import uri
from aggregator.export.place import LIVE, Place
from aggregator.export.select import newest, select
from aggregator.models import Feed, FeedRef, Overview, Selection, Story, Subscription
from aggregator.pipeline.export.outputs import FILE_NAMES, OUTPUTS_OPML, Output
from aggregator.pipeline.export.siblings import siblings
from aggregator.pipeline.export.standings import standings
from aggregator.pipeline.overview import of_stories
from aggregator.store import selecting
from aggregator.store.connection import Store
from aggregator.store.shown import latest_update, stories_by_id

EPOCH = datetime.fromtimestamp(0, UTC)
"""The time of update of a feed without stories."""

STORIES_READ = 2_000
"""Upper bound on the stories an output looks at: the size limit of the documents ends long before."""

STORIES_AT_ONCE = 500
"""Stories read at a time: of ordinary ones some 350 fill the default size; the rest of ``STORIES_READ`` would be
read for nothing."""

Documents = dict[str, Callable[[], bytes]]
"""File name → how its bytes are made; rendering waits until it is wanted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What the outputs of one run have in common."""

    feeds: Mapping[int, Feed]
    """All that ever brought an item."""
    outputs: Sequence[Output]
    overview: Callable[[], Overview]
    """Counted when a document first asks for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Live:
    """What the live documents of an output hold."""

    channel: Channel
    stories: Sequence[Story]
    """Newest first."""


def live(
    store: Store,
    output: Output,
    feeds: Mapping[int, Feed],
    now: datetime,
    *,
    at_once: int = STORIES_AT_ONCE,
) -> Live:
    """Choose the stories of an output as things are, those about to be published too.

    ``feeds``: all that ever brought an item. ``at_once``: stories read at a time, which changes nothing.
    """
    ids = shown(store, output, feeds, now)
    channel = _channel(output, latest_update(store, ids) or EPOCH)
    return Live(channel=channel, stories=_chosen(store, ids, channel, now, at_once))


def _chosen(store: Store, ids: Sequence[str], channel: Channel, now: datetime, at_once: int) -> list[Story]:
    """Read stories, newest first, until no more of them find room."""
    read: list[Story] = []
    chosen: list[Story] = []
    for at in range(0, len(ids), at_once):
        fresh = stories_by_id(store, ids[at : at + at_once])
        read += [each for each in fresh if each.published <= now]
        chosen = select(read, channel=channel, now=now)
        if len(chosen) < len(read):
            break
    return chosen


def documents(output: Output, held: Live, around: Around, places: Mapping[str, Place]) -> Documents:
    """Name each document of the output and say how it is made; ``places``: of each format in its history."""
    channel, chosen = held.channel, held.stories
    subscribed = [_named(feed) for _, feed in sorted(around.feeds.items()) if not feed.removed]
    makers: dict[str, Callable[[], bytes]] = {
        "atom": lambda: atom.render(channel, chosen, places.get("atom", LIVE)),
        "rss": lambda: rss.render(channel, chosen, places.get("rss", LIVE)),
        "json": lambda: jsonfeed.render(channel, chosen, places.get("json", LIVE)),
        "html": lambda: page.render(
            channel, chosen, _overview(output, around, chosen), siblings(output, around.outputs)
        ),
        "opml": lambda: opml.publish(subscribed, standings(around.overview())),
    }
    made = {FILE_NAMES[kind]: makers[kind] for kind in output.formats}
    if OUTPUTS_OPML in output.files:
        listed = [Subscription(title=title, url=url) for title, url in output.lists]
        made[OUTPUTS_OPML] = lambda: opml.write(listed, title=output.title)
    return made


def _named(feed: Feed) -> Feed:
    """The feed under the name and address that stories give it: OPML readers take an outline's text for HTML."""
    site_url = uri(feed.site_url)
    return replace(
        feed, title=outlet(FeedRef(title=feed.title, url=feed.url, site_url=site_url)), site_url=site_url
    )


def _overview(output: Output, around: Around, chosen: Sequence[Story]) -> Overview:
    return around.overview() if output.selection == Selection() else of_stories(chosen)


def shown(store: Store, output: Output, feeds: Mapping[int, Feed], now: datetime) -> list[str]:
    """Ids of the newest stories the output lets through, as far as its document could reach.

    Stories from a future that a wrong clock once brought wait until it comes.
    """
    until = now + timedelta(seconds=1)
    passing = selecting.picked(store, output.selection, feeds, until=until)
    live = newest(passing, limit=output.limit, min_hours=output.min_hours, per_feed=output.per_feed)
    return [each.id for each in islice(live, STORIES_READ)]


def _channel(output: Output, updated: datetime) -> Channel:
    return Channel(
        title=output.title,
        description=output.description,
        base_url=output.base_url,
        hub=output.hub,
        updated=updated,
        limit=output.limit,
        min_hours=output.min_hours,
        max_bytes=output.max_bytes,
        documents=tuple(FILE_NAMES[kind] for kind in output.formats),
    )
