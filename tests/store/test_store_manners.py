"""Names that entries had before, moves, pauses, and stores of the first version."""

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
from aggregator.store import feeds, items, pauses, renaming, schema
from aggregator.store.connection import SCHEMA_VERSION, Store, open_store

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
ENTRY = Entry(guid="g1", url="https://a.example/1", title="One", content_html="<p>First</p>", published=NOW)
SERIES = [
    Entry(guid=f"g{number}", url=f"https://a.example/{number}", title=f"Part {number}", published=NOW)
    for number in range(4)
]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(fresh.store(tmp_path / "aggregator.db")) as opened:
        subscribe(opened, "https://a.example/feed", "https://b.example/feed")
        yield opened


def subscribe(store: Store, *urls: str) -> feeds.SyncResult:
    return feeds.sync(store, [Subscription(url=url, title=url) for url in urls], NOW)


def add(store: Store, *entries: Entry, steady: bool = True) -> items.AddResult:
    renaming.adopt(store, 1, entries)
    return items.add_entries(
        store, feed_id=1, feed_first_url="https://a.example/feed", entries=entries, now=LATER, steady=steady
    )


def column(store: Store, name: str) -> list[str]:
    return [row[name] for row in store.execute("SELECT * FROM items ORDER BY id")]


@pytest.mark.parametrize(
    ("change", "new"),
    [
        ({}, 0),
        ({"url": "http://www.a.example/{0}?utm_source=new"}, 0),
        ({"url": "https://b.example/archive/{0}"}, 0),
        ({"published": LATER}, 0),
        ({"url": "https://b.example/archive/{0}", "published": LATER}, 4),
        ({"title": "Another {0}"}, 4),
    ],
)
def test_a_feed_that_renames_all_its_entries_does_not_announce_them_again(
    store: Store, change: dict[str, object], new: int
) -> None:
    add(store, *SERIES)
    uids = column(store, "uid")
    renamed = [
        replace(
            each,
            guid=f"new-{number}",
            **{key: text.format(number) if isinstance(text, str) else text for key, text in change.items()},
        )
        for number, each in enumerate(SERIES)
    ]
    assert add(store, *renamed).new == new
    assert add(store, *renamed) == items.AddResult(unchanged=4)
    assert column(store, "uid")[:4] == uids
    assert column(store, "guid")[:4] == ["g0", "g1", "g2", "g3"]


def test_a_new_entry_beside_known_ones_is_the_old_one_only_with_its_title_link_and_date(store: Store) -> None:
    add(store, *SERIES)
    weekly = replace(SERIES[0], guid="next week's", published=LATER)
    assert add(store, weekly, *SERIES[1:]).new == 1
    assert add(store, replace(SERIES[1], guid="again"), *SERIES[2:]).new == 0
    assert add(store, replace(SERIES[2], guid="twin"), *SERIES[2:]).new == 1, "both stand in the document"


def test_guids_that_change_at_every_fetch_do_not_pile_up(store: Store) -> None:
    for fetch in range(9):
        renamed = (replace(each, guid=f"{fetch}-{each.guid}") for each in SERIES)
        assert add(store, *renamed).new == (4 if fetch == 0 else 0)
    assert store.execute("SELECT count(*) FROM aliases").fetchone()[0] == 4


def test_a_column_that_comes_again_under_one_title_and_link_is_new_each_time(store: Store) -> None:
    for week in range(4):
        moment = NOW - timedelta(weeks=4 - week)
        weekly = Entry(guid=f"w{week}", url="https://a.example/", title="The week", published=moment)
        assert add(store, weekly).new == 1


def test_an_item_that_left_the_feed_stays(store: Store) -> None:
    add(store, *SERIES)
    add(store, SERIES[3])
    assert column(store, "guid") == ["g0", "g1", "g2", "g3"]


def test_a_text_that_changes_alone_is_no_update_once_a_feed_rewrites_itself(store: Store) -> None:
    add(store, ENTRY)
    assert add(store, replace(ENTRY, content_html="<p>First</p> 2 readers")).updated == 1
    counted = replace(ENTRY, content_html="<p>First</p> 3 readers")
    assert add(store, counted, steady=False) == items.AddResult(unchanged=1, rewritten=1)
    assert column(store, "content_html") == ["<p>First</p> 2 readers"]
    assert add(store, counted, steady=False) == items.AddResult(unchanged=1), "it is seen to calm down"
    assert add(store, replace(counted, title="Corrected"), steady=False).updated == 1


def test_a_move_keeps_the_first_address_and_takes_nobody_elses(store: Store) -> None:
    first, second = feeds.all_feeds(store)
    assert not feeds.record_move(store, first, target="https://c.example/", seen=1, believed=False)
    assert feeds.record_move(store, first, target="https://c.example/", seen=3, believed=True)
    assert not feeds.record_move(store, second, target="https://c.example/", seen=3, believed=True)
    moved, stayed = feeds.all_feeds(store)
    assert (moved.url, moved.first_url) == ("https://c.example/", "https://a.example/feed")
    assert stayed.url == "https://b.example/feed"
    assert subscribe(store, "https://a.example/feed", "https://b.example/feed") == feeds.SyncResult()
    assert subscribe(store, "https://c.example/", "https://b.example/feed") == feeds.SyncResult()


def test_the_longest_pause_of_a_host_holds_until_it_is_over(store: Store) -> None:
    pauses.pause(store, "a.example", until=LATER, message="429", now=NOW)
    pauses.pause(store, "a.example", until=NOW + timedelta(minutes=1), message="503", now=NOW)
    assert pauses.paused_hosts(store, NOW) == {"a.example": LATER}
    assert pauses.paused_hosts(store, LATER) == {}


def test_a_store_of_the_first_version_is_brought_up_to_date_with_all_it_holds(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    with closing(sqlite3.connect(path)) as old:
        schema.migrations.apply(Database(old), stop_before="m002_manners")
        old.execute(
            """
            INSERT INTO feeds (url, first_url, title, etag, added_at) VALUES
                ('https://a.example/feed', 'https://a.example/feed', 'A', '"1"', '2026-11-01T00:00:00Z')
            """
        )
        old.execute(
            """
            INSERT INTO items (uid, feed_id, guid, title, summary_html, content_html, first_seen, at, content_hash)
            VALUES ('u', 1, 'g', 'T', '', '', '2026-11-01T00:00:00Z', '2026-11-01T00:00:00Z', 'h')
            """
        )
        old.commit()
        assert old.execute("PRAGMA user_version").fetchone()[0] == 1
    with open_store(path) as store:
        feed = feeds.all_feeds(store)[0]
        assert (feed.etag, feed.validators_url, feed.skip_hours) == ('"1"', "https://a.example/feed", ())
        assert column(store, "guid") == ["g"]
        assert store.execute("PRAGMA user_version").fetchone()[0] == SCHEMA_VERSION
        plan = store.execute(
            "EXPLAIN QUERY PLAN SELECT at FROM items INDEXED BY items_short WHERE id = 1"
        ).fetchone()
        assert "COVERING INDEX items_short" in plan["detail"], "a time is read without the texts beside it"
