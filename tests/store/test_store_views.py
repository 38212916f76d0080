"""Other tools look into the database: what they find has plain names, and their looking disturbs nothing."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import fresh
import pytest
from sqlite_utils import Database

from aggregator import pipeline
from aggregator.config import Config, ExportConfig
from aggregator.home import Home
from aggregator.store import schema, views
from aggregator.store.connection import SCHEMA_VERSION, open_store

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
BODY = "The harbour exchange stopped all withdrawals on Sunday after a signing key was used outside office hours. "
FEW = Config(export=ExportConfig(limit=1, min_hours=0))


def told(name: str, feed: str, minutes: int, title: str, body: str, day: int = 22) -> dict[str, object]:
    at = datetime(2026, 11, day, 10, 0, tzinfo=UTC) + timedelta(minutes=minutes)
    address = f"https://{feed}.example/"
    return {
        "id": name,
        "feed": f"{address}feed",
        "source": feed.title(),
        "url": address + name,
        "title": title,
        "content_html": f"<p>{body}</p>",
        "published": at.isoformat(),
    }


def bring(home: Home, *records: dict[str, object], now: datetime = NOW) -> None:
    pipeline.import_items(home, FEW, now, [json.dumps(each).encode() for each in records])


@pytest.fixture(scope="module")
def as_made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ash writes of bitcoin, Birch and Cedar copy it 5 and 12 minutes later; an old item is pruned."""
    place = fresh.home(tmp_path_factory.mktemp("views") / "home")
    title = "Harbour exchange stops bitcoin withdrawals after a signing key is misused"
    bring(
        place,
        told("old", "ash", 0, "A lighthouse was painted", "It is white and red now, and can be seen.", day=1),
        told("1", "ash", 0, title, BODY * 2 + "Deposits remain possible."),
        told("2", "birch", 5, title, BODY * 2 + "Deposits remain possible."),
        told("3", "cedar", 12, title, BODY * 2 + "Deposits remain possible."),
        told(
            "4", "cedar", 20, "Ethereum clients agree on a date", "The upgrade comes in spring, they wrote."
        ),
    )
    pipeline.prune(place, FEW, NOW, NOW - timedelta(days=10))
    return place.path


@pytest.fixture
def home(as_made: Path, tmp_path: Path) -> Home:
    return Home(Path(shutil.copytree(as_made, tmp_path / "home")))


def rows(home: Home, view: str) -> list[dict[str, object]]:
    return list(Database(home.database)[view].rows)


def test_a_story_has_its_copies_and_feeds_counted(home: Home) -> None:
    found = {
        row["title"][:7]: (row["feed"], row["copies"], row["feeds"]) for row in rows(home, "story_overview")
    }
    assert found == {"Harbour": ("Ash", 2, 3), "Ethereu": ("Cedar", 0, 1)}
    story = rows(home, "story_overview")[0]
    assert (story["published"], story["coins"]) == ("2026-11-22T10:00:00Z", '["BTC"]')
    assert story["abstract"].startswith("The harbour exchange")


def test_a_copy_says_how_far_behind_it_came(home: Home) -> None:
    found = [(row["first_feed"], row["feed"], row["minutes_behind"]) for row in rows(home, "copy_overview")]
    assert found == [("Ash", "Birch", 5.0), ("Ash", "Cedar", 12.0)]


def test_a_feed_says_what_it_told_first_and_what_it_copied(home: Home) -> None:
    found = {
        row["feed"]: (
            row["items"],
            row["first_told"],
            row["copies"],
            row["percent_copies"],
            row["median_minutes_behind"],
        )
        for row in rows(home, "feed_overview")
    }
    assert found == {
        "Ash": (1, 1, 0, 0.0, None),
        "Birch": (1, 0, 1, 100.0, 5.0),
        "Cedar": (2, 1, 1, 50.0, 12.0),
    }


def test_coins_are_counted_by_day_and_stories_not_copies(home: Home) -> None:
    assert rows(home, "coin_days") == [
        {"day": "2026-11-22", "coin": "BTC", "stories": 1},
        {"day": "2026-11-22", "coin": "ETH", "stories": 1},
    ]


def test_what_was_pruned_and_what_was_ruled_can_be_read(home: Home) -> None:
    assert rows(home, "pruned_overview") == [
        {"feed": "Ash", "published": "2026-11-01T10:00:00Z", "last_listed": "2026-11-22"}
    ]
    items = {row["feed"]: row["item"] for row in rows(home, "item_overview") if row["rule"]}
    pipeline.split(home, FEW, NOW, items["Birch"])
    words = rows(home, "ruling_overview")
    assert {row["verdict"] for row in words} == {"different"}
    assert all(row["title"].startswith("Harbour") and row["made"] == "2026-11-22T12:00:00Z" for row in words)


def test_a_run_is_a_line(home: Home) -> None:
    (home.path / "a.xml").write_text('<rss version="2.0"><channel><title>Dill</title></channel></rss>')
    home.opml.write_text('<opml><body><outline xmlUrl="a.xml"/></body></opml>')
    pipeline.run(home, FEW, NOW)
    (run,) = rows(home, "run_overview")
    assert (run["ended"], run["feeds_due"], run["feeds_fetched"], run["new_items"]) == (
        "2026-11-22T12:00:00Z",
        1,
        1,
        0,
    )
    assert run["seconds"] > 0


def test_the_word_index_leads_to_items(home: Home) -> None:
    found = list(
        Database(home.database).query(
            "SELECT feed FROM search JOIN item_overview ON item_id = search.rowid WHERE search MATCH 'upgrade'"
        )
    )
    assert found == [{"feed": "Cedar"}]


