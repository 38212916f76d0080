"""Laws of the pipeline: whatever feeds publish, revise and drop, in whatever order, some things hold."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html import escape
from pathlib import Path

import fresh
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from laws import examples

from aggregator import pipeline
from aggregator.config import Config, DedupConfig, ExportConfig
from aggregator.models import Relation
from aggregator.store import items
from aggregator.store.connection import open_store
from aggregator.store.reading import StoryQuery, list_stories, open_reading, search_stories

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)

FEEDS = ("ash", "birch", "cedar")

ARTICLES = {
    "Harbour exchange freezes withdrawals after a signing key is misused": (
        "The Harbour exchange stopped all withdrawals on Sunday after a signing key was used outside office hours.",
        "A night guard noticed the transfer of 2,300 ether and pulled the plug on the signing machine himself.",
        "Customers will be made whole from the reserve, the exchange wrote, and deposits remain possible meanwhile.",
        "Two auditors have been asked to look into how the key left the vault in which it was meant to stay.",
    ),
    "Regulator in Ruritania publishes rules for reserve coins": (
        "Issuers of reserve coins in Ruritania must hold short government paper from next spring, the regulator said.",
        "The draft had allowed bank deposits as well, which three consumer groups had called an invitation to runs.",
        "Smaller issuers get eighteen months to comply; the largest one said it had complied since the summer.",
        "Breaches cost up to four percent of yearly turnover, and directors may be barred for up to ten years.",
    ),
    "Lantern network ships its long promised fee market": (
        "Lantern switched on its new fee market at block 9,120,000 after two postponements and a month of rehearsal.",
        "Fees for plain transfers fell by a third in the first hours while those of auctions rose, as intended.",
        "Validators who had not upgraded were left behind on a chain that produced eleven blocks and then stopped.",
        "The next change, to the way blocks are proposed, is planned for the second quarter of the coming year.",
    ),
}
TITLES = tuple(ARTICLES)
FORMS = ("whole", "trimmed", "wrapped", "corrected", "excerpt", "signed")


def told(article: int, form: str, feed: str) -> tuple[str, str]:
    """Title and body of an article as a feed words it."""
    title = TITLES[article]
    texts = list(ARTICLES[title])
    match form:
        case "trimmed":
            texts = texts[:3]
        case "wrapped":
            texts.append(f"The post {title} appeared first on {feed.title()}.")
        case "corrected":
            title, texts[1] = f"{title}, update", texts[1].replace("a ", "one ").replace("the ", "this ")
        case "excerpt":
            texts = [texts[0][:90] + " […]"]
        case "signed":
            title = f"{title} | Ash Tree Times"
    return title, "".join(f"<p>{escape(text)}</p>" for text in texts)


class Newsroom:
    """A home whose feeds say what the operations made them say, polled an hour after every step."""

    def __init__(self, path: Path) -> None:
        self.home = fresh.home(path)
        self.now = NOW
        self.entries: dict[str, dict[int, tuple[int, str]]] = {feed: {} for feed in FEEDS}
        self.born: dict[tuple[str, int], datetime] = {}

    def publish(self, feed: str, slot: int, article: int, form: str) -> None:
        self.born.setdefault((feed, slot), self.now)
        self.entries[feed][slot] = (article, form)

    def drop(self, feed: str, slot: int) -> None:
        self.entries[feed].pop(slot, None)

    def write(self, titles: dict[str, str]) -> None:
        for feed, entries in self.entries.items():
            parts = []
            for slot, (article, form) in entries.items():
                title, body = told(article, form, feed)
                stamp = self.born[feed, slot].strftime("%a, %d %b %Y %H:%M:%S GMT")
                parts.append(
                    f"<item><title>{escape(title)}</title><link>https://{feed}.example/{slot}</link>"
                    f'<guid isPermaLink="false">{slot}</guid><pubDate>{stamp}</pubDate>'
                    f"<description>{escape(body)}</description></item>"
                )
            (self.home.path / f"{feed}.xml").write_text(
                f'<rss version="2.0"><channel><title>{feed}</title><link>https://{feed}.example/</link>'
                f"<description>d</description>{''.join(parts)}</channel></rss>",
                encoding="utf-8",
            )
        outlines = "".join(
            f'<outline type="rss" text="{titles.get(feed, feed)}" xmlUrl="{feed}.xml"/>' for feed in FEEDS
        )
        self.home.opml.write_text(f'<opml version="2.0"><head/><body>{outlines}</body></opml>')

    def run(self, config: Config, titles: dict[str, str], *, hours: int = 1) -> None:
        self.now += timedelta(hours=hours)
        self.write(titles)
        pipeline.run(self.home, config, self.now, force=True)

    def files(self) -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in self.home.public.rglob("*") if path.is_file()}

    def derived(self, *without: str) -> dict[str, list[tuple[object, ...]]]:
        """Everything a rebuild must give again."""
        queries = {
            "stories": "SELECT id, founder, canonical, speaker, at FROM stories ORDER BY id",
            "memberships": "SELECT item_id, story_id, rule, score FROM memberships ORDER BY item_id",
            "related": "SELECT story_id, item_id FROM related ORDER BY 1, 2",
            "matches": "SELECT older, newer, relation, rule, score FROM matches "
            "WHERE retracted_at IS NULL ORDER BY 1, 2",
            "fingerprints": "SELECT * FROM fingerprints ORDER BY item_id",
            "exact_keys": "SELECT * FROM exact_keys ORDER BY 1, 2",
            "text_keys": "SELECT * FROM text_keys ORDER BY 1, 2, 3",
            "texts": "SELECT * FROM texts ORDER BY item_id",
            "abstracts": "SELECT * FROM abstracts ORDER BY story_id",
            "publications": "SELECT * FROM publications ORDER BY story_id",
        }
        with open_reading(self.home.database) as store:
            return {
                name: [tuple(row) for row in store.execute(query)]
                for name, query in queries.items()
                if name not in without
            }

    def rule(self, ruled: Iterable[tuple[int, int, str]]) -> None:
        """A person's word on pairs of items, as if it had been given on the command line."""
        with open_store(self.home.database) as store, store.transaction():
            known = dict(store.execute("SELECT id, uid FROM items").fetchall())
            for one, other, verdict in ruled:
                if one in known and other in known and one != other:
                    store.execute(
                        "INSERT OR IGNORE INTO rulings (a, b, verdict, made_at) VALUES (?, ?, ?, ?)",
                        (*sorted((known[one], known[other])), verdict, "2026-11-22T13:00:00Z"),
                    )
                    items.also_pending(store, (one, other), step=1)

    def check_store(self) -> None:
        """Every item is in one story, and the word index knows exactly the texts there are."""
        with open_store(self.home.database) as store:
            # "rank 1" compares an index with its content; ours has none beside it, so words are counted.
            store.execute("INSERT INTO search (search) VALUES ('integrity-check')")
            assert store.execute("PRAGMA foreign_key_check").fetchall() == []
            counts = store.execute(
                """
                SELECT (SELECT count(*) FROM items), (SELECT count(*) FROM memberships),
                    (SELECT count(*) FROM texts), (SELECT count(*) FROM fingerprints)
                """
            ).fetchone()
            assert len(set(counts)) == 1, tuple(counts)
            assert store.execute("SELECT count(*) FROM pending_items").fetchone()[0] == 0
            found = {row[0] for row in store.execute("SELECT rowid FROM search WHERE search MATCH 'update'")}
            said = {
                row[0]
                for row in store.execute(
                    "SELECT item_id FROM texts WHERE title || ' ' || body LIKE '%update%'"
                )
            }
            assert found == said


