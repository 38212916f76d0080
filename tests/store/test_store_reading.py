from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import fresh
import pytest

from aggregator.errors import UsageError
from aggregator.models import CleanText, Cluster, Entry, Subscription
from aggregator.store import feeds, items, stories, texts
from aggregator.store.connection import Store, open_store
from aggregator.store.lookup import find_story
from aggregator.store.reading import StoryQuery, list_stories, search_stories

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(fresh.store(tmp_path / "aggregator.db")) as opened:
        feeds.sync(
            opened, [Subscription(url=f"https://{name}.example/feed", title=name) for name in "ab"], NOW
        )
        yield opened


def tell(
    store: Store, number: int, title: str, body: str, *, coins: tuple[str, ...] = (), language: str = "en"
) -> None:
    """Store one item that is a story of its own, ``number`` minutes old; feeds a and b in turn."""
    feed = feeds.all_feeds(store)[number % 2]
    entry = Entry(
        guid=str(number),
        title=title,
        published=NOW - timedelta(minutes=number),
        tags=("Old", "Markets") if number % 3 else (),
    )
    items.add_entries(store, feed_id=feed.id, feed_first_url=feed.first_url, entries=[entry], now=NOW)
    item = store.execute("SELECT max(id) FROM items").fetchone()[0]
    seen = texts.Recognised(coins=coins, tags=entry.tags)
    texts.save(store, item, CleanText(title=title, paragraphs=(body,), language=language), seen)
    stories.apply_clusters(store, [item], [Cluster(founder=item, canonical=item, members=(item,))])


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("wallet", True),
        ("wallets", True),
        ("拟稳定", True),
        ("稳", True),
        ("bank", False),
        ('"hot wallets"', True),
    ],
)
def test_a_word_is_found_in_the_singular_the_plural_and_inside_unspaced_text(
    store: Store, words: str, found: bool
) -> None:
    tell(store, 1, "Hot wallets drained", "香港拟稳定币储备资产托管标准")
    assert bool(search_stories(store, words, StoryQuery())) is found


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("https://news.example/2026/whale-moves", True),
        ("http://www.news.example/2026/whale-moves/?utm_source=x#top", True),
        ("https://news.example/2026/whale-moves/amp", True),
        ("https://news.example/2026/whale-moves-again", False),
        ("https://news.example/2026/", False),
        ("https://[bad/2026", False),
    ],
)
def test_a_link_from_a_browsers_bar_finds_its_story(store: Store, address: str, found: bool) -> None:
    tell(store, 1, "Whale moves", "It does.")
    store.execute("UPDATE items SET url = 'https://news.example/2026/whale-moves/?ref=feed'")
    if found:
        assert find_story(store, address).title == "Whale moves"
    else:
        with pytest.raises(UsageError, match="no story"):
            find_story(store, address)


def test_a_search_with_conditions_finds_what_meets_them_however_many_fit_the_words_better(
    store: Store,
) -> None:
    with store.transaction():
        tell(store, 0, "Something else", "A long report on other things that names bitcoin in passing.")
        for number in range(1, 1_200):
            tell(store, number, "Bitcoin bitcoin", "bitcoin")
    lately = StoryQuery(since=NOW - timedelta(seconds=30), limit=5)
    assert [story.title for story in search_stories(store, "bitcoin", lately)] == ["Something else"]
    assert len(search_stories(store, "bitcoin", StoryQuery())) == 1_200


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        (StoryQuery(coin="btc"), [0, 2]),
        (StoryQuery(coin="BT"), []),
        (StoryQuery(coin='BTC", "ETH'), []),
        (StoryQuery(language="EN"), [0, 1, 2]),
        (StoryQuery(feed="B.EXAMPLE"), [1, 3]),
        (StoryQuery(feed="nobody"), []),
        (StoryQuery(tag="markets"), [1, 2]),
        (StoryQuery(tag="market"), []),
        (StoryQuery(tag="old", coin="BTC", feed="a"), [2]),
    ],
)
def test_filters_take_whole_names_and_any_case(store: Store, query: StoryQuery, numbers: list[int]) -> None:
    with store.transaction():
        tell(store, 0, "0", "x", coins=("BTC", "ETH"))
        tell(store, 1, "1", "x", coins=("ETH",))
        tell(store, 2, "2", "x", coins=("WBTC", "BTC"))
        tell(store, 3, "3", "x", language="ja")
    assert [int(story.title) for story in list_stories(store, query)] == numbers
