"""Words, phrases, beginnings and exclusions; order of the best; what an older store's index becomes."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import fresh
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from laws import examples

from aggregator.errors import UsageError
from aggregator.models import CleanText, Cluster, Entry, Subscription
from aggregator.store import feeds, hits, items, narrowing, search, stories, texts
from aggregator.store.connection import SCHEMA_VERSION, Store, open_store
from aggregator.store.narrowing import StoryQuery
from aggregator.store.reading import list_stories, search_stories
from aggregator.text import wanted
from aggregator.text.relevance import HALF_LIFE

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
WORDS = (
    "wallet wallets Wallet's hot hotter pony ponies hope hoping hopping hops café cafe CAFÉ us used uses using to 5 50 "
    "relational rational 比特币 比特 币价 币 比 ビットコイン 비트코인이 BTC比特币 ETF通过 résumé й и"
).split()
JOINTS = (" ", " ", " ", "-", ", ", "\n", "’", "_", "", "·")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(fresh.store(tmp_path / "aggregator.db")) as opened:
        feeds.sync(opened, [Subscription(url="https://a.example/feed", title="A")], NOW)
        yield opened


def tell(store: Store, title: str, body: str, *, age: timedelta = timedelta(0)) -> int:
    """Store one item that is a story of its own."""
    feed = feeds.all_feeds(store)[0]
    number = store.execute("SELECT count(*) FROM items").fetchone()[0]
    entry = Entry(guid=str(number), title=title, published=NOW - age)
    items.add_entries(store, feed_id=feed.id, feed_first_url=feed.first_url, entries=[entry], now=NOW)
    item = int(store.execute("SELECT max(id) FROM items").fetchone()[0])
    text = CleanText(title=title, paragraphs=tuple(body.split("\n")), language="en")
    texts.save(store, item, text, texts.Recognised())
    stories.apply_clusters(store, [item], [Cluster(founder=item, canonical=item, members=(item,))])
    return item


# --- What is found ---------------------------------------------------------------------------------


def told(words: list[str], joints: list[str]) -> str:
    return "".join(f"{word}{joint}" for word, joint in zip(words, [*joints, ""], strict=False))


said = st.builds(
    told,
    st.lists(st.sampled_from(WORDS), max_size=7),
    st.lists(st.sampled_from(JOINTS), min_size=7, max_size=7),
)
terms = st.builds(
    lambda minus, text, quoted, star: (
        f'{minus}"{text}"' if quoted else f"{minus}{text.replace(' ', '') or 'x'}{star}"
    ),
    st.sampled_from(["", "", "", "-"]),
    said.map(lambda text: text.replace("\n", " ").replace('"', "")),
    st.booleans(),
    st.sampled_from(["", "", "*"]),
)


def by_places(written: list[tuple[str, str]], query: str) -> list[int] | None:
    """What an index that keeps all places finds: unspaced characters apart, everything else FTS5's own phrase."""
    with closing(sqlite3.connect(":memory:")) as index:
        index.execute(
            "CREATE VIRTUAL TABLE told USING fts5 (title, body, tokenize='porter unicode61 remove_diacritics 2')"
        )
        index.executemany("INSERT INTO told VALUES (?, ?)", [tuple(map(apart, each)) for each in written])
        must, must_not = [], []
        for found in re.finditer(r'(-?)(?:"([^"]*)"|(\S+))', query):
            raw = found[2] if found[3] is None else found[3]
            star = "*" if raw.endswith("*") and found[3] else ""
            words = re.findall(r"[^\W_]+", apart(raw))
            if words:
                (must_not if found[1] else must).append('"' + " ".join(words) + '"' + star)
        if not must:
            return None
        expression = " AND ".join(must)
        if must_not:
            expression = f"({expression}) NOT ({' OR '.join(must_not)})"
        rows = index.execute("SELECT rowid FROM told WHERE told MATCH ? ORDER BY rowid DESC", (expression,))
        return [row[0] for row in rows]


UNSPACED = r"[\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af]"


