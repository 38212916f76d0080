from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

NOW = "2026-11-22T12:00:00Z"


def stories(aggregator, home) -> list[dict]:
    return json.loads(aggregator("-C", home, "list", "--json", "--limit", "1000", "--now", NOW).out)


def write(path: Path, *labels: dict) -> Path:
    path.write_text("".join(json.dumps(each) + "\n" for each in labels))
    return path


@pytest.fixture
def labelled(aggregator, demo_home, tmp_path) -> Path:
    """Two reposts by id and by link, two look-alikes, and a pair that no store would call wrong."""
    listed = stories(aggregator, demo_home)
    copies = [(s, s["reposts"][0]) for s in listed if s["reposts"]]
    young, old = (s for s in listed if s["title"].startswith("Bitcoin falls below $6"))
    (first, its), (second, other) = copies[:2]
    return write(
        tmp_path / "labels.jsonl",
        {"a": first["id"], "b": its["item"][:9], "label": "repost", "set": "copies", "note": "ignored"},
        {"a": second["url"], "b": other["url"], "label": "repost", "set": "copies"},
        {"a": old["id"], "b": young["id"], "label": "template", "set": "look-alikes"},
        {"a": old["id"], "b": first["id"], "label": "ambiguous"},
    )


def test_a_store_that_agrees_with_its_labels_scores_1(aggregator, demo_home, labelled) -> None:
    told = aggregator("-C", demo_home, "dedup", "eval", labelled)
    assert (told.code, told.err) == (0, "")
    lines = told.out.splitlines()
    assert lines[0].split() == ["set", "same", "apart", "P", "95", "%", "R", "95", "%", "F1", "95", "%"]
    assert lines[1].split()[:4] == ["copies", "2", "0", "1.000"]
    assert lines[2].split() == ["look-alikes", "0", "1", "–", "–", "–"]
    assert lines[3].split()[:3] == ["pairs", "0", "0"]
    assert lines[4].split()[:4] == ["all", "2", "1", "1.000"]
    assert "ambiguous pairs that are one story: 0 of 1" in lines
    found = json.loads(aggregator("-C", demo_home, "dedup", "eval", labelled, "--json").out)
    assert (found["read"], found["scored"], found["wrong"]) == (4, 4, [])
    assert found["sets"]["all"]["f1"] == {"value": 1.0, "interval": [1.0, 1.0]}


def test_every_line_of_the_table_fits_a_narrow_terminal(aggregator, demo_home, labelled) -> None:
    labelled.write_text(labelled.read_text().replace('"copies"', '"a set with a name that goes on for long"'))
    told = aggregator("-C", demo_home, "dedup", "eval", labelled)
    assert max(map(len, told.out.splitlines())) <= 80


def test_wrong_pairs_are_shown_with_titles_and_what_decided(aggregator, demo_home, tmp_path) -> None:
    listed = stories(aggregator, demo_home)
    young, old = (s for s in listed if s["title"].startswith("Bitcoin falls below $6"))
    story = next(s for s in listed if any(copy["rule"] == "excerpt" for copy in s["reposts"]))
    copy = next(copy for copy in story["reposts"] if copy["rule"] == "excerpt")
    labels = write(
        tmp_path / "labels.jsonl",
        {"a": old["id"], "b": young["id"], "label": "repost"},
        {"a": story["id"], "b": copy["item"], "label": "different"},
    )
    told = aggregator("-C", demo_home, "dedup", "eval", labels, "--wrong").out
    assert "repost, but two stories  line 1, pairs" in told
    assert "titles with different values" in told
    assert young["title"] in told
    assert "different, but one story  line 2, pairs" in told
    found = json.loads(aggregator("-C", demo_home, "dedup", "eval", labels, "--wrong", "--json").out)
    assert [each["line"] for each in found["wrong"]] == [1, 2]
    assert found["sets"]["pairs"]["f1"]["value"] == 0
    assert set(found["wrong"][0]["titles"]) == {young["title"], old["title"]}


