"""Which items might be copies of this one, and what was judged of each pair?

Keys are signed 64-bit integers that dedup makes of an item. Exact keys (link, whole text) are looked up without
a time limit; text keys (samples of the wording) within a window of days. The cost of a look-up depends on how
many keys the item has and on the cap, not on how much is stored.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from aggregator.models import Match, Relation
from aggregator.store.connection import Store
from aggregator.store.rows import time_to_text

SECONDS_PER_DAY = 86_400
LAST_ROW = 2**63 - 1
"""No row number of SQLite's is larger."""


def day_of(moment: datetime) -> int:
    """Days since 1970-01-01."""
    return int(moment.timestamp() // SECONDS_PER_DAY)


def save_fingerprint(
    store: Store, item_id: int, data: bytes, *, day: int, exact_keys: Iterable[int], text_keys: Iterable[int]
) -> None:
    """Keep a fingerprint and make it findable by its keys."""
    store.execute("INSERT INTO fingerprints (item_id, day, data) VALUES (?, ?, ?)", (item_id, day, data))
    store.executemany(
        "INSERT OR IGNORE INTO exact_keys (key, item_id) VALUES (?, ?)",
        [(key, item_id) for key in exact_keys],
    )
    store.executemany(
        "INSERT OR IGNORE INTO text_keys (key, day, item_id) VALUES (?, ?, ?)",
        [(key, day, item_id) for key in text_keys],
    )


def remove_fingerprint(
    store: Store, item_id: int, *, day: int, exact_keys: Iterable[int], text_keys: Iterable[int]
) -> None:
    """Forget a fingerprint and its keys."""
    store.executemany(
        "DELETE FROM exact_keys WHERE key = ? AND item_id = ?", [(key, item_id) for key in exact_keys]
    )
    store.executemany(
        "DELETE FROM text_keys WHERE key = ? AND day = ? AND item_id = ?",
        [(key, day, item_id) for key in text_keys],
    )
    store.execute("DELETE FROM fingerprints WHERE item_id = ?", (item_id,))


def clear_fingerprints(store: Store) -> None:
    """Forget all fingerprints and keys."""
    for statement in ("DELETE FROM fingerprints", "DELETE FROM exact_keys", "DELETE FROM text_keys"):
        store.execute(statement)


def fingerprints(store: Store, ids: Iterable[int]) -> dict[int, tuple[int, bytes]]:
    """Fetch (day, data) of fingerprints by item."""
    rows = store.execute(
        "SELECT item_id, day, data FROM fingerprints WHERE item_id IN (SELECT value FROM json_each(?))",
        (json.dumps(list(ids)),),
    )
    return {row["item_id"]: (row["day"], row["data"]) for row in rows}


def candidates(  # noqa: PLR0913 - a query's parameters, all named
    store: Store,
    item_id: int,
    *,
    exact_keys: Sequence[int],
    text_keys: Mapping[int, int],
    day: int,
    window_days: int,
    cap: int,
    limit: int,
    min_shared: int = 1,
    min_rarity: float = 0.0,
    before: int | None = None,
) -> list[int]:
    """Find items that share keys with this one: the ``limit`` of them that share most, then those of an exact key.

    ``text_keys``: key → what sharing it is worth. A text key that more than ``cap`` items of the window have
    says nothing about any of them, and is passed over; of an exact key the oldest ``cap`` items are taken. Items
    found by an exact key always stay in, others when what they share is worth ``min_shared``, and ``min_rarity``
    when each key's worth is divided by the square root of how many items have it. ``before``: as if items from
    this one on were not there.
    """
    end = LAST_ROW if before is None else before
    exact: set[int] = set()
    for key in exact_keys:
        rows = store.execute(
            """
            SELECT item_id FROM exact_keys WHERE key = ? AND item_id <> ? AND item_id < ?
            ORDER BY item_id LIMIT ?
            """,
            (key, item_id, end, cap),
        )
        exact.update(row[0] for row in rows)
    shared: dict[int, int] = {}
    rarity: dict[int, float] = {}
    for key, found in _holders(
        store, item_id, text_keys, day=day, window_days=window_days, end=end, most=cap + 1
    ):
        if len(found) <= cap:
            worth = text_keys[key]
            rare = worth / math.sqrt(len(found))
            for other in found:
                shared[other] = shared.get(other, 0) + worth
                rarity[other] = rarity.get(other, 0.0) + rare
    enough = [each for each, worth in shared.items() if worth >= min_shared and rarity[each] >= min_rarity]
    best = sorted(enough, key=lambda each: (-rarity[each], each))[:limit]
    return [*best, *sorted(exact.difference(best))]


def _holders(
    store: Store, item_id: int, keys: Iterable[int], *, day: int, window_days: int, end: int, most: int
) -> Iterator[tuple[int, list[int]]]:
    """Which items of the window have each key, up to ``most`` of them; keys that none has are left out.

    One statement for all keys takes half the time of one for each.
    """
    rows = store.execute(
        """
        SELECT wanted.value AS key, (
            SELECT group_concat(item_id) FROM (
                SELECT item_id FROM text_keys
                WHERE key = wanted.value AND day BETWEEN :first AND :last AND item_id <> :item AND item_id < :end
                LIMIT :most
            )
        ) AS held
        FROM json_each(:keys) AS wanted
        """,
        {
            "first": day - window_days,
            "last": day + window_days,
            "item": item_id,
            "end": end,
            "most": most,
            "keys": json.dumps(list(keys)),
        },
    )
    return ((row["key"], list(map(int, row["held"].split(",")))) for row in rows if row["held"])


def live_matches(store: Store, ids: Iterable[int]) -> dict[tuple[int, int], Match]:
    """Fetch the matches that touch any of these items: (older, newer) → match."""
    wanted = json.dumps(list(ids))
    rows = store.execute(
        """
        SELECT older, newer, relation, rule, score, evidence FROM matches
        WHERE retracted_at IS NULL AND older IN (SELECT value FROM json_each(:ids))
        UNION ALL
        SELECT older, newer, relation, rule, score, evidence FROM matches
        WHERE retracted_at IS NULL AND newer IN (SELECT value FROM json_each(:ids))
        """,
        {"ids": wanted},
    )
    return {
        (row["older"], row["newer"]): Match(
            older=row["older"],
            newer=row["newer"],
            relation=Relation(row["relation"]),
            rule=row["rule"],
            score=row["score"],
            evidence=json.loads(row["evidence"]),
        )
        for row in rows
    }


def reconcile_matches(
    store: Store, item_id: int, judged: Mapping[tuple[int, int], Match], *, version: int, now: datetime
) -> set[int]:
    """Make the live matches of an item those just judged; what no longer holds is retracted, never deleted.

    Matches with items that wait to be compared anew are left to them: they were not among the candidates.
    Returns the ids of all items whose matches changed.
    """
    stamp = time_to_text(now)
    changed: set[int] = set()
    live = live_matches(store, [item_id])
    waiting = _waiting(store, {each for pair in live for each in pair} - {item_id})
    for pair, old in list(live.items()):
        fresh = judged.get(pair)
        if fresh is None and waiting.intersection(pair):
            continue
        if fresh is None or _verdict_of(fresh) != _verdict_of(old):
            store.execute(
                "UPDATE matches SET retracted_at = ? WHERE older = ? AND newer = ? AND retracted_at IS NULL",
                (stamp, *pair),
            )
            changed.update(pair)
            del live[pair]
    fresh_rows = [
        (
            *pair,
            match.relation.value,
            match.rule,
            match.score,
            json.dumps(match.evidence, ensure_ascii=False, sort_keys=True),
            version,
            stamp,
        )
        for pair, match in judged.items()
        if pair not in live
    ]
    store.executemany(
        """
        INSERT INTO matches (older, newer, relation, rule, score, evidence, version, made_at)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        """,
        fresh_rows,
    )
    changed.update(each for row in fresh_rows for each in row[:2])
    return changed


def _waiting(store: Store, ids: Iterable[int]) -> set[int]:
    rows = store.execute(
        "SELECT item_id FROM pending_items WHERE step = 0 AND item_id IN (SELECT value FROM json_each(?))",
        (json.dumps(sorted(ids)),),
    )
    return {row["item_id"] for row in rows}


def _verdict_of(match: Match) -> tuple[str, str, float]:
    return (match.relation.value, match.rule, match.score)
