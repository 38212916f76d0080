"""What is broken is found, named, and comes with a way out that is a command or a file to look at."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from feedserver import Page

from aggregator.cli import app
from aggregator.store.connection import SCHEMA_VERSION

NOW = ("--now", "2026-11-22T12:30:00Z")


@pytest.fixture(scope="module")
def settled(demo_home, tmp_path_factory) -> Path:
    """A home with nothing wrong: the demo's, after a run. Only to be copied."""
    place = Path(shutil.copytree(demo_home, tmp_path_factory.mktemp("settled") / "home"))
    (place / "aggregator.toml").write_text("[export]\nbase_url = 'https://news.example/'\n")
    with pytest.raises(SystemExit) as ended:
        app.main(["-C", str(place), "--now", "2026-11-22T12:20:00Z", "run", "--force"])
    assert ended.value.code == os.EX_OK
    return place


@pytest.fixture
def sound(settled, tmp_path) -> Path:
    return Path(shutil.copytree(settled, tmp_path / "own"))


def looked(aggregator, home, *more):
    result = aggregator("-C", home, *NOW, "doctor", "--json", *more)
    return result.code, json.loads(result.out)


def sql(home, statement):
    with closing(sqlite3.connect(home / "aggregator.db")) as connection, connection:
        connection.execute(statement)
    with closing(sqlite3.connect(home / "aggregator.db")) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def test_a_sound_home_is_fine_throughout(aggregator, sound):
    code, findings = looked(aggregator, sound, "--full")
    assert code == 0
    assert {each["severity"] for each in findings} == {"fine"}
    assert [each["check"] for each in findings] == [
        *("home", "config", "feeds.opml", "lock", "disk"),
        *("store", "size", "clock", "queues", "runs", "feeds", "output"),
    ]


def broken_settings(home):
    (home / "aggregator.toml").write_text("[export]\nlimt = 3\n")


def no_list(home):
    (home / "feeds.opml").unlink()


def bad_line(home):
    text = (home / "feeds.opml").read_text()
    (home / "feeds.opml").write_text(text.replace("</body>", '\n<outline xmlUrl="ftp://a.example/"/></body>'))


def empty_list(home):
    (home / "feeds.opml").write_text('<opml version="2.0"><head/><body/></opml>')


