"""Which feeds carried which story, and when? The short columns alone, whole stories in order of time, streamed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from aggregator.store.connection import Store
from aggregator.store.rows import optional_time_to_text

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


def some_links(store: Store, feed_id: int, *, limit: int) -> list[str]:
    """Links of a few of a feed's items, always the same ones."""
    rows = store.execute(
        "SELECT url FROM items WHERE feed_id = ? AND url IS NOT NULL ORDER BY guid LIMIT ?", (feed_id, limit)
    )
    return [row["url"] for row in rows]
