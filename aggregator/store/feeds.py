"""What do we know of each feed, and what did the last poll teach us?"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from aggregator.models import Failed, Feed, Fetched, NotModified, Subscription
from aggregator.store.connection import Store
from aggregator.store.rows import (
    feed_from_row,
    optional_time_to_text,
    required,
    strings_to_json,
    time_to_text,
)

if TYPE_CHECKING:
    from aggregator.models import ParsedFeed

Success = tuple[str | int | None, ...]
"""What is noted of a poll that went well."""

IMPORTED_PREFIX = "source:"
"""Addresses of feeds that are only known by name, from an import: never polled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncResult:
    """How the list of feeds changed to follow the person's OPML."""

    added: int = 0
    removed: int = 0
    returned: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """What a feed's documents show of it without saying so."""

    rhythm: timedelta | None = None
    churn: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Face:
    """What a feed is called, without what polling learned about it."""

    title: str
    language: str | None
    site_url: str | None
    url: str
    priority: int


def sync(store: Store, subscriptions: Sequence[Subscription], now: datetime) -> SyncResult:
    """Follow the person's OPML: new feeds are added, missing ones marked removed, their items stay.

    A feed that comes back is the same feed, with its items and its story ids; it is polled at once.
    """
    stamp = time_to_text(now)
    known = {
        row["first_url"]: row
        for row in store.execute(
            "SELECT first_url, url, title, site_url, language, folder, tags, priority, removed_at FROM feeds"
        )
    }
    by_current_url = {row["url"]: row["first_url"] for row in known.values()}
    added = returned = 0
    wanted: set[str] = set()
    for subscription in subscriptions:
        first_url = by_current_url.get(subscription.url, subscription.url)
        wanted.add(first_url)
        described = _described(subscription)
        old = known.get(first_url)
        if old is None:
            added += 1
            store.execute(
                """
                INSERT INTO feeds (title, site_url, language, folder, tags, priority, url, first_url, added_at)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
                (*described, first_url, first_url, stamp),
            )
        elif old["removed_at"] is not None:
            returned += 1
            store.execute(
                """
                UPDATE feeds SET title = CASE WHEN ? THEN ? ELSE title END, site_url = COALESCE(?, site_url),
                    language = COALESCE(?, language), folder = ?, tags = ?, priority = ?,
                    removed_at = NULL, gone_at = NULL, next_poll_at = NULL, failures = 0
                WHERE first_url = ?
                """,
                (subscription.title is not None, *described, first_url),
            )
        elif not _same_description(described, old, named=subscription.title is not None):
            store.execute(
                """
                UPDATE feeds SET title = CASE WHEN ? THEN ? ELSE title END, site_url = COALESCE(?, site_url),
                    language = COALESCE(?, language), folder = ?, tags = ?, priority = ?
                WHERE first_url = ?
                """,
                (subscription.title is not None, *described, first_url),
            )
    missing = [url for url, row in known.items() if url not in wanted and row["removed_at"] is None]
    store.executemany(
        "UPDATE feeds SET removed_at = ? WHERE first_url = ?", [(stamp, url) for url in missing]
    )
    return SyncResult(added=added, removed=len(missing), returned=returned)


def _described(subscription: Subscription) -> tuple[str | int | None, ...]:
    return (
        subscription.title or fallback_title(subscription.url),
        subscription.site_url,
        subscription.language,
        strings_to_json(subscription.folder),
        strings_to_json(subscription.tags),
        subscription.priority,
    )


def _same_description(described: tuple[str | int | None, ...], row: sqlite3.Row, *, named: bool) -> bool:
    title, site_url, language, *rest = described
    return (
        (not named or title == row["title"])
        and site_url in (None, row["site_url"])
        and language in (None, row["language"])
        and rest == [row[name] for name in ("folder", "tags", "priority")]
    )


def fallback_title(url: str) -> str:
    """What a feed is called until it says what it is called."""
    from aggregator.text import urls  # only a feed that nobody has named needs it

    return urls.host(url) or url


def all_feeds(store: Store) -> list[Feed]:
    """List the subscribed feeds in the order they were first subscribed."""
    rows = store.execute("SELECT * FROM feeds WHERE removed_at IS NULL ORDER BY id")
    return [feed_from_row(row) for row in rows]


def subscribed_count(store: Store) -> int:
    """How many feeds are subscribed to now."""
    return int(store.execute("SELECT count(*) FROM feeds WHERE removed_at IS NULL").fetchone()[0])


def feeds_by_id(store: Store) -> dict[int, Feed]:
    """Every feed that ever brought an item, removed and imported ones included."""
    return {row["id"]: feed_from_row(row) for row in store.execute("SELECT * FROM feeds ORDER BY id")}


def faces(store: Store) -> dict[int, Face]:
    """What each of them is called, for a sixth of what reading all costs."""
    rows = store.execute("SELECT id, title, language, site_url, url, priority FROM feeds ORDER BY id")
    return {
        number: Face(title=title, language=language, site_url=site_url, url=url, priority=priority)
        for number, title, language, site_url, url, priority in rows
    }


def success(
    feed: Feed,
    outcome: Fetched | NotModified,
    *,
    next_poll_at: datetime,
    now: datetime,
    complete: bool = True,
) -> Success:
    """Say what to note of a good poll. Validators are replaced as they came, or dropped when they stopped coming.

    A 304 that carries no validators confirms the ones we sent (RFC 9110 §15.4.5). ``complete=False``: the
    document was cut short; its validators would make us miss the rest for ever, the old ones still name what
    we have.
    """
    etag, last_modified, origin = outcome.etag, outcome.last_modified, outcome.url
    unchanged = isinstance(outcome, NotModified)
    status = 304
    if isinstance(outcome, NotModified):
        etag, last_modified = etag or feed.etag, last_modified or feed.last_modified
        origin = feed.validators_url
    else:
        status = outcome.status
    if not complete:
        etag, last_modified, origin = feed.etag, feed.last_modified, feed.validators_url
    stamp = time_to_text(now)
    return (
        etag,
        last_modified,
        origin if etag or last_modified else None,
        status,
        stamp,
        stamp,
        time_to_text(next_poll_at),
        unchanged,
        feed.body_bytes if unchanged else 0,
        feed.body_bytes if isinstance(outcome, NotModified) else outcome.size,
        feed.id,
    )


def record_successes(store: Store, successes: Sequence[Success]) -> None:
    """Note polls that went well."""
    store.executemany(
        """
        UPDATE feeds SET etag = ?, last_modified = ?, validators_url = ?, last_status = ?, last_polled_at = ?,
            last_ok_at = ?, next_poll_at = ?, failures = 0, last_error = NULL, polls = polls + 1,
            polls_not_modified = polls_not_modified + ?, bytes_saved = bytes_saved + ?, body_bytes = ?
        WHERE id = ?
        """,
        successes,
    )


def record_move(store: Store, feed: Feed, *, target: str | None, seen: int, believed: bool) -> bool:
    """Note where permanent redirects lead; once ``believed`` the feed is polled there. True: from now on.

    An address that is another subscription's already is not taken over. Story ids depend on ``first_url`` alone.
    """
    if (target, seen) == (feed.moving_to, feed.moves_seen):
        return False
    taken = believed and store.execute("SELECT 1 FROM feeds WHERE url = ?", (target,)).fetchone()
    if believed and not taken:
        store.execute(
            "UPDATE feeds SET url = ?, moving_to = NULL, moves_seen = 0 WHERE id = ?", (target, feed.id)
        )
        return True
    store.execute("UPDATE feeds SET moving_to = ?, moves_seen = ? WHERE id = ?", (target, seen, feed.id))
    return False


def postpone(store: Store, feed: Feed, *, next_poll_at: datetime) -> None:
    """Come back to a feed later: its host asked for time, the feed itself was not asked."""
    store.execute("UPDATE feeds SET next_poll_at = ? WHERE id = ?", (time_to_text(next_poll_at), feed.id))


def record_content(
    store: Store,
    feed: Feed,
    parsed: ParsedFeed,
    *,
    body_hash: str | None,
    new: int,
    now: datetime,
    habits: Habits | None = None,
) -> None:
    """Note what a document said of the feed itself, and whether it brought something new."""
    habits = habits or Habits()
    store.execute(
        """
        UPDATE feeds SET body_hash = ?, min_interval_seconds = ?, update_base = ?, skip_hours = ?, skip_days = ?,
            rhythm_seconds = ?, churn = ?, hub = ?,
            last_new_at = CASE WHEN ? THEN ? ELSE last_new_at END,
            title = CASE WHEN title = ? AND ? IS NOT NULL THEN ? ELSE title END,
            site_url = COALESCE(site_url, ?), language = COALESCE(language, ?)
        WHERE id = ?
        """,
        (
            body_hash,
            None if parsed.min_interval is None else int(parsed.min_interval.total_seconds()),
            optional_time_to_text(parsed.update_base),
            json.dumps(parsed.skip_hours),
            json.dumps(parsed.skip_days),
            None if habits.rhythm is None else int(habits.rhythm.total_seconds()),
            habits.churn,
            parsed.hub,
            new > 0,
            time_to_text(now),
            fallback_title(feed.first_url),
            parsed.title,
            parsed.title,
            parsed.site_url,
            parsed.language,
            feed.id,
        ),
    )


def record_failure(
    store: Store, feed: Feed, failed: Failed, *, next_poll_at: datetime, gone: bool, now: datetime
) -> None:
    """Note a poll that brought nothing. Validators stay: they belong to what we still have."""
    stamp = time_to_text(now)
    store.execute(
        """
        UPDATE feeds SET failures = failures + 1, last_status = ?, last_error = ?, last_polled_at = ?,
            next_poll_at = ?, gone_at = CASE WHEN ? THEN ? ELSE gone_at END
        WHERE id = ?
        """,
        (
            failed.status,
            f"{failed.reason}: {failed.message}",
            stamp,
            time_to_text(next_poll_at),
            gone,
            stamp,
            feed.id,
        ),
    )


def imported_feed(store: Store, *, url: str | None, name: str, now: datetime) -> int:
    """Find or make the feed of an imported item: by address, else by name. An unknown one is not subscribed."""
    address = url or IMPORTED_PREFIX + name
    row = store.execute("SELECT id FROM feeds WHERE first_url = ? OR url = ?", (address, address)).fetchone()
    if row is not None:
        return int(row["id"])
    stamp = time_to_text(now)
    cursor = store.execute(
        "INSERT INTO feeds (url, first_url, title, added_at, removed_at) VALUES (?, ?, ?, ?, ?)",
        (address, address, name or fallback_title(address), stamp, stamp),
    )
    return required(cursor.lastrowid, "an id for an inserted row")


def first_url(store: Store, feed_id: int) -> str:
    """Tell a feed's address as first subscribed."""
    return str(store.execute("SELECT first_url FROM feeds WHERE id = ?", (feed_id,)).fetchone()[0])
