"""Which item does a person mean?"""

from __future__ import annotations

import re
from dataclasses import dataclass

from aggregator.errors import UsageError
from aggregator.store.connection import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """An item and the story it is in."""

    id: int
    uid: str
    title: str
    story: str
    """Id of its story; the item is its founder where this equals ``uid``."""


def find_item(store: Store, reference: str) -> Found:
    """Find an item by its id, by an unambiguous beginning of one, or by its link (the first to arrive).

    A story's id names its founder. Raises ``UsageError`` when there is none or more than one.
    """
    found = _named(store, reference)
    if not found:
        raise UsageError(
            f"no item {reference!r}; aggregator list --reposts shows ids, aggregator search finds words"
        )
    if len(found) > 1:
        some = ", ".join(each.uid for each in found[:5])
        raise UsageError(f"{reference!r} could be {len(found)} items ({some} …); type more of the id")
    return found[0]


def _named(store: Store, reference: str) -> list[Found]:
    lowered = reference.lower()
    if "://" in reference:
        rows = store.execute(
            """
            SELECT items.id, items.uid, items.title, memberships.story_id
            FROM items JOIN memberships ON memberships.item_id = items.id
            WHERE items.url = ? ORDER BY items.id LIMIT 1
            """,
            (reference,),
        )
    elif re.fullmatch(r"[0-9a-f]+", lowered):
        rows = store.execute(
            """
            SELECT items.id, items.uid, items.title, memberships.story_id
            FROM items JOIN memberships ON memberships.item_id = items.id
            WHERE items.uid >= ? AND items.uid < ? ORDER BY items.uid LIMIT 20
            """,
            (lowered, lowered + "g"),
        )
    else:
        return []
    return [Found(id=row["id"], uid=row["uid"], title=row["title"], story=row["story_id"]) for row in rows]


def members(store: Store, story_id: str) -> list[Found]:
    """List the items of a story in order of arrival."""
    rows = store.execute(
        """
        SELECT items.id, items.uid, items.title, memberships.story_id
        FROM memberships JOIN items ON items.id = memberships.item_id
        WHERE memberships.story_id = ? ORDER BY items.id
        """,
        (story_id,),
    )
    return [Found(id=row["id"], uid=row["uid"], title=row["title"], story=row["story_id"]) for row in rows]
