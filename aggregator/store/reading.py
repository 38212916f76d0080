"""What do people and exporters read? Stories, searches, feed health: the standard library alone.

Commands that only read must start fast, so this module opens the database itself, read-only, and needs neither
sqlite-utils nor any other stage.
"""

from __future__ import annotations

import json
import os
import re
import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

from aggregator.errors import StoreError, UsageError
from aggregator.models import Copy, Feed, FeedRef, RelatedStory, Story
from aggregator.store.connection import BUSY_TIMEOUT_MS, SCHEMA_VERSION, Store, checked_version, translated
from aggregator.store.rows import (
    feed_from_row,
    json_to_strings,
    optional_text_to_time,
    optional_time_to_text,
    strings_to_json,
    text_to_time,
)
from aggregator.text.segment import segment
from aggregator.text.titles import shown_title

FALLBACK_BODY_CHARACTERS = 400
"""How much of a text is read to make up a missing title."""

TITLE_WEIGHT = 5.0
"""A word in the title counts as much as five in the text (bm25 column weight)."""

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
def open_reading(path: Path) -> Iterator[Store]:
    """Open the database for reading only.

    Raises ``StoreError`` with advice when there is none yet, or none that this program can read.
    """
    if not path.exists():
        raise StoreError(f"{path}: no store here yet; fetch your feeds first: aggregator run")
    with translated(path):
        connection = _connected(path)
        try:
            connection.row_factory = sqlite3.Row
            connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
            if checked_version(connection, path) < SCHEMA_VERSION:
                raise StoreError(f"{path}: written by an older version; bring it up to date: aggregator run")
            connection.execute("BEGIN")  # one snapshot for everything a command reads
            yield Store(connection, path)
        finally:
            connection.close()


def _connected(path: Path) -> sqlite3.Connection:
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
        ranked = _search(store, query.search)
        chosen = _chosen(store, query, among=[story for story, _ in ranked])
    else:
        chosen = _chosen(store, query, among=None)
    return stories_by_id(store, chosen)


def search_stories(store: Store, text: str, query: StoryQuery) -> list[Story]:
    """List stories whose copies say the words, best match first (bm25, titles weighted)."""
    ranked = _search(store, text)
    allowed = set(
        _chosen(store, _without_limit(query), among=[story for story, _ in ranked]),
    )
    best = [story for story, _ in ranked if story in allowed]
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


# --- Search --------------------------------------------------------------------------------------

_TERM = re.compile(r'(?P<minus>-)?(?:"(?P<phrase>[^"]*)"?|(?P<word>\S+))')


def match_expression(text: str) -> str | None:
    """Write a person's query in FTS5's language; whatever they type, it is valid. ``None``: no word in it.

    Words must all occur; "a phrase" in that order; -word must not; word* is a prefix.
    """
    wanted: list[str] = []
    unwanted: list[str] = []
    for found in _TERM.finditer(text):
        raw = found["phrase"] if found["word"] is None else found["word"]
        prefix = "*" if found["word"] is not None and raw.endswith("*") else ""
        words = re.findall(r"\w+", segment(raw))
        if not words:
            continue
        quoted = '"' + " ".join(words) + '"' + prefix
        (unwanted if found["minus"] else wanted).append(quoted)
    if not wanted:
        return None
    expression = " AND ".join(wanted)
    return f"({expression}) NOT ({' OR '.join(unwanted)})" if unwanted else expression


def _search(store: Store, text: str) -> list[tuple[str, float]]:
    expression = match_expression(text)
    if expression is None:
        raise UsageError(f"nothing to search for in {text!r}; give at least one word that must occur")
    rows = store.execute(
        """
        WITH best AS (
            SELECT rowid AS item_id, bm25(search, :title_weight, 1.0) AS rank
            FROM search WHERE search MATCH :expression
            LIMIT -1  -- keeps SQLite from merging the two queries: bm25 cannot stand beside an aggregate
        )
        SELECT story_id, min(rank) AS rank FROM best
        JOIN memberships ON memberships.item_id = best.item_id
        GROUP BY story_id ORDER BY rank, story_id
        """,
        {"title_weight": TITLE_WEIGHT, "expression": expression},
    )
    return [(row["story_id"], row["rank"]) for row in rows]


# --- One story, or some ----------------------------------------------------------------------------


def find_story(store: Store, reference: str) -> Story:
    """Find the story a person means: by its id, an item's id, an unambiguous prefix of either, or a link.

    Raises ``UsageError`` when there is none or more than one.
    """
    found = _stories_named(store, reference)
    if not found:
        raise UsageError(
            f"no story {reference!r}; aggregator list --json shows ids, aggregator search finds words"
        )
    if len(found) > 1:
        some = ", ".join(sorted(found)[:5])
        raise UsageError(f"{reference!r} could be {len(found)} stories ({some} …); type more of the id")
    return stories_by_id(store, found)[0]


def _stories_named(store: Store, reference: str) -> list[str]:
    if "://" in reference:
        rows = store.execute(
            """
            SELECT DISTINCT story_id FROM memberships JOIN items ON items.id = memberships.item_id
            WHERE items.url = ?
            """,
            (reference,),
        )
        return [row["story_id"] for row in rows]
    lowered = reference.lower()
    if not re.fullmatch(r"[0-9a-f]+", lowered):
        return []
    exact = store.execute("SELECT id FROM stories WHERE id = ?", (lowered,)).fetchall()
    if exact:
        return [row["id"] for row in exact]
    rows = store.execute(
        """
        SELECT DISTINCT story_id AS id FROM memberships JOIN items ON items.id = memberships.item_id
        WHERE items.uid >= ? AND items.uid < ? LIMIT 20
        """,
        (lowered, lowered + "g"),
    )
    return [row["id"] for row in rows]


