from __future__ import annotations

from dataclasses import replace

import pytest
from dedup_items import made
from hypothesis import given
from hypothesis import strategies as st

from aggregator.dedup import origin
from aggregator.dedup.origin import TIE_SECONDS, Copy
from aggregator.text import urls, wires

HOUR = 3600
NOON = 1_800_000_000


def copy(item: int, minutes: float = 0, *, house: int | None = None, length: int = 100, **signs) -> Copy:
    return Copy(
        item=item, feed=item, house=house or item, at=NOON + int(minutes * 60), length=length, **signs
    )


@pytest.mark.parametrize(
    ("story", "first"),
    [
        ([copy(1), copy(2, 5)], 1),
        ([copy(1, 5), copy(2)], 2),
        ([copy(1), copy(2, 0.1)], 1),
        ([copy(1), copy(2, 0.1, length=101)], 2),
        ([copy(1), copy(2, 0.2, length=101)], 1),
        ([copy(1), copy(2, 5, source=True)], 2),
        ([copy(1, source=True), copy(2, -5, source=True)], 2),
        ([copy(1), copy(2, 5, wire=True)], 2),
        ([copy(1, wire=True), copy(2, 5, source=True)], 2),
    ],
)
def test_the_named_source_then_a_wire_then_the_earliest_then_the_longest_is_the_origin(story, first):
    assert origin.origin(story).item == first
    assert origin.origin(story[::-1]).item == first


@pytest.mark.parametrize(
    ("minutes", "first"),
    [
        (-5, 2),
        (-5 * 60, 2),
        (-6 * 60, 1),
        (-8 * 60 - 4, 1),
        (-12 * 60 - 40, 1),
        (-14 * 60, 2),
        (-3 * 24 * 60, 2),
    ],
)
def test_of_a_lead_as_long_as_clocks_are_wrong_the_first_to_arrive_decides(minutes, first):
    story = [copy(1), copy(2, minutes, length=900), copy(3, 7)]
    assert origin.origin(story).item == first
    in_time = [copy(1, minutes), copy(2, length=900), copy(3, 7)]
    assert origin.origin(in_time).item == 1, "who leads and arrives first, was the first"


def test_a_wrong_clock_does_not_matter_where_somebody_names_the_source():
    assert origin.origin([copy(1), copy(2, -8 * 60, source=True)]).item == 2
    assert origin.origin([copy(1, -8 * 60), copy(2, source=True)]).item == 2


def test_only_the_two_houses_whose_clocks_disagree_are_looked_at():
    assert origin.origin([copy(1, 20), copy(2), copy(3, -8 * 60)]).item == 2


def test_two_feeds_of_one_house_do_not_vouch_for_their_clock():
    one_house = [copy(1), copy(2, -8 * 60, house=9), copy(3, -8 * 60 + 3, house=9)]
    assert origin.origin(one_house).item == 1
    two_houses = [copy(1), copy(2, -8 * 60), copy(3, -8 * 60 + 3)]
    assert origin.origin(two_houses).item == 2


def test_a_copy_that_others_name_and_that_names_nobody_is_a_source():
    original = made(1, feed="signal.example")
    copying = made(2, feed="relay.example", attributions=("https://signal.example/1",))
    first, second = origin.copies({1: original, 2: copying})
    assert (first.source, first.credited, second.source, second.credited) == (True, True, False, False)


def test_of_two_that_link_each_other_neither_is_the_source_though_both_are_named():
    one = made(1, feed="signal.example", attributions=("https://relay.example/2",))
    other = made(2, feed="relay.example", attributions=("https://signal.example/1",))
    both = origin.copies({1: one, 2: other})
    assert [(each.source, each.credited) for each in both] == [(False, True), (False, True)]


def test_a_house_that_names_itself_is_a_source_and_earns_no_credit():
    original = made(1, feed="signal.example")
    edition = made(2, feed="es.signal.example", attributions=("https://signal.example/1",))
    first, _ = origin.copies({1: original, 2: edition})
    assert (first.source, first.credited) == (True, False)


def test_houses_can_be_told_from_outside():
    members = {
        1: made(1, feed="signal.example"),
        2: made(2, feed="signal.example", url="https://b.example/2"),
    }
    assert [each.house for each in origin.copies(members, {members[1].feed: 7})] == [7, 7]
    assert len({each.house for each in origin.copies(members)}) == 2
    unknown = {1: replace(members[1], publisher=0)}
    assert origin.copies(unknown)[0].house == members[1].feed


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://www.globenewswire.com/news-release/2026/11/20/1/0/en/x.html", True),
        ("https://prtimes.jp/main/html/rd/p/1.html", True),
        ("https://chainwire.org/2026/11/20/x/", True),
        ("https://www.newswire.ca/news-releases/x", True),
        ("https://signal.example/press-release/globenewswire/x", False),
        ("https://cryptoglobe.example/", False),
        ("", False),
        (None, False),
    ],
)
def test_a_press_wire_is_known_by_its_site(url, expected):
    assert (urls.brand(url) in wires.BRANDS) is expected
    (found,) = origin.copies({1: made(1, url=url or "https://signal.example/1")})
    assert found.wire is expected


COPIES = st.lists(
    st.builds(
        copy,
        st.integers(1, 50),
        st.sampled_from([-480, -5, 0, 0.1, 3, 480, 600]),
        house=st.integers(1, 3),
        length=st.sampled_from([10, 100]),
        source=st.booleans(),
        wire=st.booleans(),
    ),
    min_size=1,
    max_size=6,
    unique_by=lambda each: each.item,
)


@given(COPIES, st.randoms(use_true_random=False))
def test_the_order_in_which_copies_are_looked_at_makes_no_difference(story, random):
    mixed = list(story)
    random.shuffle(mixed)
    assert origin.origin(mixed) == origin.origin(story)


@given(COPIES)
def test_the_earliest_or_one_that_arrived_before_it_is_the_first(story):
    found = origin.believably_first(story)
    earliest = min(each.at for each in story)
    tied = {each for each in story if each.at <= earliest + TIE_SECONDS}
    assert tied == set(found) or (len(found) == 1 and found[0].at - earliest <= 13 * HOUR)


@given(COPIES, st.integers(-10 * HOUR, 10 * HOUR))
def test_it_does_not_depend_on_the_time_of_day(story, seconds):
    moved = [replace(each, at=each.at + seconds) for each in story]
    assert origin.origin(moved).item == origin.origin(story).item
