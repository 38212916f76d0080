"""How does a script or a notebook read what the program knows?

A small, stable door to the store, for reading and for one run at a time::

    from aggregator import open_home

    with open_home("~/news") as home:
        for story in home.stories(coin="BTC", limit=10):
            print(story.published, story.title, len(story.reposts))

Everything that is given out is a value of :mod:`aggregator.models`, frozen, in UTC, text without markup. Everything
that goes wrong is an :class:`~aggregator.errors.AggregatorError` that says what to do. What is said here keeps its
meaning within a major version; more may be added.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from aggregator.errors import AggregatorError, ConfigError, StoreBusy, StoreError, UsageError
from aggregator.home import Home

if TYPE_CHECKING:
    from aggregator.models import Report, Story
    from aggregator.pipeline.figures import Stats
    from aggregator.store.connection import Store
    from aggregator.store.reading import FeedHealth, Status

__all__ = [
    "AggregatorError",
    "ConfigError",
    "Reader",
    "StoreBusy",
    "StoreError",
    "UsageError",
    "open_home",
    "run",
]


class Reader:
    """One state of a home's store, however much is polled meanwhile; made by :func:`open_home`.

    Use it as a context manager, or call :meth:`close`. It belongs to the thread that opened it. Raises ``UsageError``
    where it is used after it was closed or in another thread, ``StoreError`` where the database cannot be read.
    """

    __slots__ = ("_closing", "_home", "_store", "_thread")

    def __init__(self, home: Home) -> None:
        from aggregator.store.reading import open_reading

        self._home = home
        self._thread = threading.get_ident()
        self._closing = ExitStack()
        self._store: Store | None = self._closing.enter_context(open_reading(home.database))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let the database go; a second time does nothing."""
        self._store = None
        self._closing.close()

    @contextmanager
    def _reading(self) -> Iterator[Store]:
        from aggregator.store.connection import translated

        if self._store is None:
            raise UsageError(f"the reader of {self._home.path} is closed; open_home() gives a new one")
        if threading.get_ident() != self._thread:
            raise UsageError("a reader belongs to the thread that opened it; call open_home() in each thread")
        with translated(self._home.database):
            yield self._store

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

        query = reading.StoryQuery(
            since=_aware(since),
            until=_aware(until),
            feed=feed,
            tag=tag,
            coin=coin,
            language=language,
            search=search,
            limit=limit,
        )
        with self._reading() as store:
            return reading.list_stories(store, query)

    def search(self, words: str, *, limit: int | None = 20) -> list[Story]:
        """Stories of which a copy says the words, best match first. Raises ``UsageError`` for a search without any."""
        from aggregator.store import reading

        with self._reading() as store:
            return reading.search_stories(store, words, reading.StoryQuery(limit=limit))

    def story(self, reference: str) -> Story:
        """The one story an id, the unambiguous beginning of one, or a link names; else ``UsageError``."""
        from aggregator.store import lookup

        with self._reading() as store:
            return lookup.find_story(store, reference)

    def feeds(self) -> list[FeedHealth]:
        """Every subscribed feed with its health and what it has brought."""
        from aggregator.store import reading

        with self._reading() as store:
            return reading.list_feeds(store)

    def status(self) -> Status:
        """Items, stories, feeds, failing feeds, and when the last run was."""
        from aggregator.store import reading

        with self._reading() as store:
            return reading.status(store)

    def stats(self, *, since: datetime | None = None, until: datetime | None = None) -> Stats:
        """What `aggregator stats` tells: feeds by originality, stories an hour, coins against the week before.

        Of the stories founded from ``since`` (inclusive) to ``until`` (exclusive); of all without. Raises
        ``ConfigError`` where `aggregator.toml` cannot be read: its window says which lags are believed.
        """
        from aggregator import config
        from aggregator.pipeline import figures

        window = timedelta(days=config.load(self._home.config).dedup.window_days)
        with self._reading() as store:
            return figures.stats(store, since=_aware(since), until=_aware(until), window=window)


def open_home(path: str | os.PathLike[str]) -> Reader:
    """Open a home directory for reading; a run may go on beside it.

    Raises ``StoreError`` with advice when there is no store yet or it cannot be read.
    """
    return Reader(_home(path))


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
    try:
        return Home(Path(path).expanduser())
    except RuntimeError as unknown:
        raise UsageError(f"{path}: there is no such user; name a directory") from unknown


def _aware(moment: datetime | None) -> datetime | None:
    return moment.replace(tzinfo=UTC) if moment is not None and moment.tzinfo is None else moment