def rot(home):
    sql(home, "SELECT 1")
    with (home / "aggregator.db").open("r+b") as file:
        for page in range(3, os.fstat(file.fileno()).st_size // 4096 - 1, 2):
            file.seek(4096 * page)
            file.write(b"\xa5" * 64)


def no_database(home):
    (home / "aggregator.db").write_text("It was a dark and stormy night. " * 200)


def newer(home):
    sql(home, f"PRAGMA user_version = {SCHEMA_VERSION + 1}")


def older(home):
    sql(home, "PRAGMA user_version = 1")


def clock_back(home):
    sql(home, "UPDATE runs SET at = '2026-11-23T12:00:00Z'")


def stopped(home):
    sql(home, "INSERT INTO pending_items (item_id) VALUES (1)")


def forgotten(home):
    sql(home, "UPDATE runs SET at = '2026-11-01T12:00:00Z'")
    sql(home, "UPDATE feeds SET last_polled_at = '2026-11-01T12:00:00Z'")


def never_run(home):
    sql(home, "DELETE FROM runs")


def all_failed(home):
    sql(home, """UPDATE runs SET report = '{"feeds": {"due": 4, "failed": 4}}'""")


def some_fail(home):
    sql(home, "UPDATE feeds SET failures = 9, last_error = 'http: HTTP 403' WHERE id <= 3")


def one_hiccup(home):
    sql(home, "UPDATE feeds SET failures = 1, last_error = 'http: HTTP 503' WHERE id = 3")


def most_fail(home):
    sql(home, "UPDATE feeds SET failures = 1, last_error = 'dns: no such host'")


def gone(home):
    sql(home, "UPDATE feeds SET failures = 1, gone_at = '2026-11-22T12:00:00Z' WHERE id = 2")


def file_lost(home):
    (home / "public" / "atom.xml").unlink()


def file_edited(home):
    (home / "public" / "atom.xml").write_text("mine now")


def much_unused(home):
    sql(home, "INSERT INTO runs (at, report) VALUES ('2026-11-22T12:20:00Z', zeroblob(9000000))")
    sql(home, "UPDATE runs SET report = '{}' WHERE length(report) > 1000000")


@pytest.mark.parametrize(
    ("spoil", "check", "severity", "says", "advises"),
    [
        (broken_settings, "config", "problem", "did you mean limit", "mend"),
        (no_list, "feeds.opml", "problem", "does not exist", "init"),
        (bad_line, "feeds.opml", "warning", "line ", "mend the line"),
        (empty_list, "feeds.opml", "problem", "no feeds in it", "aggregator feeds add"),
        (rot, "store", "problem", "damaged", "aggregator restore FILE --force"),
        (no_database, "store", "problem", "not a database", "aggregator restore FILE --force"),
        (newer, "store", "problem", "newer version", "restore"),
        (older, "store", "note", "older version", "aggregator run"),
        (clock_back, "clock", "problem", "2026-11-23 12:00", "set the clock"),
        (stopped, "queues", "warning", "1 items for dedup", "aggregator run"),
        (forgotten, "runs", "warning", "21 days ago", "crontab"),
        (never_run, "runs", "warning", "none yet", "aggregator run"),
        (all_failed, "runs", "warning", "every feed that was due failed", "--network"),
        (some_fail, "feeds", "warning", "3 of 14 fail: 3 × http: HTTP 403", "feeds list --failing"),
        (one_hiccup, "feeds", "note", "1 of 14 fail", ""),
        (most_fail, "feeds", "problem", "14 × dns: no such host", "--network"),
        (gone, "feeds", "warning", "gone for good", "feeds remove"),
        (file_lost, "output", "problem", "atom.xml not there", "aggregator export"),
        (file_edited, "output", "warning", "not what the store says", "aggregator export"),
        (much_unused, "size", "note", "are unused", "aggregator vacuum"),
    ],
)
def test_what_is_wrong_is_found_with_what_to_do(aggregator, sound, spoil, check, severity, says, advises):
    spoil(sound)
    code, findings = looked(aggregator, sound)
    found = [each for each in findings if each["check"] == check and each["severity"] != "fine"]
    assert [each["severity"] for each in found] == [severity]
    assert says in found[0]["what"]
    assert advises in found[0]["advice"]
    assert code == (severity == "problem")
    told = aggregator("-C", sound, *NOW, "doctor").out
    assert says in told.replace("\n", " ")


def test_feeds_and_folders_that_an_output_misspells_are_named(aggregator, sound):
    with (sound / "aggregator.toml").open("a") as file:
        file.write("feeds = ['Ledger Post', 'Leger Pots']\n[outputs.wires]\nfolders = ['markets', 'Wirse']\n")
    assert aggregator("-C", sound, *NOW, "export").code == 0
    code, findings = looked(aggregator, sound)
    assert [
        (each["what"], each["advice"].split(" tells")[0]) for each in findings if each["severity"] != "fine"
    ] == [
        ("[export] feeds: no feed is called 'Leger Pots'", "aggregator feeds list"),
        ("[outputs.wires] folders: no feed is in 'Wirse'", "aggregator feeds list"),
    ]
    assert code == 0


@pytest.mark.parametrize("left", ["public", "log", "both"])
def test_a_store_that_was_emptied_is_not_taken_for_a_new_one(aggregator, sound, tmp_path, left):
    assert aggregator("-C", sound, *NOW, "backup", tmp_path / "saved").code == 0
    if left == "log":
        shutil.rmtree(sound / "public")
    if left != "public":
        (sound / "aggregator.db-wal").write_bytes(bytes(4096))
    os.truncate(sound / "aggregator.db", 0)
    before = {path: path.read_bytes() for path in sound.rglob("*") if path.is_file()}
    for command in (["run"], ["poll"], ["export"], ["prune", "--older-than", "30d"], ["list"], ["dump"]):
        refused = aggregator("-C", sound, *NOW, *command)
        assert (refused.code, "empty" in refused.err, "doctor" in refused.err) == (1, True, True), command
        assert "older version" not in refused.err
    assert {path: path.read_bytes() for path in sound.rglob("*") if path.is_file()} == before
    code, findings = looked(aggregator, sound)
    assert (code, findings[-1]["severity"]) == (1, "problem")
    assert "restore FILE --force" in findings[-1]["advice"]
    assert "empty" in aggregator("-C", sound).out
    assert aggregator("-C", sound, *NOW, "restore", tmp_path / "saved", "--force").code == 0
    assert aggregator("-C", sound, *NOW, "run").code == 0
    assert looked(aggregator, sound)[0] == 0


def test_an_emptied_store_that_is_removed_is_begun_anew_with_the_same_stories(aggregator, sound):
    told = json.loads(aggregator("-C", sound, *NOW, "list", "--json", "--limit", "500").out)
    os.truncate(sound / "aggregator.db", 0)
    assert aggregator("-C", sound, *NOW, "run").code == 1
    (sound / "aggregator.db").unlink()
    assert aggregator("-C", sound, *NOW, "run").code == 0
    again = json.loads(aggregator("-C", sound, *NOW, "list", "--json", "--limit", "500").out)
    assert [each["id"] for each in again] == [each["id"] for each in told]


def test_the_empty_file_of_a_first_run_that_was_killed_is_gone_on_with(aggregator, sound):
    (sound / "aggregator.db").write_bytes(b"")
    shutil.rmtree(sound / "public")
    code, findings = looked(aggregator, sound)
    assert (code, findings[-1]["severity"]) == (0, "note")
    assert aggregator("-C", sound, *NOW, "list").code == 1
    assert aggregator("-C", sound, *NOW, "run").code == 0
    assert looked(aggregator, sound)[0] == 0


def test_damage_that_only_a_full_look_finds(aggregator, sound):
    sql(sound, "DELETE FROM items WHERE id = (SELECT max(id) FROM items)")
    assert looked(aggregator, sound)[0] == 0
    code, findings = looked(aggregator, sound, "--full")
    assert code == 1
    told = next(each for each in findings if each["severity"] == "problem")
    assert "names one of items that is not there" in told["what"]


def test_it_says_who_is_at_work_and_disturbs_nobody(aggregator, sound):
    descriptor = os.open(sound / "aggregator.lock", os.O_RDWR)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, b"4711\n", 0)
        code, findings = looked(aggregator, sound)
        lock = next(each for each in findings if each["check"] == "lock")
        assert (code, lock["severity"]) == (0, "note")
        assert "process 4711" in lock["what"]
        os.utime(sound / "aggregator.lock", (0, 0))
        lock = next(each for each in looked(aggregator, sound)[1] if each["check"] == "lock")
        assert lock["severity"] == "warning"
        assert "1970-01-01" in lock["what"]
    finally:
        os.close(descriptor)
    assert aggregator("-C", sound, *NOW, "export").code == 0


