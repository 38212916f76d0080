"""Which stories an output holds: what is looked up through indexes is what reading every story would give."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import fresh
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from laws import examples

from aggregator.models import CleanText, Cluster, Entry, Feed, Match, Relation, Selection, Subscription
from aggregator.store import feeds, items, selecting, stories, texts
from aggregator.store.connection import Store, open_store
from aggregator.store.selecting import picked
from aggregator.store.shown import stories_by_id

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)

HOUSES = (
    Subscription(url="https://marsh.example/feed", title="Marsh Hollow", folder=("News", "Wires")),
    Subscription(url="https://es.marsh.example/feed", title="Marsh Hollow ES", language="es"),
    Subscription(url="https://heron.example/rss", title="Heron Daily", folder=("News",)),
    Subscription(url="https://echo.example/rss", title="Echo", folder=("Copies",), priority=-1),
)


@dataclass(frozen=True, kw_only=True)
class Told:
    """One copy of a story, as it is put into the store and as the reference judges it."""

    feed: int
    minute: int
    words: str = "plain"
    coins: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    language: str = "en"
    labels: tuple[str, ...] = ()
    second_hand: bool = False
    rule: str | None = None
    """How it came into the story; None: its founder, which speaks for it."""


WORDS = ("halving", "wallet", "licence", "plain")
told = st.builds(
    Told,
    feed=st.integers(0, 3),
    minute=st.integers(0, 3),
    words=st.sampled_from(WORDS),
    coins=st.sampled_from([(), ("BTC",), ("ETH",), ("BTC", "ETH")]),
    tags=st.sampled_from([(), ("Markets",), ("markets ", "Policy"), ("Policy",)]),
    language=st.sampled_from(["en", "es", ""]),
    labels=st.sampled_from([(), ("sponsored",), ("press-release",), ("press-release", "sponsored")]),
    second_hand=st.booleans(),
)
copy_of = st.builds(
    lambda one, rule: replace(one, rule=rule), told, st.sampled_from(["near-text", "rewrite"])
)
newsroom = st.lists(
    st.tuples(told, st.lists(copy_of, max_size=2)).map(lambda s: (s[0], *s[1])), min_size=4, max_size=8
)

CONDITIONS = {
    "coins": st.sampled_from([("BTC",), ("ETH", "XRP"), ("XRP",)]),
    "tags": st.sampled_from([("MARKETS",), ("policy", "markets"), ("nobody's",)]),
    "languages": st.sampled_from([("en",), ("es", "de")]),
    "feeds": st.sampled_from([("marsh",), ("HERON", "echo.example"), ("nobody",)]),
    "folders": st.sampled_from([("news",), ("Wires", "Copies")]),
    "words": st.sampled_from([("halving",), ("wallets", "licence told"), ("hal*",)]),
    "without_words": st.sampled_from([("plain",), ("wallet", "licence")]),
    "originals": st.just(True),
    "min_outlets": st.integers(2, 3),
    "sponsored": st.just(False),
    "press_releases": st.just(False),
}
one_condition = st.sampled_from(sorted(CONDITIONS)).flatmap(
    lambda key: st.tuples(st.just(key), CONDITIONS[key])
)
selections = st.lists(one_condition, max_size=3).map(lambda chosen: Selection(**dict(chosen)))
"""Few conditions at a time: of eleven together hardly a story is left to be right or wrong about."""


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(fresh.store(tmp_path / "aggregator.db")) as opened:
        feeds.sync(opened, HOUSES, NOW)
        yield opened


def tell(store: Store, number: int, story: tuple[Told, ...]) -> str:
    """Put a story into the store; give its id."""
    ids = [_item(store, f"{number}-{place}", each) for place, each in enumerate(story)]
    via = {
        item: Match(
            older=ids[0], newer=item, relation=Relation.REPOST, rule=each.rule, score=0.9, evidence={}
        )
        if each.rule
        else None
        for item, each in zip(ids, story, strict=True)
    }
    stories.apply_clusters(
        store, ids, [Cluster(founder=ids[0], canonical=ids[0], members=tuple(ids), via=via)]
    )
    return str(store.execute("SELECT id FROM stories WHERE founder = ?", (ids[0],)).fetchone()["id"])


def _item(store: Store, guid: str, each: Told) -> int:
    feed = feeds.all_feeds(store)[each.feed]
    entry = Entry(guid=guid, title="Told", published=NOW - timedelta(minutes=each.minute), tags=each.tags)
    items.add_entries(store, feed_id=feed.id, feed_first_url=feed.first_url, entries=[entry], now=NOW)
    item = int(store.execute("SELECT max(id) FROM items").fetchone()[0])
    text = CleanText(title="Told", paragraphs=(each.words,), language=each.language)
    seen = texts.Recognised(
        coins=each.coins, labels=each.labels, tags=each.tags, second_hand=each.second_hand
    )
    texts.save(store, item, text, seen)
    return item


@contextmanager
def undone(store: Store) -> Iterator[None]:
    store.execute("BEGIN")
    try:
        yield
    finally:
        store.execute("ROLLBACK")


# --- The same in plain words ------------------------------------------------------------------------


def says(text: str, query: str) -> bool:
    stems = {"told", text}
    return all(
        any(stem.startswith(word.rstrip("*")) for stem in stems) if word.endswith("*") else word in stems
        for word in (each.removesuffix("s") if each == "wallets" else each for each in query.split())
    )


def passes(selection: Selection, story: tuple[Told, ...], known: Mapping[int, Feed]) -> bool:
    speaker = story[0]
    named = list(known.values())
    houses = {{0: "marsh", 1: "marsh", 2: "heron", 3: "echo"}[each.feed] for each in story}
    tags = {tag.strip().lower() for each in story for tag in each.tags}
    labels = {label for each in story if each.rule != "rewrite" for label in each.labels}
    carriers = [named[each.feed] for each in story]
    conditions = (
        not selection.coins or bool(set(selection.coins) & set(speaker.coins)),
        not selection.tags or bool({tag.lower() for tag in selection.tags} & tags),
        not selection.languages or speaker.language in selection.languages,
        not (selection.feeds or selection.folders)
        or any(
            (
                not selection.feeds
                or any(part.lower() in f"{feed.title} {feed.url}".lower() for part in selection.feeds)
            )
            and (
                not selection.folders
                or {each.lower() for each in selection.folders} & {each.lower() for each in feed.folder}
            )
            for feed in carriers
        ),
        not selection.words or any(says(each.words, query) for each in story for query in selection.words),
        not any(says(each.words, query) for each in story for query in selection.without_words),
        not (selection.originals and (speaker.second_hand or speaker.feed == 3)),
        len(houses) >= selection.min_outlets,
        selection.sponsored or "sponsored" not in labels,
        selection.press_releases or "press-release" not in labels,
    )
    return all(conditions)


@settings(
    max_examples=examples(120), suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(newsroom, selections, st.sampled_from([0, 1, 3_000]), st.sampled_from([1, 400]))
def test_a_selection_lets_exactly_the_stories_through_that_meet_it_newest_first(
    store: Store, newsroom, selection: Selection, rare: int, chunk: int
) -> None:
    known = feeds.feeds_by_id(store)
    with undone(store), pytest.MonkeyPatch.context() as patch:
        patch.setattr(selecting, "RARE", rare)  # whatever is looked up, and however much at a time
        patch.setattr(selecting, "CHUNK", chunk)
        told = {tell(store, number, story): story for number, story in enumerate(newsroom)}
        found = [each.id for each in picked(store, selection, known, until=NOW + timedelta(seconds=1))]
    expected = [story for story, copies in told.items() if passes(selection, copies, known)]
    assert found == sorted(expected, key=lambda story: (told[story][0].minute, story))


def test_nothing_is_asked_of_an_empty_selection(store: Store) -> None:
    ids = [tell(store, number, (Told(feed=0, minute=number),)) for number in range(3)]
    known = feeds.feeds_by_id(store)
    assert [each.id for each in picked(store, Selection(), known, until=NOW + timedelta(seconds=1))] == ids
    assert [each.id for each in picked(store, Selection(), known, until=NOW)] == ids[1:]


def test_a_coin_of_long_ago_is_found_through_the_index_however_much_came_since(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(selecting, "LOOK_BACK", 5)
    old = tell(store, 0, (Told(feed=0, minute=9, coins=("KAS",)),))
    for number in range(1, 30):
        tell(store, number, (Told(feed=0, minute=number % 9, coins=("BTC",)),))
    known = feeds.feeds_by_id(store)
    assert [each.id for each in picked(store, Selection(coins=("KAS",)), known, until=NOW)] == [old]


def test_no_feed_of_that_name_means_no_story(store: Store) -> None:
    tell(store, 0, (Told(feed=0, minute=1),))
    known = feeds.feeds_by_id(store)
    assert list(picked(store, Selection(feeds=("nobody",)), known, until=NOW)) == []


def test_the_same_article_lends_its_label_and_a_newsrooms_own_words_do_not(store: Store) -> None:
    release = Told(feed=2, minute=1, labels=("press-release",))
    plain = tell(store, 0, (Told(feed=0, minute=2), replace(release, rule="near-text")))
    own = tell(store, 1, (Told(feed=0, minute=2), replace(release, rule="rewrite")))
    assert [story.labels for story in stories_by_id(store, [plain, own])] == [("press-release",), ()]


def test_a_text_read_anew_is_found_by_what_it_says_now(store: Store) -> None:
    story = tell(store, 0, (Told(feed=0, minute=1, coins=("BTC",), tags=("Old",)),))
    item = store.execute("SELECT founder FROM stories").fetchone()[0]
    texts.save(store, item, CleanText(title="Told"), texts.Recognised(coins=("ETH",), tags=("New",)))
    known = feeds.feeds_by_id(store)
    for selection, expected in (
        (Selection(coins=("BTC",)), []),
        (Selection(coins=("ETH",)), [story]),
        (Selection(tags=("old",)), []),
        (Selection(tags=("new",)), [story]),
    ):
        assert [each.id for each in picked(store, selection, known, until=NOW)] == expected
    texts.remove(store, item)
    assert store.execute("SELECT count(*) FROM facets").fetchone()[0] == 0
