from __future__ import annotations

import gzip
import io
import json
import os

import pytest

from aggregator.cli import history
from aggregator.errors import UsageError

NOW = ("--now", "2026-11-22T12:00:00Z")


def item(number: int, **values: object) -> str:
    return json.dumps(
        {
            "id": f"guid-{number}",
            "feed": "https://archive.example/feed",
            "url": f"https://archive.example/{number}",
            "title": f"Item number {number} has a headline of its own",
            "summary_html": f"<p>What item {number} says stands nowhere else in this archive.</p>",
            "published": "2026-11-20T10:00:00Z",
        }
        | values
    )


def test_history_comes_in_and_bad_lines_are_told_by_number(aggregator, home, tmp_path):
    home.mkdir()
    (tmp_path / "old.jsonl").write_text("\n".join([item(1), "{broken", item(2), "[]", item(3), ""]))
    result = aggregator("-C", home, *NOW, "import", tmp_path / "old.jsonl", "-v")
    assert (result.code, result.out) == (0, "")
    assert "line 2: not JSON" in result.err
    assert "line 4: " in result.err
    assert "3 new" in result.err
    assert "2 bad" in result.err
    again = aggregator("-C", home, *NOW, "import", tmp_path / "old.jsonl", "--json")
    counted = json.loads(again.out)
    assert (counted["new"], counted["unchanged"], [bad["line"] for bad in counted["bad"]]) == (0, 3, [2, 4])


def test_a_file_of_bad_lines_is_a_failure(aggregator, home, tmp_path):
    home.mkdir()
    (tmp_path / "old.jsonl").write_text("nonsense\n" * 30)
    result = aggregator("-C", home, *NOW, "import", tmp_path / "old.jsonl")
    assert result.code == 1
    assert result.err.count("not JSON") == 20
    assert "… and 10 more bad lines" in result.err


def test_what_is_dumped_comes_back(aggregator, home, demo_home, tmp_path):
    home.mkdir()
    dumped = aggregator("-C", demo_home, "dump", "--all").out
    with gzip.open(tmp_path / "dump.jsonl.gz", "wt") as file:
        file.write(dumped)
    result = aggregator("-C", home, *NOW, "import", tmp_path / "dump.jsonl.gz", "-v")
    assert result.code == 0
    assert "and 81 facts beside them" in result.err
    again = aggregator("-C", home, "dump", "--all").out
    assert [_facts(line) for line in again.splitlines()] == [_facts(line) for line in dumped.splitlines()]


def _facts(line: str) -> dict[str, object]:
    """Everything but when a feed was given up: no list of feeds came along."""
    record = json.loads(line)
    record.pop("removed", None)
    return record


def test_a_dump_is_an_item_a_line_and_with_all_every_line_behind_them_says_what_it_is(aggregator, demo_home):
    alone = [json.loads(line) for line in aggregator("-C", demo_home, "dump").out.splitlines()]
    whole = [json.loads(line) for line in aggregator("-C", demo_home, "dump", "--all").out.splitlines()]
    assert len(alone) == 108
    assert whole[:108] == alone
    assert {line["aggregator"] for line in whole[108:]} == {"feed", "story"}


def test_a_file_that_is_not_there_is_wrong_usage(aggregator, home):
    assert aggregator("-C", home, "import", "nowhere.jsonl").code == 2


@pytest.mark.parametrize("packed", [False, True])
def test_lines_are_streamed_packed_or_not(packed):
    text = b"one\ntwo\nthree"
    file = io.BytesIO(gzip.compress(text) if packed else text)
    assert list(history.lines(file)) == [b"one\n", b"two\n", b"three"]


def test_a_line_that_is_too_long_is_one_bad_line_and_the_next_keeps_its_number():
    lines = list(history.lines(io.BytesIO(b"x" * (3 * history.LONGEST_LINE + 5) + b"\nnext\n")))
    assert [len(line) for line in lines] == [history.LONGEST_LINE, 5]


def test_an_archive_cut_short_brings_the_items_before_the_cut(aggregator, home, tmp_path):
    home.mkdir()
    items = b"".join(
        b'{"id": "%d", "source": "S", "title": "Title %s"}\n' % (number, os.urandom(40).hex().encode())
        for number in range(300)
    )
    packed = gzip.compress(items)
    (tmp_path / "half.gz").write_bytes(packed[: len(packed) // 2])
    result = aggregator("-C", home, "import", tmp_path / "half.gz")
    assert result.code == 2
    assert "the lines before that are kept" in result.err
    assert len(aggregator("-C", home, "dump").out.splitlines()) > 50


def test_a_damaged_gzip_keeps_the_lines_before_the_damage():
    packed = gzip.compress(b"".join(b"line %d\n" % number for number in range(100_000)))
    file = io.BytesIO(packed[: len(packed) // 2])
    file.name = "half.gz"
    lines = history.lines(file)
    assert next(lines) == b"line 0\n"
    with pytest.raises(UsageError, match=r"half\.gz: cannot be unpacked"):
        list(lines)
