from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from terminal import on_terminal

from aggregator.cli import cells, render_stats
from aggregator.cli.paint import Paint
from aggregator.cli.safe import INVISIBLE
from aggregator.dedup.originality import FeedFigures
from aggregator.models import Feed
from aggregator.pipeline.figures import FeedStats, Stats
from aggregator.store.connection import open_store

NOW = ("--now", "2026-11-22T12:00:00Z")
MARKS = re.compile(r"\x1b\[[0-9;]*m")

FIGURES = FeedFigures(
    feed=1,
    items=1_250,
    stories=1_200,
    alone=1_000,
    first=100,
    reposts=60,
    doubles=40,
    lag_median=540,
    lag_p90=30_000,
    lags_left_out=2,
    times_copied=300,
    copied_by=9,
    copies_from=2,
    copies_from_times=50,
    credited=12,
)
RELAY = replace(
    FIGURES, alone=0, first=0, reposts=1_160, lag_median=None, copies_from=None, copies_from_times=0
)


def feed(title: str = "Ledger Post", priority: int = 0) -> Feed:
    url = "https://ledger.example/feed"
    return Feed(id=1, url=url, first_url=url, title=title, priority=priority)


def row(title: str = "Ledger Post", figures: FeedFigures = FIGURES, **changes) -> FeedStats:
    source = feed("Signalpost") if figures.copies_from else None
    return FeedStats(feed=feed(title, **changes), publisher="ledger", figures=figures, copies_from=source)


def whole(*rows: FeedStats) -> Stats:
    return Stats(
        feeds=rows, items=2_500, stories=2_000, span=timedelta(hours=48), reading_saved=timedelta(minutes=190)
    )


ROWS = (row(), row("币报：今日值得关注的所有重要新闻汇总", RELAY), row("R", RELAY, priority=-5))


def laid_out(*rows: FeedStats, columns: int = 120, paint: Paint | None = None) -> list[str]:
    return list(render_stats.table(whole(*rows), rows, columns=columns, paint=paint or Paint()))


# --- The command ---------------------------------------------------------------------------------


@pytest.fixture
def ranked(aggregator, demo_home):
    """What ``stats --json`` prints for the demo."""

    def run(*arguments):
        result = aggregator("-C", demo_home, *NOW, "stats", "--json", *arguments)
        assert (result.code, result.err) == (0, "")
        return json.loads(result.out)

    return run


def test_the_demo_has_its_newsrooms_above_its_copiers(ranked):
    rows = ranked()
    by_title = {each["feed"]["title"]: each for each in rows}
    assert [each["originality"] for each in rows] == sorted((e["originality"] for e in rows), reverse=True)
    assert rows[0]["feed"]["title"] == "Ledger Post"
    relay = by_title["CoinRelay"]
    assert (rows[-1], relay["mostly_copies"], relay["share_elsewhere"]) == (relay, True, 1.0)
    assert relay["copies_from"]["times"] > 1
    assert 60 < relay["lag_median"] < relay["lag_p90"] < 6 * 3600
    edition = by_title["Ledger Post en Español"]
    assert (edition["publisher"], edition["doubles"], edition["reposts"]) == ("ledgerpost", 3, 0)
    assert by_title["Ledger Post"]["named"] > 0
    for each in rows:
        assert each["stories"] == each["alone"] + each["first"] + each["reposts"] + each["doubles"]


def test_piped_it_is_a_line_per_feed_with_the_figures_of_the_json(aggregator, demo_home, ranked):
    rows = ranked()
    lines = aggregator("-C", demo_home, *NOW, "stats").out.splitlines()
    assert len(lines) == len(rows)
    for line, each in zip(lines, rows, strict=True):
        fields = line.split("\t")
        assert len(fields) == 19
        assert float(fields[0]) == each["originality"]
        assert fields[1:5] == [
            each["feed"]["title"],
            each["feed"]["url"],
            str(each["items"]),
            str(each["stories"]),
        ]
        assert fields[9] == ("" if each["lag_median"] is None else str(each["lag_median"]))


def test_feed_and_limit_choose_what_is_shown_and_not_what_is_counted(ranked):
    everything = ranked()
    assert ranked("--limit", "3") == everything[:3]
    assert ranked("--limit", "0") == []
    assert ranked("--feed", "LEDGER post") == [
        each for each in everything if "Ledger Post" in each["feed"]["title"]
    ]
    assert ranked("--feed", "coinrelay.xml") == [
        each for each in everything if each["feed"]["title"] == "CoinRelay"
    ]


