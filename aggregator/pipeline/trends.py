"""Which coins are in the news, against the week before?

Counted back from the newest story, as the page's other figures: the same store gives the same answer, whenever it is
asked.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from aggregator.models import CoinTrend
from aggregator.store import trends
from aggregator.store.connection import Store

WEEK = timedelta(days=7)
"""Weekends are quiet: any shorter time would compare other days of the week."""
COINS = 10
"""As many as are read; the tail of a week holds two hundred that were named once."""
SLACK = timedelta(days=1)
"""How much of the time before may be missing: a history that began within its first day is as good as whole."""


def coins(store: Store, newest: datetime, since: datetime | None = None) -> tuple[CoinTrend, ...]:
    """The coins that most stories were about from ``since`` (a week before the newest) to ``newest``.

    Each with the number of the equally long time before, which is unknown where the history does not reach so far.
    """
    since = newest - WEEK if since is None else since
    before = since - (newest - since)
    known = trends.reaches_back(store, before + min(SLACK, (newest - since) / 4))
    return tuple(
        CoinTrend(coin=coin, stories=now, before=earlier if known else None)
        for coin, now, earlier in trends.coins(store, before, since, newest)[:COINS]
        if now
    )