def test_no_view_hides_a_time_in_a_number_or_a_row_number_behind_a_name(home: Home) -> None:
    for name in views.VIEWS:
        for column in Database(home.database)[name].columns:
            assert column.name.islower()
            assert column.name.endswith("item_id") or not column.name.endswith("_id")


def test_rows_lead_to_the_rows_they_name(home: Home) -> None:
    database = Database(home.database)
    known = {
        (name, each.column, each.other_table)
        for name in database.table_names()
        for each in database[name].foreign_keys
    }
    assert known >= {
        ("items", "feed_id", "feeds"),
        ("memberships", "item_id", "items"),
        ("memberships", "story_id", "stories"),
        ("stories", "founder", "items"),
        ("matches", "older", "items"),
        ("matches", "newer", "items"),
        ("texts", "item_id", "items"),
        ("facets", "item_id", "items"),
        ("publications", "item_id", "items"),
        ("tombstones", "feed_id", "feeds"),
    }


# --- Migration -------------------------------------------------------------------------------------


def views_of(path: Path) -> set[str]:
    with closing(sqlite3.connect(path)) as connection:
        return {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'view'")}


def without_views(path: Path) -> None:
    """Make a store as it was before there were views."""
    with closing(sqlite3.connect(path)) as connection:
        views.drop(connection)
        connection.execute("DELETE FROM _sqlite_migrations WHERE name >= 'm009'")
        connection.execute("ALTER TABLE items DROP COLUMN enclosures")
        connection.execute("PRAGMA user_version = 8")
        connection.commit()


def test_an_older_store_gets_the_views_and_a_persons_own_stay(home: Home) -> None:
    without_views(home.database)
    with closing(sqlite3.connect(home.database)) as connection:
        connection.execute("CREATE VIEW mine AS SELECT title FROM items")
        connection.execute("CREATE TABLE coin_days (note TEXT)")
        connection.execute("INSERT INTO coin_days VALUES ('kept')")
        connection.execute("CREATE VIEW run_overview AS SELECT 'an older one' AS old")
        connection.commit()
    with open_store(home.database) as store:
        assert store.execute("PRAGMA user_version").fetchone()[0] == SCHEMA_VERSION
        assert store.execute("SELECT note FROM coin_days").fetchone()[0] == "kept"
    assert views_of(home.database) == {*views.VIEWS, "mine"} - {"coin_days"}
    assert rows(home, "run_overview") == []


def test_laying_them_again_changes_nothing(home: Home) -> None:
    with closing(sqlite3.connect(home.database)) as connection:
        before = connection.execute("SELECT name, sql FROM sqlite_master ORDER BY name").fetchall()
        views.lay(connection)
        assert connection.execute("SELECT name, sql FROM sqlite_master ORDER BY name").fetchall() == before


def test_every_view_stands_on_tables_that_are_there(home: Home) -> None:
    with closing(sqlite3.connect(home.database)) as connection:
        # Renaming a table makes SQLite look through every view.
        connection.execute("ALTER TABLE runs RENAME TO journeys")
        connection.execute("ALTER TABLE journeys RENAME TO runs")
        for name in views.VIEWS:
            connection.execute(f"SELECT * FROM {name}").fetchall()


def test_the_last_migration_is_the_schema_version() -> None:
    names = [each.name for each in schema.migrations.pending(Database(memory=True))]
    assert int(names[-1][1:4]) == SCHEMA_VERSION


# --- Others read, runs go on -------------------------------------------------------------------------

LOOKING = """
import sqlite3, sys
connection = sqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True)
connection.execute("BEGIN")
print(connection.execute("SELECT count(*) FROM item_overview").fetchone()[0], flush=True)
sys.stdin.readline()
print(connection.execute("SELECT count(*) FROM item_overview").fetchone()[0], flush=True)
"""


@contextmanager
def looking(home: Home) -> Iterator[subprocess.Popen[str]]:
    """Another program that reads, and keeps what it reads open."""
    command = [sys.executable, "-c", LOOKING, str(home.database)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        try:
            yield other
        finally:
            other.kill()


def test_a_tool_that_keeps_reading_holds_no_stage_up_and_sees_one_state(home: Home) -> None:
    with looking(home) as other:
        assert other.stdout.readline() == "4\n"
        start = time.monotonic()
        bring(
            home, told("5", "dill", 30, "A ferry company takes litecoin", "Tickets can be paid so from May.")
        )
        pipeline.dedup(home, FEW, NOW, rebuild=True)
        pipeline.prune(home, FEW, NOW, NOW - timedelta(days=9))
        pipeline.export(home, FEW, NOW)
        pipeline.backup(home, home.path / "copy.db")
        assert time.monotonic() - start < 60
        other.stdin.write("\n")
        other.stdin.flush()
        assert other.stdout.readline() == "4\n"
    assert len(rows(home, "item_overview")) == 5


def test_views_are_laid_while_another_tool_reads(home: Home) -> None:
    with closing(sqlite3.connect(f"file:{home.database}?mode=ro", uri=True)) as other:
        without_views(home.database)
        other.execute("BEGIN")
        assert other.execute("SELECT count(*) FROM items").fetchone()[0] == 4
        with open_store(home.database):
            pass
        assert other.execute("SELECT count(*) FROM items").fetchone()[0] == 4
        other.rollback()
        assert other.execute("SELECT count(*) FROM story_overview").fetchone()[0] == 2
