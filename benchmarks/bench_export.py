"""CPU seconds and bytes of an export, from stories to documents: the first one, the next one, an unchanged file."""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from aggregator.export import atom, jsonfeed, page, rss
from aggregator.export.channel import Channel
from aggregator.export.files import write
from aggregator.export.select import select
from aggregator.models import Copy, FeedRef, Story

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
OUTLETS = [FeedRef(title=f"Outlet {n}", url=f"https://outlet{n}.example/feed") for n in range(60)]
BODY = (
    "<p>"
    + "</p><p>".join(f"Paragraph {n} says nothing that was not said before." for n in range(15))
    + "</p>"
)


def story(number: int) -> Story:
    """One of a busy week: two copies, every tenth without an abstract."""
    when = NOW - timedelta(minutes=5 * number)
    copies = tuple(
        Copy(
            item=f"{number + offset:020x}",
            title=f"Copy of report {number} on the market",
            url=f"https://outlet{(number + offset) % 60}.example/news/{number}",
            feed=OUTLETS[(number + offset) % 60],
            published=when + timedelta(minutes=offset),
            rule="near-text",
            score=0.9,
        )
        for offset in (1, 2)
    )
    return Story(
        id=f"{number:020x}",
        item=f"{number:020x}",
        title=f"Report number {number} on the state of the market, in a headline of usual length",
        url=f"https://outlet{number % 60}.example/{when:%Y/%m/%d}/report-{number}",
        feed=OUTLETS[number % 60],
        published=when,
        updated=when,
        language="en",
        coins=("BTC", "ETH"),
        tags=("Markets",),
        abstract=None if number % 10 == 0 else "Volumes moved and nobody could say why. " * 6,
        content_html=BODY,
        reposts=copies,
    )


def timed(name: str, work: Callable[[], object]) -> float:
    """Print and give the CPU seconds of one piece of work."""
    start = time.process_time()
    work()
    seconds = time.process_time() - start
    print(f"{name:<34}{seconds * 1000:8.1f} ms CPU")
    return seconds


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stories", type=int, default=1000)
    count = parser.parse_args().stories
    stories = [story(number) for number in range(count)]
    channel = Channel(updated=NOW, limit=count, max_bytes=64 * 1024 * 1024)
    timed("first page: template and imports", lambda: page.render(channel, []))
    chosen: list[Story] = []
    seconds = timed(
        f"select {count} stories", lambda: chosen.extend(select(stories, channel=channel, now=NOW))
    )
    documents: dict[str, bytes] = {}
    for name, render in (
        ("atom.xml", lambda: atom.render(channel, chosen)),
        ("rss.xml", lambda: rss.render(channel, chosen)),
        ("feed.json", lambda: jsonfeed.render(channel, chosen)),
        ("index.html", lambda: page.render(channel, chosen)),
    ):
        seconds += timed(
            f"render {name}", lambda name=name, render=render: documents.update({name: render()})
        )
    print(f"{'all formats':<34}{seconds * 1000:8.1f} ms CPU")
    for name, data in documents.items():
        print(f"{name:<34}{len(data) / count:8.0f} bytes a story")
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "atom.xml"
        timed("write atom.xml", lambda: write(path, documents["atom.xml"]))
        timed("write it again, unchanged", lambda: write(path, documents["atom.xml"]))
    live = select([replace(each) for each in stories], channel=Channel(updated=NOW), now=NOW)
    print(
        f"live feed under the default limits: {len(live)} stories, {len(atom.render(channel, live))} bytes of Atom"
    )


if __name__ == "__main__":
    main()
