from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from terminal import on_terminal

from aggregator.cli import cells, render_trends
from aggregator.cli.paint import Paint
from aggregator.cli.safe import INVISIBLE
from aggregator.models import CoinTrend
from aggregator.pipeline.figures import Stats

NOW = ("--now", "2026-11-22T12:00:00Z")
MARKS = re.compile(r"\x1b\[[0-9;]*m")

WHOLE = Stats(
    feeds=(),
    items=250,
    stories=200,
    span=timedelta(hours=48),
    reading_saved=timedelta(minutes=190),
    newest=datetime(2026, 11, 22, 10, 4, tzinfo=UTC),
    hours=(0, 1, 2, 8, 100),
    coins=(
        CoinTrend(coin="BTC", stories=31, before=40),
        CoinTrend(coin="ETH", stories=12, before=12),
        CoinTrend(coin="SOL", stories=9, before=2),
        CoinTrend(coin="KITE", stories=4, before=0),
    ),
)


def drawn(found: Stats = WHOLE, columns: int = 80) -> list[str]:
    return list(render_trends.charts(found, columns=columns, paint=Paint()))


def test_the_whole_of_the_demo_is_one_object(aggregator, demo_home):
    result = aggregator("-C", demo_home, *NOW, "stats", "--overall", "--json")
    told = json.loads(result.out)
    assert (told["feeds"], told["items"], told["stories"]) == (14, 108, 67)
    assert told["share_collapsed"] == 0.38
    assert told["reading_saved_minutes"] == 22
    assert told["coins"][0] == {"coin": "BTC", "stories": 18, "before": None}
    assert len(told["hours"]) == 48
    assert told["hours"][-1] == {"hour": "2026-11-22T12:00:00Z", "stories": 4}


def test_piped_it_is_a_figure_a_line(aggregator, demo_home):
    lines = aggregator("-C", demo_home, *NOW, "stats", "--overall").out.splitlines()
    assert lines[:3] == ["feeds\t14", "items\t108", "stories\t67"]
    assert "coin\tBTC\t18\t" in lines
    assert lines[-1] == "hour\t2026-11-22T12:00:00Z\t4"


def test_on_a_terminal_charts_stand_below_the_table_and_alone(demo_home):
    for arguments in (("stats",), ("stats", "--overall")):
        seen = MARKS.sub("", on_terminal("-C", str(demo_home), *NOW, *arguments, columns=100))
        assert "stories an hour, 48 hours to 22 Nov" in seen
        assert re.search(r"^BTC +█{24} +18", seen, re.MULTILINE)
        assert "108 items in 67 stories" in " ".join(seen.split())
    assert "stories an hour" not in on_terminal("-C", str(demo_home), *NOW, "stats", "--feed", "relay")


def test_an_empty_store_has_a_whole_of_nothing(aggregator, home, demo_home):
    early = aggregator(
        "-C", demo_home, "stats", "--overall", "--json", "--until", "2020-01-01", "--since", "2019-01-01"
    )
    told = json.loads(early.out)
    assert (told["stories"], told["coins"], told["hours"]) == (0, [], [])


def test_coins_say_how_they_stand_against_the_week_before():
    lines = drawn()
    assert [line.split()[-1] for line in lines[-4:]] == ["−9", "=", "+7", "new"]
    assert lines[-4].startswith("BTC     ████████████████████████     31")
    young = replace(WHOLE, coins=(CoinTrend(coin="BTC", stories=3, before=None),))
    assert drawn(young)[-1].endswith("      3")
    assert "against" not in drawn(young)[-2]


@pytest.mark.parametrize(
    ("values", "line"),
    [((), ""), ((0, 0), "  "), ((0, 1, 8), " ▁█"), ((1, 1000), "▁█"), ((5,), "█"), (range(9), " ▁▂▃▄▅▆▇█")],
)
def test_a_line_of_bars_shows_all_that_is_not_nothing(values, line):
    assert render_trends.spark(tuple(values)) == line


@pytest.mark.parametrize("columns", [30, 40, 60, 80, 200])
def test_the_charts_fit_the_terminal(columns):
    assert max(map(cells.width, drawn(columns=columns))) <= columns


@given(coin=st.text(min_size=1), columns=st.integers(30, 100))
def test_whatever_a_coin_is_called_no_terminal_obeys_it(coin, columns):
    hostile = replace(WHOLE, coins=(CoinTrend(coin=coin, stories=1, before=0),))
    lines = [*drawn(hostile, columns), *render_trends.plain(hostile)]
    assert not any(INVISIBLE.search(line.replace("\t", "")) for line in lines)
    assert max(map(cells.width, drawn(hostile, columns))) <= columns


def test_nothing_is_drawn_of_nothing():
    assert drawn(replace(WHOLE, newest=None, hours=(), coins=())) == []
