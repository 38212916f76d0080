"""Which stories stand in an output, and how is each of its documents made from them?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

from aggregator import opml
from aggregator.export import atom, jsonfeed, page, rss
from aggregator.export.channel import Channel
from aggregator.export.select import select
from aggregator.models import Feed, Story
from aggregator.pipeline.export.outputs import FILE_NAMES, Output
from aggregator.store import reading
from aggregator.store.connection import Store

EPOCH = datetime.fromtimestamp(0, UTC)
"""The time of update of a feed without stories."""

STORIES_READ = 2_000
"""Upper bound on the stories an output looks at: the size limit of the documents ends long before."""

Documents = dict[str, Callable[[], bytes]]
"""File name → how its bytes are made; rendering waits until it is wanted."""


def documents(store: Store, output: Output, feeds: Sequence[Feed], now: datetime) -> Documents:
    """Name each document of the output and say how it is made."""
    candidates = _window(store, output, now)
    channel = _channel(output, max((each.updated for each in candidates), default=EPOCH))
    chosen = select(candidates, channel=channel, now=now)
    makers: dict[str, Callable[[], bytes]] = {
        "atom": lambda: atom.render(channel, chosen),
        "rss": lambda: rss.render(channel, chosen),
        "json": lambda: jsonfeed.render(channel, chosen),
        "html": lambda: page.render(channel, chosen, feeds),
        "opml": lambda: opml.write(feeds),
    }
    return {FILE_NAMES[kind]: makers[kind] for kind in output.formats}


def _window(store: Store, output: Output, now: datetime) -> list[Story]:
    """Read the newest stories: as many as the limit, or all of the last hours if those are more.

    Stories from a future that a wrong clock once brought wait until it comes.
    """
    until = now + timedelta(seconds=1)
    newest = reading.list_stories(store, reading.StoryQuery(until=until, limit=output.limit))
    if len(newest) < output.limit:
        return newest
    since = newest[0].published - timedelta(hours=output.min_hours)
    if newest[-1].published < since:
        return newest
    return reading.list_stories(store, reading.StoryQuery(since=since, until=until, limit=STORIES_READ))


def _channel(output: Output, updated: datetime) -> Channel:
    return Channel(
        title=output.title,
        description=output.description,
        base_url=output.base_url,
        updated=updated,
        limit=output.limit,
        min_hours=output.min_hours,
        max_bytes=output.max_bytes,
        documents=output.files,
    )
