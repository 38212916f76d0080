"""How long does a run wait for feeds that are far away? Wall seconds of whole processes.

    python benchmarks/bench_latency.py [--feeds 1000] [--rounds 5]

A loopback server in another process answers each request after 50 ms, from fifty addresses; nothing has changed (304).
Target: 1,000 feeds within 1.5 s, the start of the program and its end included. It needs a quiet machine: CPU seconds
stand beside the wall's, so that one that is not can be told.
"""

from __future__ import annotations

import argparse
import asyncio
import compileall
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import bench_startup
from bench_poll import HOSTS

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

LATENCY_SECONDS = 0.05
START = datetime.fromisoformat("2026-11-22T12:00:00+00:00")


async def far(request: Any, writer: asyncio.StreamWriter) -> None:
    """Answer after a while: with a feed of one entry, and that nothing has changed to who knows it."""
    import feedserver

    await asyncio.sleep(LATENCY_SECONDS)  # this is what is measured
    name = request.path.rpartition("/")[2]
    body = (
        f"<rss version='2.0'><channel><title>Site {name}</title><item><title>Report of site {name}</title>"
        f"<link>https://site{name}.example/1</link></item></channel></rss>"
    )
    known = request.headers.get("if-none-match") == '"1"'
    headers = {"ETag": '"1"', "Connection": "close"} | (
        {} if known else {"Content-Type": "application/rss+xml"}
    )
    status, sent = (304, b"") if known else (200, body.encode())
    writer.write(feedserver.render(status, headers, sent, length=not known))


def serve(feeds: int) -> None:
    """Run the server (in its own process) until the parent closes our standard input."""
    import feedserver

    with feedserver.FeedServer(hosts=HOSTS) as server:
        server.behaviours = {f"/{number}": far for number in range(feeds)}
        print(server.port, flush=True)
        sys.stdin.read()


def subscribe(home: Path, port: int, feeds: int) -> None:
    """Write a home whose feeds are those of the server."""
    urls = (f"http://{HOSTS[number % len(HOSTS)]}:{port}/{number}" for number in range(feeds))
    outlines = "".join(f'<outline xmlUrl="{url}"/>' for url in urls)
    (home / "feeds.opml").write_text(f'<opml version="2.0"><head/><body>{outlines}</body></opml>')
    (home / "aggregator.toml").write_text("[poll]\nprivate_networks = true\n")


def measure(command: str, home: Path, first: int, rounds: int) -> None:
    """Print how long a command takes every ten minutes from the ``first`` on, median and spread."""
    wall, cpu = [], []
    for number in range(rounds):
        now = START + timedelta(minutes=10 * (first + number))
        began = time.perf_counter()
        cpu.append(
            bench_startup.cpu_seconds(
                [*bench_startup.AGGREGATOR, command, "--force", "--now", now.isoformat()], home
            )
        )
        wall.append(time.perf_counter() - began)
    print(
        f"  {command:5} wall {statistics.median(wall):5.2f} s ({min(wall):.2f}-{max(wall):.2f})   "
        f"CPU {statistics.median(cpu):.2f} s ({min(cpu):.2f}-{max(cpu):.2f})",
        flush=True,
    )


def main() -> None:
    """Read the arguments, serve, subscribe, run cold, then again and again."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--feeds", type=int, default=1000)
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--serve", type=int, help=argparse.SUPPRESS)
    chosen = options.parse_args()
    if chosen.serve:
        serve(chosen.serve)
        return
    compileall.compile_dir("aggregator", quiet=2)
    command = [sys.executable, __file__, "--serve", str(chosen.feeds)]
    with (
        tempfile.TemporaryDirectory() as directory,
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server,
    ):
        assert server.stdout is not None
        assert server.stdin is not None
        try:
            home = Path(directory)
            subscribe(home, int(server.stdout.readline()), chosen.feeds)
            cold = [*bench_startup.AGGREGATOR, "run", "--json", "--now", START.isoformat()]
            subprocess.run(
                cold, cwd=home, env=bench_startup.ENVIRONMENT, stdout=subprocess.DEVNULL, check=True
            )
            print(f"{chosen.feeds} feeds that answer 304 after 50 ms, the whole process; target 1.50 s")
            measure("poll", home, 1, chosen.rounds)
            measure("run", home, 1 + chosen.rounds, chosen.rounds)
        finally:
            server.stdin.close()


if __name__ == "__main__":
    main()