Words = tuple[str, str | None, str | None]
Step = list[tuple[tuple[str, int], int | None, str | None]]

slots = st.tuples(st.sampled_from(FEEDS), st.integers(0, 2))
published = st.tuples(slots, st.integers(0, len(TITLES) - 1), st.sampled_from(FORMS))
dropped = st.tuples(slots, st.none(), st.none())
once = st.lists(
    st.lists(st.tuples(slots, st.integers(0, 1), st.sampled_from(FORMS)), min_size=3, max_size=6),
    min_size=1,
    max_size=2,
)
later_slots = st.tuples(st.sampled_from(FEEDS), st.integers(3, 5))
later = st.lists(
    st.lists(st.tuples(later_slots, st.integers(1, 2), st.sampled_from(FORMS)), min_size=1, max_size=4),
    min_size=1,
    max_size=2,
)
"""A second time of news, of which some repeats the first: what repeats it holds it back."""
steps = st.lists(
    st.lists(st.one_of(published, published, dropped), min_size=1, max_size=4), min_size=1, max_size=4
)
rulings = st.lists(
    st.tuples(st.integers(1, 6), st.integers(1, 6), st.sampled_from(["same", "different"])), max_size=3
)
renamings = st.sampled_from([{}, {"ash": "Ash Tree Times"}])
collapses = st.sampled_from(list(Relation))


def play(newsroom: Newsroom, told_in_steps: Iterable[Step], config: Config, titles: dict[str, str]) -> None:
    for step in told_in_steps:
        for (feed, slot), article, form in step:
            if article is None or form is None:
                newsroom.drop(feed, slot)
            else:
                newsroom.publish(feed, slot, article, form)
        newsroom.run(config, titles)


