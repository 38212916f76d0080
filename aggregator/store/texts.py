"""What would a person read of each item, and where do its words occur? Derived; one row an item."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass

from aggregator.models import CleanText
from aggregator.store.connection import Store
from aggregator.store.rows import json_to_strings, strings_to_json
from aggregator.text.segment import segment


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredText:
    """A cleaned text with what was recognised in it."""

    text: CleanText
    coins: tuple[str, ...]


def save(store: Store, item_id: int, text: CleanText, coins: tuple[str, ...]) -> None:
    """Keep an item's cleaned text and index its words, in place of what was there."""
    remove(store, item_id)
    store.execute(
        """
        INSERT INTO texts (item_id, title, body, truncated, attributions, language, coins)
        VALUES (?, ?, ?, ?, ?, ?, ?)
        """,
        (
            item_id,
            text.title,
            text.body,
            text.truncated,
            strings_to_json(text.attributions),
            text.language,
            strings_to_json(coins),
        ),
    )
    store.execute(
        "INSERT INTO search (rowid, title, body) VALUES (?, ?, ?)",
        (item_id, segment(text.title), segment(text.body)),
    )


def remove(store: Store, item_id: int) -> None:
    """Forget an item's text. The word index keeps no text, so it must be told what it had (FTS5 §4.4.3)."""
    old = store.execute("SELECT title, body FROM texts WHERE item_id = ?", (item_id,)).fetchone()
    if old is None:
        return
    store.execute(
        "INSERT INTO search (search, rowid, title, body) VALUES ('delete', ?, ?, ?)",
        (item_id, segment(old["title"]), segment(old["body"])),
    )
    store.execute("DELETE FROM texts WHERE item_id = ?", (item_id,))


def clear(store: Store) -> None:
    """Forget all texts and the word index."""
    store.execute("INSERT INTO search (search) VALUES ('delete-all')")
    store.execute("DELETE FROM texts")


def by_item(store: Store, ids: Iterable[int]) -> dict[int, StoredText]:
    """Fetch cleaned texts by item."""
    rows = store.execute(
        "SELECT * FROM texts WHERE item_id IN (SELECT value FROM json_each(?))", (json.dumps(list(ids)),)
    )
    return {
        row["item_id"]: StoredText(
            text=CleanText(
                title=row["title"],
                paragraphs=tuple(row["body"].split("\n")) if row["body"] else (),
                truncated=bool(row["truncated"]),
                attributions=json_to_strings(row["attributions"]),
                language=row["language"],
            ),
            coins=json_to_strings(row["coins"]),
        )
        for row in rows
    }