def test_a_time_can_be_chosen(ranked):
    assert sum(each["items"] for each in ranked("--since", "1d")) < sum(each["items"] for each in ranked())
    early = ranked("--until", "2026-11-21T00:00Z")
    assert 0 < sum(each["items"] for each in early) < 108


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--since", "2026-11-23", "--until", "2026-11-22"), "nothing lies between"),
        (("--since", "2027-01-01"), "is not before --until now"),
        (("--since", "soon"), "is not a time"),
        (("--limit", "-1"), "--limit"),
    ],
)
def test_a_time_that_cannot_be_is_wrong_usage(aggregator, demo_home, arguments, says):
    result = aggregator("-C", demo_home, *NOW, "stats", *arguments)
    assert (result.code, result.out) == (2, "")
    assert says in result.err


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--feed", "nobody"), "no feed that brought something has 'nobody'"),
        (("--since", "2026-11-22T11:59:59Z", "--until", "2026-11-22T11:59:59.5Z"), "is not before"),
        (("--since", "2020-01-01", "--until", "2020-02-01"), "no stories since 2020-01-01"),
    ],
)
def test_nothing_to_show_is_said_with_what_to_do(aggregator, demo_home, arguments, says):
    result = aggregator("-C", demo_home, *NOW, "stats", *arguments)
    assert result.out == ""
    assert says in result.err


def test_an_empty_store_says_how_to_fill_it_and_is_no_failure(aggregator, home):
    home.mkdir()
    with open_store(home / "aggregator.db"):
        pass
    result = aggregator("-C", home, "stats")
    assert (result.code, result.out) == (0, "")
    assert "fetch your feeds: aggregator run" in result.err
    as_json = aggregator("-C", home, "stats", "--json")
    assert (as_json.code, json.loads(as_json.out)) == (0, [])


def test_on_a_terminal_it_is_a_painted_table_with_the_whole_below(demo_home):
    seen = on_terminal("-C", str(demo_home), *NOW, "stats", columns=100)
    assert "\x1b[32m█" in seen
    lines = MARKS.sub("", seen).splitlines()
    assert lines[0].split()[:3] == ["feed", "originality", "stories"]
    assert lines[1].startswith("Ledger Post  ")
    assert "108 items in 67 stories" in seen
    assert "mostly copies" not in seen, "the demo's own list ranks its copiers last already"


# --- How it looks --------------------------------------------------------------------------------


@pytest.mark.parametrize("columns", [40, 60, 80, 100, 120])
def test_the_table_fits_the_terminal(columns):
    lines = laid_out(*ROWS, columns=columns)
    assert max(map(cells.width, lines)) <= columns
    assert not any("\x1b" in line for line in lines)


@given(title=st.text(), columns=st.integers(40, 120))
def test_whatever_a_feed_calls_itself_no_terminal_obeys_it(title, columns):
    hostile = replace(row(title), copies_from=feed(title))
    lines = [*laid_out(hostile, row(title, RELAY), columns=columns), *render_stats.plain([hostile])]
    assert not any(INVISIBLE.search(line) for line in lines)
    assert max(map(cells.width, lines[:-1])) <= columns
    assert lines[-1].count("\t") == 18


def test_a_wide_terminal_shows_more_and_the_narrowest_what_matters_most():
    wide, narrow = laid_out(*ROWS)[:2], laid_out(*ROWS, columns=48)[:2]
    assert wide[1].endswith("Signalpost (50)")
    assert wide[0].split()[-2:] == ["mostly", "from"]
    assert narrow[0].split() == ["feed", "originality", "stories"]
    assert narrow[1] == "Ledger Post             ███████▋  94.7%    1,200"


def test_colours_change_nothing_but_the_looks():
    painted = laid_out(*ROWS, paint=Paint(colour=True))
    assert [MARKS.sub("", line) for line in painted] == laid_out(*ROWS)
    assert "\x1b[1;31m" in painted[2], "a feed that mostly copies stands out"


def test_the_whole_is_said_in_a_line():
    assert render_stats.summary(whole(row())) == (
        "1 feed: 2,500 items in 2,000 stories, 41.7 an hour; 20.0% of the items were copies and collapsed, "
        "about 3 hours of reading saved"
    )


def test_feeds_that_copy_are_named_with_what_to_do_unless_it_is_done():
    text = " ".join(laid_out(row(), row("Relay", RELAY), row("Done", RELAY, priority=-1)))
    assert "mostly copies: Relay. Others speak for a story" in text
    assert 'aggregator:priority="-1" in feeds.opml' in text
    assert "mostly copies" not in "\n".join(laid_out(row(), row("Done", RELAY, priority=-1)))
    many = [row(f"Relay {number}", RELAY) for number in range(9)]
    assert "Relay 5, …. Others" in render_stats.suggestion(many)


def test_an_empty_table_has_no_head():
    assert laid_out() == []


@pytest.mark.parametrize(
    ("share", "drawn"),
    [
        (0, "    "),
        (0.03, "▏   "),
        (0.5, "██  "),
        (0.53, "██▏ "),
        (0.97, "███▉"),
        (0.999, "████"),
        (1, "████"),
    ],
)
def test_a_bar_is_as_long_as_its_share(share, drawn):
    assert render_stats.bar(share, 4) == drawn


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (None, "–"), (0, "0 s"), (99, "99 s"), (100, "2 min"), (5_999, "100 min"), (6_000, "1.7 h"),
        (35_000, "9.7 h"), (36_000, "10 h"), (172_799, "48 h"), (172_800, "2.0 d"), (432_000, "5.0 d"),
    ],
)  # fmt: skip
def test_a_lag_is_told_in_the_unit_that_fits(seconds, shown):
    assert render_stats.span(seconds) == shown
