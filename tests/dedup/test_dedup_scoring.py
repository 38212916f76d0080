from __future__ import annotations

import json
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.dedup.labels import Label, Named, as_json, parse_line
from aggregator.dedup.scoring import LABELS, Score, intervals, is_wrong, links, score
from aggregator.errors import ParseError


@dataclass(frozen=True)
class Pair:
    label: str
    collapsed: bool
    linked: bool = False


def test_strict_scoring_counts_reposts_and_look_alikes_and_nothing_else():
    pairs = [
        Pair("repost", True),
        Pair("repost", True),
        Pair("repost", False),
        Pair("template", True),
        Pair("different", False),
        Pair("independent-coverage", False),
        Pair("rewrite", True),
        Pair("derived-light-rewrite", False),
        Pair("ambiguous", True),
    ]
    total = score(pairs)
    assert total == Score(hits=2, false=1, missed=1)
    assert (total.precision, total.recall, total.f1) == (2 / 3, 2 / 3, 2 / 3)
    assert [each.label for each in pairs if is_wrong(each)] == ["repost", "template"]


def test_nothing_found_and_nothing_to_find_are_no_division_by_zero():
    assert (score([]).precision, score([]).recall, score([]).f1) == (1.0, 1.0, 1.0)
    assert score([Pair("repost", False)]).f1 == 0.0
    assert intervals([]) == {}


def test_links_are_scored_between_items_of_one_event_and_look_alikes():
    pairs = [
        Pair("independent-coverage", False, linked=True),
        Pair("related", False, linked=False),
        Pair("rewrite", True, linked=True),
        Pair("template", False, linked=True),
        Pair("different", False, linked=False),
        Pair("repost", True, linked=True),
    ]
    assert links(pairs) == Score(hits=2, false=1, missed=1)


pairs = st.lists(
    st.builds(Pair, st.sampled_from(LABELS), st.booleans(), st.booleans()), min_size=1, max_size=30
)


@given(pairs)
def test_an_interval_lies_in_0_to_1_and_is_the_same_each_time(pairs):
    found = intervals(pairs, rounds=50)
    assert found == intervals(pairs, rounds=50)
    for low, high in found.values():
        assert 0 <= low <= high <= 1


@given(pairs, st.randoms(use_true_random=False))
def test_the_order_of_pairs_makes_no_difference_to_the_score(pairs, random):
    mixed = list(pairs)
    random.shuffle(mixed)
    assert score(mixed) == score(pairs)


def test_where_all_pairs_are_right_the_interval_is_a_point():
    assert set(intervals([Pair("repost", True), Pair("different", False)] * 20).values()) == {(1.0, 1.0)}


words = st.text(min_size=1, max_size=20).map(str.strip).filter(bool)
named = st.builds(Named, name=words, guid=words | st.just(""), feed=words | st.just(""))


@given(named, named, st.sampled_from(LABELS), words | st.just(""))
def test_a_label_is_read_as_it_was_written(one, other, label, group):
    written = Label(a=one, b=other, label=label, group=group)
    line = json.dumps(as_json(written)).encode()
    if one == other:
        with pytest.raises(ParseError, match="same item"):
            parse_line(line)
    else:
        assert parse_line(line) == written


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (b"nonsense", "not JSON"),
        (b"[]", "not a JSON object"),
        (b"\xff", "not UTF-8 at byte 0"),
        (b'{"a": "1", "b": "2"}', '"label" is'),
        (b'{"a": "1", "b": "2", "label": "same"}', "known are repost"),
        (b'{"a": "1", "label": "repost"}', '"b" is missing'),
        (b'{"a": [1], "b": "2", "label": "repost"}', '"a" is not text'),
        (b'{"a": "1", "b": "1", "label": "repost"}', "same item"),
        (b'{"a": "' + b"x" * 2_000_000 + b'"}', "longer than"),
        (b"[" * 100_000, "not JSON"),
    ],
)
def test_a_line_that_is_no_label_says_what_it_lacks(line, says):
    with pytest.raises(ParseError, match=says):
        parse_line(line)


def test_further_keys_numbers_as_names_and_a_byte_order_mark_are_fine():
    line = b'\xef\xbb\xbf{"a": 12, "b": "x", "label": "repost", "pair": "en1", "note": null}'
    assert parse_line(line, first=True) == Label(a=Named(name="12"), b=Named(name="x"), label="repost")
