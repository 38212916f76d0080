from __future__ import annotations

import json
import sys
from datetime import UTC, datetime, timedelta

import pytest

from aggregator import opml
from aggregator.cli import cells, render_feeds
from aggregator.cli.paint import Paint
from aggregator.models import Feed
from aggregator.store.reading import FeedHealth

LIST = """<?xml version="1.0"?>
<!-- mine -->
<opml version="2.0">
  <body>
    <outline text="Press">
      <outline text="Ledger Post" xmlUrl="https://ledger.example/feed"/>
      <outline text="Twin" xmlUrl="https://one.example/feed"/>
      <outline text="twin" xmlUrl="https://two.example/feed"/>
    </outline>
  </body>
</opml>
"""


@pytest.fixture
def listed(home):
    home.mkdir()
    (home / "feeds.opml").write_text(LIST)
    return home / "feeds.opml"


def urls(path):
    return [each.url for each in opml.read(path).subscriptions]


# --- add, remove, import, export -----------------------------------------------------------------


def test_a_feed_is_added_and_the_rest_of_the_file_stays(aggregator, home, listed):
    result = aggregator(
        "-C", home, "feeds", "add", "https://new.example/rss", "--title", "New", "--folder", "Press/Asia",
        "--tag", "daily", "--tag", "asia", "--lang", "en", "--priority", "-2", "-v", "--no-check",
    )  # fmt: skip
    assert (result.code, result.out) == (0, "")
    assert "added https://new.example/rss" in result.err
    added = opml.read(listed).subscriptions[-1]
    assert (added.title, added.folder, added.tags, added.language, added.priority) == (
        "New", ("Press", "Asia"), ("daily", "asia"), "en", -2,
    )  # fmt: skip
    remaining = iter(listed.read_text().splitlines())
    assert all(line in remaining for line in LIST.splitlines())


def test_adding_a_feed_twice_changes_nothing(aggregator, home, listed):
    result = aggregator("-C", home, "feeds", "add", "http://ledger.example/feed/", "-v")
    assert result.code == 0
    assert "on line 6" in result.err
    assert listed.read_text() == LIST


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("ledger.example/feed", "did you mean https://ledger.example/feed?"),
        ("feeds/none.xml", "nor a file"),
        ("ftp://ledger.example/feed", "only http, https"),
        ("feed:https://ledger.example/feed", "put https://"),
        ("https://ledger example/feed", "blanks"),
        ("", "empty"),
    ],
)
def test_an_address_that_cannot_work_is_refused_at_once(aggregator, home, listed, url, says):
    result = aggregator("-C", home, "feeds", "add", url)
    assert result.code == 2
    assert says in result.err
    assert listed.read_text() == LIST


def test_a_file_inside_the_home_can_be_added(aggregator, home, listed):
    (home / "own.xml").write_text("<rss/>")
    assert aggregator("-C", home, "feeds", "add", "own.xml").code == 0
    assert urls(listed)[-1] == "own.xml"


@pytest.mark.parametrize(
    "named", ["https://ledger.example/feed", "http://ledger.example/feed/", "ledger post"]
)
def test_a_feed_is_removed_by_address_or_title(aggregator, home, listed, named):
    result = aggregator("-C", home, "feeds", "remove", named, "-v")
    assert result.code == 0
    assert "undo: aggregator feeds add https://ledger.example/feed" in result.err
    assert listed.read_text() == "".join(
        LIST.splitlines(keepends=True)[:5] + LIST.splitlines(keepends=True)[6:]
    )


@pytest.mark.parametrize(
    ("named", "says"),
    [
        ("Ledger Pst", "did you mean Ledger Post?"),
        ("https://ledger.example/fed", "did you mean https://ledger.example/feed?"),
        ("Twin", "2 feeds are called Twin: https://one.example/feed, https://two.example/feed"),
        ("zzz", "`aggregator feeds list` shows them"),
    ],
)
def test_a_name_that_fits_no_feed_or_several_is_refused(aggregator, home, listed, named, says):
    result = aggregator("-C", home, "feeds", "remove", named)
    assert result.code == 2
    assert says in result.err
    assert listed.read_text() == LIST


def test_an_opml_of_another_reader_is_merged(aggregator, home, listed, tmp_path):
    theirs = tmp_path / "theirs.opml"
    theirs.write_text(
        """<opml version="1.0"><body><outline text="Tech"><outline xmlUrl="https://tech.example/feed" text="Tech"/>
        <outline xmlUrl="http://ledger.example/feed" text="Known"/><outline type="rss" text="Broken"/>
        </outline></body></opml>"""
    )
    result = aggregator("-C", home, "feeds", "import", theirs, "-v")
    assert result.code == 0
    assert "added 1 feed (1 with a name, 1 folder); 1 there already" in result.err
    assert "line 2: “Broken” has no xmlUrl" in result.err
    assert opml.read(listed).subscriptions[-1].folder == ("Tech",)
    before = listed.read_bytes()
    aggregator("-C", home, "feeds", "import", theirs)
    assert listed.read_bytes() == before


