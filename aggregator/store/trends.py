"""About which coins were the stories of a time, and of the time before it? Counted in SQL, by the item that speaks."""

from __future__ import annotations

from datetime import datetime

from aggregator.store.connection import Store
from aggregator.store.rows import time_to_text


def coins(store: Store, before: datetime, since: datetime, until: datetime) -> list[tuple[str, int, int]]:
    """List coins with their stories from ``since`` to ``until``, both inclusive, and from ``before`` to ``since``.

    The most told first; coins that were told only before come last.
    """
    rows = store.execute(
        """
        SELECT facets.value AS coin, sum(stories.at >= :since) AS now, sum(stories.at < :since) AS earlier
        FROM stories INDEXED BY stories_at
        JOIN facets INDEXED BY facets_item ON facets.item_id = stories.speaker AND facets.kind = 'coin'
        WHERE stories.at >= :before AND stories.at <= :until
        GROUP BY coin ORDER BY now DESC, earlier DESC, coin
        """,
        {"before": time_to_text(before), "since": time_to_text(since), "until": time_to_text(until)},
    )
    return [(row["coin"], row["now"], row["earlier"]) for row in rows]


def reaches_back(store: Store, moment: datetime) -> bool:
    """Whether there are stories from before a time."""
    found = store.execute("SELECT 1 FROM stories WHERE at < ? LIMIT 1", (time_to_text(moment),)).fetchone()
    return found is not None
