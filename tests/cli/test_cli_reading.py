from __future__ import annotations

import csv
import io
import json
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

import pytest

from aggregator.cli import browser
from aggregator.cli.forms import FIELDS
from aggregator.cli.safe import to_json

NOW = ("--now", "2026-11-22T12:00:00Z")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


@pytest.fixture
def listed(aggregator, demo_home):
    """The stories that ``list --json`` prints for the demo."""

    def run(*arguments):
        result = aggregator("-C", demo_home, *NOW, "list", "--json", *arguments)
        assert (result.code, result.err) == (0, "")
        return json.loads(result.out)

    return run


def on_terminal(*arguments: str, columns: int = 80, **environment: str) -> str:
    """What a person sees who types this at a terminal."""
    ours, theirs = pty.openpty()
    values = {**os.environ, "TERM": "xterm-256color", "COLUMNS": str(columns), "TZ": "UTC"}
    for name in ("NO_COLOR", "TERM_PROGRAM"):
        values.pop(name, None)
    values |= {"PAGER": "cat"} | environment
    process = subprocess.Popen(
        [sys.executable, "-m", "aggregator", *arguments],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env=values,
    )
    os.close(theirs)
    seen = b""
    # Linux says EIO, not end of file, when the last process has closed its side.
    while chunk := _read(ours):
        seen += chunk
    process.wait()
    os.close(ours)
    return seen.decode().replace("\r\n", "\n")


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 65536)
    except OSError:
        return b""


# --- list ----------------------------------------------------------------------------------------


def test_stories_are_listed_newest_first_with_the_keys_of_the_contract(listed):
    stories = listed("--limit", "1000")
    times = [story["published"] for story in stories]
    assert times == sorted(times, reverse=True)
    assert len({story["id"] for story in stories}) == len(stories)
    for story in stories:
        assert list(story) == [
            "id", "title", "url", "feed", "author", "published", "updated", "language", "tags", "coins", "abstract",
            "reposts", "related", "labels", "abstract_method",
        ]  # fmt: skip
        assert story["title"]
        assert TIME.fullmatch(story["published"])
        assert TIME.fullmatch(story["updated"])


def test_twenty_are_shown_unless_told_otherwise(listed):
    assert len(listed()) == 20
    assert len(listed("-n", "3")) == 3
    assert listed("--limit", "0") == []
    assert len(listed("--since", "1w")) > 20


def test_lines_of_json_hold_the_stories_of_the_array(aggregator, demo_home, listed):
    lines = aggregator("-C", demo_home, *NOW, "list", "--jsonl").out.splitlines()
    assert [json.loads(line) for line in lines] == listed()


def test_a_table_has_a_line_of_names_and_a_row_per_story(aggregator, demo_home, listed):
    rows = list(csv.DictReader(io.StringIO(aggregator("-C", demo_home, *NOW, "list", "--csv").out)))
    assert list(rows[0]) == list(FIELDS)
    assert [(row["id"], row["feed"], row["reposts"]) for row in rows] == [
        (story["id"], story["feed"]["title"], str(len(story["reposts"]))) for story in listed()
    ]


def test_a_line_of_ones_own_making_takes_fields_and_tabs(aggregator, demo_home, listed):
    lines = aggregator("-C", demo_home, *NOW, "search", "kestrel", "--format", r"{id}\t{{{coins}}}").out
    found = json.loads(aggregator("-C", demo_home, *NOW, "search", "kestrel", "--json").out)
    assert lines.splitlines() == [f"{story['id']}\t{{{' '.join(story['coins'])}}}" for story in found]


def test_a_template_is_refused_before_anything_is_read(aggregator, home):
    result = aggregator("-C", home, "list", "--format", "{titel}")
    assert (result.code, result.out) == (2, "")
    assert "did you mean {title}?" in result.err


@pytest.mark.parametrize("limit", [0, 1, 40])
def test_an_array_written_story_by_story_is_one_array(aggregator, demo_home, limit):
    out = aggregator("-C", demo_home, *NOW, "list", "--json", "--limit", str(limit)).out
    assert out == to_json(json.loads(out), indent=1) + "\n"
    assert len(json.loads(out)) == limit


