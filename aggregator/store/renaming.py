"""Is this entry one we have under another guid?

A feed that moves to another platform gives every entry a new guid, and some give new ones at every fetch. What
readers were told already must not be told again: such an entry is recognised by its title with its link or its
date, within its own feed, and the new guid is kept as an alias of the item, whose public id does not change. What
retention let go is recognised likewise, and stays away.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from aggregator.models import Entry
from aggregator.store import tombstones
from aggregator.store.connection import Store
from aggregator.store.rows import optional_time_to_text

FEWEST_RENAMED = 3
"""Fewer that look alike are a column that comes again, not a feed with new names."""


class Known(NamedTuple):
    """What is compared of an item we have."""

    id: int
    content_hash: str
    url: str | None
    title: str
    published: str | None


class _Earlier(NamedTuple):
    """An item we have, or had: by what an entry is found to be it."""

    id: int
    """Of the item, or the name of its tombstone."""
    buried: bool
    link: int | None
    published: int | None


def known(store: Store, feed_id: int, guids: Sequence[str]) -> dict[str, Known]:
    """Items of a feed by guid, their own or an alias."""
    rows = store.execute(
        """
        WITH wanted (guid) AS (SELECT value FROM json_each(?2))
        SELECT wanted.guid AS asked, items.id, content_hash, url, title, published FROM wanted
        JOIN items ON items.feed_id = ?1 AND items.guid = wanted.guid
        UNION ALL
        SELECT wanted.guid, items.id, content_hash, url, title, published FROM wanted
        JOIN aliases ON aliases.feed_id = ?1 AND aliases.guid = wanted.guid
        JOIN items ON items.id = aliases.item_id
        """,
        (feed_id, json.dumps(guids)),
    )
    return {row["asked"]: Known(*row[1:]) for row in rows}


def adopt(store: Store, feed_id: int, entries: Sequence[Entry]) -> int:
    """Find items for entries with unknown guids, and note the new guids as their aliases; gives how many.

    When no guid of a document is known, but most of its entries have the title and the link *or* the date of one
    we have, the feed was renamed as a whole. Otherwise one entry may have been published twice, such as a
    column with one title and one page: then title, link *and* date must be equal. An item the document still
    names by its own guid, and entries that look alike among themselves, are never taken.
    """
    guids = [entry.guid for entry in entries]
    here = known(store, feed_id, guids)
    gone = tombstones.buried(store, feed_id, [guid for guid in guids if guid not in here])
    fresh = [each for each in entries if each.guid not in here and each.guid not in gone and each.title]
    if not fresh:
        return 0
    candidates = _by_title(store, feed_id, [entry.title for entry in fresh])
    present = {(each.id, False) for each in here.values()} | {(name, True) for name in gone.values()}
    found = _matched(fresh, candidates, present, loosely=not present)
    if not present and len(found) < max(FEWEST_RENAMED, len(entries) / 2):
        found = _matched(fresh, candidates, present, loosely=False)
    _note(store, feed_id, {guid: each.id for guid, each in found.items() if not each.buried})
    tombstones.rename(store, feed_id, [(guid, each.id) for guid, each in found.items() if each.buried])
    return len(found)


def _matched(
    fresh: Sequence[Entry],
    candidates: Mapping[str, list[_Earlier]],
    present: set[tuple[int, bool]],
    *,
    loosely: bool,
) -> dict[str, _Earlier]:
    titles = Counter(entry.title for entry in fresh)
    taken = set(present)
    found: dict[str, _Earlier] = {}
    for entry in fresh:
        loose = loosely and titles[entry.title] == 1
        alike = [
            each
            for each in candidates.get(entry.title, ())
            if (each.id, each.buried) not in taken and _is_same(entry, each, loosely=loose)
        ]
        if len(alike) == 1:
            found[entry.guid] = alike[0]
            taken.add((alike[0].id, alike[0].buried))
    return found


def _by_title(store: Store, feed_id: int, titles: Sequence[str]) -> dict[str, list[_Earlier]]:
    rows = store.execute(
        """
        SELECT id, url, title, published FROM items
        WHERE feed_id = ? AND title IN (SELECT value FROM json_each(?))
        """,
        (feed_id, json.dumps(titles)),
    )
    found: dict[str, list[_Earlier]] = {}
    for row in rows:
        link, published = tombstones.link_hash(row["url"]), tombstones.seconds(row["published"])
        found.setdefault(row["title"], []).append(_Earlier(row["id"], False, link, published))
    for title, stones in tombstones.by_title(store, feed_id, titles).items():
        found.setdefault(title, []).extend(
            _Earlier(each.name, True, each.link, each.published) for each in stones
        )
    return found


def _is_same(entry: Entry, earlier: _Earlier, *, loosely: bool) -> bool:
    key = tombstones.link_hash(entry.url)
    link = key is not None and key == earlier.link
    moment = tombstones.seconds(optional_time_to_text(entry.published))
    date = moment is not None and moment == earlier.published
    return (link or date) if loosely else (link and date)


def _note(store: Store, feed_id: int, found: Mapping[str, int]) -> None:
    """One alias an item: a feed that renames all at every fetch must not fill the store with names."""
    store.executemany("DELETE FROM aliases WHERE item_id = ?", [(each,) for each in found.values()])
    store.executemany(
        "INSERT INTO aliases (feed_id, guid, item_id) VALUES (?, ?, ?)",
        [(feed_id, guid, item_id) for guid, item_id in found.items()],
    )
