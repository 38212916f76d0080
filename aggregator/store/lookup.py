"""Which item or story does a person mean, who types an id, the beginning of one, or a link?"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from aggregator.errors import UsageError
from aggregator.models import Story
from aggregator.store.connection import Store
from aggregator.store.shown import stories_by_id
from aggregator.text.titles import shown_title
from aggregator.text.urls import url_key

MOST = 50
"""Candidates looked at: an address or the beginning of an id that more items share means none of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """An item and the story it is in."""

    id: int
    uid: str
    title: str
    """As shown: never empty."""
    story: str
    """Id of its story; the item is its founder where this equals ``uid``."""


def find_story(store: Store, reference: str) -> Story:
    """Find the story a person means: by its id, an item's id, an unambiguous beginning of either, or a link.

    Raises ``UsageError`` when there is none or more than one.
    """
    found = sorted({each.story for each in _named(store, reference)})
    if not found:
        raise UsageError(
            f"no story {reference!r}; aggregator list --json shows ids, aggregator search finds words"
        )
    if len(found) > 1:
        some = ", ".join(found[:5])
        raise UsageError(f"{reference!r} could be {len(found)} stories ({some} …); type more of the id")
    return stories_by_id(store, found)[0]


def find_item(store: Store, reference: str) -> Found:
    """Find the item a person means, likewise; of several under one link, the first to arrive.

    A story's id names its founder. Raises ``UsageError`` when there is none or more than one.
    """
    found = _named(store, reference)
    if not found:
        raise UsageError(
            f"no item {reference!r}; aggregator list --reposts shows ids, aggregator search finds words"
        )
    if len(found) > 1 and "://" not in reference:
        some = ", ".join(each.uid for each in found[:5])
        raise UsageError(f"{reference!r} could be {len(found)} items ({some} …); type more of the id")
    return found[0]


def members(store: Store, story_id: str) -> list[Found]:
    """List the items of a story in order of arrival."""
    rows = store.execute(
        """
        SELECT items.id, items.uid, items.title, memberships.story_id,
            CASE WHEN items.title = '' THEN substr(texts.body, 1, 400) ELSE '' END AS body
        FROM memberships JOIN items ON items.id = memberships.item_id
        LEFT JOIN texts ON texts.item_id = items.id
        WHERE memberships.story_id = ? ORDER BY items.id
        """,
        (story_id,),
    )
    return [_found(row) for row in rows]


def by_uid(store: Store, uids: Iterable[str]) -> dict[str, Found]:
    """Fetch items by their whole ids; those that are not stored, or in no story yet, are left out."""
    rows = store.execute(
        """
        SELECT items.id, items.uid, items.title, memberships.story_id,
            CASE WHEN items.title = '' THEN substr(texts.body, 1, 400) ELSE '' END AS body
        FROM items JOIN memberships ON memberships.item_id = items.id
        LEFT JOIN texts ON texts.item_id = items.id
        WHERE items.uid IN (SELECT value FROM json_each(?))
        """,
        (json.dumps(list(uids)),),
    )
    return {row["uid"]: _found(row) for row in rows}


def by_guid(store: Store, guids: Iterable[str]) -> dict[str, dict[int, tuple[Found, frozenset[str]]]]:
    """Fetch items by their guids, present and earlier: guid → item id → the item and its feed's addresses."""
    wanted = json.dumps(list(guids))
    # The ids first, from the index of guids: reading whole rows means reading all that was ever written.
    rows = store.execute(
        """
        WITH wanted (id, guid) AS (
            SELECT id, guid FROM items WHERE guid IN (SELECT value FROM json_each(:guids))
            UNION
            SELECT item_id, guid FROM aliases WHERE guid IN (SELECT value FROM json_each(:guids))
        )
        SELECT wanted.guid, items.id, items.uid, items.title, memberships.story_id, feeds.url, feeds.first_url,
            CASE WHEN items.title = '' THEN substr(texts.body, 1, 400) ELSE '' END AS body
        FROM wanted
        JOIN items ON items.id = wanted.id
        JOIN feeds ON feeds.id = items.feed_id
        JOIN memberships ON memberships.item_id = items.id
        LEFT JOIN texts ON texts.item_id = items.id
        """,
        {"guids": wanted},
    )
    found: dict[str, dict[int, tuple[Found, frozenset[str]]]] = {}
    for row in rows:
        addresses = frozenset((row["url"], row["first_url"]))
        found.setdefault(row["guid"], {})[row["id"]] = (_found(row), addresses)
    return found


def linked(store: Store, stories: Iterable[str]) -> set[frozenset[str]]:
    """List the pairs of stories that are linked as related, of which one is among these."""
    rows = store.execute(
        """
        SELECT related.story_id, memberships.story_id AS other
        FROM related JOIN memberships ON memberships.item_id = related.item_id
        WHERE related.story_id IN (SELECT value FROM json_each(?))
        """,
        (json.dumps(list(stories)),),
    )
    return {frozenset((row["story_id"], row["other"])) for row in rows}


def _named(store: Store, reference: str) -> list[Found]:
    if "://" in reference:
        return _at_address(store, reference)
    lowered = reference.lower()
    if not re.fullmatch(r"[0-9a-f]+", lowered):
        return []
    rows = store.execute(
        """
        SELECT items.id, items.uid, items.title, memberships.story_id,
            CASE WHEN items.title = '' THEN substr(texts.body, 1, 400) ELSE '' END AS body
        FROM items JOIN memberships ON memberships.item_id = items.id
        LEFT JOIN texts ON texts.item_id = items.id
        WHERE items.uid >= ? AND items.uid < ? ORDER BY items.uid LIMIT ?
        """,
        (lowered, lowered + "g", MOST),
    )
    return [_found(row) for row in rows]


def _found(row: sqlite3.Row) -> Found:
    title = shown_title(row["title"], row["body"] or "")
    return Found(id=row["id"], uid=row["uid"], title=title, story=row["story_id"])


def _at_address(store: Store, address: str) -> list[Found]:
    """Items under a link, or under another spelling of it: a browser's bar shows trackers, a feed its own."""
    wanted = url_key(address)
    found: dict[int, Found] = {}
    for beginning in _spellings(address):
        rows = store.execute(
            """
            SELECT items.id, items.uid, items.title, items.url, memberships.story_id,
                CASE WHEN items.title = '' THEN substr(texts.body, 1, 400) ELSE '' END AS body
            FROM items JOIN memberships ON memberships.item_id = items.id
            LEFT JOIN texts ON texts.item_id = items.id
            WHERE items.url >= ? AND items.url < ? ORDER BY items.url LIMIT ?
            """,
            (beginning, beginning + "\U0010ffff", MOST),
        )
        for row in rows:
            if row["url"] == address or (wanted is not None and url_key(row["url"]) == wanted):
                found[row["id"]] = _found(row)
    return [each for _, each in sorted(found.items())]


def _spellings(address: str) -> Iterator[str]:
    """Beginnings that an address of the same page may have: either scheme, with www or without, no query."""
    try:
        parts = urlsplit(address)
        host = (parts.hostname or "").removeprefix("www.")
    except ValueError:
        return
    yield address
    path = parts.path.rstrip("/").removesuffix("/amp")
    for scheme in ("https", "http"):
        for prefix in ("", "www."):
            yield f"{scheme}://{prefix}{host}{path}"
