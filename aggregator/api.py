"""How does a script or a notebook read what the program knows?

A small, stable door to the store, for reading and for one run at a time::

    from aggregator import open_home

    with open_home("~/news") as home:
        for story in home.stories(coin="BTC", limit=10):
            print(story.published, story.title, len(story.reposts))

Everything that is given out is a value of :mod:`aggregator.models`, frozen, in UTC, text without markup. What is said
here keeps its meaning within a major version; more may be added.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from aggregator.home import Home

if TYPE_CHECKING:
    from aggregator.models import Report, Story
    from aggregator.store.connection import Store
    from aggregator.store.reading import FeedHealth, Status


@dataclass(frozen=True, slots=True)
class Reader:
    """One state of a home's store, however much is polled meanwhile."""

    _store: Store

    def stories(  # noqa: PLR0913 - each is a filter of `aggregator list`
        self,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        feed: str | None = None,
        tag: str | None = None,
        coin: str | None = None,
        language: str | None = None,
        search: str | None = None,
        limit: int | None = None,
    ) -> list[Story]:
        """Stories for which everything given holds, newest first.

        ``since`` is inclusive, ``until`` exclusive; times without an offset are UTC. ``feed`` is part of the title or
        address of a feed that carries a copy; ``coin`` a ticker; ``search`` words that must occur, "a phrase", -word,
        word*. Without ``limit`` all there are: a year of them takes memory. Raises ``UsageError`` for a search
        without a word.
        """
        from aggregator.store import reading

        return reading.list_stories(
            self._store,
            reading.StoryQuery(
                since=_aware(since),
                until=_aware(until),
                feed=feed,
                tag=tag,
                coin=coin,
                language=language,
                search=search,
                limit=limit,
            ),
        )

    def search(self, words: str, *, limit: int | None = 20) -> list[Story]:
        """Stories of which a copy says the words, best match first. Raises ``UsageError`` for a search without any."""
        from aggregator.store import reading

        return reading.search_stories(self._store, words, reading.StoryQuery(limit=limit))

    def story(self, reference: str) -> Story:
        """The one story an id, the unambiguous beginning of one, or a link names; else ``UsageError``."""
        from aggregator.store import lookup

        return lookup.find_story(self._store, reference)

    def feeds(self) -> list[FeedHealth]:
        """Every subscribed feed with its health and what it has brought."""
        from aggregator.store import reading

        return reading.list_feeds(self._store)

    def status(self) -> Status:
        """Items, stories, feeds, failing feeds, and when the last run was."""
        from aggregator.store import reading

        return reading.status(self._store)


@contextmanager
def open_home(path: str | os.PathLike[str]) -> Iterator[Reader]:
    """Open a home directory for reading; a run may go on beside it.

    Raises ``StoreError`` with advice when there is no store yet or it cannot be read.
    """
    from aggregator.store.reading import open_reading

    with open_reading(_home(path).database) as store:
        yield Reader(store)


def run(path: str | os.PathLike[str], *, force: bool = False) -> Report:
    """Do what `aggregator run` does: poll what is due, dedup, summarise, export.

    Raises ``StoreBusy`` when another run is at work, ``ConfigError`` and ``StoreError`` as the command would say them.
    A feed that fails is none of them: it stands in ``Report.failures``.
    """
    from aggregator import config, pipeline

    home = _home(path)
    now = datetime.now(UTC).replace(microsecond=0)
    return pipeline.run(home, config.load(home.config), now, force=force)


def _home(path: str | os.PathLike[str]) -> Home:
    return Home(Path(path).expanduser())


def _aware(moment: datetime | None) -> datetime | None:
    return moment.replace(tzinfo=UTC) if moment is not None and moment.tzinfo is None else moment