def test_pairs_of_one_event_are_scored_by_their_links(aggregator, demo_home, tmp_path) -> None:
    listed = stories(aggregator, demo_home)
    story = next(s for s in listed if s["related"])
    loner = next(s for s in listed if s["id"] not in {story["id"], *story["related"]} and not s["related"])
    labels = write(
        tmp_path / "labels.jsonl",
        {"a": story["id"], "b": story["related"][0], "label": "independent-coverage"},
        {"a": story["id"], "b": loner["id"], "label": "related"},
        {"a": loner["id"], "b": story["related"][0], "label": "different"},
    )
    related = json.loads(aggregator("-C", demo_home, "dedup", "eval", labels, "--json").out)["sets"]["pairs"][
        "related"
    ]
    assert (related["pairs"], related["linked"]) == (2, 1)
    assert (related["look_alikes"], related["look_alikes_linked"]) == (1, 0)
    assert (related["precision"], related["recall"]) == (1.0, 0.5)


def test_labels_name_items_by_guid_and_feed_too(aggregator, demo_home, tmp_path) -> None:
    listed = stories(aggregator, demo_home)
    story = next(s for s in listed if s["reposts"])
    dumped = [json.loads(line) for line in aggregator("-C", demo_home, "dump").out.splitlines()]
    one, other = [line for line in dumped if line["story"] == story["id"]][:2]
    by_guid = {"a": one["id"], "a_feed": one["feed"], "b": other["id"], "b_feed": other["feed"]}
    from_elsewhere = {
        "a": "0" * 20,
        "a_guid": one["id"],
        "a_feed": one["feed"],
        "b": "1" * 20,
        "b_guid": other["id"],
        "b_feed": other["feed"],
    }
    labels = write(
        tmp_path / "labels.jsonl", {**by_guid, "label": "repost"}, {**from_elsewhere, "label": "repost"}
    )
    found = json.loads(aggregator("-C", demo_home, "dedup", "eval", labels, "--json").out)
    assert (found["scored"], found["sets"]["pairs"]["hits"]) == (2, 2)


def test_bad_lines_and_absent_items_are_told_and_the_rest_is_scored(aggregator, demo_home, labelled) -> None:
    good = labelled.read_bytes()
    labelled.write_bytes(
        good
        + b'nonsense\n\n{"a": "x", "b": "y", "label": "same"}\n{"a": "f00d", "b": "beef", "label": "repost"}\n'
    )
    told = aggregator("-C", demo_home, "-v", "dedup", "eval", labelled)
    assert told.code == 0
    assert f"{labelled}, line 5: not JSON" in told.err
    assert f"{labelled}, line 7: \"label\" is 'same'" in told.err
    assert "1 pair of 7 could not be scored" in told.err
    assert f"{labelled}, line 8: no item 'f00d'" in told.err
    assert told.out.splitlines()[4].split()[:3] == ["all", "2", "1"]


def test_a_guid_of_two_feeds_needs_the_feed(aggregator, demo_home, tmp_path) -> None:
    dumped = [json.loads(line) for line in aggregator("-C", demo_home, "dump").out.splitlines()]
    first: dict[str, dict] = {}
    one, other = next(
        (first[line["id"]], line)
        for line in dumped
        if first.setdefault(line["id"], line) is not line and "://" not in line["id"]
    )
    third = next(line for line in dumped if line["id"] != one["id"])
    labels = write(
        tmp_path / "labels.jsonl",
        {"a": one["id"], "b": third["id"], "label": "different"},
        {
            "a": one["id"],
            "a_feed": other["feed"],
            "b": third["id"],
            "b_feed": third["feed"],
            "label": "different",
        },
    )
    found = json.loads(aggregator("-C", demo_home, "dedup", "eval", labels, "--json").out)
    assert found["scored"] == 1
    assert found["absent"][0]["line"] == 1
    assert "is the guid of 2 items" in found["absent"][0]["problem"]


@pytest.mark.parametrize("text", ["", "nonsense\n", '{"a": "f00d", "b": "beef", "label": "repost"}\n'])
def test_where_no_pair_can_be_scored_it_ends_with_1(aggregator, demo_home, tmp_path, text) -> None:
    labels = tmp_path / "labels.jsonl"
    labels.write_text(text)
    told = aggregator("-C", demo_home, "dedup", "eval", labels)
    assert (told.code, told.out) == (1, "")
    assert "no pair could be scored" in told.err


