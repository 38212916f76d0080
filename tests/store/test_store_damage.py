"""What a store that cannot be read means for a person, and what is left to those who mend this program."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from aggregator.errors import StoreError
from aggregator.models import Entry, Subscription
from aggregator.store import feeds, items, soundness
from aggregator.store.connection import open_store

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A store with a feed and an item."""
    place = tmp_path / "aggregator.db"
    with open_store(place) as store:
        feeds.sync(store, [Subscription(url="https://a.example/feed", title="a")], NOW)
        feed = feeds.all_feeds(store)[0]
        entry = Entry(guid="1", title="The first of all")
        items.add_entries(store, feed_id=feed.id, feed_first_url=feed.first_url, entries=[entry], now=NOW)
    return place


@pytest.mark.parametrize(
    "spoil",
    [
        "UPDATE feeds SET tags = '[\"half'",
        "UPDATE feeds SET folder = CAST(x'5b22ff225d' AS TEXT)",
        "UPDATE feeds SET next_poll_at = '2026-11-?2T00:00:00Z'",
    ],
)
def test_a_stored_value_that_cannot_be_read_is_told_as_damage_with_the_way_on(path: Path, spoil: str) -> None:
    with open_store(path) as store:
        store.execute(spoil)
    with pytest.raises(StoreError, match=r"damaged.*aggregator doctor --full"), open_store(path) as store:
        feeds.all_feeds(store)


def test_a_mistake_of_the_program_is_not_told_as_damage(path: Path) -> None:
    with pytest.raises(ValueError, match="a mistake"), open_store(path):
        raise ValueError("a mistake")


def test_a_look_through_everything_finds_values_that_sqlite_takes_for_sound(path: Path) -> None:
    with open_store(path) as store:
        assert soundness.faults(store, full=True) == []
        store.execute("UPDATE items SET first_seen = 'yesterday'")
        assert soundness.faults(store, full=False) == []
        assert soundness.faults(store, full=True) == ["row 1 of items holds what cannot be read"]
        store.execute("UPDATE items SET title = CAST(x'ff' AS TEXT)")
        assert "Could not decode" in soundness.faults(store, full=True)[0]
