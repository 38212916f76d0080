from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import fresh
import pytest

from aggregator.errors import StoreBusy, StoreError
from aggregator.models import Entry, Failed, FailureReason, Fetched, NotModified, ParsedFeed, Subscription
from aggregator.store import feeds, items
from aggregator.store.connection import SCHEMA_VERSION, Store, open_store
from aggregator.store.reading import open_reading

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(fresh.store(tmp_path / "aggregator.db")) as opened:
        yield opened


def subscribe(store: Store, *urls: str, now: datetime = NOW) -> feeds.SyncResult:
    return feeds.sync(store, [Subscription(url=url, title=url.rsplit("/", 1)[-1]) for url in urls], now)


def add(store: Store, *entries: Entry, now: datetime = NOW, revise: bool = True) -> items.AddResult:
    feed = feeds.all_feeds(store)[0]
    return items.add_entries(
        store, feed_id=feed.id, feed_first_url=feed.first_url, entries=entries, now=now, revise=revise
    )


def stored(store: Store, guid: str) -> dict[str, object]:
    return dict(store.execute("SELECT * FROM items WHERE guid = ?", (guid,)).fetchone())


ENTRY = Entry(guid="g1", url="https://a.example/1", title="One", content_html="<p>First</p>", published=NOW)


# --- items ---------------------------------------------------------------------------------------


def test_the_same_entry_again_changes_nothing(store: Store) -> None:
    subscribe(store, "https://a.example/feed")
    assert add(store, ENTRY) == items.AddResult(new=1)
    assert add(store, ENTRY, now=LATER) == items.AddResult(unchanged=1)


def test_a_corrected_title_updates_the_item_and_keeps_its_name_and_time(store: Store) -> None:
    subscribe(store, "https://a.example/feed")
    add(store, ENTRY)
    before = stored(store, "g1")
    corrected = replace(ENTRY, title="One, corrected", published=NOW - timedelta(days=1))
    assert add(store, corrected, now=LATER) == items.AddResult(updated=1)
    after = stored(store, "g1")
    assert (after["id"], after["uid"], after["at"]) == (before["id"], before["uid"], before["at"])
    assert after["title"] == "One, corrected"
    assert after["changed_at"] == "2026-11-22T13:00:00Z"


def test_a_malformed_document_adds_but_never_revises(store: Store) -> None:
    subscribe(store, "https://a.example/feed")
    add(store, ENTRY)
    cut = replace(ENTRY, content_html="<p>Fir")
    fresh = replace(ENTRY, guid="g2", title="Two")
    assert add(store, cut, fresh, revise=False) == items.AddResult(new=1, unchanged=1)
    assert stored(store, "g1")["content_html"] == "<p>First</p>"


def test_one_guid_in_two_feeds_is_two_items(store: Store) -> None:
    subscribe(store, "https://a.example/feed", "https://b.example/feed")
    for feed in feeds.all_feeds(store):
        items.add_entries(store, feed_id=feed.id, feed_first_url=feed.first_url, entries=[ENTRY], now=NOW)
    uids = {row["uid"] for row in store.execute("SELECT uid FROM items")}
    assert len(uids) == 2


def test_a_date_in_the_future_or_missing_counts_as_the_time_it_was_first_seen(store: Store) -> None:
    subscribe(store, "https://a.example/feed")
    add(
        store,
        replace(ENTRY, guid="future", published=NOW + timedelta(days=400)),
        replace(ENTRY, guid="none", published=None),
        replace(ENTRY, guid="past", published=NOW - timedelta(days=2)),
    )
    assert stored(store, "future")["at"] == "2026-11-22T12:00:00Z"
    assert stored(store, "none")["at"] == "2026-11-22T12:00:00Z"
    assert stored(store, "past")["at"] == "2026-11-20T12:00:00Z"


@pytest.mark.parametrize("year", [1, 1601, 1970])
def test_a_date_before_there_was_a_web_counts_as_the_time_it_was_first_seen(store: Store, year: int) -> None:
    subscribe(store, "https://a.example/feed")
    add(store, replace(ENTRY, published=datetime(year, 1, 1, tzinfo=UTC)))
    assert stored(store, "g1")["at"] == "2026-11-22T12:00:00Z"
    assert stored(store, "g1")["published"] == f"{year:04}-01-01T00:00:00Z"


