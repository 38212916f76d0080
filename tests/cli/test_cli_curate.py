from __future__ import annotations

import json

import pytest

NOW = "2026-11-22T12:00:00Z"


def stories(aggregator, home) -> list[dict]:
    return json.loads(aggregator("-C", home, "list", "--json", "--limit", "1000", "--now", NOW).out)


def the_largest(listed: list[dict]) -> dict:
    return max(listed, key=lambda story: len(story["reposts"]))


def test_explain_tells_the_rule_the_features_and_the_shared_passage(aggregator, demo_home) -> None:
    story, copy = next(
        (story["id"], copy["item"])
        for story in stories(aggregator, demo_home)
        for copy in story["reposts"]
        if copy["rule"] == "excerpt" and copy["item"] != story["id"]
    )
    said = aggregator("-C", demo_home, "explain", story, copy).out
    assert said.startswith("one story\n")
    assert "rule excerpt" in said
    assert "threshold" in said
    assert "both say:" in said
    assert "if you disagree: aggregator split " in said


def test_explain_tells_why_look_alikes_are_apart(aggregator, demo_home) -> None:
    ids = [s["id"] for s in stories(aggregator, demo_home) if s["title"].startswith("Bitcoin falls below $6")]
    (pair,) = json.loads(aggregator("-C", demo_home, "explain", *ids, "--json").out)
    assert pair["one_story"] is False
    assert pair["ruling"] is None
    assert "different values" in pair["verdict"]
    assert {record["feature"] for record in pair["records"]} >= {"title_numbers_conflict"}


@pytest.mark.parametrize("matching", [True, False], ids=["a match", "no match"])
def test_explain_says_the_same_to_people_and_to_programs(aggregator, demo_home, matching) -> None:
    listed = stories(aggregator, demo_home)
    story = the_largest(listed)
    apart = next(s for s in listed if not s["reposts"] and s["id"] not in story["related"])
    pair = (story["id"], story["reposts"][0]["item"] if matching else apart["id"])
    said = " ".join(aggregator("-C", demo_home, "explain", *pair).out.split())
    (told,) = json.loads(aggregator("-C", demo_home, "explain", *pair, "--json").out)
    assert told["one_story"] is matching
    assert bool(told["rule"]) is matching
    assert told["verdict"] in said
    assert all(title in said for title in told["titles"])
    assert told["passage"] in said
    for record in told["records"]:
        assert record["meaning"] in said
        if record["threshold"] is not None:
            assert f"{record['value']:.3g} {record['meaning']} (threshold {record['threshold']:g}" in said


def test_explain_names_the_copy_through_which_two_items_are_one_story(aggregator, demo_home) -> None:
    notes = [
        pair
        for story in stories(aggregator, demo_home)
        if story["reposts"]
        for pair in json.loads(aggregator("-C", demo_home, "explain", story["id"], "--json").out)
        if pair["note"]
    ]
    assert notes
    for pair in notes:
        assert pair["one_story"]
        assert pair["rule"] == ""
        assert pair["note"].startswith("one story all the same: both match ")
        between = pair["note"].removeprefix("one story all the same: both match ")[:7]
        for end in (pair["older"], pair["newer"]):
            (found,) = json.loads(aggregator("-C", demo_home, "explain", between, end, "--json").out)
            assert found["rule"]


NEAR_MISS = (
    (
        "https://signalpost.example/feed",
        "Norrin bridge drained of $27 million after forgotten test key is found",
        "The Norrin bridge, which carries tokens between two smaller blockchains, was drained of about $27 million on "
        "Thursday night after somebody found a forgotten test key in a public code archive. {key} Maintainers noticed "
        "when the bridge's own dashboard began to show a negative balance.",
    ),
    (
        "https://relay.example/feed",
        "Forgotten test key empties Norrin bridge",
        "{key} Elsewhere the council of a small town argued about a boiler until the lights went out, and nobody could "
        "say who had paid for it in the first place.",
    ),
)
KEY = (
    "The key had been created in 2023 for a rehearsal and was never revoked. It could sign withdrawals of any size as "
    "long as they came in pieces below $200,000, so the thief made 139 of them in a little under an hour."
)