def apart(text: str) -> str:
    broken = re.sub(rf"(?<={UNSPACED})[\W_]+(?={UNSPACED})", " 0broken0 ", text)
    return re.sub(rf"({UNSPACED})", r" \1 ", broken)


@settings(
    max_examples=examples(300), suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(st.lists(st.tuples(said, said), min_size=1, max_size=4), st.lists(terms, min_size=1, max_size=3))
def test_an_index_without_places_and_the_texts_find_what_an_index_with_places_finds(store, written, asked):
    query = " ".join(asked)
    store.execute("BEGIN")
    try:
        ids = [tell(store, title, body) for title, body in written]
        expected = by_places(written, query)
        if expected is None:
            with pytest.raises(UsageError, match="at least one word"):
                search.words(query)
            return
        words = search.words(query)
        assert words.checked(store, search.named(store, words)) == [ids[number - 1] for number in expected]
    finally:
        store.execute("ROLLBACK")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("比", True), ("特", True), ("币", True), ("价", True), ("特币", True), ("比特币价", True), ("比币", False),
        ("特币价格", False), ('"比特币价 etf"', True), ("比特币*", True), ("-币", None), ("稳 比", False),
    ],
)  # fmt: skip
def test_one_character_two_and_more_are_found_in_unspaced_text(store, query, found):
    tell(store, "新比特币价 ETF", "")
    if found is None:
        with pytest.raises(UsageError):
            search_stories(store, query, StoryQuery())
    else:
        assert bool(search_stories(store, query, StoryQuery())) is found


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.text())
def test_any_text_searches_or_is_refused_in_words(store, text):
    tell(store, "Something", "to find")
    if wanted.query(text) is None:
        with pytest.raises(UsageError, match="at least one word"):
            search_stories(store, text, StoryQuery())
    else:
        assert len(search_stories(store, text, StoryQuery())) <= 2


def test_a_mark_parts_words_or_not_as_it_does_for_the_index(store):
    tell(store, "Something", "to find")
    for mark in map(chr, range(0x300, 0x370)):
        assert search_stories(store, f"mill{mark}race", StoryQuery()) == [], hex(ord(mark))


def test_a_page_of_words_is_refused_before_it_takes_seconds(store):
    tell(store, "Bridge", "It was.")
    with pytest.raises(UsageError, match="101 words are too many to search for; 100 will do"):
        search_stories(store, "bridge " * 101, StoryQuery())
    assert order(store, "bridge " * 100) == ["Bridge"]


# --- In which order --------------------------------------------------------------------------------


def order(store: Store, query: str, **conditions: object) -> list[str]:
    return [story.title for story in search_stories(store, query, StoryQuery(**conditions))]


def test_of_stories_that_say_it_alike_the_newer_comes_first(store):
    for days in (3, 1, 2):
        tell(store, f"Bridge drained {days}", "It was.", age=timedelta(days=days))
    assert order(store, "bridge") == ["Bridge drained 1", "Bridge drained 2", "Bridge drained 3"]


def test_last_weeks_story_about_it_comes_before_todays_that_names_it_in_passing(store):
    tell(store, "Markets today", "Shares rose. The bridge was mentioned. " + "Much else was said. " * 5)
    tell(store, "Bridge drained", "The bridge lost its reserves. " * 3, age=HALF_LIFE)
    assert order(store, "bridge") == ["Bridge drained", "Markets today"]


def test_an_old_story_about_it_does_not_come_before_a_fresh_one_about_it(store):
    tell(store, "Bridge drained", "The bridge lost its reserves. " * 30, age=timedelta(days=400))
    tell(store, "Bridge reopens", "The bridge opens on Sunday.")
    assert order(store, "bridge") == ["Bridge reopens", "Bridge drained"]


def test_a_text_that_keeps_saying_it_comes_before_one_as_old_that_says_it_once(store):
    tell(store, "One", "The bridge stands. " + "Other words here. " * 20)
    tell(store, "Two", "The bridge fell. The bridge was old. " * 8)
    assert order(store, "bridge") == ["Two", "One"]