def test_an_items_name_depends_on_its_feed_and_guid_alone() -> None:
    assert items.item_uid("https://a.example/feed", "g1") == "60e10a840c8dcf506fc4"
    assert items.item_uid("https://a.example/feed", "g1") != items.item_uid("https://b.example/feed", "g1")
    assert items.item_uid("a\nb", "c") == items.item_uid("a", "b\nc")  # a feed address holds no line break


def test_new_and_revised_items_wait_for_dedup_and_unchanged_ones_do_not(store: Store) -> None:
    subscribe(store, "https://a.example/feed")
    add(store, ENTRY, replace(ENTRY, guid="g2"))
    assert len(items.pending(store, step=0, limit=10)) == 2
    items.set_pending(store, items.pending(store, step=0, limit=10), step=None)
    add(store, ENTRY, replace(ENTRY, guid="g2", title="Two"))
    assert items.pending(store, step=0, limit=10) == [stored(store, "g2")["id"]]


# --- feeds ---------------------------------------------------------------------------------------


def test_a_feed_dropped_from_the_list_keeps_its_items_and_comes_back_as_itself(store: Store) -> None:
    subscribe(store, "https://a.example/feed", "https://b.example/feed")
    add(store, ENTRY)
    assert subscribe(store, "https://b.example/feed").removed == 1
    assert [feed.url for feed in feeds.all_feeds(store)] == ["https://b.example/feed"]
    assert stored(store, "g1")["title"] == "One"
    result = subscribe(store, "https://a.example/feed", "https://b.example/feed")
    assert (result.added, result.returned) == (0, 1)
    assert add(store, ENTRY, now=LATER) == items.AddResult(unchanged=1)


def test_validators_are_replaced_by_every_complete_answer_and_dropped_when_they_stop(store: Store) -> None:
    subscribe(store, "https://a.example/feed")

    def after(outcome: Fetched | NotModified, *, complete: bool = True) -> tuple[str | None, str | None]:
        feed = feeds.all_feeds(store)[0]
        feeds.record_successes(
            store, [feeds.success(feed, outcome, next_poll_at=LATER, now=NOW, complete=complete)]
        )
        fresh = feeds.all_feeds(store)[0]
        return fresh.etag, fresh.last_modified

    page = Fetched(body=b"", url="https://a.example/feed", etag='"1"', last_modified="Sun")
    assert after(page) == ('"1"', "Sun")
    assert after(NotModified()) == ('"1"', "Sun")
    assert after(NotModified(etag='W/"2"')) == ('W/"2"', "Sun")
    assert after(replace(page, etag='"3"', last_modified=None)) == ('"3"', None)
    assert after(page, complete=False) == ('"3"', None), "what was cut short names nothing we have"
    assert after(replace(page, etag=None, last_modified=None)) == (None, None)


def test_failures_count_up_and_a_success_forgives_them(store: Store) -> None:
    subscribe(store, "https://a.example/feed")
    failed = Failed(reason=FailureReason.HTTP, message="HTTP 503", status=503)
    for _ in range(2):
        feeds.record_failure(
            store, feeds.all_feeds(store)[0], failed, next_poll_at=LATER, gone=False, now=NOW
        )
    feed = feeds.all_feeds(store)[0]
    assert (feed.failures, feed.last_status, feed.last_error) == (2, 503, "http: HTTP 503")
    feeds.record_successes(store, [feeds.success(feed, NotModified(), next_poll_at=LATER, now=LATER)])
    feed = feeds.all_feeds(store)[0]
    assert (feed.failures, feed.last_error, feed.last_ok_at) == (0, None, LATER)


def test_a_feed_without_a_name_of_the_persons_takes_its_own(store: Store) -> None:
    feeds.sync(store, [Subscription(url="https://a.example/feed")], NOW)
    feed = feeds.all_feeds(store)[0]
    assert feed.title == "a.example"
    feeds.record_content(store, feed, ParsedFeed(title="The A"), body_hash="x", new=1, now=NOW)
    feeds.sync(store, [Subscription(url="https://a.example/feed")], LATER)
    assert feeds.all_feeds(store)[0].title == "The A"
    feeds.sync(store, [Subscription(url="https://a.example/feed", title="Mine")], LATER)
    assert feeds.all_feeds(store)[0].title == "Mine"