def test_an_opml_is_read_from_standard_input_into_a_fresh_home(aggregator, home, monkeypatch):
    home.mkdir()
    (home / "theirs").write_text(LIST)
    with (home / "theirs").open() as theirs:
        monkeypatch.setattr(sys, "stdin", theirs)
        assert aggregator("-C", home, "feeds", "import", "-").code == 0
    assert len(urls(home / "feeds.opml")) == 3


def test_what_is_no_opml_is_not_imported(aggregator, home, listed, tmp_path):
    (tmp_path / "feed.xml").write_text("<rss/>")
    result = aggregator("-C", home, "feeds", "import", tmp_path / "feed.xml")
    assert result.code == 1
    assert "a <rss> document" in result.err
    assert listed.read_text() == LIST


def test_the_list_is_printed_as_opml(aggregator, home, listed):
    result = aggregator("-C", home, "feeds", "export")
    assert result.code == 0
    assert [each.url for each in opml.read(result.out.encode()).subscriptions] == urls(listed)


# --- list ----------------------------------------------------------------------------------------

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def feed(title: str, **values: object) -> FeedHealth:
    url = f"https://{len(title)}.example/feed"
    health = {"last_polled_at": NOW, "last_ok_at": NOW - timedelta(minutes=5)} | values
    return FeedHealth(feed=Feed(id=1, url=url, first_url=url, title=title, **health), items=12, stories=7)


ROWS = [
    feed("Ledger Post", last_new_at=NOW - timedelta(hours=3), next_poll_at=NOW + timedelta(minutes=25)),
    feed("Bad\x1b[31m Feed", failures=5, last_error="HTTP 403: the server refuses us"),
    feed("Old Friend", gone=True),
    feed("币报", last_polled_at=None, last_ok_at=None),
    feed("A Very Long Name That Goes On And On Until Nobody Reads It Any More"),
]


def test_feeds_that_were_never_polled_are_listed_as_new(aggregator, home, listed):
    result = aggregator("-C", home, "feeds", "list")
    assert result.code == 0
    assert (
        result.out.splitlines()[0]
        == "new\tLedger Post\thttps://ledger.example/feed\t0\t0\t\t\t\t0\t\t\t\t\t0\t"
    )
    as_json = json.loads(aggregator("-C", home, "feeds", "list", "--json").out)
    assert [each["state"] for each in as_json] == ["new"] * 3
    assert json.loads(aggregator("-C", home, "feeds", "list", "--json", "--failing").out) == []


def test_the_demos_feeds_are_listed_with_what_they_brought(aggregator, demo_home):
    rows = json.loads(aggregator("-C", demo_home, "feeds", "list", "--json").out)
    assert len(rows) >= 8
    assert sum(row["items"] for row in rows) >= 60
    lines = aggregator("-C", demo_home, "feeds", "list").out.splitlines()
    assert [line.split("\t")[2] for line in lines] == [row["url"] for row in rows]
    assert all(line.count("\t") == 14 for line in lines)


def test_a_store_made_from_an_archive_needs_no_list(aggregator, home, demo_home):
    home.mkdir()
    (home / "aggregator.db").write_bytes((demo_home / "aggregator.db").read_bytes())
    assert aggregator("-C", home, "feeds", "list").code == 0
    (home / "aggregator.db").unlink()
    missing = aggregator("-C", home, "feeds", "list")
    assert missing.code == 1
    assert "init" in missing.err


@pytest.mark.parametrize("columns", [60, 80, 120])
def test_the_table_fits_the_terminal(columns):
    lines = list(render_feeds.table(ROWS, now=NOW, columns=columns, paint=Paint()))
    assert max(map(cells.width, lines)) <= columns
    assert not any("\x1b" in line for line in lines)


def test_the_table_says_what_is_wrong_and_what_to_do():
    text = "\n".join(render_feeds.table(ROWS, now=NOW, columns=100, paint=Paint()))
    assert "HTTP 403: the server refuses us; 5 failures in a row" in text
    assert "find its new address, or remove it" in text
    assert "5 feeds: 2 ok, 1 failing, 1 gone, 1 new · 60 items, 35 stories first told" in text


def test_the_table_says_that_hubs_are_not_used():
    rows = [*ROWS, feed("Hubbed", hub="https://hub.example/")]
    text = "\n".join(render_feeds.table(rows, now=NOW, columns=100, paint=Paint()))
    assert "1 names a WebSub hub, which is not used: subscribing needs a public address" in text
    assert "WebSub" not in "\n".join(render_feeds.table(ROWS, now=NOW, columns=100, paint=Paint()))


def test_an_empty_table_has_no_head():
    assert list(render_feeds.table([], now=NOW, columns=80, paint=Paint())) == []
