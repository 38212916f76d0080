"""What does search weigh and cost? Bytes of the word index per item, CPU milliseconds of each kind of query.

    python benchmarks/bench_search.py [--items 100000]

Targets: 500 bytes an item beyond its text, 50 ms on 100,000 items. The store is made once, in some minutes, and kept
below the temporary directory.
"""

from __future__ import annotations

import argparse
import random
import statistics
from pathlib import Path
from time import process_time

from archive import home_of

from aggregator.store.connection import Store
from aggregator.store.reading import StoryQuery, open_reading, search_stories

RUNS = 5
SHOWN = 21
"""A list's twenty and one more, which tells whether there are more."""
FULL_TEXTS = 40
TARGET_BYTES, TARGET_MS = 500, 50


def weight(path: Path) -> str:
    """Bytes an item: its cleaned text, and the index beside it."""
    with open_reading(path) as store:
        count = store.execute("SELECT count(*) FROM texts").fetchone()[0]
        text = store.execute(
            "SELECT sum(length(CAST(title AS BLOB)) + length(CAST(body AS BLOB))) FROM texts"
        ).fetchone()[0]
        index = store.execute("SELECT sum(pgsize) FROM dbstat WHERE name LIKE 'search%'").fetchone()[0]
    size = f"{count:>9,} items of {text / count:5,.0f} bytes of text"
    return f"{size}: the word index takes {index / count:.0f} bytes an item"


def queries(store: Store) -> dict[str, str]:
    """What people type, and what costs most; words are taken from one of the oldest texts."""
    title, body = store.execute(
        "SELECT title, body FROM texts WHERE language = 'en' LIMIT 1 OFFSET 500"
    ).fetchone()
    signs = store.execute("SELECT title FROM texts WHERE language = 'zh' LIMIT 1 OFFSET 500").fetchone()[0]
    words = [word for word in title.split() if len(word) > 4]
    said = [word.strip(".,$") for word in body.split()]
    rng = random.Random(3)
    at = rng.randrange(len(said) - 4)
    return {
        "a word of a title": words[1],
        "two of them": f"{words[1]} {words[2]}",
        "a common word": "bitcoin",
        "a word in every text": "the",
        "two of those": "the of",
        "a common word without another": "bitcoin -solana",
        "a beginning": f"{words[1][:4]}*",
        "a phrase": f'"{" ".join(said[at : at + 3])}"',
        "a phrase of common words": '"of the"',
        "a Chinese word of two characters": signs[3:5],
        "one character": signs[3],
        "a phrase of ten": signs[3:13],
        "a common word, one coin": "bitcoin",
        "nothing": "qqqqq",
    }


def main() -> None:
    """Weigh, then time."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--items", type=int, default=100_000)
    parser.add_argument("--sentences", type=int, default=6)
    options = parser.parse_args()
    home = home_of(options.items, options.sentences)
    print(f"target {TARGET_BYTES} bytes an item")
    print(weight(home.database))
    print(weight(home_of(options.items // 10, FULL_TEXTS).database))
    with open_reading(home.database) as store:
        print(f"CPU ms of a search, median of {RUNS} (lowest to highest); target {TARGET_MS}")
        for what, words in queries(store).items():
            query = StoryQuery(limit=SHOWN, coin="ETH" if "coin" in what else None)
            taken = []
            for _ in range(RUNS):
                start = process_time()
                found = search_stories(store, words, query)
                taken.append((process_time() - start) * 1000)
            print(
                f"  {what:34} {statistics.median(taken):6.1f}   ({min(taken):.0f} to {max(taken):.0f})  "
                f"{len(found)} shown"
            )


if __name__ == "__main__":
    main()
