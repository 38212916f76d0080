"""What do the page's figures cost? A busy month in a store: 300 feeds, 10,000 items a day, two of five copies.

    python benchmarks/bench_overview.py            100,000 items, ten days
    python benchmarks/bench_overview.py --days 3   faster

CPU seconds of counting the last week for the page, and of ``stats`` over all of it for comparison. Items of 600 words
are laid into the tables directly: what dedup makes of them is not the question here.
"""

from __future__ import annotations

import argparse
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from time import process_time

from aggregator.dedup import fingerprint, packing
from aggregator.models import CleanText, Feed, Item
from aggregator.pipeline import figures, overview
from aggregator.store.connection import Store, open_store

NOW = datetime(2036, 1, 1, tzinfo=UTC)
WINDOW = timedelta(days=5)
FEEDS, A_DAY, WORDS, REPEATS = 300, 10_000, 600, 5
COPY, OF = 2, 5
"""So many of so many items are copies of the one before."""


def fill(store: Store, days: int) -> None:
    """Lay in the items, oldest first, evenly over the days."""
    count = days * A_DAY
    body = " ".join(f"word{number % 400}" for number in range(WORDS))
    item = Item(
        id=1,
        uid="0" * 20,
        feed_id=1,
        guid="g",
        url=None,
        title="A title of six plain words",
        first_seen=NOW,
        at=NOW,
    )
    feed = Feed(
        id=1, url="https://outlet1.example/feed", first_url="https://outlet1.example/feed", title="Outlet 1"
    )
    print_ = packing.encode(
        fingerprint.fingerprint(item, CleanText(title=item.title, paragraphs=(body,)), feed)
    )
    moments = [
        f"{NOW - timedelta(seconds=86_400 / A_DAY) * (count - number):%Y-%m-%dT%H:%M:%SZ}"
        for number in range(count)
    ]
    founders = [number - (number % OF if number % OF <= COPY else 0) for number in range(count)]
    with store.transaction():
        store.executemany(
            "INSERT INTO feeds (id, url, first_url, title, site_url, added_at) VALUES (?, ?, ?, ?, ?, '')",
            [
                (
                    each,
                    f"https://outlet{each}.example/feed",
                    f"https://outlet{each}.example/feed",
                    f"Outlet {each}",
                    f"https://outlet{each}.example/",
                )
                for each in range(1, FEEDS + 1)
            ],
        )
        store.executemany(
            """
            INSERT INTO items (id, uid, feed_id, guid, title, summary_html, content_html, first_seen, at, content_hash)
            VALUES (?, ?, ?, ?, 'T', '', '', ?, ?, '')
            """,
            [
                (number + 1, f"{number:020x}", 1 + number * 7 % FEEDS, str(number), moment, moment)
                for number, moment in enumerate(moments)
            ],
        )
        store.executemany(
            "INSERT INTO stories (id, founder, canonical, speaker, at) VALUES (?, ?, ?, ?, ?)",
            [
                (f"{number:020x}", number + 1, number + 1, number + 1, moments[number])
                for number in sorted(set(founders))
            ],
        )
        store.executemany(
            "INSERT INTO memberships (item_id, story_id) VALUES (?, ?)",
            [(number + 1, f"{founder:020x}") for number, founder in enumerate(founders)],
        )
        store.executemany(
            "INSERT INTO fingerprints (item_id, day, data) VALUES (?, 0, ?)",
            [(number + 1, print_) for number in range(count)],
        )


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--days", type=int, default=10)
    days = parser.parse_args().days
    with tempfile.TemporaryDirectory() as directory, open_store(Path(directory) / "aggregator.db") as store:
        fill(store, days)
        times = []
        for _ in range(REPEATS):
            start = process_time()
            found = overview.overview(store, NOW, window=WINDOW)
            times.append(process_time() - start)
        told = sum(record.own + record.reposts + record.doubles for record in found.records)
        print(f"{days * A_DAY} items in {FEEDS} feeds; the page counts {told} from {found.since}")
        print(f"overview   {median(times):6.3f} s ({min(times):.3f}–{max(times):.3f})")
        start = process_time()
        figures.stats(store, since=None, until=None, window=WINDOW)
        print(f"stats      {process_time() - start:6.3f} s over all of it")


if __name__ == "__main__":
    main()
