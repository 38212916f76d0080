"""The whole program as a process of its own, over real HTTP: what cron would see."""

from __future__ import annotations

import json
import os
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import forked
import pytest
from feedserver import FeedServer, Page, hang, redirect

ROOT = Path(__file__).parent.parent
DEMO = ROOT / "examples" / "demo"
LATER = Path(__file__).parent / "data" / "demo_later"
EXPECTED = json.loads((Path(__file__).parent / "data" / "demo_expected.json").read_text())
STORIES = len(EXPECTED["stories"])
ITEMS = sum(len(story["items"]) for story in EXPECTED["stories"])


def cron(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Start an interpreter with the program, as cron does."""
    return subprocess.run(
        [sys.executable, "-m", "aggregator", "-C", str(home), *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT), "NO_COLOR": "1"},
    )


def aggregator(home: Path, *arguments: str, expect: int = 0) -> subprocess.CompletedProcess[str]:
    done = forked.run("-C", home, *arguments, env={**os.environ, "NO_COLOR": "1"})
    assert done.returncode == expect, f"exit {done.returncode}\n{done.stdout}\n{done.stderr}"
    assert "Traceback" not in done.stderr
    return done


def run_report(home: Path, now: str, *, expect: int = 0) -> dict[str, Any]:
    report: dict[str, Any] = json.loads(aggregator(home, "run", "--json", "--now", now, expect=expect).stdout)
    return report


def serve(server: FeedServer, home: Path) -> None:
    """Offer the demo's feeds on a server and subscribe to them there."""
    server.serve_directory(DEMO / "feeds", "/feeds/")
    home.mkdir()
    opml = (DEMO / "feeds.opml").read_text(encoding="utf-8")
    (home / "feeds.opml").write_text(
        opml.replace('xmlUrl="feeds/', f'xmlUrl="{server.url("/feeds/")}'), encoding="utf-8"
    )
    (home / "aggregator.toml").write_text("[poll]\nprivate_networks = true\n")


def public_files(home: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (home / "public").iterdir()}


def test_the_demo_over_http_is_read_once_then_not_at_all_then_only_where_it_changed(
    feed_server: FeedServer, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    serve(feed_server, home)
    feeds = len(feed_server.pages)

    first = run_report(home, "2026-11-22T12:00:00Z")
    assert first["feeds"] == {
        "due": feeds,
        "fetched": feeds,
        "not_modified": 0,
        "unchanged": 0,
        "failed": 0,
        "skipped": 0,
    }
    assert first["items"] == {"new": ITEMS, "updated": 0}
    assert first["stories"]["new"] == STORIES
    assert len(first["files"]) == 5
    files = public_files(home)

    feed_server.requests.clear()
    second = run_report(home, "2026-11-22T18:00:00Z")
    assert second["feeds"]["not_modified"] == feeds
    assert second["items"] == {"new": 0, "updated": 0}
    assert second["files"] == []
    assert public_files(home) == files
    assert all("if-none-match" in request.headers for request in feed_server.requests)
    assert len(feed_server.requests) == feeds

    changed = LATER / "feeds" / "coinrelay.xml"
    feed_server.serve_directory(changed.parent, "/feeds/")
    for path in set(feed_server.pages) - {"/feeds/coinrelay.xml"}:
        feed_server.pages[path] = type(feed_server.pages[path]).of((DEMO / path.lstrip("/")).read_bytes())
    third = run_report(home, "2026-11-23T18:00:00Z")
    assert (third["feeds"]["fetched"], third["feeds"]["not_modified"]) == (1, feeds - 1)
    assert third["items"] == {"new": 1, "updated": 0}
    assert "public/atom.xml" in third["files"]
    before, after = (entry_ids(each["atom.xml"]) for each in (files, public_files(home)))
    assert set(before) < set(after)
    assert len(after) == len(before) + 1


def entry_ids(atom: bytes) -> list[str]:
    space = "{http://www.w3.org/2005/Atom}"
    return [entry.findtext(f"{space}id", "") for entry in ET.fromstring(atom).iter(f"{space}entry")]


def test_a_run_right_after_a_run_asks_nobody(feed_server: FeedServer, tmp_path: Path) -> None:
    home = tmp_path / "home"
    serve(feed_server, home)
    run_report(home, "2026-11-22T12:00:00Z")
    feed_server.requests.clear()
    report = run_report(home, "2026-11-22T12:01:00Z")
    assert report["feeds"]["skipped"] == len(feed_server.pages)
    assert feed_server.requests == []


@pytest.mark.slow
def test_every_feed_failing_is_exit_1_and_one_failing_is_not(feed_server: FeedServer, tmp_path: Path) -> None:
    home = tmp_path / "home"
    serve(feed_server, home)
    path = "/feeds/coinrelay.xml"
    feed_server.pages[path].status = 503
    report = run_report(home, "2026-11-22T12:00:00Z")
    assert [failure["status"] for failure in report["failures"]] == [503]
    aggregator(home, "run", "--strict", "--now", "2026-11-23T12:00:00Z", expect=1)
    for page in feed_server.pages.values():
        page.status = 503
    run_report(home, "2026-11-25T12:00:00Z", expect=1)


def test_silence_from_cron_means_fine(feed_server: FeedServer, tmp_path: Path) -> None:
    home = tmp_path / "home"
    serve(feed_server, home)
    done = cron(home, "run", "--now", "2026-11-22T12:00:00Z")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "SIGTERM"])
