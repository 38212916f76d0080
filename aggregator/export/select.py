"""Which stories stand in the live documents, and in what order?

First by the light of their times and feeds alone (`newest`), then, once they are read, by their size (`select`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from aggregator.export import atom, jsonfeed, rss
from aggregator.export.channel import Channel
from aggregator.models import Story


class Dated(Protocol):
    """As much of a story as it takes to choose among many."""

    @property
    def at(self) -> datetime:
        """When it was published."""

    @property
    def feed(self) -> int:
        """Which feed speaks for it."""


T = TypeVar("T", bound=Dated)

HEAD_BYTES = 8 * 1024
"""Set aside for what stands around the entries."""
SHARE = 8
"""No story takes more than this part of a document: a hostile one must not push the others out."""


def newest(stories: Iterable[T], *, limit: int, min_hours: int, per_feed: int = 0) -> Iterator[T]:
    """Of stories that come newest first, ``limit`` of them, or more where these do not cover ``min_hours``.

    With ``per_feed``, a feed's later ones are left out once it has had so many, and older ones of others move up:
    a feed that publishes by the minute does not fill the document alone.
    """
    had: Counter[int] = Counter()
    chosen = 0
    horizon: datetime | None = None
    for story in stories:
        if horizon is None:
            horizon = story.at - timedelta(hours=min_hours)
        if chosen >= limit and story.at < horizon:
            break
        had[story.feed] += 1
        if per_feed and had[story.feed] > per_feed:
            continue
        chosen += 1
        yield story


def select(stories: Iterable[Story], *, channel: Channel, now: datetime) -> list[Story]:
    """The newest stories, newest published first: at least ``limit`` and ``min_hours`` of them as far as
    there are any, and never more than fit into ``max_bytes`` in the largest format.

    The hours are counted back from the newest story, not from the clock: the same stories give the same
    document however late it is. A story of the future (``--now`` set back) is not there yet; none is shown
    as updated after ``now``. A story that is far too large stands without its copies.
    """
    chosen: list[Story] = []
    room = channel.max_bytes - HEAD_BYTES
    most = room // SHARE
    horizon = now
    for story in _newest_first(stories, now):
        if not chosen:
            horizon = story.published - timedelta(hours=channel.min_hours)
        if len(chosen) >= channel.limit and story.published < horizon:
            break
        shown = story if _size(story) <= most else replace(story, reposts=(), related=(), content_html="")
        room -= _size(shown)
        if room < 0:
            break
        chosen.append(shown)
    return chosen


def _newest_first(stories: Iterable[Story], now: datetime) -> Iterator[Story]:
    present = [story for story in stories if story.published <= now]
    # The id decides between stories of one second, so that the order is the same on every machine.
    present.sort(key=lambda story: story.id)
    present.sort(key=lambda story: story.published, reverse=True)
    for story in present:
        yield story if story.updated <= now else replace(story, updated=now)


def _size(story: Story) -> int:
    return max(atom.size(story), rss.size(story), jsonfeed.size(story))
