"""Is anything lost when a home goes to another machine by ``dump`` and ``import``? Both stores, row by row.

    python -m tests.pipeline.roundtrip            30,000 made-up items, with figures of time and memory
    python -m tests.pipeline.roundtrip 3000

The home is made as a home grows: polled in steps, with copies, revisions, renamed items, feeds that moved, failed or
were left, a person's words and words taken back, two outputs with pages of history, and retention.
"""

from __future__ import annotations

import json
import random
import resource
import shutil
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice, zip_longest
from pathlib import Path

from aggregator import pipeline
from aggregator.config import Config, ExportConfig, OutputConfig
from aggregator.home import Home
from aggregator.models import Entry, Failed, FailureReason, NotModified
from aggregator.store import feeds as feed_store
from aggregator.store import model, renaming
from aggregator.store.connection import Store, open_store
from benchmarks import synthetic

FEEDS = 40
STEPS = 6
SENTENCES = 7
WORDS_SAID = 12
"""Joins, and splits, of which the first join is taken back."""
SPAN = timedelta(days=30)
PRUNED = 0.2
"""Part of the span that retention takes."""
CONFIG = Config(
    export=ExportConfig(limit=40, min_hours=0, archive_stories=50),
    outputs={"solana": OutputConfig(title="Solana", coins=("SOL",))},
)

LEFT_BEHIND = frozenset(
    "etag last_modified validators_url body_hash next_poll_at min_interval_seconds update_base skip_hours skip_days "
    "hub moving_to moves_seen".split()
)
"""Columns of ``feeds`` that belong to a machine: what is asked next, and how."""

SAME = {
    "items": """
        SELECT items.*, feeds.first_url AS feed FROM items JOIN feeds ON feeds.id = feed_id ORDER BY items.id
    """,
    "feeds": "SELECT * FROM feeds ORDER BY first_url",
    "aliases": """
        SELECT items.uid, aliases.guid FROM aliases JOIN items ON items.id = item_id ORDER BY 1, 2
    """,
    "stories": """
        SELECT stories.id, founder.uid AS founder, canonical.uid AS canonical, speaker.uid AS speaker, stories.at
        FROM stories JOIN items AS founder ON founder.id = stories.founder
        JOIN items AS canonical ON canonical.id = stories.canonical
        JOIN items AS speaker ON speaker.id = stories.speaker ORDER BY 1
    """,
    "memberships": """
        SELECT items.uid, story_id, rule, score FROM memberships JOIN items ON items.id = item_id ORDER BY item_id
    """,
    "related": "SELECT story_id, items.uid FROM related JOIN items ON items.id = item_id ORDER BY 1, 2",
    "abstracts": "SELECT * FROM abstracts ORDER BY story_id",
    "publications": """
        SELECT publications.*, items.uid FROM publications JOIN items ON items.id = item_id ORDER BY story_id
    """,
    "published": "SELECT row_number() OVER (ORDER BY number) AS place, story_id FROM published ORDER BY number",
    "told": "SELECT * FROM told ORDER BY output, story_id",
    "departed": "SELECT * FROM departed ORDER BY story_id",
    "tombstones": """
        SELECT tombstones.*, first_url FROM tombstones JOIN feeds ON feeds.id = feed_id ORDER BY name
    """,
    "rulings": "SELECT a, b, verdict, made_at, withdrawn_at FROM rulings ORDER BY 1, 2, made_at, verdict",
    "model_decisions": "SELECT * FROM model_decisions ORDER BY story_id",
    "texts": "SELECT * FROM texts ORDER BY item_id",
    "matches": """
        SELECT one.uid, other.uid AS other, relation, rule, score FROM matches
        JOIN items AS one ON one.id = older JOIN items AS other ON other.id = newer
        WHERE retracted_at IS NULL ORDER BY older, newer
    """,
}
"""What is compared, under names that other machines know too."""
NUMBERS = frozenset({"id", "item_id", "feed_id"})
"""Row numbers; of a story, ``id`` is its name and is compared as ``founder``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One table of both stores."""

    rows: int
    differing: int
    first: str
    """The first two rows that differ."""


