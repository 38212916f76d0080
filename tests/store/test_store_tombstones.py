"""What was let go stays away: under its guid, under another one, in a document of any kind."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import fresh
import pytest
from sqlite_utils import Database

from aggregator.models import Entry, Subscription
from aggregator.store import feeds, items, renaming, retention, schema, tombstones
from aggregator.store.connection import Store, open_store

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=200)
SERIES = [
    Entry(guid=f"g{number}", url=f"https://a.example/{number}", title=f"Part {number}", published=NOW)
    for number in range(4)
]
LAST = Entry(guid="last", url="https://a.example/last", title="The last to arrive", published=LATER)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(fresh.store(tmp_path / "aggregator.db")) as opened:
        urls = ("https://a.example/feed", "https://b.example/feed")
        feeds.sync(opened, [Subscription(url=url, title=url) for url in urls], NOW)
        yield opened


def add(store: Store, *entries: Entry, feed: int = 1, now: datetime = LATER) -> items.AddResult:
    renaming.adopt(store, feed, entries)
    first = feeds.first_url(store, feed)
    return items.add_entries(store, feed_id=feed, feed_first_url=first, entries=entries, now=now)


def bury(store: Store, *ids: int) -> None:
    """Let items go that no dedup has seen."""
    items.set_pending(store, ids, step=None)
    group = retention.Group(stories=frozenset(), items=frozenset(ids))
    with store.transaction():
        retention.remove(store, [group], LATER)


def guids(store: Store) -> list[str]:
    return [row[0] for row in store.execute("SELECT guid FROM items ORDER BY id")]


def test_a_feed_that_goes_on_listing_what_was_pruned_brings_nothing_new(store: Store) -> None:
    add(store, *SERIES, LAST)
    bury(store, 1, 2, 3, 4)
    assert guids(store) == ["last"]
    assert add(store, *SERIES, LAST) == items.AddResult(unchanged=1, pruned=4)
    corrected = replace(SERIES[0], title="Part 0, corrected", content_html="<p>More</p>")
    assert add(store, corrected) == items.AddResult(pruned=1)
    assert tombstones.count(store) == 4


def test_another_feed_may_bring_what_this_one_lost(store: Store) -> None:
    add(store, *SERIES, LAST)
    bury(store, 1)
    assert add(store, SERIES[0], feed=2).new == 1


@pytest.mark.parametrize(
    ("change", "new"),
    [
        ({}, 0),
        ({"url": "http://www.a.example/{0}?utm_source=new"}, 0),
        ({"published": LATER}, 0),
        ({"url": "https://b.example/archive/{0}", "published": LATER}, 4),
        ({"title": "Another {0}"}, 4),
    ],
)
def test_a_feed_that_renames_its_entries_brings_back_none_of_them(
    store: Store, change: dict[str, object], new: int
) -> None:
    add(store, *SERIES, LAST)
    bury(store, 1, 2, 3, 4)
    for fetch in range(2):
        renamed = [
            replace(
                each,
                guid=f"new-{fetch}-{number}",
                **{
                    key: text.format(number) if isinstance(text, str) else text
                    for key, text in change.items()
                },
            )
            for number, each in enumerate(SERIES)
        ]
        assert add(store, *renamed).new == (new if fetch == 0 else 0)
        assert add(store, *renamed).new == 0
    assert tombstones.count(store) == 4, "one name each"


def test_an_alias_of_a_pruned_item_stays_away_too(store: Store) -> None:
    add(store, *SERIES, LAST)
    renamed = [replace(each, guid=f"new-{each.guid}") for each in SERIES]
    assert add(store, *renamed).new == 0
    bury(store, 1, 2, 3, 4)
    assert add(store, *SERIES).new == add(store, *renamed).new == 0
    thrice = [replace(each, guid=f"newest-{each.guid}") for each in SERIES]
    assert add(store, *thrice).new == 0


def test_a_tombstone_lasts_while_the_feed_lists_the_item_and_goes_long_after(store: Store) -> None:
    add(store, *SERIES, LAST)
    bury(store, 1, 2)
    add(store, SERIES[0], LAST, now=LATER + timedelta(days=150))

    def forgotten(days: int) -> int:
        news = (LATER + timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")
        store.execute("UPDATE feeds SET last_new_at = ? WHERE id = 1", (news,))
        return tombstones.forget(store)

    assert forgotten(180) == 0
    assert forgotten(181) == 1, "the one that was not seen again"
    assert forgotten(330) == 0
    assert forgotten(331) == 1


def test_a_feed_that_brings_nothing_new_keeps_its_tombstones(store: Store) -> None:
    add(store, *SERIES, LAST)
    bury(store, 1, 2)
    assert tombstones.forget(store) == 0


def test_a_tombstone_tells_nothing_that_could_be_read(store: Store) -> None:
    add(store, *SERIES, LAST)
    bury(store, 1)
    row = store.execute("SELECT * FROM tombstones").fetchone()
    assert all(isinstance(each, int) for each in row)


def test_a_store_from_before_there_was_retention_keeps_its_wordings(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    with closing(sqlite3.connect(path)) as old:
        schema.migrations.apply(Database(old), stop_before="m006_retention")
        old.execute("INSERT INTO feeds (url, first_url, title, added_at) VALUES ('u', 'u', 'U', '')")
        old.execute(
            """
            INSERT INTO items (uid, feed_id, guid, title, summary_html, content_html, first_seen, at, content_hash)
            VALUES ('00', 1, 'g', 'T', '', '', '2026-11-01T00:00:00Z', '2026-11-01T00:00:00Z', 'h')
            """
        )
        old.execute("INSERT INTO wordings VALUES (1, 1, x'01', x'02')")
        old.commit()
    with open_store(path) as store:
        assert [tuple(row) for row in store.execute("SELECT * FROM wordings")] == [(1, 1, b"\x01", b"\x02")]
        store.execute("DELETE FROM items")
        assert store.execute("PRAGMA foreign_key_check").fetchall() == []
