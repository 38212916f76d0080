"""How was each item worded when it was first seen, and what of it proved to be its feed's furniture?

Observations: a wording is written once, and what was learned of it only grows. Neither a revision of an item nor a
rebuild makes them anew, which is why a rebuild cleans every text as it was cleaned before.
"""

from __future__ import annotations

from dataclasses import dataclass

from aggregator.store.connection import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """An item's wording as it is kept."""

    item_id: int
    wording: bytes
    furniture: bytes
    """Which of its sentences are known to be furniture."""


def latest(store: Store, feed_id: int, *, since: int, until: int, limit: int) -> list[Row]:
    """Fetch the wordings of a feed's latest items from one to another, both included, oldest first."""
    rows = store.execute(
        """
        SELECT item_id, wording, furniture FROM wordings WHERE feed_id = ? AND item_id BETWEEN ? AND ?
        ORDER BY item_id DESC LIMIT ?
        """,
        (feed_id, since, until, limit),
    ).fetchall()
    return [Row(item_id=row[0], wording=row[1], furniture=row[2]) for row in reversed(rows)]


def save(store: Store, feed_id: int, row: Row) -> None:
    """Keep the wording of an item that has none.

    A plain INSERT: one that could fail halfway (OR REPLACE) opens a statement journal, for which FTS5 writes out the
    words it has gathered, 0.4 ms an item.
    """
    store.execute(
        "INSERT INTO wordings (feed_id, item_id, wording, furniture) VALUES (?, ?, ?, ?)",
        (feed_id, row.item_id, row.wording, row.furniture),
    )


def learn(store: Store, feed_id: int, item_id: int, furniture: bytes) -> None:
    """Note which sentences of an item are now known to be furniture."""
    store.execute(
        "UPDATE wordings SET furniture = ? WHERE feed_id = ? AND item_id = ?", (furniture, feed_id, item_id)
    )


def clear(store: Store) -> None:
    """Forget all wordings."""
    store.execute("DELETE FROM wordings")
