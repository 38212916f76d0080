"""The wordings of a feed's latest items, by feed and in order of arrival."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import fresh
import pytest

from aggregator.store import wordings
from aggregator.store.connection import Store, open_store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(fresh.store(tmp_path / "aggregator.db")) as opened:
        opened.execute("PRAGMA foreign_keys = OFF")  # feeds and items are of no consequence here
        for item in range(1, 9):
            row = wordings.Row(item_id=item, wording=bytes([item]), furniture=b"")
            wordings.save(opened, item % 2, row)
        yield opened


def test_the_latest_come_oldest_first_and_of_one_feed_alone(store: Store) -> None:
    found = wordings.latest(store, 1, since=0, until=7, limit=3)
    assert [(row.item_id, row.wording) for row in found] == [(3, b"\3"), (5, b"\5"), (7, b"\7")]


def test_both_ends_are_included(store: Store) -> None:
    assert [row.item_id for row in wordings.latest(store, 0, since=4, until=8, limit=9)] == [4, 6, 8]


def test_what_is_learned_later_is_kept_with_the_wording(store: Store) -> None:
    wordings.learn(store, 0, 4, b"late")
    assert wordings.latest(store, 0, since=4, until=4, limit=1) == [
        wordings.Row(item_id=4, wording=b"\4", furniture=b"late")
    ]


def test_a_look_up_reads_the_primary_key_alone(store: Store) -> None:
    plan = store.execute(
        "EXPLAIN QUERY PLAN SELECT item_id FROM wordings WHERE feed_id = 1 AND item_id BETWEEN 1 AND 9 "
        "ORDER BY item_id DESC LIMIT 3"
    ).fetchall()
    assert [row["detail"] for row in plan] == [
        "SEARCH wordings USING PRIMARY KEY (feed_id=? AND item_id>? AND item_id<?)"
    ]
