"""What do people and exporters read? Stories, searches, feed health: the standard library alone.

Commands that only read must start fast, so this module opens the database itself, read-only, and needs neither
sqlite-utils nor any other stage.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from urllib.parse import quote

from aggregator.errors import StoreError
from aggregator.models import Feed, Story
from aggregator.store import narrowing
from aggregator.store.connection import (
    BUSY_TIMEOUT_MS,
    SCHEMA_VERSION,
    Store,
    checked_version,
    is_empty,
    refuse_no_file,
    translated,
)
from aggregator.store.narrowing import StoryQuery
from aggregator.store.rows import feed_from_row, optional_text_to_time
from aggregator.store.shown import stories_by_id

__all__ = [
    "FeedHealth",
    "Status",
    "StoryQuery",
    "connected",
    "list_feeds",
    "list_stories",
    "open_reading",
    "search_stories",
    "status",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedHealth:
    """A feed with what it has brought."""

    feed: Feed
    items: int
    stories: int
    """Stories it was the first to bring."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """The store at a glance."""

    items: int
    stories: int
    feeds: int
    failing: int
    last_run_at: datetime | None
    latest_at: datetime | None = None
    """Of the newest story."""


@contextmanager
def open_reading(path: Path, *, older: bool = False) -> Iterator[Store]:
    """Open the database for reading only; ``older``: also one that a former version wrote.

    Raises ``StoreError`` with advice when there is none yet, or none that this program can read.
    """
    if not path.exists():
        raise StoreError(f"{path}: no store here yet; fetch your feeds first: aggregator run")
    if is_empty(path):
        raise StoreError(f"{path}: empty, there is nothing stored in it; aggregator doctor tells more")
    with translated(path):
        connection = connected(path)
        try:
            connection.row_factory = sqlite3.Row
            connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
            if checked_version(connection, path) < SCHEMA_VERSION and not older:
                raise StoreError(f"{path}: written by an older version; bring it up to date: aggregator run")
            connection.execute("BEGIN")  # one snapshot for everything a command reads
            yield Store(connection, path)
        finally:
            connection.close()


def connected(path: Path) -> sqlite3.Connection:
    """Connect without writing, also where even the files that readers of a WAL database share cannot be made.

    Raises ``StoreError`` where there is something other than a file.
    """
    refuse_no_file(path)
    address = f"file:{quote(os.fsencode(path))}?mode=ro"
    connection = sqlite3.connect(address, uri=True, isolation_level=None)
    try:
        connection.execute("PRAGMA schema_version")
    except sqlite3.OperationalError as error:
        connection.close()
        unwritable = error.sqlite_errorcode & 0xFF in {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN}
        if not unwritable or path.with_name(f"{path.name}-wal").exists():
            raise
        # No log lies beside it, so the file alone is the whole store, and nobody writes to it now.
        return sqlite3.connect(f"{address}&immutable=1", uri=True, isolation_level=None)
    return connection


def list_stories(store: Store, query: StoryQuery) -> list[Story]:
    """List stories, newest first."""
    if query.search is None:
        chosen = narrowing.chosen(store, query)
    else:
        from aggregator.store import hits, search  # only a search needs to understand words

        chosen = (hit.story for hit in hits.newest(store, search.words(query.search), query))
    return stories_by_id(store, [each.id for each in islice(chosen, query.limit)])


def search_stories(store: Store, text: str, query: StoryQuery) -> list[Story]:
    """List stories of which a copy says the words, best match first: ``text.relevance`` has the formula.

    Raises ``UsageError`` when there is no word in ``text`` that must occur.
    """
    from aggregator.store import hits, search

    return stories_by_id(store, hits.best(store, search.words(text), query))


# --- Feeds and the whole ---------------------------------------------------------------------------


def list_feeds(store: Store) -> list[FeedHealth]:
    """List the subscribed feeds in OPML order of first subscription, with what each has brought."""
    rows = store.execute(
        """
        SELECT feeds.*,
            (SELECT count(*) FROM items WHERE items.feed_id = feeds.id) AS items,
            (SELECT count(*) FROM items JOIN stories ON stories.founder = items.id
             WHERE items.feed_id = feeds.id) AS stories
        FROM feeds WHERE removed_at IS NULL ORDER BY id
        """
    )
    return [FeedHealth(feed=feed_from_row(row), items=row["items"], stories=row["stories"]) for row in rows]


def status(store: Store) -> Status:
    """Sum the store up."""
    row = store.execute(
        """
        SELECT (SELECT count(*) FROM items) AS items, (SELECT count(*) FROM stories) AS stories,
            (SELECT count(*) FROM feeds WHERE removed_at IS NULL) AS feeds,
            (SELECT count(*) FROM feeds WHERE removed_at IS NULL AND failures > 0) AS failing,
            (SELECT at FROM runs ORDER BY id DESC LIMIT 1) AS last_run_at,
            (SELECT max(at) FROM stories) AS latest_at
        """
    ).fetchone()
    return Status(
        items=row["items"],
        stories=row["stories"],
        feeds=row["feeds"],
        failing=row["failing"],
        last_run_at=optional_text_to_time(row["last_run_at"]),
        latest_at=optional_text_to_time(row["latest_at"]),
    )
