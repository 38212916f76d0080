from __future__ import annotations

import json
import os
import pty
import sqlite3
from contextlib import suppress

import forked
import pytest

from aggregator.cli import render_rulings
from aggregator.cli.paint import Paint
from aggregator.store.reading import open_reading
from aggregator.store.rulings import in_force

NOW = "2026-11-22T12:00:00Z"
LATER = "2026-11-22T13:00:00Z"


def stories(aggregator, home) -> list[dict]:
    return json.loads(aggregator("-C", home, "list", "--json", "--limit", "1000", "--now", NOW).out)


def look_alikes(aggregator, home) -> tuple[str, str]:
    """Two stories that are alike and not the same, the older first."""
    young, old = (
        s["id"] for s in stories(aggregator, home) if s["title"].startswith("Bitcoin falls below $6")
    )
    return old, young


def a_copy(aggregator, home) -> str:
    largest = max(stories(aggregator, home), key=lambda story: len(story["reposts"]))
    return largest["reposts"][0]["item"]


def test_rulings_are_listed_newest_first_with_both_items(aggregator, own_demo) -> None:
    assert aggregator("-C", own_demo, "rulings").out == ""
    old, young = look_alikes(aggregator, own_demo)
    copy = a_copy(aggregator, own_demo)
    aggregator("-C", own_demo, "join", young, old, "--now", NOW)
    aggregator("-C", own_demo, "split", copy, "--now", LATER)
    listed = json.loads(aggregator("-C", own_demo, "rulings", "--json").out)
    assert [each["verdict"] for each in listed] == ["different"] * (len(listed) - 1) + ["same"]
    assert listed[-1]["made"] == NOW
    assert [side["item"] for side in listed[-1]["items"]] == [old, young]
    assert all(copy in [side["item"] for side in each["items"]] for each in listed[:-1])
    lines = aggregator("-C", own_demo, "rulings").out.splitlines()
    assert len(lines) == len(listed)
    when, verdict, one, other, *feeds_and_titles = lines[-1].split("\t")
    assert (when, verdict, one, other) == (NOW, "same", old, young)
    assert feeds_and_titles == [side["feed"]["title"] for side in listed[-1]["items"]] + [
        side["title"] for side in listed[-1]["items"]
    ]


def test_a_ruling_takes_three_lines_on_a_terminal(aggregator, own_demo) -> None:
    old, young = look_alikes(aggregator, own_demo)
    aggregator("-C", own_demo, "join", young, old, "--now", NOW)
    with open_reading(own_demo / "aggregator.db") as store:
        (ruling,) = in_force(store)
    head, *items = render_rulings.table([ruling], now=ruling.made_at, columns=60, paint=Paint())
    assert head.startswith("one story  Today")
    assert [line[:9] for line in items] == [f"  {old[:7]}", f"  {young[:7]}"]
    assert all(len(line) <= 60 for line in items)


def test_a_withdrawn_word_leaves_everything_as_it_was(aggregator, own_demo) -> None:
    before = stories(aggregator, own_demo)
    old, young = look_alikes(aggregator, own_demo)
    aggregator("-C", own_demo, "join", young, old, "--now", NOW)
    assert stories(aggregator, own_demo) != before
    told = aggregator("-C", own_demo, "-v", "rulings", "withdraw", young[:7], old[:7], "--now", NOW)
    assert (told.code, "took back 1 ruling" in told.err) == (0, True)
    assert stories(aggregator, own_demo) == before
    assert aggregator("-C", own_demo, "rulings").out == ""
    copy = a_copy(aggregator, own_demo)
    aggregator("-C", own_demo, "split", copy, "--now", NOW)
    assert stories(aggregator, own_demo) != before
    assert aggregator("-C", own_demo, "rulings", "withdraw", copy, "--now", NOW).code == 0
    assert stories(aggregator, own_demo) == before


def test_the_last_word_holds_when_a_split_copy_is_joined_again(aggregator, own_demo) -> None:
    before = stories(aggregator, own_demo)
    largest = max(before, key=lambda story: len(story["reposts"]))
    copy = largest["reposts"][0]["item"]
    aggregator("-C", own_demo, "split", copy, "--now", NOW)
    told = aggregator("-C", own_demo, "-v", "join", copy, largest["id"], "--now", NOW)
    assert "earlier rulings that kept the two stories apart" in told.err
    assert [story["id"] for story in stories(aggregator, own_demo)] == [story["id"] for story in before]
    (ruling,) = json.loads(aggregator("-C", own_demo, "rulings", "--json").out)
    assert ruling["verdict"] == "same"


