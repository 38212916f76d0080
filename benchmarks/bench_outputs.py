"""What do twenty merged feeds cost beside one? CPU seconds of an export on a store of 30,000 stories.

    python benchmarks/bench_outputs.py [STORIES]

The first export, one after a story came in that half of the outputs hold, one in which nothing changed; and for each
kind of rule the time to choose its hundred stories. The store is filled directly, without dedup.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from aggregator import config
from aggregator.home import Home
from aggregator.models import CleanText, Cluster, Entry, Match, Relation, Report, Selection, Subscription
from aggregator.pipeline.export import export
from aggregator.pipeline.session import no_progress
from aggregator.store import feeds, items, selecting, stories, texts
from aggregator.store.connection import Store, open_store

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
FEEDS = 60
COINS = "BTC ETH SOL XRP DOGE ADA BNB LINK".split()
RARE = "KAS"
EVERY = 1_000
"""One story in so many is about the rare coin, as many say the rare word."""
BATCH = 1_000

RULES = {
    "everything": "",
    "a coin in an eighth of the stories": 'coins = ["BTC"]',
    "a coin in one of a thousand": f'coins = ["{RARE}"]',
    "a word in every fourth": 'words = ["harbour"]',
    "a word in one of a thousand": 'words = ["lighthouse"]',
    "no labels, no such word": 'sponsored = false\npress_releases = false\nwithout_words = ["harbour"]',
    "one feed": 'feeds = ["Outlet 7"]',
    "three publishers or more": "min_outlets = 3",
    "at most three of each feed": "per_feed = 3",
    "a language in one of a thousand": 'languages = ["ja"]',
}


def fill(store: Store, count: int) -> None:
    """Put stories into the store as dedup would have left them, every tenth with two copies."""
    feeds.sync(
        store,
        [Subscription(url=f"https://outlet{n}.example/feed", title=f"Outlet {n}") for n in range(FEEDS)],
        NOW,
    )
    known = feeds.all_feeds(store)
    for start in range(0, count, BATCH):
        with store.transaction():
            for number in range(start, min(count, start + BATCH)):
                add_story(store, known, number, count)


def add_story(store: Store, known: list[feeds.Feed], number: int, count: int) -> None:
    """One story of a busy month: the last one stands at ``NOW``."""
    at = NOW - timedelta(minutes=2 * (count - number))
    rare = number % EVERY == 0
    members = []
    for copy in range(3 if number % 10 == 0 else 1):
        feed = known[(number * 7 + copy * 13) % FEEDS]
        entry = Entry(
            guid=f"{number}-{copy}",
            url=f"https://outlet{feed.id}.example/{number}",
            title=f"Report {number} on the harbour and what is moored there",
            published=at + timedelta(minutes=copy),
            tags=("Markets",) if number % 3 else ("Policy", "Markets"),
        )
        items.add_entries(store, feed_id=feed.id, feed_first_url=feed.first_url, entries=[entry], now=NOW)
        item = int(store.execute("SELECT max(id) FROM items").fetchone()[0])
        words = (
            f"{'harbour' if number % 4 == 0 else 'quay'} {'lighthouse' if rare else 'lamp'} report {number} "
        )
        text = CleanText(title=entry.title[:9], paragraphs=(words * 8,), language="ja" if rare else "en")
        seen = texts.Recognised(
            coins=(RARE,) if rare else (COINS[number % len(COINS)],),
            labels=("press-release",) if number % 30 == 0 else (),
            tags=entry.tags,
        )
        texts.save(store, item, text, seen)
        members.append(item)
    via = {
        item: Match(older=members[0], newer=item, relation=Relation.REPOST, rule="near-text", score=0.9)
        for item in members[1:]
    }
    cluster = Cluster(founder=members[0], canonical=members[0], members=tuple(members), via=via)
    stories.apply_clusters(store, members, [cluster])
    items.set_pending(store, members, step=None)


def timed(name: str, work: Callable[[], object]) -> None:
    """Run and print."""
    start = time.process_time()
    work()
    print(f"  {name:44} {1000 * (time.process_time() - start):8.0f} ms")


def main() -> None:
    """Fill a store, then export one and twenty-one outputs."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 30_000
    tables = [
        f"[outputs.n{number}]\n{rule}" for number, rule in enumerate([*RULES.values(), *RULES.values()])
    ]
    with tempfile.TemporaryDirectory() as directory:
        home = Home(Path(directory))
        with open_store(home.database) as store:
            fill(store, count)
            known = feeds.feeds_by_id(store)
            print(f"{count:,} stories; choosing 100 of them, CPU")
            for name, rule in RULES.items():
                settings = config.parse(f"[outputs.one]\n{rule}").outputs["one"]
                wanted = {each: getattr(settings, each) for each in Selection.__dataclass_fields__}
                timed(name, lambda wanted=wanted: first_hundred(store, Selection(**wanted), known))
            for what, settings in (
                ("main output alone", config.parse("")),
                ("and 20 others", config.parse("\n".join(tables))),
            ):
                print(f"export, {what}, CPU")
                for name in ("first", "after a story came in", "unchanged"):
                    if name == "after a story came in":
                        with store.transaction():
                            add_story(store, feeds.all_feeds(store), count := count + 1, count)
                    timed(
                        name,
                        lambda settings=settings: export(store, home, settings, NOW, Report(), no_progress),
                    )


def first_hundred(store: Store, selection: Selection, known: dict[int, feeds.Feed]) -> int:
    """Choose as an export does; give how many there were."""
    found = selecting.picked(store, selection, known, until=NOW)
    return sum(1 for _ in zip(range(100), found, strict=False))


if __name__ == "__main__":
    main()
