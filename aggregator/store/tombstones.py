"""Which items did retention let go, so that none of them comes back as new?

A tombstone is what is needed to know an item again and nothing a person could read: 64 bits of its public id, of its
title's and its link's hash, and its date. A feed that goes on listing an item it has had for a year finds it here by
its guid, and a feed that gave all its entries other guids finds it by title with link or date, as ``renaming`` does.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from aggregator.store.connection import Store
from aggregator.store.naming import item_uid
from aggregator.text.urls import url_key

SECONDS_PER_DAY = 86_400

NOTED_EVERY = 30
"""Days: how old the last sign of an item in its feed may be before another one is written down."""

FORGOTTEN_AFTER = 180
"""Days that a feed must have brought news without listing an item before its tombstone goes. Six times
``NOTED_EVERY``, so that none goes that is still listed; a feed that is silent or gone keeps all of its."""


class Tombstone(NamedTuple):
    """What is known of an item that went."""

    name: int
    title: int
    link: int | None
    published: int | None


def name_of(uid: str) -> int:
    """The first 64 bits of a public id, as SQLite's signed numbers hold them."""
    return _signed(bytes.fromhex(uid[:16]))


def title_hash(title: str) -> int:
    """64 bits by which a title is known again."""
    return _hashed(title)


def link_hash(url: str | None) -> int | None:
    """64 bits by which a link is known again, in whichever spelling."""
    key = url_key(url)
    return None if key is None else _hashed(key)


def _hashed(text: str) -> int:
    return _signed(hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:8])


def _signed(eight: bytes) -> int:
    return int.from_bytes(eight, "big", signed=True)


def seconds(stamp: str | None) -> int | None:
    """Seconds since 1970 of a time as the store writes it."""
    return None if stamp is None else int(datetime.fromisoformat(stamp).timestamp())


def day_of(moment: datetime) -> int:
    """Days since 1970-01-01."""
    return int(moment.timestamp() // SECONDS_PER_DAY)


def bury(store: Store, item_ids: Iterable[int], now: datetime) -> int:
    """Set a tombstone for each item, and for the other guid it is known by; gives how many. The items go next."""
    rows = store.execute(
        """
        SELECT items.uid, items.feed_id, items.title, items.url, items.published, feeds.first_url, aliases.guid
        FROM items JOIN feeds ON feeds.id = items.feed_id
        LEFT JOIN aliases ON aliases.item_id = items.id
        WHERE items.id IN (SELECT value FROM json_each(?))
        """,
        (json.dumps(list(item_ids)),),
    ).fetchall()
    day, stones = day_of(now), []
    for row in rows:
        traits = (title_hash(row["title"]), link_hash(row["url"]), seconds(row["published"]), day)
        stones.append((name_of(row["uid"]), row["feed_id"], *traits))
        if row["guid"] is not None:
            stones.append((name_of(item_uid(row["first_url"], row["guid"])), row["feed_id"], *traits))
    store.executemany(
        "INSERT OR REPLACE INTO tombstones (name, feed_id, title, link, published, day) VALUES (?, ?, ?, ?, ?, ?)",
        stones,
    )
    return len(stones)


def _any(store: Store, feed_id: int) -> bool:
    found = store.execute("SELECT 1 FROM tombstones WHERE feed_id = ? LIMIT 1", (feed_id,)).fetchone()
    return found is not None


def buried(store: Store, feed_id: int, guids: Sequence[str]) -> dict[str, int]:
    """Which of these guids of a feed have a tombstone: guid → its name."""
    names = _names(store, feed_id, guids)
    rows = store.execute(
        "SELECT name FROM tombstones WHERE name IN (SELECT value FROM json_each(?))",
        (json.dumps(list(names)),),
    )
    return {names[row["name"]]: row["name"] for row in rows}


def _names(store: Store, feed_id: int, guids: Sequence[str]) -> dict[int, str]:
    if not guids or not _any(store, feed_id):
        return {}
    first_url = store.execute("SELECT first_url FROM feeds WHERE id = ?", (feed_id,)).fetchone()[0]
    return {name_of(item_uid(first_url, guid)): guid for guid in guids}


def listed(store: Store, feed_id: int, guids: Sequence[str], now: datetime) -> frozenset[str]:
    """Which of these guids have a tombstone; that the feed still lists them is noted now and then."""
    found = buried(store, feed_id, guids)
    if found:
        store.execute(
            """
            UPDATE tombstones SET day = :day
            WHERE name IN (SELECT value FROM json_each(:names)) AND day < :day - :often
            """,
            {"day": day_of(now), "names": json.dumps(list(found.values())), "often": NOTED_EVERY},
        )
    return frozenset(found)


def by_title(store: Store, feed_id: int, titles: Iterable[str]) -> dict[str, list[Tombstone]]:
    """The tombstones of a feed under these titles; of several alike in all, one: the same item by another guid."""
    hashes = {title_hash(title): title for title in titles}
    rows = store.execute(
        """
        SELECT name, title, link, published FROM tombstones
        WHERE feed_id = ? AND title IN (SELECT value FROM json_each(?))
        """,
        (feed_id, json.dumps(list(hashes))),
    )
    found: dict[str, dict[tuple[int | None, int | None], Tombstone]] = {}
    for row in rows:
        found.setdefault(hashes[row["title"]], {})[row["link"], row["published"]] = Tombstone(*row)
    return {title: list(alike.values()) for title, alike in found.items()}


def rename(store: Store, feed_id: int, renamed: Iterable[tuple[str, int]]) -> None:
    """Let tombstones answer to other guids: (guid, the name so far). One name each, however often a feed renames."""
    first_url = store.execute("SELECT first_url FROM feeds WHERE id = ?", (feed_id,)).fetchone()[0]
    store.executemany(
        "UPDATE OR REPLACE tombstones SET name = ? WHERE name = ?",
        [(name_of(item_uid(first_url, guid)), name) for guid, name in renamed],
    )


def lift(store: Store, feed_id: int, guid: str) -> None:
    """Forget that an item was let go, because a person brings it back."""
    store.executemany(
        "DELETE FROM tombstones WHERE name = ?", [(each,) for each in _names(store, feed_id, [guid])]
    )


def forget(store: Store) -> int:
    """Drop tombstones of items that their feeds have ceased to list long ago; gives how many.

    A feed shows that only by documents that were read, and brought something new: an answer of "not modified" says
    nothing of what is in it.
    """
    return store.execute(
        """
        DELETE FROM tombstones WHERE day < (
            SELECT CAST(strftime('%s', last_new_at) AS INTEGER) / 86400 FROM feeds
            WHERE feeds.id = tombstones.feed_id
        ) - ?
        """,
        (FORGOTTEN_AFTER,),
    ).rowcount


def count(store: Store) -> int:
    """How many there are."""
    return int(store.execute("SELECT count(*) FROM tombstones").fetchone()[0])
