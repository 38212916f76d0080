"""Is the database whole, how large is it, and what does it still have to do?"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from aggregator.store.connection import SCHEMA_VERSION, Store
from aggregator.store.reading import connected
from aggregator.store.rows import optional_text_to_time

FAULTS_TOLD = 20
"""One damaged page can make a thousand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How large the store is, in bytes and in rows."""

    used: int
    unused: int
    """Bytes in pages that hold nothing any more."""
    items: int
    stories: int
    tombstones: int


def faults(store: Store, *, full: bool) -> list[str]:
    """What is wrong, by SQLite; ``full`` compares indexes with their tables, follows every reference, reads values."""
    try:
        if not full:
            rows = store.execute(f"PRAGMA quick_check({FAULTS_TOLD})").fetchall()
            return [" ".join(row[0].split()) for row in rows if row[0] != "ok"]
        rows = store.execute(f"PRAGMA integrity_check({FAULTS_TOLD})").fetchall()
        found = [" ".join(row[0].split()) for row in rows if row[0] != "ok"]
        lost = store.execute("PRAGMA foreign_key_check").fetchmany(FAULTS_TOLD)
        found += [f"a row of {row[0]} names one of {row[2]} that is not there" for row in lost]
        return found or _unreadable(store)
    except sqlite3.DatabaseError as error:
        return [str(error)]


def _unreadable(store: Store) -> list[str]:
    """Values of a form that nothing here writes: SQLite keeps no sums of what it stores, and finds nothing wrong."""
    if version(store) < SCHEMA_VERSION:
        return []
    for statement in _TEXTS:
        for _ in store.execute(statement):
            pass  # what is no text raises
    rows = store.execute(
        """
        SELECT 'items', id FROM items WHERE NOT json_valid(tags) OR datetime(first_seen) IS NULL
            OR datetime(at) IS NULL OR (published NOTNULL AND datetime(published) IS NULL)
            OR (updated NOTNULL AND datetime(updated) IS NULL)
        UNION ALL
        SELECT 'feeds', id FROM feeds WHERE NOT json_valid(tags) OR NOT json_valid(folder)
            OR NOT json_valid(skip_hours) OR NOT json_valid(skip_days)
            OR (next_poll_at NOTNULL AND datetime(next_poll_at) IS NULL)
            OR (last_polled_at NOTNULL AND datetime(last_polled_at) IS NULL)
            OR (last_ok_at NOTNULL AND datetime(last_ok_at) IS NULL)
            OR (last_new_at NOTNULL AND datetime(last_new_at) IS NULL)
        UNION ALL
        SELECT 'stories', id FROM stories WHERE datetime(at) IS NULL
        UNION ALL
        SELECT 'texts', item_id FROM texts WHERE NOT json_valid(coins) OR NOT json_valid(labels)
        UNION ALL
        SELECT 'matches', id FROM matches WHERE NOT json_valid(evidence)
        UNION ALL
        SELECT 'runs', id FROM runs WHERE NOT json_valid(report) OR datetime(at) IS NULL
        """
    ).fetchmany(FAULTS_TOLD)
    return [f"row {row[1]} of {row[0]} holds what cannot be read" for row in rows]


_TEXTS = (
    "SELECT * FROM feeds",
    "SELECT * FROM items",
    "SELECT * FROM texts",
    "SELECT * FROM publications",
    "SELECT * FROM stories",
    "SELECT * FROM memberships",
    "SELECT * FROM related",
    "SELECT * FROM abstracts",
    "SELECT * FROM matches",
    "SELECT * FROM rulings",
    "SELECT * FROM runs",
    "SELECT * FROM meta",
    "SELECT * FROM aliases",
    "SELECT * FROM pauses",
    "SELECT * FROM told",
    "SELECT * FROM departed",
    "SELECT * FROM published",
    "SELECT * FROM facets",
    "SELECT * FROM model_answers",
    "SELECT * FROM model_decisions",
)


def prints(store: Store) -> Iterator[tuple[int, bytes]]:
    """The fingerprint of each item, as it is stored."""
    for row in store.execute("SELECT item_id, data FROM fingerprints ORDER BY item_id"):
        yield int(row[0]), bytes(row[1])


def evidence(path: Path) -> str:
    """The first thing that is wrong with a store that somebody stumbled over; empty where nothing is to be found."""
    try:
        with closing(connected(path)) as connection:
            found = faults(Store(connection, path), full=True)
    except sqlite3.OperationalError:
        return ""  # it cannot be looked at now, which says nothing of what is in it
    except sqlite3.DatabaseError as error:
        return str(error)
    return found[0] if found else ""


def version(store: Store) -> int:
    """Of the schema."""
    return int(store.execute("PRAGMA user_version").fetchone()[0])


def size(store: Store) -> Size:
    """Measure the store."""
    page, pages, unused = (
        int(store.execute(f"PRAGMA {what}").fetchone()[0])
        for what in ("page_size", "page_count", "freelist_count")
    )
    items, stories, tombstones = store.execute(
        """
        SELECT (SELECT count(*) FROM items), (SELECT count(*) FROM stories), (SELECT count(*) FROM tombstones)
        """
    ).fetchone()
    return Size(
        used=(pages - unused) * page,
        unused=unused * page,
        items=items,
        stories=stories,
        tombstones=tombstones,
    )


def last_written(store: Store) -> datetime | None:
    """The latest moment at which something is recorded to have happened here."""
    row = store.execute(
        """
        SELECT max(at) FROM (
            SELECT at FROM (SELECT at FROM runs ORDER BY id DESC LIMIT 1)
            UNION ALL SELECT max(last_polled_at) FROM feeds
            UNION ALL SELECT first_seen FROM (SELECT first_seen FROM items ORDER BY id DESC LIMIT 1)
        )
        """
    ).fetchone()
    return optional_text_to_time(row[0])


def queues(store: Store) -> dict[str, int]:
    """How many wait for which step."""
    row = store.execute(
        """
        SELECT (SELECT count(*) FROM pending_items) AS items,
            (SELECT count(*) FROM stories WHERE summary_due) AS abstracts,
            (SELECT count(*) FROM stories WHERE publication_due) AS wordings
        """
    ).fetchone()
    return {
        "items for dedup": row["items"],
        "stories for an abstract": row["abstracts"],
        "stories for the export": row["wordings"],
    }