def test_all_words_count_not_the_commonest_alone(store):
    tell(store, "Bridge bridge bridge", "bridge " * 20 + "audit")
    tell(store, "Bridge audit", "The audit of the bridge.")
    assert order(store, "bridge audit")[0] == "Bridge audit"


def test_of_a_common_word_the_newest_stories_are_compared_whatever_arrived_last(store, monkeypatch):
    for module, name in ((hits, "FEW"), (hits, "WALKED"), (hits, "RANKED"), (hits, "GAP")):
        monkeypatch.setattr(module, name, 3)
    for hours in range(12):
        tell(store, f"Bridge {hours}", "news", age=timedelta(hours=hours))
    for days in range(40, 44):  # an archive, imported afterwards
        tell(store, f"Bridge of {days}", "news", age=timedelta(days=days))
    assert order(store, "bridge", limit=3) == ["Bridge 0", "Bridge 1", "Bridge 2"]
    assert order(store, "bridge", limit=2, until=NOW - timedelta(days=2)) == ["Bridge of 40", "Bridge of 41"]
    assert len(order(store, "bridge")) == 16
    listed = list_stories(store, StoryQuery(search="bridge", limit=14))
    assert [story.title for story in listed[-3:]] == ["Bridge 11", "Bridge of 40", "Bridge of 41"]


@pytest.mark.parametrize("chunk", [1, 2, 100])
@pytest.mark.parametrize(("rare", "uncommon"), [(0, 0), (0, 100), (100, 100)])
def test_conditions_choose_the_same_stories_through_an_index_and_by_walking(
    store, monkeypatch, chunk, rare, uncommon
):
    monkeypatch.setattr(narrowing, "RARE", rare)
    monkeypatch.setattr(narrowing, "UNCOMMON", uncommon)
    monkeypatch.setattr(narrowing, "FIRST_LOOK", 2)
    monkeypatch.setattr(narrowing, "FIRST_CHUNK", chunk)
    for number in range(9):
        tell(store, f"{number}", "word", age=timedelta(hours=number))
        if number % 3:
            store.execute("INSERT INTO facets VALUES ('coin', 'BTC', ?)", (number + 1,))
    found = list_stories(store, StoryQuery(coin="btc", feed="a.example", language="EN", limit=5))
    assert [story.title for story in found] == ["1", "2", "4", "5", "7"]
    assert order(store, "word", coin="BTC", since=NOW - timedelta(hours=4)) == ["1", "2", "4"]


# --- What older stores become ------------------------------------------------------------------------


def test_a_text_that_changed_is_found_by_its_new_words_alone(store):
    item = tell(store, "Harbor", "稳定币 reserves")
    text = CleanText(title="Harbour", paragraphs=("audit 储备",), language="en")
    texts.save(store, item, text, texts.Recognised())
    found = {
        query: bool(search_stories(store, query, StoryQuery()))
        for query in ("harbor", "reserves", "稳定", "币", "harbour", "audit", "储备", "备")
    }
    assert [query for query, there in found.items() if there] == ["harbour", "audit", "储备", "备"]


def test_an_index_of_an_older_version_is_made_anew(tmp_path):
    path = tmp_path / "older.db"
    with open_store(path) as store:
        feeds.sync(store, [Subscription(url="https://a.example/feed", title="A")], NOW)
        tell(store, "Harbor", "稳定币 reserves")
        store.execute("DROP TABLE search")
        store.execute(
            "CREATE VIRTUAL TABLE search USING fts5 "
            "(title, body, content='', tokenize='porter unicode61 remove_diacritics 2')"
        )
        store.execute("DELETE FROM _sqlite_migrations WHERE name >= 'm010'")
        store.execute("ALTER TABLE items DROP COLUMN enclosures")
        store.execute("PRAGMA user_version = 8")
    with open_store(path) as store:
        assert order(store, "稳定币") == order(store, '"harbor"') == ["Harbor"]
        assert store.execute("PRAGMA user_version").fetchone()[0] == SCHEMA_VERSION
