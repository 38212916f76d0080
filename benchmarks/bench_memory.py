"""How much memory does polling take, and whom does one huge feed keep waiting? A loopback server in another process.

    python benchmarks/bench_memory.py [--feeds 5000]

``cold``: every feed is new, with 10 items of about 300 bytes. ``304``: nothing changed. ``and one of 64 MB``: the same
with one more feed, of 64 MB, which the settings allow. ``others done``: when the last of the
others was taken in. Peaks are of the poll itself and of the process in which it has large documents read.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "benchmarks")]

POLL = """
import json, resource, sys, time
from datetime import datetime, UTC
from pathlib import Path
from aggregator import pipeline
from aggregator.config import Config, PollConfig
from aggregator.home import Home
poll = PollConfig(private_networks=True, host_spacing_seconds=0.0, max_bytes=128 * 1024 * 1024, timeout_seconds=120.0)
began, moments = time.perf_counter(), []
now = datetime.now(UTC).replace(microsecond=0)
told = lambda stage, done, total: moments.append(time.perf_counter() - began)
report = pipeline.poll(Home(Path(sys.argv[1])), Config(poll=poll), now, force=True, progress=told)
peaks = [resource.getrusage(whose).ru_maxrss for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
print(json.dumps([moments[-2], time.perf_counter() - began, *peaks, report.feeds, report.items["new"]]))
"""


def rss(feed: int) -> bytes:
    """A small feed; the same number gives the same bytes."""
    items = "".join(
        f"<item><title>Report {number} of site {feed}</title><link>https://site{feed}.example/{number}</link>"
        f"<guid isPermaLink='false'>{number}</guid><pubDate>Sat, 21 Nov 2026 {number:02}:00:00 GMT</pubDate>"
        f"<description>{f'What was found in part {number}. ' * 6}</description></item>"
        for number in range(10)
    )
    return f"<rss version='2.0'><channel><title>Site {feed}</title>{items}</channel></rss>".encode()


def serve(feeds: int) -> None:
    """Run the server (in its own process) until the parent closes our standard input."""
    from bench_poll import HOSTS, large
    from feedserver import FeedServer, Page

    with FeedServer(hosts=HOSTS) as server:
        for number in range(feeds):
            server.pages[f"/{number}"] = Page.of(rss(number))
        server.behaviours["/large"] = large
        print(server.port, flush=True)
        sys.stdin.read()


def poll(name: str, home: Path, urls: list[str]) -> None:
    """Poll these addresses in a process of its own, and print what that took."""
    outlines = "".join(f'<outline type="rss" xmlUrl="{url}"/>' for url in urls)
    (home / "feeds.opml").write_text(f"<opml version='2.0'><body>{outlines}</body></opml>")
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    done = subprocess.run(
        [sys.executable, "-c", POLL, str(home)],
        env=environment | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        check=True,
    )
    others, wall, own, childs, feeds, new = json.loads(done.stdout)
    said = ", ".join(
        f"{count} {kind.replace('_', ' ')}" for kind, count in feeds.items() if count and kind != "due"
    )
    print(
        f"{name:26} peak {own / 1024:4.0f} MB, of its reader {childs / 1024:3.0f} MB  wall {wall:5.1f} s, "
        f"others done after {others:5.1f} s  {said}, {new} new items",
        flush=True,
    )


def main() -> None:
    """Read the arguments, start the server, poll."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--feeds", type=int, default=5000)
    options.add_argument("--serve", type=int, help=argparse.SUPPRESS)
    chosen = options.parse_args()
    if chosen.serve:
        serve(chosen.serve)
        return
    from bench_poll import HOSTS

    command = [sys.executable, __file__, "--serve", str(chosen.feeds)]
    with (
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server,
        tempfile.TemporaryDirectory() as scratch,
    ):
        assert server.stdout is not None
        assert server.stdin is not None
        port = int(server.stdout.readline())
        urls = [f"http://{HOSTS[number % len(HOSTS)]}:{port}/{number}" for number in range(chosen.feeds)]
        home = Path(scratch)
        try:
            for name in ("cold", "304"):
                poll(f"{name}, {chosen.feeds} feeds", home, urls)
            poll("304, and one of 64 MB", home, [f"http://{HOSTS[0]}:{port}/large", *urls])
        finally:
            server.stdin.close()


if __name__ == "__main__":
    main()