def test_more_than_there_can_be_is_all(listed):
    assert listed("--limit", "9" * 30) == listed("--limit", "1000")


def test_filters_combine(listed):
    everything = listed("--limit", "1000")
    bitcoin = listed("--limit", "1000", "--coin", "btc")
    assert bitcoin == [story for story in everything if "BTC" in story["coins"]]
    assert listed("--limit", "1000", "--coin", "BTC", "--lang", "en", "--since", "1d") == [
        story
        for story in bitcoin
        if story["language"] == "en" and story["published"] >= "2026-11-21T12:00:00Z"
    ]
    assert listed("--limit", "1000", "--until", "2026-11-21T00:00Z") == [
        story for story in everything if story["published"] < "2026-11-21"
    ]
    carried = listed("--limit", "1000", "--feed", "coinrelay")
    assert 0 < len(carried) < len(everything)
    tagged = listed("--limit", "1000", "--tag", "markets")
    assert 0 < len(tagged) < len(everything)


@pytest.mark.parametrize("query", ["kestrel -insurer", '"hot wallets"', "kestr*"])
def test_a_list_can_be_narrowed_by_words_and_stays_in_order_of_time(aggregator, demo_home, listed, query):
    found = listed("--search", query)
    times = [story["published"] for story in found]
    assert times == sorted(times, reverse=True)
    best_first = aggregator("-C", demo_home, *NOW, "search", "--json", query)
    assert {story["id"] for story in found} == {story["id"] for story in json.loads(best_first.out)}
    assert len(found) >= 2


@pytest.mark.parametrize("command", [["list"], ["search", "kestrel"]])
@pytest.mark.parametrize(
    "forms", [["--json", "--urls"], ["--csv", "--jsonl"], ["--urls", "--format", "{id}"]]
)
def test_two_forms_of_output_at_once_are_refused(aggregator, demo_home, command, forms):
    result = aggregator("-C", demo_home, *command, *forms)
    assert (result.code, result.out) == (2, "")
    assert "choose one" in result.err


@pytest.mark.parametrize("option", ["--feed", "--tag", "--coin", "--lang"])
def test_a_filter_in_an_older_encoding_finds_nothing_and_breaks_nothing(aggregator, demo_home, option):
    result = aggregator("-C", demo_home, "list", option, os.fsdecode(b"\xff"), "--json")
    assert (result.code, result.out) == (0, "[]\n")


def test_a_pipe_gets_one_line_per_story(aggregator, demo_home, listed):
    result = aggregator("-C", demo_home, "list", *NOW)
    rows = [line.split("\t") for line in result.out.splitlines()]
    assert [(row[0], row[1], row[4]) for row in rows] == [
        (story["id"], story["published"], " ".join(story["title"].split())) for story in listed()
    ]
    assert [int(row[3]) for row in rows] == [len(story["reposts"]) for story in listed()]


def test_links_alone_feed_other_programs(aggregator, demo_home, listed):
    lines = aggregator("-C", demo_home, *NOW, "list", "--urls").out.splitlines()
    assert lines == [story["url"] for story in listed() if story["url"]]
    more = aggregator("-C", demo_home, *NOW, "list", "--urls", "--reposts").out.splitlines()
    assert len(more) > len(lines)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--since", "soon"], "is not a time; write 6h"),
        (["--since", "1h", "--until", "2h"], "nothing lies between"),
    ],
)
def test_times_that_make_no_sense_are_refused(aggregator, demo_home, arguments, says):
    result = aggregator("-C", demo_home, "list", *arguments, *NOW)
    assert result.code == 2
    assert says in result.err


def test_nothing_to_show_is_no_error_and_says_why(aggregator, demo_home):
    result = aggregator("-C", demo_home, *NOW, "list", "--coin", "NOPE", "--since", "1d", "-v")
    assert (result.code, result.out) == (0, "")
    assert "with --coin NOPE" in result.err
    assert "last run just now" in result.err
    assert aggregator("-C", demo_home, *NOW, "list", "--coin", "NOPE", "--json").out == "[]\n"


# --- search and show -----------------------------------------------------------------------------


