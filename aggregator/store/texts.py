"""What would a person read of each item, and by what is it found again: words, coins, tags? Derived."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from aggregator.models import CleanText
from aggregator.store.connection import Store
from aggregator.store.rows import json_to_strings, strings_to_json
from aggregator.text.segment import segment

FACET_LENGTH = 100
"""Characters of a tag that count: some feeds put whole sentences there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recognised:
    """What an item is about and what kind of item it is, beside its text."""

    coins: tuple[str, ...] = ()
    """Ticker symbols, upper case."""
    labels: tuple[str, ...] = ()
    """``sponsored``, ``press-release``."""
    tags: tuple[str, ...] = ()
    """As its feed gave them."""
    second_hand: bool = False
    """It names another site's page as its source."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredText:
    """A cleaned text with what was recognised in it."""

    text: CleanText
    coins: tuple[str, ...]


def save(store: Store, item_id: int, text: CleanText, seen: Recognised) -> None:
    """Keep an item's cleaned text with what was recognised in it, and index both, in place of what was there."""
    remove(store, item_id)
    store.execute(
        """
        INSERT INTO texts (item_id, title, body, truncated, attributions, language, coins, labels)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        """,
        (
            item_id,
            text.title,
            text.body,
            text.truncated,
            strings_to_json(text.attributions),
            text.language,
            strings_to_json(seen.coins),
            strings_to_json(seen.labels),
        ),
    )
    store.executemany(
        "INSERT INTO facets (kind, value, item_id) VALUES (?, ?, ?)",
        [(kind, value, item_id) for kind, value in _facets(text, seen)],
    )
    store.execute(
        "INSERT INTO search (rowid, title, body) VALUES (?, ?, ?)",
        (item_id, segment(text.title), segment(text.body)),
    )


def _facets(text: CleanText, seen: Recognised) -> Iterator[tuple[str, str]]:
    yield from (("coin", coin) for coin in seen.coins)
    yield from (("tag", tag) for tag in {facet_of_tag(tag) for tag in seen.tags})
    yield from (("label", label) for label in seen.labels)
    if text.language:
        yield "language", text.language
    if seen.second_hand:
        yield "second-hand", ""


def facet_of_tag(tag: str) -> str:
    """A tag as it is looked up: case and blanks at its ends do not matter."""
    return tag.strip().lower()[:FACET_LENGTH]


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
    store.execute("DELETE FROM facets WHERE item_id = ?", (item_id,))


def clear(store: Store) -> None:
    """Forget all texts and the word index."""
    store.execute("INSERT INTO search (search) VALUES ('delete-all')")
    store.execute("DELETE FROM texts")
    store.execute("DELETE FROM facets")


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
