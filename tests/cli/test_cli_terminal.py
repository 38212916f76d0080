from __future__ import annotations

import os
import pty
import re
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

import forked
import pytest
from terminal import on_terminal

from aggregator.cli import browser

NOW = ("--now", "2026-11-22T12:00:00Z")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


# --- On a terminal -------------------------------------------------------------------------------


def test_a_terminal_gets_days_colours_and_a_hint_that_there_is_more(demo_home):
    seen = on_terminal("-C", str(demo_home), *NOW, "list", "-n", "5")
    assert "Today · Sunday 22 November" in seen
    assert "\x1b[1m" in seen
    assert "there are more: --limit 20" in seen


@pytest.mark.parametrize("environment", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_who_wants_no_colours_gets_none(demo_home, environment):
    seen = on_terminal("-C", str(demo_home), *NOW, "list", **environment)
    assert "Today · Sunday 22 November" in seen
    assert "\x1b" not in seen


def test_terminals_that_know_links_get_them(demo_home):
    seen = on_terminal("-C", str(demo_home), *NOW, "list", "-n", "3", TERM_PROGRAM="WezTerm")
    assert "\x1b]8;;https://" in seen
    assert "\x1b]8;;" not in on_terminal("-C", str(demo_home), *NOW, "list", "-n", "3")


def test_a_run_on_a_terminal_tells_what_it_did_in_one_line(tmp_path):
    (tmp_path / "one.xml").write_text(
        "<rss version='2.0'><channel><item><title>News</title></item></channel></rss>"
    )
    (tmp_path / "feeds.opml").write_text(
        "<opml version='2.0'><body><outline xmlUrl='one.xml'/></body></opml>"
    )
    seen = on_terminal("-C", str(tmp_path), *NOW, "run", columns=200)
    assert "1 feed polled; 1 new item; 1 new story; wrote public/atom.xml" in seen
    assert on_terminal("-C", str(tmp_path), *NOW, "run", "-q") == ""


def test_the_demo_tells_what_became_of_its_items(tmp_path):
    seen = on_terminal("demo", str(tmp_path / "home"), NO_COLOR="1")
    assert re.search(r"\d+ items in \d+ feeds became \d+ stories; \d+ reposts collapsed\.", seen)
    assert str(tmp_path / "home" / "public" / "atom.xml") in seen
    assert str(tmp_path / "home" / "public" / "index.html") in seen
    assert "Today · Sunday 22 November" in seen


# --- More than a screen, a browser, a watch ----------------------------------------------------------


def pager(place: Path, words: str) -> str:
    """A pager that notes what it was given."""
    script = place / "pager"
    script.write_text(f"#!/bin/sh\n{words}\n")
    script.chmod(0o755)
    return str(script)


def test_more_than_a_screen_goes_through_the_pager_of_the_person(demo_home, tmp_path):
    noting = pager(tmp_path, f'echo "LESS=$LESS $1"; cat > {tmp_path}/given; exit 3')
    seen = on_terminal(
        "-C",
        str(demo_home),
        *NOW,
        "list",
        PAGER=f"{noting} '-x y'",
        TERM_PROGRAM="WezTerm",
        LINES="24",
        LESS="R",
    )
    assert "LESS=R -x y\n" in seen
    given = (tmp_path / "given").read_text()
    assert "Today · Sunday 22 November" in given
    assert "\x1b[1m" in given
    assert "\x1b]8" not in given
    assert "Today" not in seen


def test_less_is_told_to_end_at_one_screen_and_to_let_colours_through(demo_home, tmp_path):
    noting = pager(tmp_path, 'cat > /dev/null; echo "LESS=$LESS"')
    environment = {**os.environ}
    environment.pop("LESS", None)
    assert "LESS=FRX" in on_terminal("-C", str(demo_home), *NOW, "list", PAGER=noting, LESS="FRX")


@pytest.mark.parametrize(
    ("arguments", "environment"),
    [
        (["list", "-n", "2"], {}),
        (["list", "--no-pager"], {}),
        (["list", "--urls"], {}),
        (["list"], {"PAGER": ""}),
        (["list"], {"PAGER": "no-such-program"}),
        (["list"], {"PAGER": "'"}),
        (["list"], {"TERM": "dumb"}),
    ],
)
def test_what_fits_or_is_not_to_be_paged_is_printed(demo_home, tmp_path, arguments, environment):
    silent = pager(tmp_path, "cat > /dev/null")
    seen = on_terminal(
        "-C", str(demo_home), *NOW, *arguments, **({"PAGER": silent, "LINES": "24"} | environment)
    )
    assert len(seen.splitlines()) > 5


def test_a_pager_that_is_left_early_ends_it_quietly(demo_home, tmp_path):
    assert (
        on_terminal("-C", str(demo_home), *NOW, "list", "-q", PAGER=pager(tmp_path, "echo seen")) == "seen\n"
    )


def test_a_pipe_never_meets_a_pager(aggregator, demo_home, monkeypatch):
    monkeypatch.setenv("PAGER", "false")
    assert len(aggregator("-C", demo_home, *NOW, "list", "--limit", "60").out.splitlines()) == 60


def test_the_nth_story_is_printed_where_there_is_no_browser(aggregator, demo_home, listed, monkeypatch):
    for name in browser.SCREENS:
        monkeypatch.delenv(name, raising=False)
    stories = [story for story in listed("--limit", "40") if story["url"]]
    number = listed("--limit", "40").index(stories[-1]) + 1
    assert number > 20
    result = aggregator("-C", demo_home, *NOW, "list", "--open", str(number))
    assert (result.code, result.out) == (0, stories[-1]["url"] + "\n")
    assert aggregator("-C", demo_home, "show", stories[0]["id"], "--open").out == stories[0]["url"] + "\n"
    beyond = aggregator("-C", demo_home, *NOW, "list", "--coin", "NOPE", "--open", "1")
    assert (beyond.code, beyond.out) == (2, "")
    assert "--open 1: only 0 are listed" in beyond.err
    assert aggregator("-C", demo_home, "list", "--open", "1", "--json").code == 2


def test_the_browser_of_the_desktop_opens_a_story(demo_home, listed, tmp_path):
    opener = tmp_path / "xdg-open"
    opener.write_text(f'#!/bin/sh\necho "$1" > {tmp_path}/part && mv {tmp_path}/part {tmp_path}/opened\n')
    opener.chmod(0o755)
    done = subprocess.run(
        [sys.executable, "-m", "aggregator", "-C", str(demo_home), *NOW, "list", "--open", "1"],
        env={**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}", "DISPLAY": ":1"},
        capture_output=True,
        check=True,
    )
    assert done.stdout == b""
    until((tmp_path / "opened").exists)
    assert (tmp_path / "opened").read_text().strip() == listed()[0]["url"]


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "file:///etc/passwd", "ftp://a.example/", "https://a.example/\x1b[2J", None],
)
def test_nothing_but_a_web_address_is_opened(aggregator, own_demo, listed, url):
    with closing(sqlite3.connect(own_demo / "aggregator.db")) as database, database:
        database.execute("UPDATE publications SET url = ?", (url,))
        database.execute("UPDATE items SET url = NULL")
    result = aggregator("-C", own_demo, *NOW, "list", "--open", "1")
    assert (result.code, result.out) == (2, "")
    assert ("is no web address" if url else "gave no link") in result.err


