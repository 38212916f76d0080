"""Does reading cost what is shown or what is stored? CPU milliseconds of whole processes on a million items.

    python benchmarks/bench_reading.py [--items 1000000]

Target: `list` within 150 ms. The store is made once, in some minutes, and kept below the temporary directory.
"""

from __future__ import annotations

import argparse
import statistics
import sys

from archive import RARE_TICKER, home_of
from bench_startup import AGGREGATOR, cpu_seconds

from aggregator.store.reading import open_reading

RUNS = 5
TARGET_MS = 150


def main() -> None:
    """Make the store, then time command by command, in turns."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--items", type=int, default=1_000_000)
    options = parser.parse_args()
    home = home_of(options.items, sentences=2)
    with open_reading(home.database) as store:
        old = store.execute("SELECT id FROM stories ORDER BY at LIMIT 1 OFFSET 1000").fetchone()[0]
    now = ("--now", "2026-11-22T12:00:00Z")
    commands = {
        "(python -c 'import click, sqlite3')": None,
        "list": ["list"],
        "list --json": ["list", "--json"],
        "list --since 6h": ["list", "--since", "6h", *now],
        "list --since 2024-01-01 --until 2024-01-02": [
            "list",
            "--since",
            "2024-01-01",
            "--until",
            "2024-01-02",
        ],
        "list --coin BTC": ["list", "--coin", "BTC"],
        f"list --coin {RARE_TICKER}": ["list", "--coin", RARE_TICKER],
        "list --coin NONE": ["list", "--coin", "NONE"],
        "list --lang zh --feed 'outlet 7'": ["list", "--lang", "zh", "--feed", "outlet 7"],
        "list --tag news --coin ETH": ["list", "--tag", "news", "--coin", "ETH"],
        "list --search bitcoin": ["list", "--search", "bitcoin"],
        "show ID": ["show", old],
        "search bitcoin": ["search", "bitcoin"],
        "search qqqqq": ["search", "qqqqq"],
        "(aggregator alone)": [],
    }
    seconds: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(RUNS):
        for name, words in commands.items():
            alone = [sys.executable, "-c", "import click, sqlite3"]
            seconds[name].append(cpu_seconds(alone if words is None else [*AGGREGATOR, *words], home.path))
    print(
        f"{options.items:,} items; CPU ms, median of {RUNS} (lowest to highest); target of list {TARGET_MS} ms"
    )
    for name, values in seconds.items():
        print(
            f"  {name:44} {statistics.median(values) * 1000:6.0f}   "
            f"({min(values) * 1000:.0f} to {max(values) * 1000:.0f})"
        )


if __name__ == "__main__":
    main()
