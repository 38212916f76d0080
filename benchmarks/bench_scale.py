"""Does what a run costs grow with what is stored? Fills a store step by step and times the same run at each step.

    python benchmarks/bench_scale.py                    20,000 and 40,000 items
    python benchmarks/bench_scale.py --items 12000      faster
    python benchmarks/bench_scale.py --items 2000 --steps 1 --padding 1000000
                                                        beside a million older items of random keys: some minutes

CPU seconds of dedup alone (cleaning, fingerprints, candidates, judging, clustering, storing), peak memory of the
process, and what dedup keeps per item.
"""

from __future__ import annotations

import argparse
import json
import resource
import tempfile
from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from time import process_time

from synthetic import items

from aggregator.config import Config
from aggregator.home import Home
from aggregator.models import Report
from aggregator.pipeline import dedup_stage, history
from aggregator.pipeline.session import no_progress, writing
from aggregator.store.connection import Store

NEW = 100
"""Items of the run that is timed."""
FEEDS = 300
SENTENCES = 8
"""A summary of a hundred words, as most feeds carry."""
NOW = datetime(2036, 1, 1, tzinfo=UTC)
PADDING_KEYS = 40
KEPT = ("fingerprints", "text_keys", "exact_keys", "wordings")


def add(store: Store, rows: Iterable[dict[str, object]]) -> float:
    """Store rows and dedup them; the CPU seconds of dedup."""
    for _ in history.add_lines(
        store, (json.dumps(row).encode() for row in rows), NOW, history.ImportReport()
    ):
        pass
    start = process_time()
    dedup_stage.dedup(store, Config(), NOW, Report(), rebuild=False, progress=no_progress)
    return process_time() - start


def pad(store: Store, count: int) -> None:
    """Put older items below: as many keys and bytes as real ones, that nothing new shares."""
    feed = store.execute("SELECT min(id) FROM feeds").fetchone()[0]
    with store.transaction():
        store.execute(
            """
            WITH RECURSIVE n (i) AS (SELECT 1000001 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000 + ?)
            INSERT INTO items (id, uid, feed_id, guid, title, summary_html, content_html, first_seen, at, content_hash)
            SELECT i, printf('%020x', i), ?, 'padding-' || i, '', '', '', '2020-01-01T00:00:00Z',
                '2020-01-01T00:00:00Z', ''
            FROM n
            """,
            (count, feed),
        )
        store.execute(
            "INSERT INTO fingerprints (item_id, day, data) SELECT id, 18000 + id % 1500, randomblob(950) FROM items "
            "WHERE id > 1000000"
        )
        store.execute(
            """
            WITH RECURSIVE k (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM k WHERE n < ?)
            INSERT OR IGNORE INTO text_keys (key, day, item_id)
            SELECT (random() & 4294967295) - 2147483648, 18000 + id % 1500, id
            FROM items CROSS JOIN k WHERE id > 1000000 ORDER BY 1, 2, 3
            """,
            (PADDING_KEYS,),
        )


def kept(store: Store, count: int) -> str:
    """What dedup keeps of an item, in bytes, by table."""
    sizes = dict(store.execute("SELECT name, sum(pgsize) FROM dbstat GROUP BY name").fetchall())
    told = {name: sizes.get(name, 0) / count for name in KEPT}
    return (
        ", ".join(f"{name} {size:.0f}" for name, size in told.items())
        + f": {sum(told.values()):.0f} bytes an item"
    )


def main() -> None:
    """Fill, time, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--items", type=int, default=40_000)
    parser.add_argument("--steps", type=int, default=2)
    parser.add_argument("--padding", type=int, default=0)
    options = parser.parse_args()
    rows = items(1 + options.items + options.steps * NEW, feeds=FEEDS, sentences=SENTENCES)
    with tempfile.TemporaryDirectory() as place, writing(Home(Path(place))) as store:
        stored = 0
        if options.padding:
            add(store, islice(rows, 1))
            pad(store, options.padding)
            print(
                f"{options.padding:,} older items below, {store.path.stat().st_size >> 20:,} MB", flush=True
            )
        for _ in range(options.steps):
            size = options.items // options.steps
            filled = add(store, islice(rows, size))
            timed = add(store, islice(rows, NEW))
            stored += size + NEW
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            print(
                f"{stored:>9,} items: {size / filled:5.0f} items/s while filling; "
                f"{NEW} new ones {timed:.2f} s CPU; peak memory {peak:.0f} MB",
                flush=True,
            )
        if not options.padding:
            print(f"          {kept(store, stored)}")


if __name__ == "__main__":
    main()
