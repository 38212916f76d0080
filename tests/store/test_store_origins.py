"""Whole stories of a time, read without their texts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import fresh
import pytest

from aggregator.models import Cluster, Entry, Subscription
from aggregator.store import feeds, items, origins, stories
from aggregator.store.connection import Store, open_store

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
SECONDS = int(NOW.timestamp())


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(fresh.store(tmp_path / "aggregator.db")) as opened:
        feeds.sync(
            opened, [Subscription(url=f"https://{name}.example/feed", title=name) for name in "ab"], NOW
        )
        yield opened


def told(store: Store, *hours_ago: int) -> list[int]:
    """Store one story of an item per feed in turn, each so many hours old; returns the items."""
    ids = []
    for number, hours in enumerate(hours_ago):
        feed = feeds.all_feeds(store)[number % 2]
        guid = f"{hours_ago} {number}"
        entry = Entry(
            guid=guid, url=f"https://b.example/{guid}", title="T", published=NOW - timedelta(hours=hours)
        )
        items.add_entries(store, feed_id=feed.id, feed_first_url=feed.first_url, entries=[entry], now=NOW)
        ids.append(store.execute("SELECT max(id) FROM items").fetchone()[0])
    stories.apply_clusters(store, ids, [Cluster(founder=ids[0], canonical=ids[0], members=tuple(ids))])
    return ids


def test_stories_come_whole_and_oldest_first_with_the_times_of_their_items(store: Store) -> None:
    with store.transaction():
        (late,) = told(store, 1)
        one, other = told(store, 5, 2)
    assert list(origins.carried(store)) == [
        (
            SECONDS - 5 * 3600,
            [
                origins.Carried(item=one, feed=1, at=SECONDS - 5 * 3600),
                origins.Carried(item=other, feed=2, at=SECONDS - 2 * 3600),
            ],
        ),
        (SECONDS - 3600, [origins.Carried(item=late, feed=1, at=SECONDS - 3600)]),
    ]


@pytest.mark.parametrize(
    ("since", "until", "found"),
    [(None, None, [5, 1]), (5, None, [5, 1]), (4, None, [1]), (None, 1, [5]), (None, 5, []), (4, 1, [])],
)
def test_the_founders_time_decides_for_the_whole_story(
    store: Store, since: int | None, until: int | None, found: list[int]
) -> None:
    with store.transaction():
        told(store, 5, 0)
        told(store, 1, 30)
    window = [None if hours is None else NOW - timedelta(hours=hours) for hours in (since, until)]
    told_in_it = list(origins.carried(store, *window))
    assert [at for at, _ in told_in_it] == [SECONDS - hours * 3600 for hours in found]
    assert all(len(story) == 2 for _, story in told_in_it)


def test_no_text_is_read_for_the_figures(store: Store) -> None:
    asked: list[str] = []
    store.connection.set_trace_callback(asked.append)
    list(origins.carried(store, NOW - timedelta(days=30), NOW))
    store.connection.set_trace_callback(None)
    (query,) = (each for each in asked if "FROM stories" in each)
    plan = [row["detail"] for row in store.execute(f"EXPLAIN QUERY PLAN {query}")]
    tables = [line for line in plan if line.startswith(("SEARCH", "SCAN"))]
    assert len(tables) == 3
    assert all(line.startswith("SEARCH") and "USING COVERING INDEX" in line for line in tables), plan


def test_some_links_are_always_the_same_few(store: Store) -> None:
    with store.transaction():
        for hours in range(6):
            told(store, hours)
    links = origins.some_links(store, 1, limit=3)
    assert len(links) == 3
    assert origins.some_links(store, 1, limit=3) == links
    assert origins.some_links(store, 2, limit=3) == []