def test_a_feed_that_comes_back_is_called_what_it_was_called(store: Store) -> None:
    feeds.sync(store, [Subscription(url="https://a.example/feed")], NOW)
    feeds.record_content(
        store, feeds.all_feeds(store)[0], ParsedFeed(title="The A"), body_hash="x", new=1, now=NOW
    )
    feeds.sync(store, [], LATER)
    feeds.sync(store, [Subscription(url="https://a.example/feed")], LATER)
    assert feeds.all_feeds(store)[0].title == "The A"


# --- the file ------------------------------------------------------------------------------------


def test_a_store_of_a_newer_version_is_refused_untouched(tmp_path: Path) -> None:
    path = tmp_path / "aggregator.db"
    with open_store(path) as store:
        store.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    for opening in (open_store, open_reading):
        with pytest.raises(StoreError, match="newer version"), opening(path):
            pass


@pytest.mark.parametrize("version", [0, SCHEMA_VERSION, SCHEMA_VERSION + 1])
def test_another_programs_database_is_refused_untouched(tmp_path: Path, version: int) -> None:
    path = tmp_path / "aggregator.db"
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE precious (x)")
        other.execute(f"PRAGMA user_version = {version}")
    before = path.read_bytes()
    for opening in (open_store, open_reading):
        with pytest.raises(StoreError, match="another program"), opening(path):
            pass
    assert path.read_bytes() == before


def test_a_store_in_a_directory_that_nobody_may_write_to_can_be_read(tmp_path: Path) -> None:
    place = tmp_path / os.fsdecode(b"h\xf6me")  # a name in an older encoding is a name too
    place.mkdir()
    with open_store(place / "aggregator.db") as store:
        subscribe(store, "https://a.example/feed")
    place.chmod(0o555)
    try:
        with open_reading(place / "aggregator.db") as store:
            assert len(feeds.all_feeds(store)) == 1
    finally:
        place.chmod(0o755)


def test_a_migration_that_was_cut_short_is_done_again(tmp_path: Path) -> None:
    path = tmp_path / "aggregator.db"
    with open_store(path):
        pass
    halfway = tmp_path / "halfway.db"
    with closing(sqlite3.connect(path)) as whole, closing(sqlite3.connect(halfway)) as half:
        sql = "SELECT sql FROM sqlite_master WHERE tbl_name = '_sqlite_migrations' AND sql IS NOT NULL"
        for (statement,) in whole.execute(sql):
            half.execute(statement)
    with open_store(halfway) as store:
        assert store.execute("PRAGMA user_version").fetchone()[0] == SCHEMA_VERSION
        assert feeds.all_feeds(store) == []


def test_a_file_that_is_no_database_is_refused_with_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "aggregator.db"
    path.write_bytes(b"not a database, but long enough to look like one" * 40)
    for opening in (open_store, open_reading):
        with pytest.raises(StoreError, match="doctor --full"), opening(path):
            pass


def test_a_database_that_another_tool_keeps_locked_is_busy_not_broken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("aggregator.store.connection.BUSY_TIMEOUT_MS", 50)
    path = tmp_path / "aggregator.db"
    with open_store(path):
        pass
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    try:
        with pytest.raises(StoreBusy, match="locked"), open_store(path) as store, store.transaction():
            pass
    finally:
        other.close()


def test_a_missing_store_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="aggregator run"), open_reading(tmp_path / "aggregator.db"):
        pass


def test_a_transaction_that_fails_leaves_nothing(store: Store) -> None:
    subscribe(store, "https://a.example/feed")
    with pytest.raises(KeyboardInterrupt), store.transaction():
        add(store, ENTRY)
        raise KeyboardInterrupt
    assert store.execute("SELECT count(*) FROM items").fetchone()[0] == 0
    assert items.pending_count(store) == 0
