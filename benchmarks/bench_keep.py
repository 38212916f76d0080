"""What does a store weigh, and what does keeping it cost: pruning, tombstones, backup, restore, vacuum, doctor?

    python benchmarks/bench_keep.py [--items 4000] [--sentences 40]

Items of about 6 KB (40 sentences) or 1 KB (6), as in the other loads; CPU seconds in this process, bytes by table.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from time import process_time

from synthetic import START, items

from aggregator import pipeline
from aggregator.config import Config, ExportConfig
from aggregator.home import Home
from aggregator.store.reading import open_reading

FEEDS = 100
MB = 1_000_000
FACTS = (
    "items",
    "items_url",
    "items_short",
    "items_feed_title",
    "sqlite_autoindex_items_1",
    "sqlite_autoindex_items_2",
)
READING = ("texts", "texts_short")


def timed(work: Callable[[], object]) -> float:
    """CPU seconds."""
    start = process_time()
    work()
    return process_time() - start


def weights(home: Home) -> dict[str, int]:
    """Bytes of each table and index."""
    with open_reading(home.database) as store:
        return dict(store.execute("SELECT name, sum(pgsize) FROM dbstat GROUP BY name").fetchall())


def told(sizes: dict[str, int], count: int) -> str:
    """Bytes an item, by what they are for."""
    groups = {
        "as the feeds said it": sum(sizes.get(name, 0) for name in FACTS),
        "cleaned text": sum(sizes.get(name, 0) for name in READING),
        "word index": sum(size for name, size in sizes.items() if name.startswith("search")),
        "dedup": sum(sizes.get(name, 0) for name in ("fingerprints", "text_keys", "exact_keys", "wordings")),
    }
    groups["all else"] = sum(sizes.values()) - sum(groups.values())
    return ", ".join(f"{what} {size / count:,.0f}" for what, size in groups.items())


def main() -> None:
    """Fill, weigh, prune half, weigh again."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--items", type=int, default=4_000)
    parser.add_argument("--sentences", type=int, default=40)
    options = parser.parse_args()
    config = Config(export=ExportConfig(limit=100, min_hours=48))
    with tempfile.TemporaryDirectory() as place:
        home = Home(Path(place) / "home")
        home.path.mkdir()
        home.opml.write_text('<opml version="2.0"><head/><body/></opml>')
        lines = (
            json.dumps(each).encode()
            for each in items(options.items, feeds=FEEDS, sentences=options.sentences)
        )
        now = START + timedelta(minutes=3 * options.items, days=7)
        pipeline.import_items(home, config, now, lines)
        pipeline.vacuum(home)
        sizes = weights(home)
        whole = sum(sizes.values())
        print(
            f"{options.items:,} items of {options.sentences} sentences: {whole / options.items * 100_000 / MB:,.0f} MB "
            f"per 100,000; bytes an item: {told(sizes, options.items)}"
        )
        quick = timed(lambda: list(pipeline.examine(home, now)))
        full = timed(lambda: list(pipeline.examine(home, now, full=True)))
        backup = Path(place) / "backup.db"
        saving = timed(lambda: pipeline.backup(home, backup))
        back = timed(lambda: pipeline.restore(Home(Path(place) / "there"), backup, now))
        print(
            f"CPU on {whole / MB:,.0f} MB: doctor {quick:.2f} s, doctor --full {full:.2f} s, "
            f"backup {saving:.2f} s, restore {back:.2f} s (both look through the copy)"
        )
        before = START + timedelta(minutes=3 * options.items // 2)
        start = process_time()
        done = pipeline.prune(home, config, now, before)
        seconds = process_time() - start
        stones = sum(size for name, size in weights(home).items() if name.startswith("tombstones"))
        vacuumed = pipeline.vacuum(home)
        print(
            f"pruned {done.items:,} items in {seconds:.2f} s CPU, {seconds / max(1, done.items) * 1000:.1f} ms an "
            f"item; a tombstone takes {stones / max(1, done.tombstones):.0f} bytes; vacuumed from "
            f"{vacuumed.before / MB:,.1f} to {vacuumed.after / MB:,.1f} MB"
        )


if __name__ == "__main__":
    main()
