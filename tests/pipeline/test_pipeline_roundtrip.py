"""A home that moves by ``dump`` and ``import``: nothing is lost, and nothing that happened here is overruled."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import fresh
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from laws import examples
from roundtrip import CONFIG, SAME, compare, last_moment, lived, move

from aggregator import pipeline
from aggregator.config import Config, ExportConfig
from aggregator.errors import ParseError
from aggregator.home import Home
from aggregator.pipeline.beside import Beside
from aggregator.pipeline.history import ImportReport
from aggregator.store.connection import Store, open_store
from aggregator.store.reading import open_reading
from aggregator.store.rulings import in_force

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
A, B = "a" * 20, "b" * 20
FEW = Config(export=ExportConfig(limit=1, min_hours=0))
"""Nearly nothing is shown, and what is shown is never pruned."""


def lines(home: Home) -> list[bytes]:
    return [json.dumps(line).encode() for line in pipeline.dump(home)]


def bring(home: Home, *records: dict[str, object], now: datetime = NOW) -> ImportReport:
    return pipeline.import_items(home, Config(), now, [json.dumps(each).encode() for each in records])


def item(number: int, feed: str = "https://ash.example/feed") -> dict[str, object]:
    return {"id": f"{number}", "feed": feed, "title": f"Number {number} was drawn by lot in the harbour"}


def uids(home: Home) -> list[str]:
    with open_reading(home.database) as store:
        return [row["uid"] for row in store.execute("SELECT uid FROM items ORDER BY id")]


def rows(home: Home, sql: str) -> list[tuple[object, ...]]:
    with open_reading(home.database) as store:
        return [tuple(row) for row in store.execute(sql)]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return fresh.home(tmp_path / "home")


# --- Nothing is lost -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def moved(tmp_path_factory: pytest.TempPathFactory) -> tuple[Home, Home]:
    """A home in which everything happened, and where it went."""
    root = tmp_path_factory.mktemp("moved")
    here, there = Home(root / "here"), Home(root / "there")
    for each in (here, there):
        each.path.mkdir()
    lived(here, 72, said=2)
    move(here, there, root / "dump.jsonl", last_moment(here))
    return here, there


@pytest.mark.parametrize("table", SAME)
def test_both_stores_are_the_same_row_by_row(moved: tuple[Home, Home], table: str) -> None:
    found = compare(*moved)[table]
    assert found.rows > 0
    assert found.differing == 0, found.first


def test_the_new_machine_dumps_what_it_was_given(moved: tuple[Home, Home]) -> None:
    here, there = moved
    assert lines(there) == lines(here)


def test_what_it_publishes_now_is_the_same_to_the_byte(moved: tuple[Home, Home]) -> None:
    here, there = (
        {
            name: (home.public / name).read_bytes()
            for name in ("atom.xml", "rss.xml", "feed.json", "index.html", "solana/atom.xml")
        }
        for home in moved
    )
    assert there == here


def test_a_second_import_changes_nothing(moved: tuple[Home, Home]) -> None:
    here, there = moved
    before = lines(there)
    again = pipeline.import_items(there, CONFIG, last_moment(here), before)
    assert (again.new, again.updated, again.bad) == (0, 0, [])
    assert lines(there) == before


@pytest.mark.slow
def test_thousands_of_items_lose_nothing_on_the_way(tmp_path: Path) -> None:
    here, there = Home(tmp_path / "here"), Home(tmp_path / "there")
    for each in (here, there):
        each.path.mkdir()
    lived(here, 3_000)  # thirty thousand: python -m tests.pipeline.roundtrip 30000
    move(here, there, tmp_path / "dump.jsonl", last_moment(here))
    assert {name: found.first for name, found in compare(here, there).items() if found.differing} == {}


# --- Whose word holds ------------------------------------------------------------------------------


def ruling(verdict: str, hour: int, withdrawn: int | None = None) -> dict[str, object]:
    at = [None if each is None else f"2026-11-20T{each:02}:00:00Z" for each in (hour, withdrawn)]
    return {"aggregator": "ruling", "a": A, "b": B, "verdict": verdict, "made": at[0], "withdrawn": at[1]}


words = st.builds(
    ruling,
    st.sampled_from(["same", "different"]),
    st.integers(0, 9),
    st.none() | st.integers(10, 12),
)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with open_store(tmp_path_factory.mktemp("lines") / "aggregator.db") as opened:
        yield opened


def undone(store: Store, work: Callable[[], object]) -> None:
    """Do something and take it back, since to make a store takes longer than most examples."""
    with suppress(Undone), store.transaction():
        work()
        raise Undone


class Undone(Exception):  # noqa: N818 - not an error
    pass


@settings(max_examples=examples(60), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(said=st.lists(words, min_size=1, max_size=6), data=st.data())
def test_of_words_on_one_pair_the_last_holds_in_whichever_order_they_come(said, data, store) -> None:
    found: list[list[datetime]] = []

    def take(order: list[dict[str, object]]) -> None:
        beside = Beside(store, NOW)
        for line in [*order, *order]:
            beside.take(line)
        found.append([each.made_at for each in in_force(store)])
        known = store.execute("SELECT count(*), count(DISTINCT made_at || verdict) FROM rulings").fetchone()
        assert known[0] == known[1]

    for order in (said, data.draw(st.permutations(said))):
        undone(store, lambda order=order: take(order))
    assert found[0] == found[1]
    last = max(said, key=lambda each: (each["made"], each["verdict"]))
    taken_back = any(
        each["withdrawn"]
        for each in said
        if (each["made"], each["verdict"]) == (last["made"], last["verdict"])
    )
    assert len(found[0]) == (0 if taken_back else 1)


def test_a_ruling_takes_effect_on_stories_that_are_here_already(home: Home) -> None:
    bring(home, item(1), {**item(2), "title": "A lighthouse keeper found a bag of old coins"})
    one, other = uids(home)
    assert len(rows(home, "SELECT id FROM stories")) == 2
    bring(
        home, {"aggregator": "ruling", "a": other, "b": one, "verdict": "same", "made": "2026-11-20T00:00Z"}
    )
    assert len(rows(home, "SELECT id FROM stories")) == 1


def test_a_word_taken_back_here_does_not_come_back_with_an_older_dump(home: Home) -> None:
    bring(home, item(1), {**item(2), "title": "A lighthouse keeper found a bag of old coins"})
    one, other = uids(home)
    pipeline.join(home, Config(), NOW, one, other)
    dumped = lines(home)
    pipeline.join(home, Config(), NOW + timedelta(hours=1), one, other, undo=True)
    pipeline.import_items(home, Config(), NOW + timedelta(hours=2), dumped)
    assert len(rows(home, "SELECT id FROM stories")) == 2


def test_what_was_pruned_elsewhere_does_not_come_as_new_here(home: Home, tmp_path: Path) -> None:
    old = [item(number) | {"published": "2026-01-01"} for number in range(3)]
    bring(home, *old, item(9))
    assert pipeline.prune(home, FEW, NOW, NOW - timedelta(days=30)).items == 3
    there = Home(tmp_path / "there")
    there.path.mkdir()
    pipeline.import_items(there, Config(), NOW, lines(home))
    later = bring(there, *old, item(10))
    assert (later.new, later.pruned) == (1, 3)


def test_an_item_that_is_here_gets_no_tombstone(home: Home, tmp_path: Path) -> None:
    old = item(1) | {"published": "2026-01-01"}
    bring(home, old, item(9))
    there = Home(tmp_path / "there")
    there.path.mkdir()
    bring(there, old)
    pipeline.prune(home, FEW, NOW, NOW - timedelta(days=30))
    pipeline.import_items(there, Config(), NOW, lines(home))
    assert rows(there, "SELECT count(*) FROM tombstones") == [(0,)]


FEED = {
    "aggregator": "feed",
    "feed": "https://ash.example/feed",
    "url": "https://ash.example/new",
    "source": "Ash Daily",
    "priority": 7,
    "polls": 40,
    "last_polled": "2026-11-20T10:00:00Z",
    "failures": 2,
    "last_error": "timeout: no answer",
    "rhythm_seconds": 3600,
}


def test_a_feed_that_is_listed_here_keeps_its_name_and_gets_its_history(home: Home) -> None:
    home.opml.write_text('<opml><body><outline text="Mine" xmlUrl="https://ash.example/feed"/></body></opml>')
    bring(home, item(1), FEED)
    known = rows(home, "SELECT title, url, priority, polls, failures, next_poll_at, removed_at FROM feeds")
    assert known == [("Mine", "https://ash.example/new", 0, 40, 2, None, None)]


def test_a_feed_that_was_polled_here_is_left_as_it_is(home: Home) -> None:
    bring(home, item(1), FEED)
    bring(home, FEED | {"polls": 1, "last_polled": "2026-11-21T10:00:00Z", "url": "https://ash.example/x"})
    assert rows(home, "SELECT polls, url, title FROM feeds") == [(40, "https://ash.example/new", "Ash Daily")]


@pytest.mark.parametrize("url", ["feeds/local.xml", "file:///etc/passwd", "https://birch.example/feed", ""])
def test_a_dump_moves_no_feed_to_a_file_nor_to_another_feeds_address(home: Home, url: str) -> None:
    bring(home, item(1), item(2, feed="https://birch.example/feed"), FEED | {"url": url})
    assert rows(home, "SELECT url FROM feeds ORDER BY id") == [
        ("https://ash.example/feed",),
        ("https://birch.example/feed",),
    ]


def test_pages_closed_here_keep_their_stories(home: Home) -> None:
    story = {"aggregator": "story", "shown": True, "left": True, "departed": "2027-01-01T00:00:00Z"}
    bring(home, story | {"story": A, "outputs": {"": 1, "x": 2}})
    bring(home, story | {"story": B, "outputs": {"": 1, "y": 1}})
    assert rows(home, "SELECT output, story_id, page FROM told ORDER BY 1, 2") == [
        ("", A, 1),
        ("", B, None),
        ("x", A, 2),
        ("y", B, 1),
    ]
    assert rows(home, "SELECT story_id FROM published ORDER BY number") == [(A,), (B,)]
    # A clock that ran ahead tells nobody of the future.
    assert rows(home, "SELECT DISTINCT at FROM departed") == [("2026-11-22T12:00:00Z",)]


# --- Lines that are wrong ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ({"aggregator": "spell"}, "newer version"),
        ({"aggregator": ["ruling"]}, "newer version"),
        (ruling("perhaps", 1), "no ruling"),
        (ruling("same", 1) | {"b": A}, "no ruling"),
        (ruling("same", 1) | {"a": "A" * 20}, '"a" is not the id'),
        (ruling("same", 1) | {"made": "soon"}, '"made"'),
        (FEED | {"feed": None}, '"feed" is missing'),
        (FEED | {"polls": -1}, '"polls" is not a whole number'),
        (FEED | {"failures": True}, '"failures" is not a whole number'),
        (FEED | {"folder": "a/b"}, '"folder" is not a list'),
        ({"aggregator": "tombstone", "feed": "f", "name": "12"}, '"name" is not eight bytes'),
        ({"aggregator": "story", "story": "x"}, '"story" is not the id'),
        ({"aggregator": "story", "story": A, "outputs": []}, None),
        ({"aggregator": "story", "story": A, "outputs": ["x"]}, '"outputs"'),
        ({"aggregator": "story", "story": A, "outputs": {"": 0}}, "from 1 on"),
        ({"aggregator": "decision", "story": A, "verdict": "maybe"}, '"verdict"'),
    ],
)
def test_a_bad_line_says_what_is_wrong_and_the_others_are_kept(home: Home, line, says) -> None:
    report = bring(home, line, item(1))
    assert report.new == 1
    assert [says in problem for _, problem in report.bad] == ([True] if says else [])


@settings(max_examples=examples(100), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_line_breaks_the_store(data, store) -> None:
    anything = st.recursive(
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats()
        | st.text(max_size=5)
        | st.sampled_from([A, B, "0" * 16]),
        lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
        max_leaves=4,
    )
    kind = data.draw(st.sampled_from(["feed", "ruling", "tombstone", "story", "decision"]))
    keys = [*FEED, *ruling("same", 1), *"name title link day published story outputs folder tags".split()]
    line = {**data.draw(st.dictionaries(st.sampled_from(keys), anything)), "aggregator": kind}

    def take() -> None:
        with suppress(ParseError):
            Beside(store, NOW).take(line)
        assert store.execute("PRAGMA foreign_key_check").fetchall() == []

    undone(store, take)


def test_other_peoples_keys_do_not_make_an_item_something_else(home: Home) -> None:
    report = bring(home, item(1) | {"kind": "ruling", "abstract": "A word on it", "told": 3, "known_as": 7})
    assert (report.new, report.beside, report.bad) == (1, 0, [])
