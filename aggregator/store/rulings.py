"""What have people said about pairs of items? Facts: they beat every match and survive every rebuild."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from datetime import datetime

from aggregator.models import Ruling, Verdict
from aggregator.store.connection import Store
from aggregator.store.rows import time_to_text


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


def withdraw(store: Store, one: str, other: str | None, verdict: Verdict, now: datetime) -> set[str]:
    """Take back a person's word on a pair, or on all pairs of an item; returns the items it had been about."""
    rows = store.execute(
        """
        SELECT id, a, b FROM rulings
        WHERE withdrawn_at IS NULL AND verdict = :verdict
            AND (a = :one AND (:other IS NULL OR b = :other) OR b = :one AND (:other IS NULL OR a = :other))
        """,
        {"one": one, "other": other, "verdict": verdict.value},
    ).fetchall()
    store.executemany(
        "UPDATE rulings SET withdrawn_at = ? WHERE id = ?", [(time_to_text(now), row["id"]) for row in rows]
    )
    return {uid for row in rows for uid in (row["a"], row["b"])}