@pytest.mark.slow
def test_a_run_that_is_stopped_keeps_what_it_had_and_the_next_one_finishes(
    feed_server: FeedServer, tmp_path: Path, sent: signal.Signals
) -> None:
    home = tmp_path / "home"
    serve(feed_server, home)
    feed_server.behaviours["/feeds/coinrelay.xml"] = hang
    process = subprocess.Popen(
        [sys.executable, "-m", "aggregator", "-C", str(home), "run", "--now", "2026-11-22T12:00:00Z"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT), "NO_COLOR": "1"},
    )
    wait_for_polls(process, home, count=len(feed_server.pages) - 1)
    process.send_signal(sent)
    _, errors = process.communicate(timeout=30)
    assert process.returncode == 128 + sent
    assert "Traceback" not in errors
    del feed_server.behaviours["/feeds/coinrelay.xml"]
    report = run_report(home, "2026-11-22T12:01:00Z")
    assert report["feeds"]["fetched"] == 1
    assert report["stories"]["new"] == STORIES
    listed = json.loads(aggregator(home, "list", "--json").stdout)
    assert sum(1 + len(story["reposts"]) for story in listed) <= ITEMS


def wait_for_polls(process: subprocess.Popen[str], home: Path, *, count: int) -> None:
    """Wait until the store holds the answers of so many feeds; the store itself says when."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with closing(sqlite3.connect(f"file:{home}/aggregator.db?mode=ro", uri=True)) as connection:
                done = connection.execute(
                    "SELECT count(*) FROM feeds WHERE last_ok_at IS NOT NULL"
                ).fetchone()[0]
        except sqlite3.OperationalError:
            done = 0
        if done >= count:
            return
        os.sched_yield()
    raise AssertionError(f"only {done} feeds were read")


def rss(title: str) -> bytes:
    return (
        f"<rss version='2.0'><channel><title>T</title><item><title>{title}</title><guid>{title}</guid></item>"
        "</channel></rss>"
    ).encode()


@pytest.mark.slow
def test_each_bad_feed_gets_its_own_words_and_the_good_one_is_read(
    feed_server: FeedServer, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    expected = {
        "page": "not-a-feed",
        "empty": "empty",
        "garbage": "malformed",
        "large": "too-large",
        "hang": "timeout",
        "loop": "redirect",
        "gone": "gone",
        "file": "redirect",
    }
    feed_server.pages |= {
        "/good": Page.of(rss("Good")),
        "/page": Page(
            b"<!doctype html><html><head><title>Hello</title></head><body>Hi</body></html>", "text/html"
        ),
        "/empty": Page(b""),
        "/garbage": Page(b"\x1f\x8b\x08\x00garbage that is no gzip at all", "application/xml"),
        "/large": Page(rss("x" * (50 << 20))),
        "/loop": redirect("/loop"),
        "/gone": Page(b"", status=410),
        "/file": redirect("file:///etc/passwd"),
    }
    feed_server.behaviours["/hang"] = hang
    names = ["good", *expected]
    addresses = [feed_server.url(f"/{name}") for name in names]
    outlines = "".join(
        f'<outline title="{name}" xmlUrl="{url}"/>' for name, url in zip(names, addresses, strict=True)
    )
    (home / "feeds.opml").write_text(f'<opml version="2.0"><head/><body>{outlines}</body></opml>')
    (home / "aggregator.toml").write_text("[poll]\nprivate_networks = true\ntimeout_seconds = 6.0\n")
    report = run_report(home, "2026-11-22T12:00:00Z")
    reasons = {failure["feed"].rpartition("/")[2]: failure["reason"] for failure in report["failures"]}
    assert reasons == expected
    assert report["items"]["new"] == 1
    listed = aggregator(home, "feeds", "list").stdout
    assert "410" in listed


def test_private_addresses_are_refused_unless_allowed(feed_server: FeedServer, tmp_path: Path) -> None:
    home = tmp_path / "home"
    serve(feed_server, home)
    (home / "aggregator.toml").unlink()
    report = run_report(home, "2026-11-22T12:00:00Z", expect=1)
    assert {failure["reason"] for failure in report["failures"]} == {"private-address"}
    assert feed_server.requests == []


@pytest.mark.slow
def test_a_full_disk_ends_the_run_in_one_line_and_the_next_run_goes_on(tmp_path: Path) -> None:
    home = tmp_path / "home"
    shutil.copytree(DEMO, home)

    def no_file_beyond_96_kib() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (96 << 10, 96 << 10))

    done = subprocess.run(
        [sys.executable, "-m", "aggregator", "-C", str(home), "run", "--now", "2026-11-22T12:00:00Z"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        preexec_fn=no_file_beyond_96_kib,
        env={**os.environ, "PYTHONPATH": str(ROOT), "NO_COLOR": "1"},
    )
    assert done.returncode == 1
    assert len(done.stderr.strip().splitlines()) == 1
    assert "Traceback" not in done.stderr
    report = run_report(home, "2026-11-22T13:00:00Z")
    assert report["failures"] == []
    with closing(sqlite3.connect(home / "aggregator.db")) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        assert connection.execute("SELECT count(*) FROM items").fetchone()[0] == ITEMS
        assert connection.execute("SELECT count(*) FROM stories").fetchone()[0] == STORIES