def at_terminal(*words: str, answer: str) -> tuple[int, str]:
    """Type a command at a terminal, and one answer; how it ended and what was seen."""
    ours, theirs = pty.openpty()
    os.write(ours, f"{answer}\n".encode())
    process = forked.start(*words, stdin=theirs, stdout=theirs, stderr=theirs)
    os.close(theirs)
    code, seen = process.wait(60), b""
    with suppress(OSError):  # Linux says EIO where the other side is closed
        while chunk := os.read(ours, 65536):
            seen += chunk
    os.close(ours)
    return code, seen.decode()


def test_on_a_terminal_earlier_words_are_taken_back_only_after_a_yes(aggregator, own_demo) -> None:
    largest = max(stories(aggregator, own_demo), key=lambda story: len(story["reposts"]))
    copy = largest["reposts"][0]["item"]
    aggregator("-C", own_demo, "split", copy, "--now", NOW)
    said = aggregator("-C", own_demo, "rulings").out
    assert len(said.splitlines()) > 1
    for words in (["join", copy, largest["id"]], ["rulings", "withdraw", copy]):
        code, seen = at_terminal("-C", own_demo, "--now", NOW, *words, answer="n")
        assert code == 130
        assert "[y/N]" in seen
        assert aggregator("-C", own_demo, "rulings").out == said
    code, seen = at_terminal("-C", own_demo, "--now", NOW, "rulings", "withdraw", copy, answer="y")
    assert (code, f"again: aggregator split {copy}" in seen) == (0, True)
    assert aggregator("-C", own_demo, "rulings").out == ""
    aggregator("-C", own_demo, "split", copy, "--now", NOW)
    code, seen = at_terminal("-C", own_demo, "--now", NOW, "join", copy, largest["id"], "--yes", answer="n")
    assert (code, "[y/N]" in seen) == (0, False)
    assert "take it back: aggregator join" in seen
    assert len(aggregator("-C", own_demo, "rulings").out.splitlines()) == 1


def test_a_ruling_on_an_item_that_is_gone_is_listed_and_can_be_withdrawn(aggregator, own_demo) -> None:
    gone, other = "0" * 20, "f" * 20
    database = sqlite3.connect(own_demo / "aggregator.db")
    database.execute(
        "INSERT INTO rulings (a, b, verdict, made_at) VALUES (?, ?, 'same', ?)", (gone, other, NOW)
    )
    database.commit()
    database.close()
    (ruling,) = json.loads(aggregator("-C", own_demo, "rulings", "--json").out)
    assert ruling["items"][0] == {"item": gone, "title": None, "guid": None, "feed": None}
    (label,) = aggregator("-C", own_demo, "rulings", "--labels").out.splitlines()
    assert json.loads(label) == {"a": gone, "b": other, "label": "repost", "set": "rulings"}
    with open_reading(own_demo / "aggregator.db") as store:
        shown = list(
            render_rulings.table(in_force(store), now=in_force(store)[0].made_at, columns=60, paint=Paint())
        )
    assert shown[1:] == ["  0000000  (no longer stored)", "  fffffff  (no longer stored)"]
    assert aggregator("-C", own_demo, "rulings", "withdraw", "0000", "--now", NOW).code == 0
    assert aggregator("-C", own_demo, "rulings").out == ""


def test_labels_name_both_items_by_id_guid_and_feed(aggregator, own_demo) -> None:
    old, young = look_alikes(aggregator, own_demo)
    aggregator("-C", own_demo, "join", young, old, "--now", NOW)
    label = json.loads(aggregator("-C", own_demo, "rulings", "--labels").out)
    assert (label["a"], label["b"], label["label"]) == (old, young, "repost")
    dumped = [json.loads(line) for line in aggregator("-C", own_demo, "dump").out.splitlines()]
    known = {(line["id"], line["feed"]) for line in dumped}
    assert {(label[f"{side}_guid"], label[f"{side}_feed"]) for side in "ab"} <= known


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["withdraw", "ffffffff"], "no item"),
        (["withdraw", ""], "no item"),
        (["withdraw", "LONER"], "nothing was ruled on"),
        (["withdraw", "LONER", "FIRST"], "nothing was ruled on"),
        (["--labels", "--json"], "not both"),
        (["--labels", "withdraw", "LONER"], "not about withdrawing"),
        (["withdrew"], "Did you mean withdraw?"),
    ],
)
def test_wrong_words_about_rulings_are_answered(aggregator, demo_home, words, says) -> None:
    listed = stories(aggregator, demo_home)
    names = {"LONER": listed[0]["id"], "FIRST": listed[1]["id"]}
    told = aggregator("-C", demo_home, "rulings", *(names.get(word, word) for word in words))
    assert told.code == 2
    assert says in told.err
