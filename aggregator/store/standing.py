"""Which item is in which story and what links stories, in a form that can be compared; and a copy to try things on."""

from __future__ import annotations

import json
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from aggregator.store.connection import Store, open_store
from aggregator.store.rows import optional_text_to_time, time_to_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """An item in its story."""

    story: str
    rule: str | None
    score: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How some items, or all, stand."""

    members: Mapping[int, Member]
    """By item id; items that wait for their story are missing."""
    links: frozenset[tuple[str, int]]
    """Story → item of another one that is related."""


def standing(store: Store, ids: Iterable[int] | None = None) -> Standing:
    """How these items stand, or all."""
    wanted = None if ids is None else json.dumps(sorted(ids))
    members = store.execute(
        """
        SELECT item_id, story_id, rule, score FROM memberships
        WHERE :ids IS NULL OR item_id IN (SELECT value FROM json_each(:ids))
        """,
        {"ids": wanted},
    )
    links = store.execute(
        """
        SELECT story_id, item_id FROM related
        WHERE :ids IS NULL OR story_id IN (
            SELECT story_id FROM memberships WHERE item_id IN (SELECT value FROM json_each(:ids))
        )
        """,
        {"ids": wanted},
    )
    return Standing(
        members={
            row["item_id"]: Member(story=row["story_id"], rule=row["rule"], score=row["score"])
            for row in members
        },
        links=frozenset((row["story_id"], row["item_id"]) for row in links),
    )


def items_since(store: Store, since: datetime) -> list[int]:
    """Ids of the items of a time and later, in order of arrival."""
    rows = store.execute("SELECT id FROM items WHERE at >= ? ORDER BY id", (time_to_text(since),))
    return [row["id"] for row in rows]


def newest(store: Store) -> datetime | None:
    """The time of the newest item."""
    return optional_text_to_time(store.execute("SELECT max(at) FROM items").fetchone()[0])


@contextmanager
def copied(store: Store) -> Iterator[Store]:
    """A copy of the store in a temporary directory, gone with the block: to try on it what must not be done yet."""
    with tempfile.TemporaryDirectory(prefix="aggregator-trial-") as place:
        path = Path(place) / store.path.name
        target = sqlite3.connect(path)
        try:
            store.connection.backup(target)
        finally:
            target.close()
        with open_store(path) as copy:
            yield copy
