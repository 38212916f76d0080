"""A model that writes abstracts: which stories it is asked about, what is shown, and what never moves."""

from __future__ import annotations

import re

import pytest
from desk import BRIDGE, ORIGINAL, OTHER, REPOST, item, paragraphs
from machine_room import BRIDGE_AGAIN, BRIDGE_SAID, LATER, Newsroom, knowing, repost
from model_server import (
    answers,
    says,
)

from aggregator import pipeline
from aggregator.config import Config

# --- The usual course ----------------------------------------------------------------------------


def test_the_models_abstract_stands_in_the_first_export_and_says_who_wrote_it(newsroom: Newsroom) -> None:
    newsroom.publish("origin", ORIGINAL, OTHER)
    newsroom.publish("copy", REPOST)
    report = newsroom.run()
    assert report.machine == {
        "asked": 2,
        "tokens": 642,
        "known": 0,
        "accepted": 2,
        "refused": 0,
        "failed": 0,
        "left": 0,
    }
    story = newsroom.bridge()
    assert (story.abstract, story.abstract_method) == (BRIDGE_SAID, "machine")
    for name, mark in {
        "atom.xml": "Abstract written by a model from the copies below.",
        "rss.xml": "Abstract written by a model from the copies below.",
        "index.html": "Abstract written by a model from the copies below.",
        "feed.json": '"abstract_by": "model"',
    }.items():
        assert mark in newsroom.files()[name].decode(), name
    summaries = re.findall(r"<summary>(.*?)</summary>", newsroom.files()["atom.xml"].decode())
    assert all(each.endswith("(Abstract written by a model)") for each in summaries)
    descriptions = re.findall(r"<description>(.*?)</description>", newsroom.files()["rss.xml"].decode())[1:]
    assert all(each.endswith("(Abstract written by a model)") for each in descriptions)


def test_without_a_model_in_the_settings_nothing_is_asked_and_nothing_is_marked(newsroom: Newsroom) -> None:
    newsroom.set(model="")
    newsroom.publish("origin", ORIGINAL, OTHER)
    report = newsroom.run()
    assert report.machine == {}
    assert newsroom.server.asked == 0
    assert b"model" not in newsroom.files()["atom.xml"]


def test_running_again_asks_nothing_and_writes_nothing(newsroom: Newsroom) -> None:
    newsroom.publish("origin", ORIGINAL, OTHER)
    newsroom.run()
    before = newsroom.files()
    assert newsroom.run().files == []
    assert newsroom.files() == before
    assert newsroom.server.asked == 2


def test_what_other_copies_add_is_sent_too(newsroom: Newsroom) -> None:
    newsroom.publish("origin", ORIGINAL)
    newsroom.publish("copy", repost([*BRIDGE[:3], LATER], minutes_ago=100))
    newsroom.run()
    (material,) = newsroom.server.material()
    assert "copy 2 of 2" in material
    assert material.count(LATER) == 1
    assert material.count(BRIDGE[0].strip()) == 1


# --- What never moves ----------------------------------------------------------------------------


def test_a_repost_that_arrives_later_changes_neither_abstract_nor_time(newsroom: Newsroom) -> None:
    newsroom.publish("origin", ORIGINAL)
    newsroom.run()
    before = newsroom.told()
    newsroom.server.plays(says(BRIDGE_AGAIN))
    newsroom.publish("copy", repost([*BRIDGE[:3], LATER]))
    newsroom.run()
    assert newsroom.bridge().reposts
    assert newsroom.bridge().abstract == BRIDGE_SAID
    assert newsroom.told() == before
    assert newsroom.server.asked == 1


