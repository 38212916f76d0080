"""What have people said about pairs of items? Facts: they beat every match and survive every rebuild."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from aggregator.models import FeedRef, Ruling, Verdict
from aggregator.store.connection import Store
from aggregator.store.rows import text_to_time, time_to_text
from aggregator.text.titles import shown_title
from aggregator.text.urls import public_address


@dataclass(frozen=True, slots=True, kw_only=True)
class RuledItem:
    """One side of a ruling; all but ``uid`` is None where the item is not stored (any more)."""

    uid: str
    title: str | None
    guid: str | None
    feed: FeedRef | None
    """Under the address as first subscribed, by which other machines know it too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RulingMade:
    """A ruling in force, with what a person would recognise it by."""

    one: RuledItem
    """Of the two, the item that arrived first."""
    other: RuledItem
    verdict: Verdict
    made_at: datetime


def in_force(store: Store) -> list[RulingMade]:
    """List the rulings in force, newest first."""
    rows = store.execute(
        """
        SELECT rulings.a, rulings.b, rulings.verdict, rulings.made_at,
            one.id AS a_id, one.title AS a_title, one.guid AS a_guid,
            CASE WHEN one.title = '' THEN substr(one_text.body, 1, 400) ELSE '' END AS a_body,
            one_feed.title AS a_feed, one_feed.first_url AS a_feed_url,
            other.id AS b_id, other.title AS b_title, other.guid AS b_guid,
            CASE WHEN other.title = '' THEN substr(other_text.body, 1, 400) ELSE '' END AS b_body,
            other_feed.title AS b_feed, other_feed.first_url AS b_feed_url
        FROM rulings
        LEFT JOIN items AS one ON one.uid = rulings.a
        LEFT JOIN feeds AS one_feed ON one_feed.id = one.feed_id
        LEFT JOIN texts AS one_text ON one_text.item_id = one.id
        LEFT JOIN items AS other ON other.uid = rulings.b
        LEFT JOIN feeds AS other_feed ON other_feed.id = other.feed_id
        LEFT JOIN texts AS other_text ON other_text.item_id = other.id
        WHERE rulings.withdrawn_at IS NULL
        ORDER BY rulings.made_at DESC, rulings.id DESC
        """
    )
    return [_made(row) for row in rows]


def _made(row: sqlite3.Row) -> RulingMade:
    sides = ["a", "b"] if (row["a_id"] or 0) <= (row["b_id"] or 0) else ["b", "a"]
    one, other = (_side(row, side) for side in sides)
    return RulingMade(
        one=one, other=other, verdict=Verdict(row["verdict"]), made_at=text_to_time(row["made_at"])
    )


def _side(row: sqlite3.Row, side: str) -> RuledItem:
    stored = row[f"{side}_id"] is not None
    return RuledItem(
        uid=row[side],
        title=shown_title(row[f"{side}_title"], row[f"{side}_body"] or "") if stored else None,
        guid=row[f"{side}_guid"],
        feed=FeedRef(title=row[f"{side}_feed"], url=public_address(row[f"{side}_feed_url"]))
        if stored
        else None,
    )


def ruled_items(store: Store, beginning: str) -> list[str]:
    """List the uids of items that a ruling in force is about and that begin so."""
    rows = store.execute(
        """
        SELECT a FROM rulings WHERE withdrawn_at IS NULL AND a >= :low AND a < :high
        UNION
        SELECT b FROM rulings WHERE withdrawn_at IS NULL AND b >= :low AND b < :high
        """,
        {"low": beginning, "high": beginning + "g"},
    )
    return [row[0] for row in rows]


def touching(store: Store, uids: Iterable[str]) -> list[Ruling]:
    """Fetch the rulings in force that touch any of these items."""
    rows = store.execute(
        """
        SELECT a, b, verdict FROM rulings
        WHERE withdrawn_at IS NULL AND a IN (SELECT value FROM json_each(:uids))
        UNION
        SELECT a, b, verdict FROM rulings
        WHERE withdrawn_at IS NULL AND b IN (SELECT value FROM json_each(:uids))
        ORDER BY a, b
        """,
        {"uids": json.dumps(list(uids))},
    )
    return [Ruling(a=row["a"], b=row["b"], verdict=Verdict(row["verdict"])) for row in rows]


def rule(store: Store, one: str, others: Collection[str], verdict: Verdict, now: datetime) -> int:
    """Record a person's word on pairs, in place of what they said before; returns how many are new."""
    new = 0
    for other in others:
        pair = sorted((one, other))
        old = store.execute(
            "SELECT id, verdict FROM rulings WHERE a = ? AND b = ? AND withdrawn_at IS NULL", pair
        ).fetchone()
        if old is not None and old["verdict"] == verdict.value:
            continue
        if old is not None:
            store.execute("UPDATE rulings SET withdrawn_at = ? WHERE id = ?", (time_to_text(now), old["id"]))
        store.execute(
            "INSERT INTO rulings (a, b, verdict, made_at) VALUES (?, ?, ?, ?)",
            (*pair, verdict.value, time_to_text(now)),
        )
        new += 1
    return new


def withdraw(
    store: Store, one: str, other: str | None, verdict: Verdict | None, now: datetime
) -> list[Ruling]:
    """Take back a person's word (of one kind) on a pair, or on all pairs of an item; returns what was said."""
    rows = store.execute(
        """
        SELECT id, a, b, verdict FROM rulings
        WHERE withdrawn_at IS NULL AND (:verdict IS NULL OR verdict = :verdict)
            AND (a = :one AND (:other IS NULL OR b = :other) OR b = :one AND (:other IS NULL OR a = :other))
        """,
        {"one": one, "other": other, "verdict": verdict.value if verdict else None},
    ).fetchall()
    return _withdrawn(store, rows, now)


def withdraw_between(store: Store, some: Iterable[str], others: Iterable[str], now: datetime) -> list[Ruling]:
    """Take back every "different" between items of the one kind and of the other; returns what was said."""
    return _withdrawn(store, _between(store, some, others), now)


def count_between(store: Store, some: Iterable[str], others: Iterable[str]) -> int:
    """How many words :func:`withdraw_between` would take back."""
    return len(_between(store, some, others))


def _between(store: Store, some: Iterable[str], others: Iterable[str]) -> list[sqlite3.Row]:
    return store.execute(
        """
        SELECT id, a, b, verdict FROM rulings
        WHERE withdrawn_at IS NULL AND verdict = 'different' AND (
            a IN (SELECT value FROM json_each(:some)) AND b IN (SELECT value FROM json_each(:others))
            OR b IN (SELECT value FROM json_each(:some)) AND a IN (SELECT value FROM json_each(:others))
        )
        """,
        {"some": json.dumps(list(some)), "others": json.dumps(list(others))},
    ).fetchall()


def _withdrawn(store: Store, rows: Iterable[sqlite3.Row], now: datetime) -> list[Ruling]:
    rows = list(rows)
    store.executemany(
        "UPDATE rulings SET withdrawn_at = ? WHERE id = ?", [(time_to_text(now), row["id"]) for row in rows]
    )
    return [Ruling(a=row["a"], b=row["b"], verdict=Verdict(row["verdict"])) for row in rows]
