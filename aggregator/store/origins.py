"""Which feeds carried which story, and when? The short columns alone, whole stories in order of time, streamed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from aggregator.store.connection import Store
from aggregator.store.rows import optional_time_to_text, text_to_time, time_to_text

EARLIEST, LATEST = "0000", "9999"


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """One item of a story."""

    item: int
    feed: int
    at: int
    """Credible time, seconds since 1970."""


def carried(
    store: Store, since: datetime | None = None, until: datetime | None = None
) -> Iterator[tuple[int, list[Carried]]]:
    """Stories founded from ``since`` (inclusive) to ``until`` (exclusive), oldest first, each with its founder's time.

    All items of a story come with it, in order of arrival, also those from after ``until``. Every row is read from
    indexes and short tables: the texts beside them would be a hundred times as much.
    """
    rows = store.execute(
        """
        SELECT stories.id, CAST(strftime('%s', stories.at) AS INTEGER) AS founded, items.id AS item, items.feed_id,
            CAST(strftime('%s', items.at) AS INTEGER) AS at
        FROM stories
        JOIN memberships INDEXED BY memberships_story ON memberships.story_id = stories.id
        JOIN items INDEXED BY items_short ON items.id = memberships.item_id
        WHERE stories.at >= :since AND stories.at < :until
        ORDER BY stories.at, stories.id, items.id
        """,
        {
            "since": optional_time_to_text(since) or EARLIEST,
            "until": optional_time_to_text(until) or LATEST,
        },
    )
    for (_, founded), members in groupby(rows, key=lambda row: (row["id"], row["founded"])):
        yield founded, [Carried(item=row["item"], feed=row["feed_id"], at=row["at"]) for row in members]


def reach(
    store: Store, until: datetime, *, longest: timedelta, most: int
) -> tuple[datetime, datetime] | None:
    """When the newest story up to ``until`` was founded, and from when on stories count.

    That is ``longest`` before the newest, or later, where ``most`` stories were founded since; None without a story.
    """
    newest = _founded(store, until, before=0)
    if newest is None:
        return None
    last_counted = _founded(store, until, before=most - 1)
    since = newest - longest
    return newest, since if last_counted is None else max(since, last_counted)


def _founded(store: Store, until: datetime, *, before: int) -> datetime | None:
    """When the story was founded that has so many newer ones, up to ``until``; read from an index alone."""
    row = store.execute(
        "SELECT at FROM stories WHERE at <= ? ORDER BY at DESC LIMIT 1 OFFSET ?",
        (time_to_text(until), before),
    ).fetchone()
    return None if row is None else text_to_time(row["at"])


def founded_by_hour(store: Store, newest: datetime, *, hours: int) -> tuple[int, ...]:
    """How many stories each clock hour (UTC) brought, oldest first, up to ``newest`` and its hour."""
    last = newest.replace(minute=0, second=0, microsecond=0)
    first = last - timedelta(hours=hours - 1)
    rows = store.execute(
        """
        SELECT substr(at, 1, 13) AS hour, count(*) AS stories
        FROM stories WHERE at >= ? AND at <= ? GROUP BY hour
        """,
        (time_to_text(first), time_to_text(newest)),
    )
    found = {row["hour"]: row["stories"] for row in rows}
    return tuple(found.get(time_to_text(first + timedelta(hours=each))[:13], 0) for each in range(hours))


def some_links(store: Store, feed_id: int, *, limit: int) -> list[str]:
    """Links of a few of a feed's items, always the same ones."""
    rows = store.execute(
        "SELECT url FROM items WHERE feed_id = ? AND url IS NOT NULL ORDER BY guid LIMIT ?", (feed_id, limit)
    )
    return [row["url"] for row in rows]
