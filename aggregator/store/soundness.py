"""Is the database whole, how large is it, and what does it still have to do?"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from aggregator.store.connection import Store
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
    """What SQLite finds wrong; ``full`` compares indexes with their tables and follows every reference too."""
    try:
        if not full:
            rows = store.execute(f"PRAGMA quick_check({FAULTS_TOLD})").fetchall()
            return [" ".join(row[0].split()) for row in rows if row[0] != "ok"]
        rows = store.execute(f"PRAGMA integrity_check({FAULTS_TOLD})").fetchall()
        found = [" ".join(row[0].split()) for row in rows if row[0] != "ok"]
        lost = store.execute("PRAGMA foreign_key_check").fetchmany(FAULTS_TOLD)
    except sqlite3.DatabaseError as error:
        return [str(error)]
    return found + [f"a row of {row[0]} names one of {row[2]} that is not there" for row in lost]


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
