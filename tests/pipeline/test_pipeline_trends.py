"""Which coins are in the news against the week before, from items to figures."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import fresh
import pytest

from aggregator import pipeline
from aggregator.config import Config
from aggregator.home import Home
from aggregator.models import CoinTrend
from aggregator.pipeline import overview, trends
from aggregator.store.connection import open_store

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
PLACES = (
    "Oslo Lima Cairo Delhi Quito Accra Hanoi Turin Malmo Perth Kyoto Davos Sofia Minsk Dakar Tunis".split()
)


def told(number: int, coin: str, days_ago: float, feed: str = "ash") -> dict[str, object]:
    place = PLACES[number % len(PLACES)]
    return {
        "id": f"{number}",
        "feed": f"https://{feed}.example/feed",
        "title": f"{coin} office number {number} opens in {place}",
        "content_html": f"<p>The {number} desks of {place} were taken by people who write about {coin} there.</p>",
        "published": (NOW - timedelta(days=days_ago)).isoformat(),
    }


def bring(home: Home, *records: dict[str, object], now: datetime = NOW) -> None:
    pipeline.import_items(home, Config(), now, [json.dumps(each).encode() for each in records])


@pytest.fixture(scope="module")
def as_made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three of bitcoin after one, one of solana after none, two of ether before; one copy; and one long ago."""
    place = fresh.home(tmp_path_factory.mktemp("trends") / "home")
    bring(
        place,
        told(0, "Litecoin", 20),
        told(1, "Bitcoin", 9),
        told(2, "Ethereum", 10),
        told(3, "Ethereum", 13.5),
        told(4, "Bitcoin", 6.9),
        told(5, "Bitcoin", 3),
        told(6, "Bitcoin", 0),
        told(6, "Bitcoin", 0, feed="birch"),
        told(7, "Solana", 1),
    )
    return place.path


@pytest.fixture
def home(as_made: Path, tmp_path: Path) -> Home:
    return Home(Path(shutil.copytree(as_made, tmp_path / "home")))


def coins(home: Home, since: datetime | None = None) -> tuple[CoinTrend, ...]:
    with open_store(home.database) as store:
        return trends.coins(store, NOW, since)


BTC = CoinTrend(coin="BTC", stories=3, before=1)
SOL = CoinTrend(coin="SOL", stories=1, before=0)


def test_stories_are_counted_not_copies_and_each_week_by_itself(home: Home) -> None:
    assert coins(home) == (BTC, SOL)


def test_a_shorter_time_is_compared_with_as_long_a_time_before_it(home: Home) -> None:
    assert coins(home, NOW - timedelta(days=2)) == (
        CoinTrend(coin="BTC", stories=1, before=1),
        CoinTrend(coin="SOL", stories=1, before=0),
    )


def test_what_the_history_does_not_reach_is_not_known(tmp_path: Path) -> None:
    young = Home(tmp_path)
    bring(young, told(1, "Bitcoin", 0), told(2, "Bitcoin", 5))
    assert coins(young) == (CoinTrend(coin="BTC", stories=2, before=None),)


def test_the_whole_has_the_coins_and_the_hours_up_to_its_last_story(home: Home) -> None:
    found = pipeline.stats(home, Config(), since=None, until=None)
    assert (found.newest, found.coins) == (NOW, (BTC, SOL))
    assert (len(found.hours), found.hours[-1], sum(found.hours)) == (48, 1, 2)
    earlier = pipeline.stats(home, Config(), since=None, until=NOW - timedelta(days=2))
    assert earlier.newest == NOW - timedelta(days=3)
    assert [(each.coin, each.stories) for each in earlier.coins] == [("BTC", 3), ("ETH", 1)]
    nothing = pipeline.stats(home, Config(), since=NOW + timedelta(1), until=None)
    assert (nothing.newest, nothing.hours, nothing.coins) == (None, (), ())


def test_the_page_tells_the_same_and_whenever_it_is_made(home: Home) -> None:
    with open_store(home.database) as store:
        for now in (NOW, NOW + timedelta(days=5)):
            assert overview.overview(store, now, window=timedelta(days=5)).coins == (BTC, SOL)


def test_the_page_says_what_collapsing_came_to(home: Home) -> None:
    with open_store(home.database) as store:
        found = overview.overview(store, NOW, window=timedelta(days=5))
    assert (found.items, found.stories, found.reading_saved) == (5, 4, timedelta(0))
    pipeline.export(home, Config(), NOW)
    assert "Of 5 items 20 % were copies and are folded." in (home.public / "index.html").read_text()


def test_the_page_stays_as_it_is_while_time_alone_goes_by(home: Home) -> None:
    pipeline.export(home, Config(), NOW)
    page = home.public / "index.html"
    assert "Coins in the news" in page.read_text()
    before = page.stat().st_mtime_ns
    report = pipeline.export(home, Config(), NOW + timedelta(days=3))
    assert "public/index.html" not in report.files
    assert page.stat().st_mtime_ns == before


def test_the_tail_is_cut(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trends, "COINS", 1)
    assert coins(home) == (BTC,)