def test_a_model_that_is_switched_off_leaves_what_it_wrote_until_the_recipe_changes(
    newsroom: Newsroom,
) -> None:
    newsroom.publish("origin", ORIGINAL)
    newsroom.run()
    before = newsroom.told()
    newsroom.set(model="")
    newsroom.publish("copy", repost([*BRIDGE[:3], LATER]))
    newsroom.run()
    pipeline.dedup(newsroom.home, newsroom.config, newsroom.now, rebuild=True)
    newsroom.run()
    assert newsroom.bridge().reposts
    assert newsroom.told() == before
    newsroom.config = Config(summarise=type(newsroom.config.summarise)(max_chars=299))
    newsroom.publish("origin", ORIGINAL, OTHER)
    newsroom.run()
    assert newsroom.bridge().abstract_method == "reduction"
    assert newsroom.server.asked == 1


def test_a_story_that_was_published_without_is_not_asked_about_later(newsroom: Newsroom) -> None:
    newsroom.server.plays(answers(500))
    newsroom.publish("origin", ORIGINAL)
    newsroom.run()
    before = newsroom.told()
    newsroom.server.plays(knowing)
    newsroom.publish("copy", REPOST)
    newsroom.run()
    assert newsroom.told() == before
    assert newsroom.bridge().abstract_method == "reduction"


def test_a_model_that_is_switched_on_writes_about_new_stories_only(newsroom: Newsroom) -> None:
    newsroom.set(model="")
    newsroom.publish("origin", ORIGINAL)
    newsroom.run()
    before = newsroom.told()
    newsroom.set()
    newsroom.publish("origin", ORIGINAL, OTHER)
    report = newsroom.run()
    assert newsroom.server.asked == 1
    assert report.machine["accepted"] == 1
    assert newsroom.bridge().abstract_method == "reduction"
    assert before.items() <= newsroom.told().items()


def test_a_text_that_changes_is_asked_about_again_and_no_more_than_three_times(newsroom: Newsroom) -> None:
    title = "Pelican bridge halts withdrawals after a retired key signs away 4,100 ether"
    asides = [f"{LATER} That was {word} asked." for word in ("often", "rarely", "hardly", "never")]
    for number in range(5):
        told = paragraphs([*BRIDGE, *asides[:number]])
        changed = item("a1", title, told, minutes_ago=120, host="origin.example")
        newsroom.publish("origin", changed)
        newsroom.run()
    assert newsroom.server.asked == 3


@pytest.mark.parametrize("again", [BRIDGE_AGAIN, BRIDGE_SAID.replace("4,100", "5,200")])
def test_a_rebuild_asks_nothing_and_moves_nothing(newsroom: Newsroom, again: str) -> None:
    newsroom.publish("origin", ORIGINAL, OTHER)
    newsroom.run()
    newsroom.publish("copy", repost([*BRIDGE[:3], LATER]))
    newsroom.run()
    before, files = newsroom.told(), newsroom.files()
    newsroom.server.plays(says(again))
    pipeline.dedup(newsroom.home, newsroom.config, newsroom.now, rebuild=True)
    newsroom.run()
    assert newsroom.server.asked == 2
    assert newsroom.bridge().abstract == BRIDGE_SAID
    assert newsroom.told() == before
    assert newsroom.files() == files


def test_another_recipe_for_sentences_leaves_what_the_model_wrote(newsroom: Newsroom) -> None:
    newsroom.publish("origin", ORIGINAL)
    newsroom.run()
    before = newsroom.told()
    newsroom.config = Config(
        machine=newsroom.config.machine, summarise=type(newsroom.config.summarise)(algorithm="lead")
    )
    newsroom.run()
    assert newsroom.bridge().abstract == BRIDGE_SAID
    assert newsroom.told() == before


def test_the_same_texts_are_never_asked_about_twice(newsroom: Newsroom) -> None:
    newsroom.publish("origin", ORIGINAL)
    newsroom.publish("copy", repost())
    newsroom.run()
    (mirrored,) = newsroom.bridge().reposts
    pipeline.split(newsroom.home, newsroom.config, newsroom.now, mirrored.item)
    told = [(story.abstract, story.abstract_method) for story in newsroom.stories()]
    assert told == [(BRIDGE_SAID, "machine")] * 2
    assert newsroom.server.asked == 1
