"""Does the whole pipeline make of the demo what a person would make of it?

One copy of the demo is run once for all tests here; the tests of an hour later run on a copy of that.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from datetime import datetime
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from aggregator import pipeline
from aggregator.config import Config
from aggregator.home import Home
from aggregator.models import Report, Story
from aggregator.store import reading

ROOT = Path(__file__).parent.parent
LATER = Path(__file__).parent / "data" / "demo_later"
EXPECTED: dict[str, Any] = json.loads((Path(__file__).parent / "data" / "demo_expected.json").read_bytes())
NOW = datetime.fromisoformat(EXPECTED["now"])
LATER_NOW = datetime.fromisoformat(EXPECTED["later"]["now"])

Row = Mapping[str, Any]


class Outcome:
    """A home after a run, and where each expected item ended up."""

    def __init__(self, home: Home, report: Report) -> None:
        self.home, self.report = home, report
        self.rows = list(pipeline.dump(home, items_alone=True))

    def row(self, feed: str, guid: str) -> Row:
        """The stored item that an expectation names; ``~words`` names it by its title or text."""
        found = [row for row in self.rows if row["feed"] == feed and _named(row, guid)]
        assert len(found) == 1, f"{feed} {guid}: {len(found)} items"
        return found[0]

    def story_ids(self, story: Mapping[str, Any]) -> list[object]:
        return [self.row(item["feed"], item["guid"])["story"] for item in story["items"]]

    def stories(self) -> list[Story]:
        with reading.open_reading(self.home.database) as store:
            return reading.list_stories(store, reading.StoryQuery())


def _named(row: Row, guid: str) -> bool:
    if not guid.startswith("~"):
        return bool(row["id"] == guid)
    return any(guid[1:] in str(row.get(key) or "") for key in ("title", "summary_html", "content_html"))


def run(home: Home, now: datetime) -> Outcome:
    return Outcome(home, pipeline.run(home, Config(), now, force=True))


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    path = tmp_path_factory.mktemp("demo") / "home"
    shutil.copytree(ROOT / "examples" / "demo", path)
    return run(Home(path), NOW)


@pytest.fixture(scope="module")
def later(demo: Outcome, tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    path = tmp_path_factory.mktemp("later") / "home"
    shutil.copytree(demo.home.path, path)
    shutil.copytree(LATER, path, dirs_exist_ok=True)
    return run(Home(path), LATER_NOW)


def by_name() -> dict[str, dict[str, Any]]:
    return {story["name"]: story for story in EXPECTED["stories"]}


def test_every_feed_of_the_demo_is_read_and_every_item_stored(demo: Outcome) -> None:
    assert demo.report.failures == []
    assert demo.report.items["new"] == sum(len(story["items"]) for story in EXPECTED["stories"])
    assert len(demo.rows) == demo.report.items["new"]


@pytest.mark.parametrize(
    ("name", "item"),
    [
        pytest.param(story["name"], item, id=f"{story['name']}-{item['feed'].split('/')[-1]}")
        for story in EXPECTED["stories"]
        for item in story["items"][1:]
    ],
)
def test_a_copy_joins_the_story_of_its_original(demo: Outcome, name: str, item: dict[str, Any]) -> None:
    original = by_name()[name]["items"][0]
    copy = demo.row(item["feed"], item["guid"])
    assert copy["story"] == demo.row(original["feed"], original["guid"])["story"], item.get("shows")


@pytest.mark.parametrize(
    "pair", EXPECTED["apart"], ids=lambda pair: f"{pair['stories'][0]}-{pair['stories'][1]}"
)
def test_look_alikes_stay_stories_of_their_own(demo: Outcome, pair: dict[str, Any]) -> None:
    one, other = (set(demo.story_ids(by_name()[name])) for name in pair["stories"])
    assert not one & other, pair["shows"]


def test_no_two_expected_stories_are_merged(demo: Outcome) -> None:
    ids = {story["name"]: set(demo.story_ids(story)) for story in EXPECTED["stories"]}
    merged = [(a, b) for a, b in combinations(ids, 2) if ids[a] & ids[b]]
    assert merged == []


def test_items_become_as_many_stories_as_a_person_would_count(demo: Outcome) -> None:
    assert demo.report.stories["new"] == len(EXPECTED["stories"])
    assert len({row["story"] for row in demo.rows}) == len(EXPECTED["stories"])


@pytest.mark.parametrize("story", [s for s in EXPECTED["stories"] if "speaks" in s], ids=lambda s: s["name"])
def test_the_original_speaks_for_its_story(demo: Outcome, story: dict[str, Any]) -> None:
    assert demo.row(*story["speaks"])["canonical"] is True


def test_every_story_has_a_title_and_no_story_comes_from_the_future(demo: Outcome) -> None:
    for story in demo.stories():
        assert story.title.strip()
        assert story.published <= NOW


def test_an_item_of_rss_1_is_dated_by_its_dublin_core_date(demo: Outcome) -> None:
    hired = next(story for story in demo.stories() if story.title.startswith("Meranti names"))
    assert hired.published == datetime.fromisoformat("2026-11-21T11:20:00Z")


def test_nothing_hostile_reaches_the_documents(demo: Outcome) -> None:
    documents = {path.name: path.read_text() for path in demo.home.public.iterdir()}
    assert set(documents) == {"atom.xml", "rss.xml", "feed.json", "index.html", "feeds.opml"}
    for name, text in documents.items():
        for trace in (
            "must never run",
            "javascript:",
            "ascript:alert",
            "alert(",
            "pixel.opennode",
            "onerror",
        ):
            assert trace not in text, (name, trace)
        assert "\u202e" not in text, name


def test_a_second_run_changes_nothing(demo: Outcome) -> None:
    before = {path.name: path.read_bytes() for path in demo.home.public.iterdir()}
    report = pipeline.run(demo.home, Config(), NOW, force=True)
    assert report.items == {"new": 0, "updated": 0}
    assert report.stories == {"new": 0, "changed": 0}
    assert report.files == []
    assert {path.name: path.read_bytes() for path in demo.home.public.iterdir()} == before


def test_a_rebuild_gives_what_the_increments_gave(later: Outcome) -> None:
    before = {(row["feed"], row["id"]): (row["story"], row["canonical"]) for row in later.rows}
    pipeline.dedup(later.home, Config(), LATER_NOW, rebuild=True)
    after = pipeline.dump(later.home, items_alone=True)
    assert {(row["feed"], row["id"]): (row["story"], row["canonical"]) for row in after} == before


@pytest.mark.parametrize("revised", EXPECTED["later"]["revised"], ids=lambda r: r["story"])
def test_a_corrected_title_updates_the_item_and_makes_no_second_one(
    demo: Outcome, later: Outcome, revised: dict[str, Any]
) -> None:
    before = demo.row(revised["feed"], revised["guid"])
    after = later.row(revised["feed"], revised["guid"])
    assert before["title"] != after["title"] == revised["title"]
    assert before["story"] == after["story"]


def test_news_of_an_hour_later_adds_only_what_is_new(later: Outcome) -> None:
    new = [item for story in EXPECTED["later"]["stories"] for item in story["items"]]
    assert later.report.items == {"new": len(new), "updated": len(EXPECTED["later"]["revised"])}
    assert later.report.stories["new"] == len(EXPECTED["later"]["stories"])
    for story in EXPECTED["later"]["stories"]:
        assert len(set(later.story_ids(story))) == 1


def test_an_item_that_left_its_feed_keeps_its_story(demo: Outcome, later: Outcome) -> None:
    halberd = by_name()["halberd-delay"]
    assert later.story_ids(halberd) == demo.story_ids(halberd)
