from __future__ import annotations

import csv
import io
import json
import os
import re
import sqlite3
from contextlib import closing

import pytest

from aggregator.cli.forms import FIELDS
from aggregator.cli.safe import to_json

NOW = ("--now", "2026-11-22T12:00:00Z")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


# --- list ----------------------------------------------------------------------------------------


def test_stories_are_listed_newest_first_with_the_keys_of_the_contract(listed):
    stories = listed("--limit", "1000")
    times = [story["published"] for story in stories]
    assert times == sorted(times, reverse=True)
    assert len({story["id"] for story in stories}) == len(stories)
    for story in stories:
        assert list(story) == [
            "id", "title", "url", "feed", "author", "published", "updated", "language", "tags", "coins", "abstract",
            "reposts", "related", "labels", "abstract_method",
        ]  # fmt: skip
        assert story["title"]
        assert TIME.fullmatch(story["published"])
        assert TIME.fullmatch(story["updated"])


def test_twenty_are_shown_unless_told_otherwise(listed):
    assert len(listed()) == 20
    assert len(listed("-n", "3")) == 3
    assert listed("--limit", "0") == []
    assert len(listed("--since", "1w")) > 20


def test_lines_of_json_hold_the_stories_of_the_array(aggregator, demo_home, listed):
    lines = aggregator("-C", demo_home, *NOW, "list", "--jsonl").out.splitlines()
    assert [json.loads(line) for line in lines] == listed()


def test_a_table_has_a_line_of_names_and_a_row_per_story(aggregator, demo_home, listed):
    rows = list(csv.DictReader(io.StringIO(aggregator("-C", demo_home, *NOW, "list", "--csv").out)))
    assert list(rows[0]) == list(FIELDS)
    assert [(row["id"], row["feed"], row["reposts"]) for row in rows] == [
        (story["id"], story["feed"]["title"], str(len(story["reposts"]))) for story in listed()
    ]


def test_a_line_of_ones_own_making_takes_fields_and_tabs(aggregator, demo_home, listed):
    lines = aggregator("-C", demo_home, *NOW, "search", "kestrel", "--format", r"{id}\t{{{coins}}}").out
    found = json.loads(aggregator("-C", demo_home, *NOW, "search", "kestrel", "--json").out)
    assert lines.splitlines() == [f"{story['id']}\t{{{' '.join(story['coins'])}}}" for story in found]


def test_a_template_is_refused_before_anything_is_read(aggregator, home):
    result = aggregator("-C", home, "list", "--format", "{titel}")
    assert (result.code, result.out) == (2, "")
    assert "did you mean {title}?" in result.err


@pytest.mark.parametrize("limit", [0, 1, 40])
def test_an_array_written_story_by_story_is_one_array(aggregator, demo_home, limit):
    out = aggregator("-C", demo_home, *NOW, "list", "--json", "--limit", str(limit)).out
    assert out == to_json(json.loads(out), indent=1) + "\n"
    assert len(json.loads(out)) == limit


def test_more_than_there_can_be_is_all(listed):
    assert listed("--limit", "9" * 30) == listed("--limit", "1000")


def test_filters_combine(listed):
    everything = listed("--limit", "1000")
    bitcoin = listed("--limit", "1000", "--coin", "btc")
    assert bitcoin == [story for story in everything if "BTC" in story["coins"]]
    assert listed("--limit", "1000", "--coin", "BTC", "--lang", "en", "--since", "1d") == [
        story
        for story in bitcoin
        if story["language"] == "en" and story["published"] >= "2026-11-21T12:00:00Z"
    ]
    assert listed("--limit", "1000", "--until", "2026-11-21T00:00Z") == [
        story for story in everything if story["published"] < "2026-11-21"
    ]
    carried = listed("--limit", "1000", "--feed", "coinrelay")
    assert 0 < len(carried) < len(everything)
    tagged = listed("--limit", "1000", "--tag", "markets")
    assert 0 < len(tagged) < len(everything)


@pytest.mark.parametrize("query", ["kestrel -insurer", '"hot wallets"', "kestr*"])
def test_a_list_can_be_narrowed_by_words_and_stays_in_order_of_time(aggregator, demo_home, listed, query):
    found = listed("--search", query)
    times = [story["published"] for story in found]
    assert times == sorted(times, reverse=True)
    best_first = aggregator("-C", demo_home, *NOW, "search", "--json", query)
    assert {story["id"] for story in found} == {story["id"] for story in json.loads(best_first.out)}
    assert len(found) >= 2