def stories_by_id(store: Store, ids: Sequence[str]) -> list[Story]:
    """Fetch stories with their copies and related stories, in the order asked for."""
    wanted = json.dumps(ids)
    copies = _copies(store, wanted)
    related = _related(store, wanted)
    rows = store.execute(
        """
        SELECT stories.id, stories.at, items.uid, items.author, items.tags, items.title AS own_title,
            items.url AS own_url, items.language AS own_language, texts.language, texts.coins,
            CASE WHEN items.title = '' THEN substr(texts.body, 1, ?) ELSE '' END AS body,
            feeds.title AS feed_title, feeds.url AS feed_url, feeds.site_url, feeds.language AS feed_language,
            publications.title, publications.url, publications.updated,
            CASE WHEN publications.story_id IS NULL THEN abstracts.text ELSE publications.abstract END AS abstract,
            CASE WHEN COALESCE(publications.abstract, abstracts.text) IS NOT NULL THEN ''
                WHEN length(items.content_html) >= length(items.summary_html) THEN items.content_html
                ELSE items.summary_html END AS content_html
        FROM json_each(?) AS wanted
        JOIN stories ON stories.id = wanted.value
        JOIN items ON items.id = stories.speaker
        JOIN feeds ON feeds.id = items.feed_id
        LEFT JOIN texts ON texts.item_id = items.id
        LEFT JOIN abstracts ON abstracts.story_id = stories.id
        LEFT JOIN publications ON publications.story_id = stories.id
        ORDER BY wanted.key
        """,
        (FALLBACK_BODY_CHARACTERS, wanted),
    )
    return [_story(row, copies.get(row["id"], ()), related.get(row["id"], ())) for row in rows]


def _story(row: sqlite3.Row, copies: Sequence[Copy], related: Sequence[RelatedStory]) -> Story:
    published = row["updated"] is not None
    at = text_to_time(row["at"])
    return Story(
        id=row["id"],
        item=row["uid"],
        title=row["title"] if published else shown_title(row["own_title"], row["body"] or ""),
        url=row["url"] if published else row["own_url"],
        feed=FeedRef(title=row["feed_title"], url=row["feed_url"], site_url=row["site_url"]),
        author=row["author"],
        published=at,
        updated=text_to_time(row["updated"]) if published else at,
        language=row["language"] or row["own_language"] or row["feed_language"],
        tags=json_to_strings(row["tags"]),
        coins=json_to_strings(row["coins"] or "[]"),
        abstract=row["abstract"],
        content_html=row["content_html"],
        reposts=tuple(copies),
        related=tuple(related),
    )


def _copies(store: Store, wanted: str) -> dict[str, list[Copy]]:
    copies: dict[str, list[Copy]] = defaultdict(list)
    rows = store.execute(
        """
        SELECT memberships.story_id, memberships.rule, memberships.score, items.uid, items.title, items.url,
            items.at, feeds.title AS feed_title, feeds.url AS feed_url, feeds.site_url,
            speaker.rule AS speaker_rule, speaker.score AS speaker_score,
            CASE WHEN items.title = '' THEN substr(texts.body, 1, ?) ELSE '' END AS body
        FROM json_each(?) AS wanted
        JOIN stories ON stories.id = wanted.value
        JOIN memberships ON memberships.story_id = stories.id AND memberships.item_id <> stories.speaker
        JOIN memberships AS speaker ON speaker.item_id = stories.speaker
        JOIN items ON items.id = memberships.item_id
        JOIN feeds ON feeds.id = items.feed_id
        LEFT JOIN texts ON texts.item_id = items.id
        ORDER BY wanted.key, items.at, items.id
        """,
        (FALLBACK_BODY_CHARACTERS, wanted),
    )
    for row in rows:
        # The founder has no match of its own: what binds it to the speaker is the speaker's.
        rule = row["rule"] or row["speaker_rule"] or "ruling"
        score = next((each for each in (row["score"], row["speaker_score"]) if each is not None), 1.0)
        copies[row["story_id"]].append(
            Copy(
                item=row["uid"],
                title=shown_title(row["title"], row["body"] or ""),
                url=row["url"],
                feed=FeedRef(title=row["feed_title"], url=row["feed_url"], site_url=row["site_url"]),
                published=text_to_time(row["at"]),
                rule=rule,
                score=score,
            )
        )
    return copies


def _related(store: Store, wanted: str) -> dict[str, list[RelatedStory]]:
    related: dict[str, list[RelatedStory]] = defaultdict(list)
    rows = store.execute(
        """
        SELECT DISTINCT links.story_id AS of, other.id, other.at, COALESCE(publications.title, items.title) AS title,
            COALESCE(publications.url, items.url) AS url, substr(texts.body, 1, ?) AS body
        FROM json_each(?) AS wanted
        JOIN related AS links ON links.story_id = wanted.value
        JOIN memberships ON memberships.item_id = links.item_id
        JOIN stories AS other ON other.id = memberships.story_id AND other.id <> links.story_id
        JOIN items ON items.id = other.speaker
        LEFT JOIN texts ON texts.item_id = items.id
        LEFT JOIN publications ON publications.story_id = other.id
        ORDER BY wanted.key, other.at DESC, other.id
        """,
        (FALLBACK_BODY_CHARACTERS, wanted),
    )
    for row in rows:
        related[row["of"]].append(
            RelatedStory(id=row["id"], title=shown_title(row["title"], row["body"] or ""), url=row["url"])
        )
    return related


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
