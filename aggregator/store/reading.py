"""What do people and exporters read? Stories, searches, feed health: the standard library alone.

Commands that only read must start fast, so this module opens the database itself, read-only, and needs neither
sqlite-utils nor any other stage.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

from aggregator.errors import StoreError
from aggregator.models import Feed, Story
from aggregator.store.connection import BUSY_TIMEOUT_MS, SCHEMA_VERSION, Store, checked_version, translated
from aggregator.store.rows import (
    feed_from_row,
    optional_text_to_time,
    optional_time_to_text,
    strings_to_json,
)
from aggregator.store.search import ranked
from aggregator.store.shown import stories_by_id

EARLIEST, LATEST = "0000", "9999"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryQuery:
    """Which stories? Every condition that is given must hold."""

    since: datetime | None = None
    """Inclusive."""
    until: datetime | None = None
    """Exclusive."""
    limit: int | None = None
    feed: str | None = None
    """Part of the title or address of a feed that carries any copy, case ignored."""
    tag: str | None = None
    coin: str | None = None
    """Ticker symbol."""
    language: str | None = None
    search: str | None = None
    """Words, "phrases", -exclusions, prefix*."""


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


@contextmanager
def open_reading(path: Path, *, older: bool = False) -> Iterator[Store]:
    """Open the database for reading only; ``older``: also one that a former version wrote.

    Raises ``StoreError`` with advice when there is none yet, or none that this program can read.
    """
    if not path.exists():
        raise StoreError(f"{path}: no store here yet; fetch your feeds first: aggregator run")
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
    """Connect without writing, also where even the files that readers of a WAL database share cannot be made."""
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
    if query.search is not None:
        chosen = _chosen(store, query, among=[story for story, _ in ranked(store, query.search)])
    else:
        chosen = _chosen(store, query, among=None)
    return stories_by_id(store, chosen)


def search_stories(store: Store, text: str, query: StoryQuery) -> list[Story]:
    """List stories whose copies say the words, best match first (bm25, titles weighted)."""
    by_rank = [story for story, _ in ranked(store, text)]
    allowed = set(_chosen(store, _without_limit(query), among=by_rank))
    best = [story for story in by_rank if story in allowed]
    return stories_by_id(store, best[: query.limit])


def _without_limit(query: StoryQuery) -> StoryQuery:
    return replace(query, limit=None, search=None)


def _chosen(store: Store, query: StoryQuery, *, among: Sequence[str] | None) -> list[str]:
    rows = store.execute(
        """
        SELECT stories.id FROM stories
        WHERE stories.at >= :since AND stories.at < :until
            AND (:among IS NULL OR stories.id IN (SELECT value FROM json_each(:among)))
            AND (:feed IS NULL OR EXISTS (
                SELECT 1 FROM memberships
                JOIN items INDEXED BY items_short ON items.id = memberships.item_id
                WHERE memberships.story_id = stories.id AND items.feed_id IN (
                    SELECT id FROM feeds WHERE instr(lower(title), :feed) OR instr(lower(url), :feed)
                )
            ))
            AND (:tag IS NULL OR EXISTS (
                SELECT 1 FROM memberships
                JOIN items INDEXED BY items_short ON items.id = memberships.item_id
                JOIN json_each(items.tags) AS tag
                WHERE memberships.story_id = stories.id AND items.tags <> '[]' AND lower(tag.value) = :tag
            ))
            AND (:coin IS NULL OR EXISTS (
                SELECT 1 FROM texts INDEXED BY texts_short
                WHERE texts.item_id = stories.speaker AND instr(texts.coins, :coin)
            ))
            AND (:language IS NULL OR EXISTS (
                SELECT 1 FROM texts INDEXED BY texts_short
                WHERE texts.item_id = stories.speaker AND texts.language = :language
            ))
        ORDER BY stories.at DESC, stories.id
        LIMIT :limit
        """,
        {
            "since": optional_time_to_text(query.since) or EARLIEST,
            "until": optional_time_to_text(query.until) or LATEST,
            "among": None if among is None else json.dumps(among),
            "feed": query.feed.lower() if query.feed else None,
            "tag": query.tag.lower() if query.tag else None,
            "coin": strings_to_json((query.coin.upper(),))[1:-1]
            if query.coin
            else None,  # as it stands in the list
            "language": query.language.lower() if query.language else None,
            "limit": -1 if query.limit is None else query.limit,
        },
    )
    return [row["id"] for row in rows]


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
            (SELECT at FROM runs ORDER BY id DESC LIMIT 1) AS last_run_at
        """
    ).fetchone()
    return Status(
        items=row["items"],
        stories=row["stories"],
        feeds=row["feeds"],
        failing=row["failing"],
        last_run_at=optional_text_to_time(row["last_run_at"]),
    )