@pytest.mark.parametrize("command", [["list"], ["search", "kestrel"]])
@pytest.mark.parametrize(
    "forms", [["--json", "--urls"], ["--csv", "--jsonl"], ["--urls", "--format", "{id}"]]
)
def test_two_forms_of_output_at_once_are_refused(aggregator, demo_home, command, forms):
    result = aggregator("-C", demo_home, *command, *forms)
    assert (result.code, result.out) == (2, "")
    assert "choose one" in result.err


@pytest.mark.parametrize("option", ["--feed", "--tag", "--coin", "--lang"])
def test_a_filter_in_an_older_encoding_finds_nothing_and_breaks_nothing(aggregator, demo_home, option):
    result = aggregator("-C", demo_home, "list", option, os.fsdecode(b"\xff"), "--json")
    assert (result.code, result.out) == (0, "[]\n")


def test_a_pipe_gets_one_line_per_story(aggregator, demo_home, listed):
    result = aggregator("-C", demo_home, "list", *NOW)
    rows = [line.split("\t") for line in result.out.splitlines()]
    assert [(row[0], row[1], row[4]) for row in rows] == [
        (story["id"], story["published"], " ".join(story["title"].split())) for story in listed()
    ]
    assert [int(row[3]) for row in rows] == [len(story["reposts"]) for story in listed()]


def test_links_alone_feed_other_programs(aggregator, demo_home, listed):
    lines = aggregator("-C", demo_home, *NOW, "list", "--urls").out.splitlines()
    assert lines == [story["url"] for story in listed() if story["url"]]
    more = aggregator("-C", demo_home, *NOW, "list", "--urls", "--reposts").out.splitlines()
    assert len(more) > len(lines)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--since", "soon"], "is not a time; write 6h"),
        (["--since", "1h", "--until", "2h"], "nothing lies between"),
    ],
)
def test_times_that_make_no_sense_are_refused(aggregator, demo_home, arguments, says):
    result = aggregator("-C", demo_home, "list", *arguments, *NOW)
    assert result.code == 2
    assert says in result.err


def test_nothing_to_show_is_no_error_and_says_why(aggregator, demo_home):
    result = aggregator("-C", demo_home, *NOW, "list", "--coin", "NOPE", "--since", "1d", "-v")
    assert (result.code, result.out) == (0, "")
    assert "with --coin NOPE" in result.err
    assert "last run just now" in result.err
    assert aggregator("-C", demo_home, *NOW, "list", "--coin", "NOPE", "--json").out == "[]\n"


# --- Nothing to see ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "now", "says"),
    [
        (
            ["list", "--since", "1d", "--coin", "NOPE"],
            "2026-11-22T12:00Z",
            [
                "no stories since 21 Nov 12:00 with --coin NOPE; the newest came ",
                "; last run ",
                "; all there is: ",
            ],
        ),
        (
            ["search", "no such words"],
            "2026-11-22T12:00Z",
            ["no stories with --search '\"no such words\"'; ", "fewer words find more"],
        ),
        (
            ["list", "--since", "6h", "--until", "1h"],
            "2026-12-22T12:00Z",
            ["no stories since 06:00 until 11:00; ", "; fetch what is new: "],
        ),
    ],
)
def test_nothing_says_what_was_asked_when_news_came_and_what_comes_next(
    aggregator, demo_home, monkeypatch, arguments, now, says
):
    monkeypatch.setenv("TZ", "UTC")
    result = aggregator("-C", demo_home, "--now", now, *arguments, "-v")
    assert (result.code, result.out) == (0, "")
    for each in says:
        assert each in result.err, each


def test_failing_feeds_are_counted_where_nothing_is_seen(aggregator, own_demo):
    with closing(sqlite3.connect(own_demo / "aggregator.db")) as database, database:
        database.execute("UPDATE feeds SET failures = 2 WHERE id IN (1, 2)")
    result = aggregator("-C", own_demo, *NOW, "list", "--tag", "nope", "-v")
    assert re.search(r"2 of \d+ feeds failing: \S+ feeds list --failing", result.err)
