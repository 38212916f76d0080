"""How was each item worded when it was first seen? What a feed repeats is learned from the latest of them.

Observations, written once: neither a revision of an item nor a rebuild makes them anew, so what was furniture of an
item's feed when it came stays furniture of it.
"""

from __future__ import annotations

from aggregator.store.connection import Store


def latest(store: Store, feed_id: int, *, since: int, before: int, limit: int) -> list[bytes]:
    """Fetch the wordings of a feed's latest items from ``since`` on and before another, oldest first."""
    rows = store.execute(
        """
        SELECT data FROM wordings WHERE feed_id = ? AND item_id >= ? AND item_id < ?
        ORDER BY item_id DESC LIMIT ?
        """,
        (feed_id, since, before, limit),
    ).fetchall()
    return [row[0] for row in reversed(rows)]


def save_first(store: Store, feed_id: int, item_id: int, data: bytes) -> None:
    """Keep an item's wording, unless there is one."""
    store.execute(
        "INSERT OR IGNORE INTO wordings (feed_id, item_id, data) VALUES (?, ?, ?)", (feed_id, item_id, data)
    )


def clear(store: Store) -> None:
    """Forget all wordings."""
    store.execute("DELETE FROM wordings")
