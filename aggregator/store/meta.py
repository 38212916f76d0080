"""Which versions and settings was the derived data made with, and what did past runs report?"""

from __future__ import annotations

from datetime import datetime

from aggregator.store.connection import Store
from aggregator.store.rows import text_to_time, time_to_text

RUNS_KEPT = 2_000
"""Two weeks of runs every ten minutes."""


def get(store: Store, key: str) -> str | None:
    """Look up one remembered value."""
    row = store.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
    return None if row is None else str(row["value"])


def put(store: Store, key: str, value: str) -> None:
    """Remember one value."""
    store.execute(
        "INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        (key, value),
    )


def keys(store: Store, prefix: str) -> list[str]:
    """List what is remembered under names that begin so."""
    rows = store.execute(
        "SELECT key FROM meta WHERE substr(key, 1, length(:prefix)) = :prefix ORDER BY key",
        {"prefix": prefix},
    )
    return [str(row["key"]) for row in rows]


def drop(store: Store, key: str) -> None:
    """Forget one remembered value."""
    store.execute("DELETE FROM meta WHERE key = ?", (key,))


def bump_revision(store: Store) -> None:
    """Note that something a reader is shown may have changed, so that an unchanged export costs nothing."""
    put(store, "revision", str(int(get(store, "revision") or 0) + 1))


def record_run(store: Store, report: str, now: datetime) -> None:
    """Keep a run's report (JSON), and let the oldest go."""
    store.execute("INSERT INTO runs (at, report) VALUES (?, ?)", (time_to_text(now), report))
    store.execute("DELETE FROM runs WHERE id <= (SELECT max(id) FROM runs) - ?", (RUNS_KEPT,))


def last_run(store: Store) -> tuple[datetime, str] | None:
    """When the last run was, and its report (JSON)."""
    row = store.execute("SELECT at, report FROM runs ORDER BY id DESC LIMIT 1").fetchone()
    return None if row is None else (text_to_time(row["at"]), row["report"])