def test_labels_may_be_gzipped(aggregator, demo_home, labelled) -> None:
    packed = labelled.with_suffix(".gz")
    packed.write_bytes(gzip.compress(labelled.read_bytes()))
    assert (
        aggregator("-C", demo_home, "dedup", "eval", packed).out
        == aggregator("-C", demo_home, "dedup", "eval", labelled).out
    )


def test_what_a_person_ruled_scores_1_once_it_holds(aggregator, own_demo, tmp_path) -> None:
    listed = stories(aggregator, own_demo)
    young, old = (s["id"] for s in listed if s["title"].startswith("Bitcoin falls below $6"))
    copy = max(listed, key=lambda story: len(story["reposts"]))["reposts"][0]["item"]
    aggregator("-C", own_demo, "join", young, old, "--now", NOW)
    aggregator("-C", own_demo, "split", copy, "--now", NOW)
    labels = tmp_path / "rulings.jsonl"
    labels.write_text(aggregator("-C", own_demo, "rulings", "--labels").out)
    found = json.loads(aggregator("-C", own_demo, "dedup", "eval", labels, "--json").out)
    assert found["scored"] == found["read"] > 2
    assert found["wrong"] == []
    assert found["sets"]["rulings"]["f1"]["value"] == 1


# --- Dry runs --------------------------------------------------------------------------------------


def test_a_dry_run_prints_one_line_a_change_and_changes_nothing(aggregator, own_demo) -> None:
    before = stories(aggregator, own_demo)
    told = aggregator("-C", own_demo, "dedup", "--dry-run", "--set", "collapse=repost", "--now", NOW)
    assert told.code == 0
    fields = [line.split("\t") for line in told.out.splitlines()]
    assert {field[0] for field in fields} == {"part"}
    ids = {story["id"]: story for story in before}
    for kind, story, item, count, rule, score, title, other in fields:
        (copy,) = (copy for copy in ids[story]["reposts"] if copy["item"] == item)
        assert (kind, count, rule, float(score)) == ("part", "1", copy["rule"], copy["score"])
        assert (title, other) == (ids[story]["title"], copy["title"])
    assert stories(aggregator, own_demo) == before
    (own_demo / "aggregator.toml").write_text('[dedup]\ncollapse = "repost"\n')
    trial = json.loads(aggregator("-C", own_demo, "dedup", "--dry-run", "--json", "--now", NOW).out)
    assert {each["items"][0]["item"] for each in trial["parted"]} == {field[2] for field in fields}
    aggregator("-C", own_demo, "dedup", "--now", NOW)
    after = {story["id"] for story in stories(aggregator, own_demo)}
    assert after == set(ids) | {field[2] for field in fields}
    assert len(after) == trial["stories"]["after"]


def test_a_dry_run_says_when_nothing_would_change(aggregator, demo_home) -> None:
    told = aggregator("-C", demo_home, "-v", "dedup", "--dry-run", "--now", NOW)
    assert (told.code, told.out) == (0, "")
    assert told.err == "nothing is stale: nothing would change\n"
    told = aggregator("-C", demo_home, "-v", "dedup", "--dry-run", "--rebuild", "--now", NOW)
    assert told.err == "judged 108 items: nothing would change\n"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--set", "containment=0.5"], "add --dry-run"),
        (["--since", "2d"], "add --dry-run"),
        (["--dry-run", "--set", "contanment=0.5"], "did you mean containment?"),
        (["--dry-run", "--rebuild", "--since", "2d"], "--rebuild judges everything"),
        (["--dry-run", "--since", "whenever"], "is not a time"),
        (["--json", "eval", "labels.jsonl"], "stand behind its name"),
        (["evaluate", "labels.jsonl"], "Did you mean eval?"),
        (["eval", "nowhere.jsonl"], "nowhere.jsonl"),
    ],
)
def test_wrong_words_about_trials_are_answered(aggregator, demo_home, words, says) -> None:
    told = aggregator("-C", demo_home, "dedup", *words)
    assert told.code == 2
    assert says in told.err
