from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.cli import cells, render_list, render_story
from aggregator.cli.paint import Paint
from aggregator.models import Copy, FeedRef, RelatedStory, Story

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
MARKS = re.compile(r"\x1b\[[0-9;]*m|\x1b\]8;;.*?\x1b\\")


def copy(title: str, feed: str, minutes: int, url: str | None = "https://copy.example/1") -> Copy:
    return Copy(
        item="c" * 20,
        title=title,
        url=url,
        feed=FeedRef(title=feed, url="https://copy.example/feed"),
        published=NOW + timedelta(minutes=minutes),
        rule="near-text",
        score=0.912345,
    )


def story(title: str, minutes_ago: int, **values: object) -> Story:
    at = NOW - timedelta(minutes=minutes_ago)
    given = {
        "id": f"{minutes_ago:020x}",
        "item": f"{minutes_ago:020x}",
        "title": title,
        "url": f"https://ledger.example/{minutes_ago}",
        "feed": FeedRef(title="Ledger Post", url="https://ledger.example/feed"),
        "published": at,
        "updated": at,
    }
    return Story(**given | values)


STAKING = story(
    "Harbor Exchange opens ether staking to customers in Canada",
    12,
    author="Mara Lind",
    language="en",
    tags=("Staking",),
    coins=("ETH",),
    abstract="Customers in Canada can stake ether from Sunday. The company keeps a tenth of the rewards.",
    reposts=(
        copy("Harbor Exchange opens ether staking to customers in Canada", "CoinRelay", -8),
        copy("Canadians can stake ether at Harbor", "Tokenstead", 60 * 14, url=None),
    ),
    related=(RelatedStory(id="f" * 20, title="Staking in Canada, explained", url=None),),
)
CHINESE = story(
    "去中心化交易所「连桥」遭闪电贷攻击，损失约 1,240 万美元", 95, abstract="攻击者利用价格预言机的延迟。" * 8
)
YESTERDAY = story("Harbor hires a new head of custody 🚀", 60 * 20, url=None)
STORIES = [STAKING, CHINESE, YESTERDAY]


def laid_out(*stories: Story, columns: int = 80, paint: Paint | None = None, **switches: object) -> list[str]:
    return list(
        render_list.terminal(
            stories,
            now=NOW,
            columns=columns,
            paint=paint or Paint(),
            zone=switches.pop("zone", UTC),
            excerpts=switches.pop("excerpts", None),
            marks=switches.pop("marks", lambda _: ()),
            switches=render_list.Switches(**switches),
        )
    )


# --- For people ----------------------------------------------------------------------------------


def test_a_story_shows_time_id_title_source_reposts_coins_and_abstract():
    assert laid_out(STAKING) == [
        "── Today · Sunday 22 November ──────────────────────────────────────────────────",
        "",
        "11:48    Harbor Exchange opens ether staking to customers in Canada",
        "0000000  Ledger Post · 12 min ago · +2 reposts · ETH",
        "#1       Customers in Canada can stake ether from Sunday. The company keeps a",
        "         tenth of the rewards.",
    ]


def test_each_day_has_its_own_line():
    days = [line for line in laid_out(*STORIES) if line.startswith("──")]
    assert [day.split(" ─")[0] for day in days] == [
        "── Today · Sunday 22 November",
        "── Yesterday · Saturday 21 November",
    ]


def test_times_and_days_are_the_readers():
    lines = laid_out(STAKING, zone=ZoneInfo("Pacific/Auckland"))
    assert lines[0].startswith("── Today · Monday 23 November")
    assert lines[2].startswith("00:48")


def test_search_results_carry_their_dates_instead():
    lines = laid_out(YESTERDAY, story("Old", 60 * 24 * 400), days=False)
    assert lines[1] == "0000000  Ledger Post · 21 Nov"
    assert lines[4] == "0000000  Ledger Post · 18 Oct 2025"


def test_reposts_are_shown_below_their_story_when_asked_for():
    lines = laid_out(STAKING, reposts=True)
    assert lines[-2:] == [
        "         ↳ 11:52 CoinRelay  same title",
        "         ↳ 23 Nov 02:00 Tokenstead  Canadians can stake ether at Harbor",
    ]


def test_addresses_are_shown_when_asked_for():
    lines = laid_out(STAKING, urls=True, reposts=True)
    assert "         https://ledger.example/12" in lines
    assert "                 https://copy.example/1" in lines


@pytest.mark.parametrize("columns", [60, 80, 120])
@pytest.mark.parametrize("switches", [{}, {"reposts": True}, {"days": False}])
def test_no_line_is_wider_than_the_terminal(columns, switches):
    assert max(map(cells.width, laid_out(*STORIES, columns=columns, **switches))) <= columns
    for each in STORIES:
        shown = render_story.lines(each, now=NOW, columns=columns, paint=Paint(), zone=UTC)
        assert max(map(cells.width, shown)) <= columns


