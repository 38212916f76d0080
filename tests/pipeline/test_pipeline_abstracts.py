"""Whose words an abstract is made of, and that it stands while copies come and go."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from desk import BRIDGE, Desk, item, paragraphs

from aggregator.config import Config, SummariseConfig
from aggregator.models import Story
from aggregator.store.reading import open_reading

TITLE = "Pelican bridge halts withdrawals after a retired key signs away 4,100 ether"
TEASER = BRIDGE[0].partition(" nobody on")[0] + " […]"
NEWS = "The bridge held 310 million dollars in the tokens of nine networks on the day before."


def told(name: str, *texts: str, minutes_ago: int) -> str:
    return item(f"{name}-1", TITLE, paragraphs(texts), minutes_ago=minutes_ago, host=f"{name}.example")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def only(desk: Desk) -> Story:
    (story,) = desk.stories()
    return story


def sources(desk: Desk) -> list[str]:
    """The feeds that the sentences of the only abstract were taken from."""
    with open_reading(desk.home.database) as store:
        (said,) = store.execute("SELECT sources FROM abstracts").fetchone()
        names = dict(store.execute("SELECT uid, guid FROM items").fetchall())
    return [names[uid].removesuffix("-1") for uid in json.loads(said)]


def test_copies_that_came_together_are_read_together_and_each_sentence_names_its_item(desk: Desk) -> None:
    desk.publish("origin", told("origin", *BRIDGE[:1], BRIDGE[2], minutes_ago=120))
    desk.publish("copy", told("copy", *BRIDGE[:1], NEWS, BRIDGE[2], minutes_ago=90))
    desk.run()
    story = only(desk)
    assert len(story.reposts) == 1
    assert story.abstract is not None
    assert NEWS in story.abstract
    assert sources(desk) == ["origin", "copy"]


def test_a_repost_that_comes_later_moves_neither_abstract_nor_time_of_update(desk: Desk) -> None:
    desk.publish("origin", told("origin", *BRIDGE[:1], BRIDGE[2], minutes_ago=120))
    desk.run()
    before = only(desk)
    desk.publish("copy", told("copy", *BRIDGE[:1], NEWS, BRIDGE[2], minutes_ago=90))
    desk.run()
    after = only(desk)
    assert len(after.reposts) == 1
    assert (after.abstract, after.updated) == (before.abstract, before.updated)


def test_an_excerpt_is_bettered_by_a_copy_that_tells_more_and_then_stands(desk: Desk) -> None:
    desk.publish("origin", told("origin", TEASER, minutes_ago=120))
    desk.run()
    first = only(desk).abstract
    assert first is not None
    assert first.endswith("…")
    desk.publish("copy", told("copy", *BRIDGE[:3], minutes_ago=90))
    desk.run()
    bettered = only(desk)
    assert bettered.abstract is not None
    assert bettered.abstract.endswith(".")
    desk.publish("late", told("late", *BRIDGE[:1], NEWS, *BRIDGE[1:], minutes_ago=60))
    desk.run()
    after = only(desk)
    assert len(after.reposts) == 2
    assert (after.abstract, after.updated) == (bettered.abstract, bettered.updated)


def test_a_correction_of_the_text_that_speaks_makes_the_abstract_anew(desk: Desk) -> None:
    desk.publish("origin", told("origin", *BRIDGE, minutes_ago=120))
    desk.run()
    assert "4,100 ether" in (only(desk).abstract or "")
    corrected = [text.replace("4,100 ether", "5,200 ether") for text in BRIDGE]
    desk.publish("origin", told("origin", *corrected, minutes_ago=120))
    desk.run()
    assert "5,200 ether" in (only(desk).abstract or "")


def test_a_copy_that_is_rewritten_matters_only_when_it_is_quoted(desk: Desk) -> None:
    desk.publish("origin", told("origin", *BRIDGE[:1], BRIDGE[2], minutes_ago=120))
    desk.publish("copy", told("copy", *BRIDGE[:1], NEWS, BRIDGE[2], minutes_ago=90))
    desk.publish("other", told("other", *BRIDGE[:1], BRIDGE[2], minutes_ago=80))
    desk.run()
    before = only(desk)
    assert sources(desk) == ["origin", "copy"]
    desk.publish("other", told("other", *BRIDGE[:3], minutes_ago=80))
    desk.run()
    assert (only(desk).abstract, only(desk).updated) == (before.abstract, before.updated)
    desk.publish("copy", told("copy", *BRIDGE[:1], NEWS.replace("310", "130"), BRIDGE[2], minutes_ago=90))
    desk.run()
    assert "130 million" in (only(desk).abstract or "")


def test_a_smaller_budget_reaches_old_abstracts_at_the_next_run_although_nothing_is_new(desk: Desk) -> None:
    desk.publish("origin", told("origin", *BRIDGE, minutes_ago=120))
    desk.run()
    before = only(desk).abstract
    assert before is not None
    desk.config = Config(summarise=SummariseConfig(max_chars=len(before) - 1))
    desk.run()
    after = only(desk).abstract
    assert after is not None
    assert len(after) < len(before)
