"""A store as years of feeds leave it, for loads on reading: written in bulk, stories and words without any dedup.

Kept below the temporary directory and used again:

    python benchmarks/archive.py 1000000 2              a million items of two sentences, in some minutes
"""

from __future__ import annotations

import json
import random
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from synthetic import COINS, sentence, vocabulary

from aggregator.home import Home
from aggregator.models import Subscription
from aggregator.store import feeds
from aggregator.store.connection import SCHEMA_VERSION, Store, open_store
from aggregator.store.rows import time_to_text
from aggregator.text.segment import segment

FEEDS = 100
END = datetime(2026, 11, 22, 12, tzinfo=UTC)
APART = timedelta(minutes=2)
"""Between two items: a hundred busy feeds, so that a million items are almost four years."""
CHINESE = 0.15
COPIES = 0.25
"""Share of items that are copies of the one before: stories have 1.33 items, as real feeds show, roughly."""
TICKERS = ("BTC", "ETH", "SOL", "ADA", "XRP", "DOGE", "LTC", "DOT", "AVAX", "LINK")
RARE_TICKER, RARE_EVERY = "QNT", 50_000
SENTENCES = 3_000
BLOCK = 20_000
"""Items that are made up; the rest are copies of them at other times, with other ids, made by SQLite alone."""


def home_of(items: int, sentences: int = 6) -> Home:
    """A home whose store holds so many items of so many sentences each; made when it is not there yet."""
    place = Path(tempfile.gettempdir()) / f"aggregator-archive-{SCHEMA_VERSION}-{items}-{sentences}"
    home = Home(place)
    if not (place / "complete").exists():
        place.mkdir(parents=True, exist_ok=True)
        for old in place.iterdir():
            old.unlink()
        (place / "feeds.opml").write_text('<opml version="2.0"><body/></opml>')
        with open_store(home.database) as store:
            fill(store, items, sentences)
        (place / "complete").touch()
    return home


def fill(store: Store, count: int, sentences: int) -> None:
    """Write items, texts, words, stories and abstracts in order of time."""
    named = [
        Subscription(url=f"https://outlet{number}.example/feed/", title=f"Outlet {number}")
        for number in range(FEEDS)
    ]
    store.execute("PRAGMA cache_size = -400000")
    with store.transaction():
        feeds.sync(store, named, END)
    store.execute(
        """
        CREATE TEMPORARY TABLE block (id INTEGER PRIMARY KEY, founder, feed, title, body, searched_title,
            searched_body, language, coins)
        """
    )
    store.executemany(
        "INSERT INTO block VALUES (:id, :founder, :feed, :title, :body, :searched_title, :searched_body, "
        ":language, :coins)",
        _rows(min(count, BLOCK), sentences),
    )
    for number in range((count + BLOCK - 1) // BLOCK):
        with store.transaction():
            _copy_block(store, number * BLOCK, count)
    with store.transaction():
        _rare_coin(store)
        store.execute("INSERT INTO runs (at, report) VALUES (?, '{}')", (time_to_text(END),))
    store.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _rows(count: int, sentences: int) -> Iterator[dict[str, object]]:
    rng = random.Random(11)
    words = vocabulary(rng)
    told = [sentence(rng, words) for _ in range(SENTENCES)]
    signs = [chr(0x4E00 + rng.randrange(1, 1_200)) for _ in range(1_200)]
    founder = 1
    for number in range(1, count + 1):
        founder = founder if number > 1 and rng.random() < COPIES else number
        chinese = rng.random() < CHINESE
        coin = rng.randrange(len(COINS) * 3)
        if chinese:
            title = "".join(rng.choices(signs, k=24))
            body = "，".join("".join(rng.choices(signs, k=16)) for _ in range(6)) + "。"
        else:
            title = " ".join([*COINS[coin : coin + 1], *rng.choices(words, k=7)]).title()
            body = "\n".join(rng.choices(told, k=sentences))
        yield {
            "id": number,
            "founder": founder,
            "feed": 1 + rng.randrange(FEEDS),
            "title": title,
            "body": body,
            "searched_title": segment(title),
            "searched_body": segment(body),
            "language": "zh" if chinese else "en",
            "coins": json.dumps(TICKERS[coin : coin + 1]),
        }


_COPY = (
    """
    INSERT INTO items (id, uid, feed_id, guid, url, title, summary_html, content_html, published, language, tags,
        first_seen, at, content_hash)
    SELECT :shift + id, printf('%016x%04x', (:shift + id) * 1099511628211 % 9007199254740881, id % 65536),
        feed, 'guid-' || (:shift + id), 'https://outlet.example/' || (:shift + id) || '/', title, '',
        '<p>' || body || '</p>', at, language, '["News"]', at, at, ''
    FROM (
        SELECT *, strftime('%Y-%m-%dT%H:%M:%SZ', :end - :apart * (:count - :shift - id), 'unixepoch') AS at
        FROM block
    ) WHERE :shift + id <= :count
    """,
    """
    INSERT INTO texts (item_id, title, body, truncated, attributions, language, coins)
    SELECT :shift + id, title, body, 0, '[]', language, coins FROM block WHERE :shift + id <= :count
    """,
    """
    INSERT INTO facets (kind, value, item_id)
    SELECT 'language', language, :shift + id FROM block WHERE :shift + id <= :count
    UNION ALL SELECT 'tag', 'news', :shift + id FROM block WHERE :shift + id <= :count
    UNION ALL SELECT 'coin', value, :shift + block.id FROM block, json_each(coins) WHERE :shift + block.id <= :count
    ORDER BY 1, 2, 3
    """,
    """
    INSERT INTO search (rowid, title, body)
    SELECT :shift + id, searched_title, searched_body FROM block WHERE :shift + id <= :count
    """,
    """
    INSERT INTO stories (id, founder, canonical, speaker, at, summary_due, publication_due)
    SELECT uid, items.id, items.id, items.id, at, 0, 0 FROM block JOIN items ON items.id = :shift + block.id
    WHERE founder = block.id ORDER BY uid
    """,
    """
    INSERT INTO memberships (item_id, story_id, rule, score)
    SELECT :shift + block.id, uid, CASE WHEN block.id = founder THEN NULL ELSE 'near-text' END, 0.9
    FROM block JOIN items ON items.id = :shift + founder WHERE :shift + block.id <= :count
    """,
    """
    INSERT INTO abstracts (story_id, text, method, sources, input_hash)
    SELECT uid, substr(block.body, 1, 240), 'reduction', '[]', '' FROM block JOIN items ON items.id = :shift + block.id
    WHERE founder = block.id ORDER BY uid
    """,
)


def _copy_block(store: Store, shift: int, count: int) -> None:
    values = {
        "shift": shift,
        "count": count,
        "end": int(END.timestamp()),
        "apart": int(APART.total_seconds()),
    }
    for statement in _COPY:
        store.execute(statement, values)


def _rare_coin(store: Store) -> None:
    """Give one story in many a coin that no other has."""
    store.execute(
        """
        INSERT INTO facets (kind, value, item_id)
        SELECT 'coin', ?, min(founder) FROM stories GROUP BY founder / ?
        """,
        (RARE_TICKER, RARE_EVERY),
    )


if __name__ == "__main__":
    print(home_of(*map(int, sys.argv[1:])).path)
