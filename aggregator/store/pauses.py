"""Which hosts have asked to be left alone, and until when?

A 429, or a 503 with ``Retry-After``, is said to whoever comes from here, not to one feed: the pause is kept for
the host and across runs.
"""

from __future__ import annotations

from datetime import datetime

from aggregator.store.connection import Store
from aggregator.store.rows import text_to_time, time_to_text


def paused_hosts(store: Store, now: datetime) -> dict[str, datetime]:
    """Hosts whose pause is not over yet, each with its end."""
    rows = store.execute("SELECT host, until FROM pauses WHERE until > ?", (time_to_text(now),))
    return {row["host"]: text_to_time(row["until"]) for row in rows}


def pause(store: Store, host: str, *, until: datetime, message: str, now: datetime) -> None:
    """Leave a host alone until then; an earlier word that reaches further stays. Pauses that are over go."""
    store.execute("DELETE FROM pauses WHERE until <= ?", (time_to_text(now),))
    store.execute(
        """
        INSERT INTO pauses (host, until, message) VALUES (?, ?, ?)
        ON CONFLICT (host) DO UPDATE SET until = max(until, excluded.until), message = excluded.message
        """,
        (host, time_to_text(until), message),
    )
