from __future__ import annotations

import json
import re

import pytest
from terminal import on_terminal

NOW = ("--now", "2026-11-22T12:00:00Z")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


# --- search and show -----------------------------------------------------------------------------


def test_search_finds_stories_by_words_of_any_copy(aggregator, demo_home):
    result = aggregator("-C", demo_home, *NOW, "search", "--json", "oregon", "mine")
    found = json.loads(result.out)
    assert found
    assert "Oregon" in found[0]["title"] + found[0]["abstract"]


def test_search_takes_the_options_of_list(aggregator, demo_home):
    everything = aggregator("-C", demo_home, *NOW, "search", "bitcoin", "--limit", "100").out.splitlines()
    some = aggregator("-C", demo_home, *NOW, "search", "bitcoin", "--since", "6h").out.splitlines()
    assert 0 < len(some) < len(everything)


def test_words_that_must_not_occur_may_stand_anywhere(aggregator, demo_home):
    def found(*arguments):
        result = aggregator("-C", demo_home, *NOW, "search", "--limit", "100", *arguments)
        assert result.code == 0, result.err
        return set(result.out.splitlines())

    assert found("bitcoin", "-price") == found("-price", "bitcoin") == found("--", "bitcoin", "-price")
    assert found("bitcoin", "-price") < found("bitcoin")
    assert found("bitcoin", "-n5") <= found("bitcoin", "-vq")
    assert len(found("bitcoin", "-n5")) == 5


@pytest.mark.parametrize(
    ("query", "options"),
    [
        (["price", "coin:btc"], ["price", "--coin", "BTC"]),
        (["price", "since:6h", "lang:en"], ["price", "--since", "6h", "--lang", "en"]),
        (["price", "feed:Ledger Post"], ["price", "--feed", "Ledger Post"]),
    ],
)
def test_fields_of_a_query_are_the_options_of_their_names(aggregator, demo_home, query, options):
    by_query = aggregator("-C", demo_home, *NOW, "search", *query, "--json", "--limit", "50")
    by_options = aggregator("-C", demo_home, *NOW, "search", *options, "--json", "--limit", "50")
    assert (by_query.code, by_query.out) == (0, by_options.out)
    assert json.loads(by_query.out)
    in_list = aggregator(
        "-C", demo_home, *NOW, "list", "--search", " ".join(query[:1]), *options[1:], "--json"
    )
    assert {each["id"] for each in json.loads(in_list.out)} <= {
        each["id"] for each in json.loads(by_query.out)
    }


def test_fields_without_words_list_what_they_choose(aggregator, demo_home, listed):
    result = aggregator("-C", demo_home, *NOW, "search", "coin:BTC", "since:2d", "--json")
    assert json.loads(result.out) == listed("--coin", "BTC", "--since", "2d") != []
    in_list = aggregator("-C", demo_home, *NOW, "list", "--search", "coin:BTC since:2d", "--json")
    assert in_list.out == result.out


def test_a_field_and_an_option_that_both_speak_are_refused(aggregator, demo_home):
    result = aggregator("-C", demo_home, "search", "price", "coin:BTC", "--coin", "ETH")
    assert (result.code, result.out) == (2, "")
    assert "coin: stands in the query and --coin beside it" in result.err


def test_a_search_for_nothing_is_refused_in_words(aggregator, demo_home):
    result = aggregator("-C", demo_home, "search", '"" ...')
    assert result.code == 2
    assert "at least one word" in result.err


def test_a_story_is_shown_by_the_beginning_of_its_id_and_by_link(aggregator, demo_home, listed):
    story = next(story for story in listed("--limit", "100") if len(story["reposts"]) > 1)
    by_id = aggregator("-C", demo_home, *NOW, "show", story["id"][:7])
    assert by_id.code == 0
    assert story["title"] in " ".join(by_id.out.split())
    assert f"Also told by {len(story['reposts'])}" in by_id.out
    assert aggregator("-C", demo_home, *NOW, "show", story["reposts"][0]["url"]).out == by_id.out
    assert json.loads(aggregator("-C", demo_home, "show", story["id"], "--json").out) == [story]


def test_a_story_that_is_not_there_is_wrong_usage(aggregator, demo_home):
    result = aggregator("-C", demo_home, "show", "ffffffffffff")
    assert (result.code, result.out) == (2, "")
    assert "no story" in result.err


# --- What was looked for -----------------------------------------------------------------------------


def test_a_search_says_where_it_found_the_words(aggregator, demo_home):
    found = json.loads(aggregator("-C", demo_home, *NOW, "search", "--json", "wallets", "-n", "40").out)
    pieces = [story["snippet"] for story in found if story["snippet"]]
    assert pieces
    for piece in pieces:
        assert {piece["text"][mark["start"] : mark["end"]].lower() for mark in piece["marks"]} <= {
            "wallet",
            "wallets",
        }
        assert piece["marks"]
    for story in found:
        said = f"{story['title']} {story['abstract']}".lower()
        assert story["snippet"] or "wallet" in said


def test_what_was_looked_for_stands_out_on_a_terminal(demo_home):
    seen = on_terminal("-C", str(demo_home), *NOW, "search", "wallets", "--no-pager")
    assert re.search(r"\x1b\[1;4m(?i:wallets?)\x1b\[0m", seen)
    assert "\x1b" not in on_terminal("-C", str(demo_home), *NOW, "search", "wallets", NO_COLOR="1")


@pytest.mark.parametrize(
    ("query", "says"),
    [
        (["etf", '"hot'], "at character 5: a quotation begins and does not end"),
        (["etf OR ether"], "OR is no sign here"),
    ],
)
def test_a_malformed_query_is_explained_with_its_place(aggregator, demo_home, query, says):
    result = aggregator("-C", demo_home, "search", *query)
    assert (result.code, result.out) == (2, "")
    assert says in result.err