def until(true: Callable[[], bool]) -> None:
    """Wait for another process, half a minute at most."""
    for _ in range(600):
        if true():
            return
        time.sleep(0.05)  # another process draws; there is nothing to wait on
    pytest.fail("it never came")


class Watching:
    """A list that is watched at a terminal of its own."""

    def __init__(self, home: Path, *arguments: str) -> None:
        self.ours, theirs = pty.openpty()
        environment = {**os.environ, "TERM": "xterm-256color", "TZ": "UTC", "COLUMNS": "80", "LINES": "24"}
        self.process = forked.start(
            "-C", home, "list", "--watch", *arguments,
            stdin=theirs, stdout=theirs, stderr=theirs, env=environment,
        )  # fmt: skip
        os.close(theirs)
        os.set_blocking(self.ours, False)
        self.seen = ""

    def shows(self, text: str) -> bool:
        """Whether it has been on the screen by now."""
        with suppress(BlockingIOError, OSError):
            while chunk := os.read(self.ours, 65536):
                self.seen += chunk.decode()
        return text in self.seen

    def ended(self, signal_: int) -> int:
        """End it by a signal; its exit code."""
        self.process.send_signal(signal_)
        code = self.process.wait(30)
        self.shows("")
        os.close(self.ours)
        return code


@pytest.mark.parametrize(("signal_", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_watched_list_follows_the_store_and_gives_the_screen_back(own_demo, signal_, code):
    watching = Watching(own_demo, "1", *NOW)
    until(lambda: watching.shows("every 1 s · Ctrl-C ends"))
    assert watching.seen.startswith("\x1b[?1049h")
    with closing(sqlite3.connect(own_demo / "aggregator.db")) as database, database:
        database.execute("UPDATE publications SET title = 'Something happened just now'")
    until(lambda: watching.shows("Something happened just now"))
    assert "\x1b[?1049l" not in watching.seen
    assert watching.ended(signal_) == code
    assert watching.seen.index("\x1b[?25h\x1b[?1049l") < watching.seen.index("what was recorded stays")


def test_a_watched_list_that_did_not_change_is_drawn_once(own_demo):
    watching = Watching(own_demo, "1", *NOW)
    until(lambda: watching.shows("Ctrl-C ends"))
    time.sleep(2.5)  # two turns of a second each, in which it could draw again
    assert not watching.shows("never")
    assert watching.seen.count("Ctrl-C ends") == 1
    assert watching.ended(signal.SIGINT) == 130


@pytest.mark.parametrize("arguments", [[], ["--json"]])
def test_a_script_cannot_watch(aggregator, demo_home, arguments):
    result = aggregator("-C", demo_home, "list", "--watch", *arguments)
    assert (result.code, result.out) == (2, "")
    assert "--watch draws on a terminal" in result.err