def test_search_finds_stories_by_words_of_any_copy(aggregator, demo_home):
    result = aggregator("-C", demo_home, *NOW, "search", "--json", "oregon", "mine")
    found = json.loads(result.out)
    assert found
    assert "Oregon" in found[0]["title"] + found[0]["abstract"]


def test_search_takes_the_options_of_list(aggregator, demo_home):
    everything = aggregator("-C", demo_home, *NOW, "search", "bitcoin", "--limit", "100").out.splitlines()
    some = aggregator("-C", demo_home, *NOW, "search", "bitcoin", "--since", "6h").out.splitlines()
    assert 0 < len(some) < len(everything)


def test_words_that_must_not_occur_may_stand_anywhere(aggregator, demo_home):
    def found(*arguments):
        result = aggregator("-C", demo_home, *NOW, "search", "--limit", "100", *arguments)
        assert result.code == 0, result.err
        return set(result.out.splitlines())

    assert found("bitcoin", "-price") == found("-price", "bitcoin") == found("--", "bitcoin", "-price")
    assert found("bitcoin", "-price") < found("bitcoin")
    assert found("bitcoin", "-n5") <= found("bitcoin", "-vq")
    assert len(found("bitcoin", "-n5")) == 5


@pytest.mark.parametrize(
    ("query", "options"),
    [
        (["price", "coin:btc"], ["price", "--coin", "BTC"]),
        (["price", "since:6h", "lang:en"], ["price", "--since", "6h", "--lang", "en"]),
        (["price", "feed:Ledger Post"], ["price", "--feed", "Ledger Post"]),
    ],
)
def test_fields_of_a_query_are_the_options_of_their_names(aggregator, demo_home, query, options):
    by_query = aggregator("-C", demo_home, *NOW, "search", *query, "--json", "--limit", "50")
    by_options = aggregator("-C", demo_home, *NOW, "search", *options, "--json", "--limit", "50")
    assert (by_query.code, by_query.out) == (0, by_options.out)
    assert json.loads(by_query.out)
    in_list = aggregator(
        "-C", demo_home, *NOW, "list", "--search", " ".join(query[:1]), *options[1:], "--json"
    )
    assert {each["id"] for each in json.loads(in_list.out)} <= {
        each["id"] for each in json.loads(by_query.out)
    }


def test_fields_without_words_list_what_they_choose(aggregator, demo_home, listed):
    result = aggregator("-C", demo_home, *NOW, "search", "coin:BTC", "since:2d", "--json")
    assert json.loads(result.out) == listed("--coin", "BTC", "--since", "2d") != []
    in_list = aggregator("-C", demo_home, *NOW, "list", "--search", "coin:BTC since:2d", "--json")
    assert in_list.out == result.out


def test_a_field_and_an_option_that_both_speak_are_refused(aggregator, demo_home):
    result = aggregator("-C", demo_home, "search", "price", "coin:BTC", "--coin", "ETH")
    assert (result.code, result.out) == (2, "")
    assert "coin: stands in the query and --coin beside it" in result.err


def test_a_search_for_nothing_is_refused_in_words(aggregator, demo_home):
    result = aggregator("-C", demo_home, "search", '"" ...')
    assert result.code == 2
    assert "at least one word" in result.err


def test_a_story_is_shown_by_the_beginning_of_its_id_and_by_link(aggregator, demo_home, listed):
    story = next(story for story in listed("--limit", "100") if len(story["reposts"]) > 1)
    by_id = aggregator("-C", demo_home, *NOW, "show", story["id"][:7])
    assert by_id.code == 0
    assert story["title"] in " ".join(by_id.out.split())
    assert f"Also told by {len(story['reposts'])}" in by_id.out
    assert aggregator("-C", demo_home, *NOW, "show", story["reposts"][0]["url"]).out == by_id.out
    assert json.loads(aggregator("-C", demo_home, "show", story["id"], "--json").out) == [story]


def test_a_story_that_is_not_there_is_wrong_usage(aggregator, demo_home):
    result = aggregator("-C", demo_home, "show", "ffffffffffff")
    assert (result.code, result.out) == (2, "")
    assert "no story" in result.err


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
        time.sleep(0.05)
    pytest.fail("it never came")