def compare(here: Home, there: Home) -> dict[str, Compared]:
    """Compare two stores, streaming."""
    with closing(_open(here)) as one, closing(_open(there)) as other:
        return {name: _compared(one.execute(sql), other.execute(sql)) for name, sql in SAME.items()}


def _open(home: Home) -> sqlite3.Connection:
    connection = sqlite3.connect(f"file:{home.database}?mode=ro", uri=True)
    connection.row_factory = sqlite3.Row
    return connection


def _compared(one: sqlite3.Cursor, other: sqlite3.Cursor) -> Compared:
    rows = differing = 0
    first = ""
    for mine, theirs in zip_longest(one, other):
        rows += 1
        if (left := _values(mine)) != (right := _values(theirs)):
            differing += 1
            first = first or f"{left} ≠ {right}"
    return Compared(rows=rows, differing=differing, first=first[:2_000])


def _values(row: sqlite3.Row | None) -> dict[str, object]:
    if row is None:
        return {}
    return {name: row[name] for name in row.keys() if name not in NUMBERS | LEFT_BEHIND}  # noqa: SIM118


# --- A home that has lived -------------------------------------------------------------------------


def url(feed: int) -> str:
    """Where the made-up outlets have their feeds."""
    return f"https://outlet{feed}.example/feed/"


def subscribe(home: Home, feeds: Sequence[int]) -> None:
    """Write a list with priorities, folders and tags."""
    outlines = "".join(
        f'<outline text="F{feed % 3}"><outline type="rss" text="Outlet {feed}" xmlUrl="{url(feed)}" '
        f'category="t{feed % 4}" aggregator:priority="{feed % 3 - 1}"/></outline>'
        for feed in feeds
    )
    home.opml.write_text(
        f'<opml version="2.0" xmlns:aggregator="tag:aggregator.invalid,2026:opml"><body>{outlines}</body></opml>'
    )


