"""What a feed says under everything it publishes is neither compared nor summarised, and a rebuild learns the same."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from html import escape
from pathlib import Path

import fresh
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from laws import examples

from aggregator import pipeline
from aggregator.config import Config
from aggregator.pipeline.furniture import Memory
from aggregator.store import items as item_store
from aggregator.store.connection import open_store
from aggregator.store.reading import StoryQuery, list_stories, open_reading
from aggregator.text import clean

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)

NEWS = (
    (
        "Harbour exchange freezes withdrawals",
        "The exchange stopped withdrawals after a signing key was misused.",
    ),
    (
        "Ruritania publishes rules for reserve coins",
        "Issuers must hold short government paper from next spring.",
    ),
    (
        "Lantern network ships its fee market",
        "Plain transfers became a third cheaper within the first hours.",
    ),
    ("Granite Peak moves miners north", "Four thousand machines go to a hydro site before December."),
    (
        "Teachers' pension buys fund shares",
        "The pension plan bought shares worth two hundred million dollars.",
    ),
    ("Court fines a bank over tweets", "A tweet is no prospectus, the judge wrote, and fined the bank."),
    ("Bridge operator repays depositors", "Everyone with deposits in transit was repaid from the treasury."),
    (
        "Auditor finds a hole at Marsh Hollow",
        "Eleven million dollars of client money are missing, the audit says.",
    ),
)
FURNITURE = (
    "Ledger Post Academy opens its doors on Monday: seats are few, so bring a friend and a notebook.",
    "Ana Roth writes about custody, keys and courts, and keeps bees on the roof of the newsroom in Zurich.",
    "The editors of Ledger Post pick the five stories of the morning and put them on one printed page.",
    "Whoever reads this at breakfast may want to know that the printed page comes with a crossword.",
)


class Paper:
    """A home with feeds that grow by an item an hour."""

    def __init__(self, path: Path) -> None:
        self.home, self.now = fresh.home(path), NOW
        self.items: dict[str, dict[int, tuple[str, Sequence[str]]]] = {}

    def publish(self, feed: str, title: str, *texts: str) -> None:
        """Add an item and run."""
        items = self.items.setdefault(feed, {})
        items[len(items)] = title, texts
        self.run()

    def run(self) -> None:
        self.write()
        pipeline.run(self.home, Config(), self.now, force=True)

    def write(self) -> None:
        self.now += timedelta(hours=1)
        for feed, items in self.items.items():
            entries = "".join(
                f"<item><title>{escape(title)}</title><link>https://{feed}.example/{number}</link>"
                f'<guid isPermaLink="false">{number}</guid>'
                f"<pubDate>{(NOW + timedelta(hours=number)).strftime('%a, %d %b %Y %H:%M:%S GMT')}</pubDate>"
                f"<description>{escape(''.join(f'<p>{escape(text)}</p>' for text in texts))}</description></item>"
                for number, (title, texts) in items.items()
            )
            (self.home.path / f"{feed}.xml").write_text(
                f'<rss version="2.0"><channel><title>{feed}</title><link>https://{feed}.example/</link>'
                f"<description>d</description>{entries}</channel></rss>",
                encoding="utf-8",
            )
        outlines = "".join(f'<outline type="rss" text="{feed}" xmlUrl="{feed}.xml"/>' for feed in self.items)
        self.home.opml.write_text(f'<opml version="2.0"><head/><body>{outlines}</body></opml>')

    def rebuild(self) -> None:
        pipeline.dedup(self.home, Config(), self.now, rebuild=True)
        pipeline.summarise(self.home, Config(), self.now)

    def bodies(self) -> list[str]:
        return [row[0] for row in self.rows("SELECT body FROM texts ORDER BY item_id")]

    def rows(self, query: str) -> list[tuple[object, ...]]:
        with open_reading(self.home.database) as store:
            return [tuple(row) for row in store.execute(query)]

    def derived(self) -> list[list[tuple[object, ...]]]:
        return [
            self.rows("SELECT * FROM texts ORDER BY item_id"),
            self.rows("SELECT * FROM fingerprints ORDER BY item_id"),
            self.rows(MATCHES),
            self.rows("SELECT story_id, text FROM abstracts ORDER BY 1"),
            self.rows("SELECT * FROM wordings ORDER BY 1, 2"),
        ]


@pytest.fixture
def paper(tmp_path: Path) -> Paper:
    return Paper(tmp_path)


def test_neither_texts_nor_abstracts_carry_what_a_feed_says_under_everything(paper: Paper) -> None:
    for title, lead in NEWS:
        paper.publish("ledger", title, FURNITURE[0], lead, *FURNITURE[1:])
    assert paper.bodies() == [lead for _, lead in NEWS]
    with open_reading(paper.home.database) as store:
        abstracts = {story.title: story.abstract or "" for story in list_stories(store, StoryQuery())}
    for title, _ in NEWS:
        assert not any(text in abstracts[title] for text in FURNITURE)


def test_the_first_three_items_are_read_again_once_the_fourth_has_shown_what_is_furniture(
    paper: Paper,
) -> None:
    for number, (title, lead) in enumerate(NEWS[:4]):
        paper.publish("ledger", title, lead, FURNITURE[0])
        shown = f"{lead}\n{FURNITURE[0]}" if number < 3 else lead
        assert paper.bodies()[-1] == shown
    assert paper.bodies() == [lead for _, lead in NEWS[:4]]


def test_the_first_document_of_a_feed_is_clean_when_its_run_ends(paper: Paper) -> None:
    paper.items["ledger"] = {n: (title, (lead, FURNITURE[0])) for n, (title, lead) in enumerate(NEWS)}
    paper.run()
    assert paper.bodies() == [lead for _, lead in NEWS]


MATCHES = "SELECT older, newer, rule FROM matches WHERE retracted_at IS NULL ORDER BY 1, 2"


def test_items_of_two_feeds_that_share_only_furniture_are_stories_of_their_own(paper: Paper) -> None:
    """Before the furniture is known for what it is, some are taken for copies; that is taken back."""
    for at in range(0, len(NEWS), 2):
        for feed, (title, lead) in zip(("ledger", "ledger-sport"), NEWS[at : at + 2], strict=True):
            paper.publish(feed, title, lead, *FURNITURE)
    assert paper.rows("SELECT 1 FROM matches WHERE retracted_at IS NOT NULL")
    assert paper.rows(MATCHES) == []
    assert len(paper.rows("SELECT id FROM stories")) == len(NEWS)


def test_headlines_of_other_stories_under_an_article_make_no_match(paper: Paper) -> None:
    """The list has no heading, so no rule tells it; each line is the headline of an item that came before."""
    for number, (title, lead) in enumerate(NEWS):
        inserted = [other for other, _ in NEWS[max(0, number - 3) : number]]
        body = [lead, f"{lead[:-1]}, as two people said.", f"{lead[:-1]}, a third one confirmed.", *inserted]
        paper.publish("ledger", title, *body)
    for body in paper.bodies():
        assert not any(title in body for title, _ in NEWS)
    assert paper.rows("SELECT older, newer, rule FROM matches") == []


def test_a_copy_is_found_whatever_furniture_is_around_it(paper: Paper) -> None:
    story = (
        "Two thirds of the voting power of the Pelican bridge sat in one rack, an outside review has found.",
        "The review took six weeks and was paid for by a depositor who lost four hundred ether in spring.",
    )
    for title, lead in NEWS:
        paper.publish("ledger", title, lead, *FURNITURE)
    paper.publish("ledger", "One rack held the Pelican bridge", *story, *FURNITURE)
    paper.publish("copy", "Pelican bridge: review finds everything in one place", *story)
    assert len(paper.rows("SELECT 1 FROM matches WHERE relation = 'repost' AND retracted_at IS NULL")) == 1


def test_a_rebuild_learns_what_was_learned_though_items_were_revised_meanwhile(paper: Paper) -> None:
    for title, lead in NEWS:
        paper.publish("ledger", title, lead, FURNITURE[0])
    # The oldest lose the banner, one in the middle is corrected, one gets another banner.
    for number, texts in {
        0: [NEWS[0][1]],
        1: [NEWS[1][1]],
        4: [f"Correction: {NEWS[4][1]}", FURNITURE[0]],
        5: [NEWS[5][1], FURNITURE[2]],
    }.items():
        paper.items["ledger"][number] = (NEWS[number][0], texts)
    paper.run()
    before = paper.derived()
    assert paper.bodies()[4] == f"Correction: {NEWS[4][1]}"
    assert paper.bodies()[5] == f"{NEWS[5][1]}\n{FURNITURE[2]}"
    paper.rebuild()
    assert paper.derived() == before


under = st.lists(st.sampled_from(FURNITURE), max_size=3, unique=True)
said = st.tuples(st.sampled_from(("ledger", "harbour")), st.integers(0, len(NEWS) - 1), under)


@settings(max_examples=examples(6), deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.lists(said, min_size=1, max_size=6), min_size=2, max_size=5))
def test_a_rebuild_learns_what_was_learned_whatever_was_said_and_revised(
    steps: list[list[tuple[str, int, list[str]]]],
) -> None:
    with tempfile.TemporaryDirectory(prefix="furniture-") as path:
        paper = Paper(Path(path))
        for step in steps:
            for feed, number, texts in step:
                paper.items.setdefault(feed, {})[number] = NEWS[number][0], (NEWS[number][1], *texts)
            paper.run()
        before = paper.derived()
        paper.rebuild()
        assert paper.derived() == before


def test_wordings_are_made_anew_when_the_way_they_are_made_changes(paper: Paper) -> None:
    for title, lead in NEWS:
        paper.publish("ledger", title, lead, FURNITURE[0])
    made = paper.rows("SELECT * FROM wordings ORDER BY 1, 2")
    with open_store(paper.home.database) as store:
        store.execute("UPDATE wordings SET wording = x'000000000000', furniture = x''")
        store.execute("UPDATE meta SET value = '0' WHERE key = 'wordings'")
    paper.rebuild()
    assert paper.rows("SELECT * FROM wordings ORDER BY 1, 2") == made
    assert paper.bodies() == [lead for _, lead in NEWS]


def test_feeds_are_told_apart_though_fewer_are_held_in_memory_than_there_are(paper: Paper) -> None:
    banners = {feed: f"The reading room of {feed} is open on weekdays, except in August." for feed in "abcd"}
    for number, (title, lead) in enumerate(NEWS[:5]):
        for feed, banner in banners.items():
            paper.items.setdefault(feed, {})[number] = title, (lead, banner)
        paper.write()
        pipeline.poll(paper.home, Config(), paper.now, force=True)
    with open_store(paper.home.database) as store:
        memory = Memory(store, feeds_held=2)
        stored = item_store.items_by_id(store, item_store.pending(store, step=0, limit=100)).values()
        drafts = {item.id: clean.draft(item) for item in stored}
        found = {item.id: memory.furniture(item, drafts[item.id]) for item in stored}
    for item in stored:
        assert found[item.id] == (frozenset(drafts[item.id].parts[1]) if item.guid in "34" else frozenset())
