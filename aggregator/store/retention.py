"""Which stories are old enough to go, what holds them back, and how do they go with all that hangs on them?"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from aggregator.store import items as item_store
from aggregator.store import meta, texts, tombstones
from aggregator.store.connection import Store
from aggregator.store.rows import time_to_text

WORDINGS_KEPT = 60
"""Wordings of pruned items that stay behind, a feed: as many as ``text.learned`` asks of those before an item, so that
the oldest items left are read as they were, also by a rebuild."""

PAGE = 200
"""Stories looked at between two queries."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Stories that stay or go together: their items are bound by matches that make stories, or by a person's word."""

    stories: frozenset[str]
    items: frozenset[int]


def old_stories(store: Store, before: datetime) -> Iterator[str]:
    """Stories founded before then, oldest first, a page at a time: rows may go while this is read."""
    at, story = "", ""
    while True:
        rows = store.execute(
            """
            SELECT id, at FROM stories
            WHERE at >= :at AND at < :before AND (at > :at OR id < :story)
            ORDER BY at, id DESC LIMIT :page
            """,
            {"at": at, "before": time_to_text(before), "story": story, "page": PAGE},
        ).fetchall()
        if not rows:
            return
        yield from (row["id"] for row in rows)
        at, story = rows[-1]["at"], rows[-1]["id"]


def members(store: Store, story: str) -> list[int]:
    """The items of a story."""
    return [row[0] for row in store.execute("SELECT item_id FROM memberships WHERE story_id = ?", (story,))]


def group_of(store: Store, items: Collection[int]) -> Group:
    """Make a group of items that are reachable from one another, and of all their stories."""
    rows = store.execute(
        "SELECT DISTINCT story_id FROM memberships WHERE item_id IN (SELECT value FROM json_each(?))",
        (json.dumps(sorted(items)),),
    )
    return Group(stories=frozenset(row[0] for row in rows), items=frozenset(items))


def held_by(store: Store, group: Group, before: datetime) -> str | None:
    """Say what in the store holds a group back, in a word, or None.

    ``young``: an item from after that time. ``ruled``: a person's word on one of its items is in force. ``waiting``:
    one of them has not been compared as it is now. ``told``: readers of another story are shown one of its items.
    ``last``: it holds the item that arrived last, whose row number must not be given to another.
    """
    row = store.execute(
        """
        WITH mine (id) AS (SELECT value FROM json_each(:items)), its (id) AS (SELECT value FROM json_each(:stories))
        SELECT
            EXISTS (SELECT 1 FROM mine JOIN items INDEXED BY items_short ON items.id = mine.id
                    WHERE items.at >= :before) AS young,
            EXISTS (SELECT 1 FROM mine JOIN items ON items.id = mine.id
                    JOIN rulings ON rulings.a = items.uid AND rulings.withdrawn_at IS NULL)
                OR EXISTS (SELECT 1 FROM mine JOIN items ON items.id = mine.id
                    JOIN rulings ON rulings.b = items.uid AND rulings.withdrawn_at IS NULL) AS ruled,
            EXISTS (SELECT 1 FROM mine JOIN pending_items ON pending_items.item_id = mine.id
                    WHERE pending_items.step = 0) AS waiting,
            EXISTS (SELECT 1 FROM mine JOIN publications ON publications.item_id = mine.id
                    JOIN stories ON stories.id = publications.story_id
                    WHERE stories.id NOT IN (SELECT id FROM its)) AS told,
            (SELECT max(id) FROM items) IN (SELECT id FROM mine) AS last
        """,
        {
            "items": json.dumps(sorted(group.items)),
            "stories": json.dumps(sorted(group.stories)),
            "before": time_to_text(before),
        },
    ).fetchone()
    return next((word for word in ("young", "ruled", "waiting", "told", "last") if row[word]), None)


def remove(store: Store, groups: Iterable[Group], now: datetime) -> int:
    """Take groups out of the store with all that was made of them, fingerprints and keys excepted: those go first.

    Each item leaves a tombstone. What a match or a link bound to them from outside goes through clustering again.
    Gives the number of items. Inside a transaction.
    """
    groups = list(groups)
    gone = sorted(each for group in groups for each in group.items)
    items = json.dumps(gone)
    stories = json.dumps(sorted(each for group in groups for each in group.stories))
    item_store.also_pending(store, _neighbours(store, items) - set(gone), step=1)
    tombstones.bury(store, gone, now)
    for item_id in gone:
        texts.remove(store, item_id)
    feeds = store.execute(
        "SELECT feed_id, max(id) FROM items WHERE id IN (SELECT value FROM json_each(?)) GROUP BY feed_id",
        (items,),
    ).fetchall()
    for statement in _FAREWELL:
        store.execute(statement, {"items": items, "stories": stories})
    for feed_id, last in feeds:
        store.execute(
            """
            DELETE FROM wordings WHERE feed_id = :feed AND item_id IN (
                SELECT item_id FROM wordings WHERE feed_id = :feed AND item_id <= :last
                    AND NOT EXISTS (SELECT 1 FROM items WHERE items.id = wordings.item_id)
                ORDER BY item_id DESC LIMIT -1 OFFSET :kept
            )
            """,
            {"feed": feed_id, "last": last, "kept": WORDINGS_KEPT},
        )
    meta.bump_revision(store)
    return len(gone)


_FAREWELL = (
    """
    DELETE FROM publications WHERE item_id IN (SELECT value FROM json_each(:items))
        OR story_id IN (SELECT value FROM json_each(:stories))
    """,
    "DELETE FROM published WHERE story_id IN (SELECT value FROM json_each(:stories))",
    # Those on closed pages of history stay told: the pages go on saying so.
    "DELETE FROM told WHERE page IS NULL AND story_id IN (SELECT value FROM json_each(:stories))",
    "DELETE FROM abstracts WHERE story_id IN (SELECT value FROM json_each(:stories))",
    "DELETE FROM model_decisions WHERE story_id IN (SELECT value FROM json_each(:stories))",
    "DELETE FROM related WHERE item_id IN (SELECT value FROM json_each(:items))",
    "DELETE FROM memberships WHERE item_id IN (SELECT value FROM json_each(:items))",
    "DELETE FROM stories WHERE id IN (SELECT value FROM json_each(:stories))",
    "DELETE FROM matches WHERE older IN (SELECT value FROM json_each(:items))",
    "DELETE FROM matches WHERE newer IN (SELECT value FROM json_each(:items))",
    "DELETE FROM pending_items WHERE item_id IN (SELECT value FROM json_each(:items))",
    "DELETE FROM aliases WHERE item_id IN (SELECT value FROM json_each(:items))",
    "DELETE FROM items WHERE id IN (SELECT value FROM json_each(:items))",
)
"""What goes with items, the tables that name others first. The statements that have no use for one of the two lists
are given both."""


def _neighbours(store: Store, items: str) -> set[int]:
    """Items outside that a live match or a link binds to these, by which their stories may be shown."""
    rows = store.execute(
        """
        SELECT newer FROM matches WHERE retracted_at IS NULL AND older IN (SELECT value FROM json_each(:items))
        UNION
        SELECT older FROM matches WHERE retracted_at IS NULL AND newer IN (SELECT value FROM json_each(:items))
        UNION
        SELECT stories.founder FROM related JOIN stories ON stories.id = related.story_id
        WHERE related.item_id IN (SELECT value FROM json_each(:items))
        """,
        {"items": items},
    )
    return {row[0] for row in rows}