def lived(home: Home, count: int, *, said: int = WORDS_SAID, seed: int = 11) -> None:
    """Fill a home with a history in which everything happened that a dump has to carry."""
    rng = random.Random(seed)
    subscribe(home, range(FEEDS))
    made = _spread(synthetic.items(count, feeds=FEEDS, sentences=SENTENCES, seed=seed), count)
    now = synthetic.START
    known: list[dict[str, object]] = []
    for step in range(STEPS):
        batch = list(islice(made, -(-count // STEPS)))
        now = synthetic.START + SPAN / STEPS * (step + 1)
        revised = [
            each | {"title": f"{each['title']} (Updated)", "published": str(now)}
            for each in known
            if rng.random() < 0.01
        ]
        lines = [json.dumps(each).encode() for each in batch + revised]
        if step == STEPS - 1:
            subscribe(home, range(FEEDS - 3))
        pipeline.import_items(home, CONFIG, now, lines)
        known = batch
        if step == STEPS // 2:
            with open_store(home.database) as store, store.transaction():
                _health(store)
                _renamed(store, rng)
            _words(home, rng, now, said)
    pipeline.prune(home, CONFIG, now, synthetic.START + SPAN * PRUNED)
    with open_store(home.database) as store, store.transaction():
        _decisions(store)
    pipeline.export(home, CONFIG, now + timedelta(hours=1))


def _spread(items: Iterator[dict[str, object]], count: int) -> Iterator[dict[str, object]]:
    """Let items be published evenly over the span."""
    for number, each in enumerate(items):
        yield each | {"published": (synthetic.START + SPAN * number / count).isoformat()}


def _health(store: Store) -> None:
    """Feeds that answered, failed, moved and are gone."""
    at = synthetic.START + timedelta(days=1)
    for number, feed in enumerate(feed_store.all_feeds(store)):
        good = NotModified(url=feed.url, etag='"e"', last_modified=None)
        feed_store.record_successes(store, [feed_store.success(feed, good, next_poll_at=at, now=at)])
        if number % 4 == 1:
            failed = Failed(reason=FailureReason.TIMEOUT, message="no answer in time", status=None)
            feed_store.record_failure(store, feed, failed, next_poll_at=at, gone=number % 8 == 1, now=at)
        if number % 7 == 2:
            target = feed.url.replace("/feed/", "/rss/")
            feed_store.record_move(store, feed, target=target, seen=3, believed=True)


def _renamed(store: Store, rng: random.Random) -> None:
    """Items whose feed gave them other guids."""
    for feed in feed_store.all_feeds(store)[:: FEEDS // 8]:
        rows = store.execute(
            "SELECT guid, title, url, published FROM items WHERE feed_id = ? ORDER BY id DESC LIMIT 5",
            (feed.id,),
        ).fetchall()
        entries = [
            Entry(
                guid=f"tag:{rng.random()},{row['guid']}",
                title=row["title"],
                url=row["url"],
                published=synthetic.datetime.fromisoformat(row["published"]),
            )
            for row in rows
        ]
        renaming.adopt(store, feed.id, entries)


def _words(home: Home, rng: random.Random, now: synthetic.datetime, said: int) -> None:
    """A person joins, splits, and takes some of it back."""
    with open_store(home.database) as store:
        rows = store.execute("SELECT uid FROM items ORDER BY id DESC LIMIT 1000").fetchall()
        copies = store.execute(
            """
            SELECT items.uid FROM memberships JOIN items ON items.id = item_id
            WHERE items.uid <> story_id ORDER BY item_id DESC LIMIT 300
            """
        ).fetchall()
    alone = rng.sample([row["uid"] for row in rows], 2 * said)
    for one, other in zip(alone[::2], alone[1::2], strict=True):
        pipeline.join(home, CONFIG, now, one, other)
    for copy in rng.sample([row["uid"] for row in copies if row["uid"] not in alone], said):
        pipeline.split(home, CONFIG, now, copy)
    pipeline.join(home, CONFIG, now + timedelta(minutes=1), alone[0], alone[1], undo=True)


def _decisions(store: Store) -> None:
    """What a model's answers came to."""
    rows = store.execute("SELECT id FROM stories ORDER BY id LIMIT 50").fetchall()
    for number, row in enumerate(rows):
        verdict = list(model.Verdict)[number % 4]
        decided = model.Decision(
            input_hash=f"{number}", verdict=verdict, reason="said so", sources=(row["id"],)
        )
        model.decide(store, row["id"], decided, synthetic.START)


# --- The way to another machine ----------------------------------------------------------------------


def move(here: Home, there: Home, file: Path, now: synthetic.datetime) -> None:
    """Take a home along by its dump; the list of feeds is copied."""
    with file.open("w") as out:
        for line in pipeline.dump(here):
            out.write(json.dumps(line) + "\n")
    shutil.copy(here.opml, there.opml)
    with file.open("rb") as lines:
        pipeline.import_items(there, CONFIG, now, lines)


def last_moment(home: Home) -> synthetic.datetime:
    """When the home was written last."""
    with closing(_open(home)) as connection:
        seen = connection.execute("SELECT max(first_seen) FROM items").fetchone()[0]
    return synthetic.datetime.fromisoformat(seen) + timedelta(hours=1)


def main() -> None:
    """Print what differs and what it costs."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 30_000
    root = Path(tempfile.mkdtemp(prefix="roundtrip-"))
    try:
        here, there = Home(root / "here"), Home(root / "there")
        for each in (here, there):
            each.path.mkdir()
        _timed(f"{count} items lived through", lambda: lived(here, count))
        _timed("dump", lambda: sum(1 for _ in pipeline.dump(here)))
        _timed("dump and import", lambda: move(here, there, root / "dump.jsonl", last_moment(here)))
        for name, found in compare(here, there).items():
            print(f"{name:<16} {found.rows:>8} rows  {found.differing:>6} differ  {found.first}")
    finally:
        shutil.rmtree(root)


def _timed(name: str, work: Callable[[], object]) -> None:
    start = time.process_time()
    work()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"{name:<28}{time.process_time() - start:9.2f} s CPU   peak so far {peak} MiB", flush=True)


if __name__ == "__main__":
    main()