def test_a_place_that_is_no_home_and_one_that_is_new(aggregator, tmp_path):
    code, findings = looked(aggregator, tmp_path / "nowhere")
    assert (code, [each["check"] for each in findings]) == (1, ["home"])
    aggregator("-C", tmp_path / "new", "init")
    code, findings = looked(aggregator, tmp_path / "new")
    assert code == 0
    assert findings[-1]["what"] == "there is none yet"
    assert findings[-1]["advice"] == "aggregator run makes it"


def test_the_network_is_tried_on_the_feed_that_answered_last(aggregator, tmp_path, feed_server):
    feed_server.pages["/feed"] = Page.of(
        b"<rss version='2.0'><channel><title>T</title><item><title>A</title><guid>1</guid></item></channel></rss>"
    )
    address = feed_server.url("/feed")
    (tmp_path / "feeds.opml").write_text(
        f'<opml version="2.0"><head/><body><outline text="T" xmlUrl="{address}"/></body></opml>'
    )
    (tmp_path / "aggregator.toml").write_text("[poll]\nprivate_networks = true\n")
    aggregator("-C", tmp_path, *NOW, "run")
    code, findings = looked(aggregator, tmp_path, "--network")
    assert code == 0
    assert findings[-1] == {
        "check": "network",
        "severity": "fine",
        "what": f"{address} answers",
        "meaning": "",
        "advice": "",
    }
    feed_server.pages["/feed"] = Page(b"no", "text/plain", 500)
    code, findings = looked(aggregator, tmp_path, "--network")
    assert code == 1
    assert "500" in findings[-1]["what"]
