"""Which words of the store begin so? For shells that finish what a person types; cheap, whatever is stored."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence

from aggregator.store.connection import Store
from aggregator.text.titles import shown_title

NEWEST = 1_000
"""Stories whose coins and languages are offered: about a day of a hundred feeds."""


def story_ids(store: Store, begun: str, *, limit: int) -> list[tuple[str, str]]:
    """Ids of stories that begin so, newest first of all when nothing is typed yet: (id, title)."""
    rows = store.execute(
        """
        SELECT stories.id, items.title, substr(texts.body, 1, 200) AS body FROM (
            SELECT id, speaker, at FROM stories WHERE :begun <> '' AND id >= :begun AND id < :begun || 'g'
            UNION ALL
            SELECT id, speaker, at FROM (SELECT * FROM stories WHERE :begun = '' ORDER BY at DESC, id LIMIT :limit)
            LIMIT :limit
        ) AS stories
        JOIN items ON items.id = stories.speaker
        LEFT JOIN texts ON texts.item_id = items.id
        ORDER BY stories.at DESC, stories.id
        """,
        {"begun": begun, "limit": limit},
    )
    return [(row["id"], shown_title(row["title"], row["body"] or "")) for row in rows]


def feed_titles(store: Store, begun: str) -> list[str]:
    """Titles of subscribed feeds that begin so, whatever their case."""
    rows = store.execute(
        """
        SELECT title FROM feeds
        WHERE removed_at IS NULL AND lower(substr(title, 1, length(:begun))) = lower(:begun)
        ORDER BY lower(title)
        """,
        {"begun": begun},
    )
    return [row["title"] for row in rows]


def coins(store: Store, begun: str) -> list[str]:
    """Tickers in the newest stories that begin so, the most frequent first."""
    counted = Counter(coin for _, tickers in _newest(store) for coin in tickers if coin.startswith(begun))
    return [coin for coin, _ in counted.most_common()]


def languages(store: Store, begun: str) -> list[str]:
    """Languages of the newest stories that begin so, the most frequent first."""
    counted = Counter(language for language, _ in _newest(store) if language and language.startswith(begun))
    return [language for language, _ in counted.most_common()]


def _newest(store: Store) -> list[tuple[str | None, Sequence[str]]]:
    rows = store.execute(
        """
        SELECT texts.language, texts.coins FROM (SELECT speaker FROM stories ORDER BY at DESC, id LIMIT ?) AS newest
        JOIN texts INDEXED BY texts_short ON texts.item_id = newest.speaker
        """,
        (NEWEST,),
    )
    return [(row["language"], json.loads(row["coins"] or "[]")) for row in rows]
