from __future__ import annotations

import json
import sqlite3
from contextlib import closing

LATER = ("--now", "2027-09-22T12:00:00Z")
NEXT_DAY = ("--now", "2027-09-23T12:00:00Z")
FEW = "[export]\nlimit = 10\nmin_hours = 1\n"


def rows(home, query):
    with closing(sqlite3.connect(home / "aggregator.db")) as connection:
        return connection.execute(query).fetchall()


def count(home, table):
    return rows(home, f"SELECT count(*) FROM {table}")[0][0]


def test_a_dry_run_tells_what_would_go_and_changes_nothing(aggregator, own_demo):
    (own_demo / "aggregator.toml").write_text(FEW)
    aggregator("-C", own_demo, *LATER, "run")
    before = (own_demo / "aggregator.db").read_bytes()
    told = json.loads(
        aggregator("-C", own_demo, *LATER, "prune", "--older-than", "180d", "--dry-run", "--json").out
    )
    assert told["stories"] > 0
    assert told["kept"]["shown"] == 10
    assert (own_demo / "aggregator.db").read_bytes() == before
    done = json.loads(aggregator("-C", own_demo, *LATER, "prune", "--older-than", "180d", "--json").out)
    assert {**done, "tombstones": 0} == told
    assert done["tombstones"] == done["items"]


def test_what_stands_in_the_merged_feed_stays_and_goes_on_standing_there(aggregator, own_demo):
    (own_demo / "aggregator.toml").write_text(FEW)
    aggregator("-C", own_demo, *LATER, "run")
    shown = [each["id"] for each in json.loads((own_demo / "public/feed.json").read_text())["items"]]
    assert aggregator("-C", own_demo, *LATER, "prune", "--older-than", "30d").code == 0
    assert [each["id"] for each in json.loads((own_demo / "public/feed.json").read_text())["items"]] == shown
    assert count(own_demo, "stories") == len(shown) == 10


def test_a_person_s_word_holds_a_story_back(aggregator, own_demo):
    (own_demo / "aggregator.toml").write_text(FEW)
    oldest = rows(own_demo, "SELECT id FROM stories ORDER BY at LIMIT 2")
    aggregator("-C", own_demo, *LATER, "join", oldest[0][0], oldest[1][0])
    done = json.loads(aggregator("-C", own_demo, *LATER, "prune", "--older-than", "180d", "--json").out)
    assert done["kept"]["ruled"] == 1
    assert aggregator("-C", own_demo, "show", oldest[0][0]).code == 0


def test_an_import_brings_pruned_items_back_only_when_told_to(aggregator, own_demo, tmp_path):
    (own_demo / "aggregator.toml").write_text(FEW)
    dumped = aggregator("-C", own_demo, "dump", "--all").out
    (tmp_path / "dump.jsonl").write_text(dumped)
    gone = json.loads(aggregator("-C", own_demo, *LATER, "prune", "--older-than", "180d", "--json").out)
    told = aggregator("-C", own_demo, *LATER, "import", tmp_path / "dump.jsonl", "--json", "-v")
    report = json.loads(told.out)
    assert (report["new"], report["pruned"]) == (0, gone["items"])
    assert "--pruned brings them back" in told.err
    again = aggregator("-C", own_demo, *LATER, "import", tmp_path / "dump.jsonl", "--json", "--pruned")
    assert json.loads(again.out)["new"] == gone["items"]
    back = aggregator("-C", own_demo, "dump").out

    def stories(text):
        return {(each["id"], each["story"]) for each in map(json.loads, text.splitlines()) if "id" in each}

    assert {each for each, _ in stories(back)} == {each for each, _ in stories(dumped)}
    assert count(own_demo, "tombstones") == 0


def test_a_run_prunes_by_itself_once_a_day_where_a_limit_is_set(aggregator, own_demo):
    (own_demo / "aggregator.toml").write_text(FEW + "[store]\nkeep_days = 90\n")
    first = json.loads(aggregator("-C", own_demo, *LATER, "run", "--json").out)
    assert first["items"]["pruned"] == count(own_demo, "tombstones") > 0
    assert "prune" in first["seconds"]
    assert count(own_demo, "stories") == 10
    (own_demo / "aggregator.toml").write_text(FEW.replace("10", "5") + "[store]\nkeep_days = 90\n")
    assert "pruned" not in json.loads(aggregator("-C", own_demo, *LATER, "run", "--json").out)["items"]
    assert "old items pruned" in aggregator("-C", own_demo, *NEXT_DAY, "run", "-v").err
    assert count(own_demo, "stories") == 5


def test_without_a_limit_nothing_ever_goes(aggregator, own_demo):
    aggregator("-C", own_demo, "--now", "2036-01-01T00:00:00Z", "run")
    assert count(own_demo, "tombstones") == 0


def test_how_old_must_be_said_and_lie_beyond_the_window_of_dedup(aggregator, own_demo):
    result = aggregator("-C", own_demo, *LATER, "prune")
    assert result.code == 2
    assert "--older-than 180d" in result.err
    result = aggregator("-C", own_demo, *LATER, "prune", "--older-than", "5d")
    assert result.code == 2
    assert "say --older-than 6d or more" in result.err


def test_nothing_is_left_that_names_what_went(aggregator, own_demo):
    (own_demo / "aggregator.toml").write_text(FEW)
    assert aggregator("-C", own_demo, *LATER, "prune", "--older-than", "180d").code == 0
    assert rows(own_demo, "PRAGMA integrity_check") == [("ok",)]
    assert rows(own_demo, "PRAGMA foreign_key_check") == []
    tables = rows(own_demo, "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'search%'")
    naming = ("item_id", "older", "newer", "founder", "canonical", "speaker")
    for (table,) in tables:
        for _, column, *_ in rows(own_demo, f"PRAGMA table_info({table})"):
            if column in naming and table != "wordings":
                lost = f"SELECT count(*) FROM {table} WHERE {column} NOT IN (SELECT id FROM items)"
                assert rows(own_demo, lost) == [(0,)], f"{table}.{column}"
            if column == "story_id":
                lost = f"SELECT count(*) FROM {table} WHERE {column} NOT IN (SELECT id FROM stories)"
                assert rows(own_demo, lost) == [(0,)], f"{table}.{column}"
