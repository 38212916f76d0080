from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
import threading
from dataclasses import replace

import pytest
from feedserver import drip

from aggregator import opml
from aggregator.cli import render_report, stages
from aggregator.home import Home, bundled
from aggregator.models import FeedFailure, Report, Subscription

NOW = ("--now", "2026-11-22T12:00:00Z")


@pytest.fixture
def fresh(home):
    """A home with three of the demo's feeds, two of them with copies, in which nothing has run."""
    shutil.copytree(bundled("demo"), home)
    (home / "feeds.opml").write_bytes(
        opml.write(
            Subscription(url=f"feeds/{name}.xml") for name in ("ledger-post", "coinrelay", "kettenblatt")
        )
    )
    return home


def counts(home):
    return {path.name: path.read_bytes() for path in (home / "public").iterdir()}


# --- Running -------------------------------------------------------------------------------------


def test_run_is_silent_where_nobody_looks_and_reports_when_asked(aggregator, fresh):
    result = aggregator("-C", fresh, *NOW, "run")
    assert (result.code, result.out, result.err) == (0, "", "")
    again = aggregator("-C", fresh, *NOW, "run", "--json")
    report = json.loads(again.out)
    assert set(report) >= {"feeds", "items", "stories", "files", "failures", "seconds"}
    assert report["items"] == {"new": 0, "updated": 0}
    assert report["files"] == []


def test_stage_by_stage_gives_what_a_run_gives(aggregator, fresh, tmp_path):
    other = tmp_path / "other"
    shutil.copytree(fresh, other)
    aggregator("-C", fresh, *NOW, "run")
    for stage in ("poll", "dedup", "summarise", "export"):
        result = aggregator("-C", other, *NOW, stage, "-v")
        assert result.code == 0
        assert result.err
    assert counts(other) == counts(fresh)


def test_a_rebuild_changes_no_file(aggregator, fresh):
    aggregator("-C", fresh, *NOW, "run")
    before = counts(fresh)
    for arguments in (["dedup", "--rebuild"], ["summarise"], ["export"]):
        assert aggregator("-C", fresh, *NOW, *arguments).code == 0
    assert counts(fresh) == before


def test_a_run_beside_another_is_told_to_come_again(aggregator, fresh):
    with Home(fresh).lock():
        result = aggregator("-C", fresh, *NOW, "run")
    assert (result.code, result.out) == (75, "")
    assert "another run" in result.err


def test_an_interrupted_run_ends_with_130_and_keeps_what_it_has(aggregator, fresh, feed_server):
    asked = threading.Event()

    async def answer_for_ever(request, writer):
        asked.set()
        await drip(request, writer)

    feed_server.behaviours["/feed"] = answer_for_ever
    aggregator("-C", fresh, "feeds", "add", feed_server.url("/feed"))
    (fresh / "aggregator.toml").write_text("[poll]\nprivate_networks = true\n")
    process = subprocess.Popen(
        [sys.executable, "-m", "aggregator", "-C", str(fresh), *NOW, "run"], stderr=subprocess.PIPE, text=True
    )
    assert asked.wait(30)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate()
    assert process.returncode == 128 + signal.SIGINT
    assert said.strip() == "aggregator: interrupted; what was recorded stays"
    rows = json.loads(aggregator("-C", fresh, "feeds", "list", "--json").out)
    assert sum(row["items"] for row in rows) >= 20
    assert aggregator("-C", fresh, "dedup").code == 0  # the lock is free, the store is sound


# --- What an end means ---------------------------------------------------------------------------


def report(*, failed: int = 0, due: int | None = None, skipped: int = 0) -> Report:
    made = Report()
    made.feeds |= {"due": failed if due is None else due, "failed": failed, "skipped": skipped}
    made.failures = [
        FeedFailure(
            feed=f"{number}.example/feed", reason="http", message="HTTP 403", status=403, next_poll_at=None
        )
        for number in range(failed)
    ]
    return made


