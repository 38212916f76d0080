"""What does polling cost? CPU seconds of this process, a loopback server in another one.

    python benchmarks/bench_poll.py [--feeds 100] [--rounds 5]

``304``: every feed answers that nothing changed. ``200``: every feed sends its 30 items of about 6 KB, which are
parsed. ``bad``: 40 good feeds among 14 that hang, drip, loop, fail or break off.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import resource
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[1] / "tests")]

HOSTS = [f"127.0.0.{number}" for number in range(2, 52)]
"""Fifty hosts, so that the bound of two connections for each does not decide the wall time."""
ITEMS = 30
WORDS = (
    "the of and to in a is that for on as with by at from it was be this are has will not but after over into more "
    "bitcoin ether token exchange wallet market price trading liquidity protocol staking validators mining miners "
    "regulators fund futures options volatility network upgrade bridge exploit audit custody bank settlement court "
    "payments inflation yield proposal governance airdrop halving leverage rally support block node consensus fees"
).split()


def sentence(chance: random.Random) -> str:
    """A sentence of made-up news."""
    return " ".join(chance.choices(WORDS, k=chance.randint(9, 28))).capitalize() + "."


def item(chance: random.Random, feed: int, number: int) -> str:
    """An RSS item with a full article of about 6 KB."""
    paragraphs = "\n".join(
        f"<p>{' '.join(sentence(chance) for _ in range(4))} <a href='/tag/{chance.choice(WORDS)}/'>more</a></p>"
        for _ in range(11)
    )
    return (
        f"<item><title>{sentence(chance)[:80]}</title><link>https://site{feed}.example/{number}/</link>"
        f"<guid isPermaLink='false'>https://site{feed}.example/?p={number}</guid>"
        f"<pubDate>Sat, 21 Nov 2026 {number % 24:02}:00:00 +0000</pubDate><dc:creator>Ann Example</dc:creator>"
        f"<category>Markets</category><category>Bitcoin</category><description>{sentence(chance)}</description>"
        f"<content:encoded><![CDATA[{paragraphs}]]></content:encoded></item>"
    )


def rss(feed: int) -> bytes:
    """A whole feed; the same number gives the same bytes."""
    chance = random.Random(feed)
    items = "\n".join(item(chance, feed, number) for number in range(ITEMS))
    return (
        "<?xml version='1.0' encoding='UTF-8'?><rss version='2.0' xmlns:dc='http://purl.org/dc/elements/1.1/' "
        "xmlns:content='http://purl.org/rss/1.0/modules/content/'><channel>"
        f"<title>Site {feed}</title><link>https://site{feed}.example/</link>{items}</channel></rss>"
    ).encode()


async def late(_request: Any, writer: asyncio.StreamWriter) -> None:
    """Say after 50 ms that nothing has changed."""
    await asyncio.sleep(0.05)
    writer.write(b"HTTP/1.1 304 Not Modified\r\nConnection: close\r\n\r\n")


async def large(_request: Any, writer: asyncio.StreamWriter) -> None:
    """Send a feed of 64 MB."""
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\nConnection: close\r\n\r\n")
    writer.write(b"<rss version='2.0'><channel><title>Large</title>")
    for number in range(16_000):
        text = f"<item><title>{number}</title><description>{'word ' * 800}</description></item>"
        writer.write(text.encode())
        await writer.drain()
    writer.write(b"</channel></rss>")


def serve(feeds: int) -> None:
    """Run the server (in its own process) until the parent closes our standard input."""
    import feedserver

    with feedserver.FeedServer(hosts=HOSTS) as server:
        for number in range(feeds):
            server.pages[f"/f/{number}"] = feedserver.Page.of(rss(number))
        bad = (feedserver.hang, feedserver.stall, feedserver.drip, feedserver.truncate)
        for number in range(10):
            server.behaviours[f"/bad/{number}"] = bad[number % len(bad)]
        for number in (10, 11):
            server.pages[f"/bad/{number}"] = feedserver.redirect(f"/bad/{number}")
        for number in (12, 13):
            server.pages[f"/bad/{number}"] = feedserver.Page(b"", None, 500)
        server.behaviours["/bad/14"] = feedserver.endless
        server.behaviours["/bad/15"] = large
        for number in range(feeds):
            server.behaviours[f"/late/{number}"] = late
        print(server.port, flush=True)
        sys.stdin.read()


def measure(name: str, count: int, rounds: int, once: Callable[[], str]) -> None:
    """Print median and spread of the CPU seconds that ``once`` takes."""
    cpu, wall, said = [], [], ""
    for _ in range(rounds):
        began, used = time.perf_counter(), time.process_time()
        said = once()
        cpu.append(time.process_time() - used)
        wall.append(time.perf_counter() - began)
    print(
        f"{name:18} {count:5} feeds  CPU {statistics.median(cpu):6.3f} s ({min(cpu):.3f}-{max(cpu):.3f})  "
        f"wall {statistics.median(wall):6.2f} s  {said}"
    )


def main() -> None:
    """Read the arguments, start the server, run."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--feeds", type=int, default=100)
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--serve", type=int, help=argparse.SUPPRESS)
    chosen = options.parse_args()
    if chosen.serve:
        serve(chosen.serve)
        return
    command = [sys.executable, __file__, "--serve", str(chosen.feeds)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        assert server.stdin is not None
        try:
            run(int(server.stdout.readline()), chosen.feeds, chosen.rounds)
        finally:
            server.stdin.close()


def run(port: int, count: int, rounds: int) -> None:
    """Measure every case against the server on ``port``."""
    began = time.process_time()
    from aggregator.models import Feed, Fetched
    from aggregator.poll.fetch import FetchLimits, fetch
    from aggregator.poll.parse import parse

    print(f"imports (pycurl, feedparser, …)      CPU {time.process_time() - began:6.3f} s")

    def feed(path: str, number: int, etag: str | None = None) -> Feed:
        url = f"http://{HOSTS[number % len(HOSTS)]}:{port}{path}"
        return Feed(id=number, url=url, first_url=url, title="", etag=etag)

    limits = FetchLimits(private_networks=True)
    fresh = [feed(f"/f/{number}", number) for number in range(count)]

    def kinds(feeds: list[Feed], within: FetchLimits = limits) -> str:
        # Outcomes are counted as they come and let go, as the pipeline does.
        found = Counter(type(outcome).__name__ for _, outcome in fetch(feeds, limits=within))
        return ", ".join(f"{number} {name}" for name, number in sorted(found.items()))

    etags, sizes = {}, []
    for each, outcome in fetch(fresh, limits=limits):
        assert isinstance(outcome, Fetched), outcome
        etags[each.id] = outcome.etag
        sizes.append(len(outcome.body))
    print(f"mean document {statistics.mean(sizes) / 1000:.0f} KB")
    known = [feed(f"/f/{number}", number, etags[number]) for number in range(count)]
    measure("304", count, rounds, lambda: kinds(known))
    measure("200, not parsed", count, rounds, lambda: kinds(fresh))

    def parsed() -> str:
        found = 0
        for each, outcome in fetch(fresh, limits=limits):
            assert isinstance(outcome, Fetched)
            found += len(parse(outcome, feed_url=each.url).entries)
        return f"{found} entries"

    measure("200, parsed", count, max(1, rounds // 2), parsed)
    mixed = fresh[:40] + [feed(f"/bad/{number}", number) for number in range(14)]
    short = FetchLimits(private_networks=True, timeout_seconds=2.0)
    measure(
        "14 bad, limit 2 s",
        len(mixed),
        1,
        lambda: kinds(mixed, short),
    )
    slow = [feed(f"/late/{number}", number, '"1"') for number in range(count)]
    measure("304 after 50 ms", count, rounds, lambda: kinds(slow))
    measure("one of 64 MB", 41, 1, lambda: kinds([feed("/bad/15", 0), *fresh[:40]]))
    measure("one endless", 41, 1, lambda: kinds([feed("/bad/14", 0), *fresh[:40]]))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (
        1024 if os.uname().sysname == "Linux" else 1024**2
    )
    print(f"peak memory {peak:.0f} MB")


if __name__ == "__main__":
    main()