class Watching:
    """A list that is watched at a terminal of its own."""

    def __init__(self, home: Path, *arguments: str) -> None:
        self.ours, theirs = pty.openpty()
        environment = {**os.environ, "TERM": "xterm-256color", "TZ": "UTC", "COLUMNS": "80", "LINES": "24"}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "aggregator", "-C", str(home), "list", "--watch", *arguments],
            stdin=theirs, stdout=theirs, stderr=theirs, env=environment, start_new_session=True,
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
    time.sleep(2.5)
    assert not watching.shows("never")
    assert watching.seen.count("Ctrl-C ends") == 1
    assert watching.ended(signal.SIGINT) == 130


@pytest.mark.parametrize("arguments", [[], ["--json"]])
def test_a_script_cannot_watch(aggregator, demo_home, arguments):
    result = aggregator("-C", demo_home, "list", "--watch", *arguments)
    assert (result.code, result.out) == (2, "")
    assert "--watch draws on a terminal" in result.err


# --- What was looked for -----------------------------------------------------------------------------


def test_a_search_says_where_it_found_the_words(aggregator, demo_home):
    found = json.loads(aggregator("-C", demo_home, *NOW, "search", "--json", "wallets", "-n", "40").out)
    pieces = [story["snippet"] for story in found if story["snippet"]]
    assert pieces
    for piece in pieces:
        assert {piece["text"][mark["start"] : mark["end"]].lower() for mark in piece["marks"]} <= {
            "wallet",
            "wallets",
        }
        assert piece["marks"]
    for story in found:
        said = f"{story['title']} {story['abstract']}".lower()
        assert story["snippet"] or "wallet" in said


def test_what_was_looked_for_stands_out_on_a_terminal(demo_home):
    seen = on_terminal("-C", str(demo_home), *NOW, "search", "wallets", "--no-pager")
    assert re.search(r"\x1b\[1;4m(?i:wallets?)\x1b\[0m", seen)
    assert "\x1b" not in on_terminal("-C", str(demo_home), *NOW, "search", "wallets", NO_COLOR="1")


@pytest.mark.parametrize(
    ("query", "says"),
    [
        (["etf", '"hot'], "at character 5: a quotation begins and does not end"),
        (["etf OR ether"], "OR is no sign here"),
    ],
)
def test_a_malformed_query_is_explained_with_its_place(aggregator, demo_home, query, says):
    result = aggregator("-C", demo_home, "search", *query)
    assert (result.code, result.out) == (2, "")
    assert says in result.err


# --- Nothing to see ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "now", "says"),
    [
        (
            ["list", "--since", "1d", "--coin", "NOPE"],
            "2026-11-22T12:00Z",
            [
                "no stories since 21 Nov 12:00 with --coin NOPE; the newest came ",
                "; last run ",
                "; all there is: ",
            ],
        ),
        (
            ["search", "no such words"],
            "2026-11-22T12:00Z",
            ["no stories with --search '\"no such words\"'; ", "fewer words find more"],
        ),
        (
            ["list", "--since", "6h", "--until", "1h"],
            "2026-12-22T12:00Z",
            ["no stories since 06:00 until 11:00; ", "; fetch what is new: "],
        ),
    ],
)
def test_nothing_says_what_was_asked_when_news_came_and_what_comes_next(
    aggregator, demo_home, monkeypatch, arguments, now, says
):
    monkeypatch.setenv("TZ", "UTC")
    result = aggregator("-C", demo_home, "--now", now, *arguments, "-v")
    assert (result.code, result.out) == (0, "")
    for each in says:
        assert each in result.err, each


def test_failing_feeds_are_counted_where_nothing_is_seen(aggregator, own_demo):
    with closing(sqlite3.connect(own_demo / "aggregator.db")) as database, database:
        database.execute("UPDATE feeds SET failures = 2 WHERE id IN (1, 2)")
    result = aggregator("-C", own_demo, *NOW, "list", "--tag", "nope", "-v")
    assert re.search(r"2 of \d+ feeds failing: \S+ feeds list --failing", result.err)