def test_colours_and_links_change_nothing_but_the_looks():
    painted = laid_out(*STORIES, reposts=True, paint=Paint(colour=True, links=True))
    assert [MARKS.sub("", line) for line in painted] == laid_out(*STORIES, reposts=True)
    assert any("\x1b]8;;https://ledger.example/12\x1b\\" in line for line in painted)
    assert all(line.count("\x1b[0m") == len(re.findall(r"\x1b\[(?!0m)[0-9;]+m", line)) for line in painted)


def test_more_coins_than_fit_are_left_out():
    lines = laid_out(story("Many", 200, coins=tuple("ABCDEFGHIJ")), columns=40)
    assert lines[3] == "0000000  Ledger Post · A B C D E F G H I"


@given(
    title=st.text(min_size=1),
    source=st.text(),
    abstract=st.none() | st.text(),
    url=st.none() | st.text(),
    columns=st.integers(40, 120),
)
def test_whatever_a_feed_says_no_terminal_obeys_it(title, source, abstract, url, columns):
    hostile = story(
        title,
        5,
        feed=FeedRef(title=source, url=""),
        abstract=abstract,
        url=url,
        coins=(title,),
        author=source,
        tags=(title,),
        reposts=(copy(title, source, 1, url), copy("other", source, 2)),
        related=(RelatedStory(id="a" * 20, title=title, url=url),),
    )
    lines = laid_out(hostile, columns=columns, reposts=True, days=False)
    lines += render_story.lines(hostile, now=NOW, columns=columns, paint=Paint(), zone=UTC)
    lines += render_list.plain([hostile], reposts=True)
    lines += render_list.addresses([hostile], reposts=True)
    for line in lines:
        assert not re.search("[\x00-\x08\x0a-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", line)
        line.encode()
    assert all(line.count("\t") == 5 for line in render_list.plain([hostile], reposts=True))


# --- One story -----------------------------------------------------------------------------------


def test_one_story_is_shown_with_all_that_is_known():
    assert list(render_story.lines(STAKING, now=NOW, columns=80, paint=Paint(), zone=UTC)) == [
        "Harbor Exchange opens ether staking to customers in Canada",
        "Ledger Post · Mara Lind · Today · Sunday 22 November 11:48 · 12 min ago",
        "https://ledger.example/12",
        "",
        "Customers in Canada can stake ether from Sunday. The company keeps a tenth of",
        "the rewards.",
        "",
        "coins     ETH",
        "tags      Staking",
        "language  en",
        "id        0000000000000000000c",
        "",
        "Also told by 2",
        "  11:52   +4 min  CoinRelay                    near-text 0.91",
        "                  https://copy.example/1",
        "  02:00    +14 h  Tokenstead                   near-text 0.91",
        "                  Canadians can stake ether at Harbor",
        "",
        "Related",
        "  fffffff  Staking in Canada, explained",
    ]


# --- For scripts ---------------------------------------------------------------------------------


def test_a_pipe_gets_one_line_per_story_with_fields_that_stay():
    title = "Harbor Exchange opens ether staking to customers in Canada"
    assert list(render_list.plain([STAKING, YESTERDAY])) == [
        f"0000000000000000000c\t2026-11-22T11:48:00Z\tLedger Post\t2\t{title}\thttps://ledger.example/12",
        "000000000000000004b0\t2026-11-21T16:00:00Z\tLedger Post\t0\tHarbor hires a new head of custody 🚀\t",
    ]


def test_a_pipe_gets_the_copies_too_when_asked_for():
    lines = list(render_list.plain([STAKING], reposts=True))
    assert [line.split("\t")[3] for line in lines] == ["2", "near-text", "near-text"]


def test_links_alone():
    assert list(render_list.addresses([STAKING, YESTERDAY])) == ["https://ledger.example/12"]
    assert list(render_list.addresses([STAKING], reposts=True)) == [
        "https://ledger.example/12",
        "https://copy.example/1",
    ]


def test_json_has_the_keys_of_the_contract():
    assert render_list.as_json(STAKING) == {
        "id": "0000000000000000000c",
        "title": "Harbor Exchange opens ether staking to customers in Canada",
        "url": "https://ledger.example/12",
        "feed": {"title": "Ledger Post", "url": "https://ledger.example/feed"},
        "author": "Mara Lind",
        "published": "2026-11-22T11:48:00Z",
        "updated": "2026-11-22T11:48:00Z",
        "language": "en",
        "tags": ["Staking"],
        "coins": ["ETH"],
        "abstract": STAKING.abstract,
        "reposts": [
            {
                "item": "c" * 20,
                "title": "Harbor Exchange opens ether staking to customers in Canada",
                "url": "https://copy.example/1",
                "feed": {"title": "CoinRelay", "url": "https://copy.example/feed"},
                "published": "2026-11-22T11:52:00Z",
                "rule": "near-text",
                "score": 0.9123,
            },
            {
                "item": "c" * 20,
                "title": "Canadians can stake ether at Harbor",
                "url": None,
                "feed": {"title": "Tokenstead", "url": "https://copy.example/feed"},
                "published": "2026-11-23T02:00:00Z",
                "rule": "near-text",
                "score": 0.9123,
            },
        ],
        "related": ["f" * 20],
        "labels": [],
        "abstract_method": None,
    }