@settings(max_examples=examples(8), deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=steps, first=collapses, later=collapses, titles=renamings, ruled=rulings)
def test_a_rebuild_gives_what_the_increments_gave_whatever_happened(
    steps: list[Step],
    first: Relation,
    later: Relation,
    titles: dict[str, str],
    ruled: list[tuple[int, int, str]],
) -> None:
    path = Path(tempfile.mkdtemp(prefix="laws-"))
    try:
        newsroom = Newsroom(path)
        config = Config(dedup=DedupConfig(collapse=first))
        play(newsroom, steps, config, {})
        newsroom.rule(ruled)
        config = replace(config, dedup=DedupConfig(collapse=later, window_days=4))
        newsroom.run(config, titles)
        newsroom.check_store()
        before, files = newsroom.derived(), newsroom.files()

        pipeline.dedup(newsroom.home, config, newsroom.now, rebuild=True)
        pipeline.summarise(newsroom.home, config, newsroom.now)
        pipeline.export(newsroom.home, config, newsroom.now)
        newsroom.check_store()
        assert newsroom.derived() == before
        assert newsroom.files() == files

        newsroom.run(config, titles, hours=3)
        assert newsroom.derived() == before
        assert newsroom.files() == files
    finally:
        shutil.rmtree(path)


@settings(max_examples=examples(10), deadline=None, suppress_health_check=list(HealthCheck))
@given(old=once, young=later, collapse=collapses, ruled=rulings)
def test_what_is_pruned_takes_nothing_along_and_never_comes_back(
    old: list[Step], young: list[Step], collapse: Relation, ruled: list[tuple[int, int, str]]
) -> None:
    path = Path(tempfile.mkdtemp(prefix="laws-"))
    try:
        newsroom = Newsroom(path)
        config = Config(dedup=DedupConfig(collapse=collapse), export=ExportConfig(limit=1, min_hours=0))
        play(newsroom, old, config, {})
        newsroom.now += timedelta(days=8)
        play(newsroom, young, config, {})
        newsroom.rule(ruled)
        newsroom.run(config, {})
        before = newsroom.derived()

        limit = newsroom.now - timedelta(days=7)
        done = pipeline.prune(newsroom.home, config, newsroom.now, limit)
        newsroom.check_store()
        left = newsroom.derived()
        assert len(before["stories"]) - len(left["stories"]) == done.stories
        assert len(before["memberships"]) - len(left["memberships"]) == done.items == done.tombstones
        for name in ("stories", "memberships", "matches", "texts", "fingerprints", "publications"):
            assert set(left[name]) <= set(before[name]), name
        with open_reading(newsroom.home.database) as store:
            words = store.execute("SELECT a, b FROM rulings").fetchall()
            uids = {row[0] for row in store.execute("SELECT uid FROM items")}
        assert {each for pair in words for each in pair} <= uids, "whatever a person ruled on stays"
        assert pipeline.prune(newsroom.home, config, newsroom.now, limit).items == 0

        files = newsroom.files()
        pipeline.dedup(newsroom.home, config, newsroom.now, rebuild=True)
        pipeline.summarise(newsroom.home, config, newsroom.now)
        pipeline.export(newsroom.home, config, newsroom.now)
        assert newsroom.derived() == left
        assert newsroom.files() == files

        for feed in FEEDS:
            newsroom.publish(feed, 9, 0, "whole")  # beside all the feed ever had, which it goes on listing
        newsroom.run(config, {})
        assert len(newsroom.derived()["memberships"]) == len(left["memberships"]) + len(FEEDS)
    finally:
        shutil.rmtree(path)


@settings(max_examples=examples(8), deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=steps)
def test_a_story_keeps_its_time_and_its_update_moves_only_with_its_words(steps: list[Step]) -> None:
    path = Path(tempfile.mkdtemp(prefix="laws-"))
    try:
        newsroom = Newsroom(path)
        shown: dict[str, tuple[Words, datetime, datetime]] = {}
        for step in steps:
            play(newsroom, [step], Config(), {})
            with open_reading(newsroom.home.database) as store:
                told_now = list_stories(store, StoryQuery())
            for story in told_now:
                words = (story.title, story.url, story.abstract)
                if story.id in shown:
                    was_words, was_published, was_updated = shown[story.id]
                    assert story.published == was_published
                    assert (story.updated > was_updated) == (words != was_words)
                assert story.published <= story.updated <= newsroom.now
                shown[story.id] = (words, story.published, story.updated)
    finally:
        shutil.rmtree(path)


@settings(max_examples=examples(5), deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=steps)
def test_what_is_dumped_makes_the_same_stories_elsewhere(steps: list[Step]) -> None:
    path = Path(tempfile.mkdtemp(prefix="laws-"))
    try:
        (path / "here").mkdir()
        (path / "there").mkdir()
        newsroom = Newsroom(path / "here")
        play(newsroom, steps, Config(), {})
        lines = [json.dumps(record).encode() for record in pipeline.dump(newsroom.home)]
        there = Newsroom(path / "there")
        pipeline.import_items(there.home, Config(), newsroom.now, lines)
        there.check_store()
        # Fingerprints hold row numbers of feeds.
        same = ("fingerprints",)
        assert there.derived(*same) == newsroom.derived(*same)
        with open_reading(there.home.database) as store:
            assert {story.id for story in search_stories(store, "the", StoryQuery())} <= {
                story.id for story in list_stories(store, StoryQuery())
            }
    finally:
        shutil.rmtree(path)
