"""A model that writes abstracts: what it may cost, whose key it is asked with, and how it is tried."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from desk import BRIDGE, ORIGINAL, OTHER, item, paragraphs
from machine_room import BRIDGE_AGAIN, BRIDGE_SAID, Newsroom, knowing, other
from model_server import (
    Reply,
    answers,
    in_turn,
    says,
)

from aggregator import pipeline
from aggregator.config import Config, ExportConfig, OutputConfig

# --- What it may cost ----------------------------------------------------------------------------


def test_only_stories_that_are_shown_are_asked_about(newsroom: Newsroom) -> None:
    newsroom.config = Config(machine=newsroom.config.machine, export=ExportConfig(limit=1, min_hours=0))
    newsroom.publish("origin", ORIGINAL, OTHER)
    newsroom.run()
    assert newsroom.server.asked == 1
    assert "Granite" in next(newsroom.server.material())


def test_where_no_document_shows_stories_nothing_is_asked(newsroom: Newsroom) -> None:
    newsroom.config = Config(machine=newsroom.config.machine, export=ExportConfig(formats=("opml",)))
    newsroom.publish("origin", ORIGINAL, OTHER)
    newsroom.run()
    assert newsroom.server.asked == 0


def test_a_further_output_has_its_stories_asked_about_too(newsroom: Newsroom) -> None:
    further = OutputConfig(words=("Pelican",), min_hours=0)
    newsroom.config = Config(
        machine=newsroom.config.machine,
        export=ExportConfig(limit=1, min_hours=0),
        outputs={"bridges": further},
    )
    newsroom.publish("origin", ORIGINAL, OTHER)
    newsroom.run()
    assert newsroom.server.asked == 2
    assert newsroom.bridge().abstract == BRIDGE_SAID


def test_imported_history_is_asked_about_as_far_as_it_is_shown(newsroom: Newsroom) -> None:
    def line(number: int) -> bytes:
        at = datetime(2026, 11, 1, tzinfo=UTC) - timedelta(days=number)
        row = {
            "id": f"h{number}",
            "source": "Old",
            "title": f"Hall {number}",
            "published": at.isoformat(),
            "content_html": paragraphs(other(number)),
        }
        return json.dumps(row).encode()

    newsroom.config = Config(machine=newsroom.config.machine, export=ExportConfig(limit=2, min_hours=0))
    pipeline.import_items(
        newsroom.home, newsroom.config, newsroom.now, [line(number) for number in reversed(range(8))]
    )
    assert newsroom.server.asked == 2


def test_a_text_no_longer_than_an_abstract_is_not_worth_a_question(newsroom: Newsroom) -> None:
    newsroom.publish("origin", item("f", "Pelican bridge halts", BRIDGE[0], minutes_ago=9, host="o.example"))
    assert newsroom.run().machine["left"] == 1
    assert newsroom.server.asked == 0


@pytest.mark.parametrize(
    ("settings", "asked", "why"),
    [
        ({"requests_per_run": 1}, 1, "1 requests in this run"),
        ({"requests_per_day": 1}, 1, "1 requests today"),
        ({"tokens_per_run": 1000}, 1, "1000 tokens in this run"),
        ({"tokens_per_day": 1000}, 1, "1000 tokens today"),
    ],
)
def test_no_bound_is_passed_and_the_rest_keeps_its_sentences(
    newsroom: Newsroom, settings: dict[str, object], asked: int, why: str
) -> None:
    newsroom.set(**settings)
    newsroom.publish("origin", ORIGINAL, OTHER)
    report = newsroom.run()
    assert newsroom.server.asked == asked
    assert report.machine["left"] == 1
    assert report.warnings == [f"the model m was not asked on: the bound of {why} was reached"]


def test_a_new_day_has_its_own_bound(newsroom: Newsroom) -> None:
    newsroom.set(requests_per_day=1)
    newsroom.publish("origin", ORIGINAL)
    newsroom.run()
    newsroom.publish("origin", ORIGINAL, OTHER)
    newsroom.run(minutes_later=60 * 24)
    assert newsroom.server.asked == 2
    assert newsroom.used() == (2, 642)


def test_a_question_is_counted_before_it_is_sent(newsroom: Newsroom) -> None:
    """A run that is killed while it waits has spent what it asked for."""
    seen: list[tuple[int, int]] = []

    def look(question: dict[str, Any]) -> Reply:
        seen.append(newsroom.used())
        return knowing(question)

    newsroom.server.plays(look)
    newsroom.publish("origin", ORIGINAL)
    newsroom.run()
    ((requests, tokens),) = seen
    assert requests == 1
    assert tokens > 321, "the estimate, which is too high"
    assert newsroom.used() == (1, 321)


# --- The key -------------------------------------------------------------------------------------


def test_the_key_comes_from_the_environment_and_goes_nowhere_else(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DESK_MODEL_KEY", "sk-secret\n")
    newsroom.set(api_key_env="DESK_MODEL_KEY")
    newsroom.publish("origin", ORIGINAL)
    report = newsroom.run()
    assert newsroom.server.requests[0].headers["authorization"] == "Bearer sk-secret"
    assert "secret" not in json.dumps(report.as_json())
    for file in newsroom.home.path.rglob("*"):
        assert file.is_dir() or b"sk-secret" not in file.read_bytes(), file


def test_without_the_key_nothing_is_asked_and_the_reason_is_said(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DESK_MODEL_KEY", raising=False)
    newsroom.set(api_key_env="DESK_MODEL_KEY")
    newsroom.publish("origin", ORIGINAL)
    report = newsroom.run()
    assert newsroom.server.asked == 0
    assert report.warnings == [
        "the model m was left alone: the environment variable DESK_MODEL_KEY, which should hold its key, is not set"
    ]
    assert newsroom.bridge().abstract


# --- Trying it -----------------------------------------------------------------------------------


def test_a_trial_tells_all_and_changes_nothing(newsroom: Newsroom) -> None:
    newsroom.publish("origin", ORIGINAL)
    newsroom.run()
    before = newsroom.home.database.read_bytes()
    newsroom.server.plays(
        in_turn(says(BRIDGE_AGAIN), says(BRIDGE_SAID.replace("4,100", "4,200")), answers(500))
    )
    found = [pipeline.try_model(newsroom.home, newsroom.config, newsroom.bridge().id) for _ in range(3)]
    assert [each.verdict for each in found] == ["accepted", "refused", "failed"]
    assert [each.reason for each in found] == ["", "number: 4,200 ether", "HTTP 500"]
    assert found[0].said == BRIDGE_AGAIN
    assert found[0].tokens == 321
    assert found[0].tokens < found[0].tokens_estimated
    assert newsroom.home.database.read_bytes() == before
    assert newsroom.used() == (1, 321)
    assert newsroom.bridge().abstract == BRIDGE_SAID
