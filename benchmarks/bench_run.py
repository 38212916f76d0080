"""What does a run cost? CPU seconds of whole processes over real HTTP on loopback; the server is another process.

Target: a run over 100 unchanged feeds stays below 1 s of CPU; no run holds more than 200 MB.
"""

from __future__ import annotations

import compileall
import os
import statistics
import subprocess
import sys
import tempfile
from datetime import datetime, timedelta
from pathlib import Path

import bench_startup
import synthetic

FEEDS = 100
ITEMS_PER_FEED = 30
RUNS = 5
START = datetime.fromisoformat("2026-11-22T12:00:00+00:00")


def write_feeds(directory: Path) -> None:
    """Write the feeds: full texts of about 6 KB, some of them copies of others."""
    by_feed: dict[str, list[dict[str, object]]] = {}
    for each in synthetic.items(FEEDS * ITEMS_PER_FEED, feeds=FEEDS):
        by_feed.setdefault(str(each["feed"]), []).append(each)
    for number, entries in enumerate(by_feed.values()):
        (directory / f"{number}.xml").write_bytes(synthetic.rss(number, entries[-ITEMS_PER_FEED:]))


def measured(home: Path, now: datetime) -> tuple[float, float]:
    """Run once; CPU seconds and peak MB."""
    command = [*bench_startup.AGGREGATOR, "run", "--now", now.isoformat()]
    seconds = bench_startup.cpu_seconds(command, home)
    return seconds, bench_startup.peak_mb(
        [*bench_startup.AGGREGATOR, "run", "--now", (now + timedelta(hours=12)).isoformat()], home
    )


def main() -> None:
    """Serve, subscribe, run cold, then again and again."""
    compileall.compile_dir("aggregator", quiet=2)
    with tempfile.TemporaryDirectory() as directory:
        home, served = Path(directory) / "home", Path(directory) / "served"
        home.mkdir()
        served.mkdir()
        write_feeds(served)
        server = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("serve_feeds.py")), str(served)],
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": "tests"},
        )
        try:
            assert server.stdout is not None
            base = server.stdout.readline().strip()
            outlines = "".join(f'<outline xmlUrl="{base}{n}.xml"/>' for n in range(FEEDS))
            (home / "feeds.opml").write_text(f'<opml version="2.0"><head/><body>{outlines}</body></opml>')
            (home / "aggregator.toml").write_text("[poll]\nprivate_networks = true\n")
            cold = [*bench_startup.AGGREGATOR, "run", "--now", START.isoformat()]
            memory = bench_startup.peak_mb(cold, home)
            seconds = []
            for number in range(1, RUNS + 1):
                cpu, peak = measured(home, START + timedelta(days=number))
                seconds.append(cpu)
                memory = max(memory, peak)
        finally:
            server.terminate()
            server.wait()
    print(f"{FEEDS} feeds of {ITEMS_PER_FEED} items, all unchanged (304): CPU s of the whole process")
    print(
        f"  median {statistics.median(seconds):.2f}   ({min(seconds):.2f} to {max(seconds):.2f}); target 1.00"
    )
    print(
        f"  peak memory, the cold run of {FEEDS * ITEMS_PER_FEED} new items included: {memory:.0f} MB; target 200"
    )


if __name__ == "__main__":
    main()
