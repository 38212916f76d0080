"""What did a store of the first version look like?"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from sqlite_utils import Database

from aggregator.store import schema

ITEMS = 40


def first(database: Path, *, items: int = ITEMS) -> None:
    """Make one with a feed that is no longer subscribed to, and some items that wait for dedup."""
    with closing(sqlite3.connect(database)) as connection:
        schema.migrations.apply(Database(connection), stop_before="m002_manners")
        connection.execute(
            "INSERT INTO feeds (url, first_url, title, added_at, removed_at) VALUES ('x', 'x', 'X', '', '')"
        )
        connection.executemany(
            """
            INSERT INTO items (uid, feed_id, guid, title, summary_html, content_html, first_seen, at, content_hash)
            VALUES (?, 1, ?, ?, '', '', '2026-11-01T00:00:00Z', '2026-11-01T00:00:00Z', 'h')
            """,
            [(f"{number:020x}", str(number), f"Number {number} is old") for number in range(items)],
        )
        connection.execute("INSERT INTO pending_items (item_id) SELECT id FROM items")
        connection.commit()