@pytest.mark.parametrize(
    ("made", "nothing_worked"),
    [
        (report(), False),
        (report(due=5), False),
        (report(failed=1, due=60), False),
        (report(failed=1), True),  # the only feed there is
        (report(failed=60), True),
        (report(failed=1, skipped=59), False),  # one dead feed was due alone: not worth a mail from cron
        (report(failed=2, skipped=58), False),
        (report(failed=3, skipped=57), True),
        (report(failed=9, due=10), False),
    ],
)
def test_a_run_fails_when_nothing_worked_not_when_something_failed(made, nothing_worked):
    assert stages.all_failed(made) is nothing_worked


def test_feeds_that_fail_alike_are_counted_where_naming_them_would_bury_the_cause():
    few = report(failed=render_report.MANY_ALIKE - 1)
    assert list(render_report.failures(few)) == [
        f"{n}.example/feed: HTTP 403" for n in range(len(few.failures))
    ]
    many = report(failed=90)
    many.failures[40] = replace(many.failures[40], message="the server is broken")
    assert list(render_report.failures(many)) == [
        "89 feeds: HTTP 403 (aggregator feeds list --failing names them)",
        "40.example/feed: the server is broken",
    ]


def test_a_dead_feed_among_others_is_recorded_and_not_shouted(aggregator, fresh):
    (fresh / "feeds.opml").write_text(
        "<opml version='2.0'><body><outline xmlUrl='feeds/ledger-post.xml'/>"
        "<outline xmlUrl='feeds/missing.xml'/></body></opml>"
    )
    result = aggregator("-C", fresh, *NOW, "run")
    assert (result.code, result.err) == (0, "")
    failing = json.loads(aggregator("-C", fresh, "feeds", "list", "--failing", "--json").out)
    assert [each["url"] for each in failing] == ["feeds/missing.xml"]
    assert failing[0]["last_error"]


def test_strict_makes_any_failure_count(aggregator, fresh):
    (fresh / "feeds.opml").write_text(
        "<opml version='2.0'><body><outline xmlUrl='feeds/ledger-post.xml'/>"
        "<outline xmlUrl='feeds/missing.xml'/></body></opml>"
    )
    result = aggregator("-C", fresh, *NOW, "run", "--strict")
    assert result.code == 1
    assert "feeds/missing.xml" in result.err


def test_when_every_feed_fails_it_is_said_and_the_exit_code_is_1(aggregator, fresh):
    (fresh / "feeds.opml").write_text(
        "<opml version='2.0'><body><outline xmlUrl='feeds/missing.xml'/></body></opml>"
    )
    result = aggregator("-C", fresh, *NOW, "run")
    assert result.code == 1
    assert "every feed that was due failed" in result.err
    assert aggregator("-C", fresh, *NOW, "run", "--force", "-q").err == ""


def test_a_list_without_feeds_says_how_to_add_one(aggregator, fresh):
    (fresh / "feeds.opml").write_text("<opml version='2.0'><body/></opml>")
    result = aggregator("-C", fresh, *NOW, "run")
    assert result.code == 1
    assert "aggregator feeds add" in result.err


def test_a_report_is_told_in_one_line():
    made = Report(files=["public/atom.xml"], seconds={"poll": 1.0, "dedup": 1.0, "export": 1.0})
    made.feeds |= {"due": 60, "fetched": 20, "not_modified": 30, "unchanged": 8, "failed": 2, "skipped": 3}
    made.items |= {"new": 1200, "updated": 1}
    made.stories |= {"new": 1, "changed": 2}
    assert render_report.summary(made) == (
        "60 feeds polled (38 unchanged, 2 failed, 3 not due); 1,200 new items, 1 updated; "
        "1 new story, 2 changed; wrote public/atom.xml"
    )
    assert render_report.summary(Report()) == "nothing to do"
    assert render_report.summary(Report(seconds={"poll": 0.1})) == "no feed was due"
    assert render_report.summary(Report(seconds={"export": 0.1})) == "files unchanged"