def test_explain_names_the_threshold_that_came_nearest_and_a_way_to_try_it(aggregator, home) -> None:
    rows = [
        {
            "id": str(number),
            "feed": feed,
            "url": feed.replace("feed", f"{number}"),
            "title": title,
            "content_html": f"<p>{text.format(key=KEY)}</p>",
            "published": f"2026-11-20T0{9 + number - 1}:00:00Z",
            "lang": "en",
        }
        for number, (feed, title, text) in enumerate(NEAR_MISS)
    ]
    home.mkdir()
    archive = home / "archive.jsonl"
    archive.write_text("".join(json.dumps(row) + "\n" for row in rows))
    aggregator("-C", home, "import", archive, "--now", NOW)
    (pair,) = json.loads(aggregator("-C", home, "explain", *(row["url"] for row in rows), "--json").out)
    assert not pair["one_story"]
    said = aggregator("-C", home, "explain", pair["older"], pair["newer"]).out
    needed = f"{pair['nearest']['threshold']}={pair['nearest']['needed']:g}"
    assert f"nearest: rule {pair['nearest']['rule']} ({pair['nearest']['relation']})" in said
    assert f"aggregator dedup --dry-run --set {needed}" in said
    tried = aggregator("-C", home, "dedup", "--dry-run", "--set", needed, "--since", "30d", "--now", NOW)
    assert any(pair["newer"] in line and line.startswith("merge") for line in tried.out.splitlines())


def test_explain_of_a_founder_tells_about_every_copy_and_of_a_loner_about_its_neighbours(
    aggregator, demo_home
) -> None:
    listed = stories(aggregator, demo_home)
    largest = the_largest(listed)
    pairs = json.loads(aggregator("-C", demo_home, "explain", largest["id"], "--json").out)
    assert len(pairs) == len(largest["reposts"])
    assert all(pair["one_story"] for pair in pairs)
    loner = next(s for s in listed if s["title"].startswith("Bitcoin falls below $60"))
    pairs = json.loads(aggregator("-C", demo_home, "explain", loner["id"], "--json").out)
    assert pairs
    assert not any(pair["one_story"] for pair in pairs)


def test_a_split_copy_is_a_story_of_its_own_until_it_is_taken_back(aggregator, own_demo) -> None:
    before = stories(aggregator, own_demo)
    largest = the_largest(before)
    copy = largest["reposts"][0]["item"]
    told = aggregator("-C", own_demo, "-v", "split", copy, "--now", NOW)
    assert f"aggregator split {copy[:7]} --undo" in told.err
    after = stories(aggregator, own_demo)
    assert len(after) == len(before) + 1
    assert {story["id"] for story in after} == {story["id"] for story in before} | {copy}
    assert copy in (own_demo / "public" / "atom.xml").read_text()
    aggregator("-C", own_demo, "dedup", "--rebuild", "--now", NOW)
    assert [story["id"] for story in stories(aggregator, own_demo)] == [story["id"] for story in after]
    assert aggregator("-C", own_demo, "split", copy, "--undo", "--now", NOW).code == 0
    assert stories(aggregator, own_demo) == before


def test_joined_stories_are_one_with_the_older_id_until_it_is_taken_back(aggregator, own_demo) -> None:
    before = stories(aggregator, own_demo)
    young, old = (s for s in before if s["title"].startswith("Bitcoin falls below $6"))
    assert aggregator("-C", own_demo, "join", young["id"], old["id"], "--now", NOW).code == 0
    after = stories(aggregator, own_demo)
    assert {story["id"] for story in after} == {story["id"] for story in before} - {young["id"]}
    (pair,) = json.loads(aggregator("-C", own_demo, "explain", young["id"], old["id"], "--json").out)
    assert (pair["one_story"], pair["ruling"]) == (True, "same")
    assert aggregator("-C", own_demo, "join", young["id"], old["id"], "--undo", "--now", NOW).code == 0
    assert stories(aggregator, own_demo) == before


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["split", "ffffffff"], "no item"),
        (["explain", "https://nowhere.example/"], "no item"),
        (["join", "ffffffff", "eeeeeeee"], "no item"),
        (["split", ""], "no item"),
        (["join", "LONER", "LONER"], "same item"),
        (["explain", "LONER", "LONER"], "same item"),
        (["split", "LONER"], "already"),
        (["split", "LONER", "--undo"], "nothing to take back"),
        (["join", "LONER", "FIRST", "--undo"], "nothing to take back"),
    ],
)
def test_a_word_about_nothing_is_answered_in_one_line(aggregator, demo_home, words, says) -> None:
    listed = stories(aggregator, demo_home)
    names = {
        "LONER": next(s["id"] for s in listed if s["title"].startswith("Bitcoin falls below $60")),
        "FIRST": listed[0]["id"],
    }
    told = aggregator("-C", demo_home, *(names.get(word, word) for word in words))
    assert told.code == 2
    assert says in told.err
    assert told.err.count("\n") == 1
