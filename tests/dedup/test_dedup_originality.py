from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.dedup.origin import Copy
from aggregator.dedup.originality import FeedFigures, Ledger, quantile

NOON = 1_800_000_000
DAY = 86_400


def copy(item: int, feed: int, minutes: float = 0, *, house: int | None = None, **signs) -> Copy:
    return Copy(
        item=item,
        feed=feed,
        house=house or feed,
        at=NOON + int(minutes * 60),
        length=signs.pop("length", 100),
        **signs,
    )


def counted(*stories: list[Copy]) -> dict[int, FeedFigures]:
    ledger = Ledger(longest_lag=5 * DAY)
    for story in stories:
        ledger.add(story)
    return {each.feed: each for each in ledger.figures()}


def test_a_story_is_the_first_feeds_and_a_repost_of_the_others():
    found = counted([copy(1, 1), copy(2, 2, 10), copy(3, 3, 30)], [copy(4, 1, 60)])
    assert (found[1].alone, found[1].first, found[1].reposts) == (1, 1, 0)
    assert (found[1].times_copied, found[1].copied_by) == (2, 2)
    assert (found[2].own, found[2].reposts, found[2].lag_median) == (0, 1, 600)
    assert (found[3].copies_from, found[3].copies_from_times) == (1, 1)
    assert [each.items for each in found.values()] == [2, 1, 1]


def test_a_second_feed_of_the_house_is_a_double_and_no_repost():
    found = counted([copy(1, 1, house=7), copy(2, 2, 1, house=7)], [copy(3, 1, house=7), copy(4, 2, house=7)])
    assert (found[1].alone, found[1].times_copied) == (2, 0)
    assert (found[2].doubles, found[2].reposts, found[2].own, found[2].stories) == (2, 0, 0, 2)
    assert found[2].originality == 0.5
    assert found[2].share_elsewhere is None
    assert not found[2].mostly_copies


def test_a_house_copies_a_story_once_however_many_feeds_it_has():
    found = counted([copy(1, 1), copy(2, 2, 5, house=7), copy(3, 3, 9, house=7)])
    assert (found[1].times_copied, found[1].copied_by) == (1, 1)
    assert (found[2].reposts, found[3].doubles) == (1, 1)


def test_the_house_of_the_origin_leads_with_it_whatever_its_other_feed_says_of_the_time():
    found = counted([copy(1, 1, 3, house=7, source=True), copy(2, 2, 0, house=7), copy(3, 3, 5)])
    assert (found[1].first, found[2].doubles, found[3].reposts) == (1, 1, 1)


def test_a_feed_that_sends_a_story_twice_is_not_twice_as_original():
    found = counted([copy(1, 1), copy(2, 1, 30)])
    assert (found[1].items, found[1].stories, found[1].alone, found[1].doubles) == (2, 1, 1, 0)


@pytest.mark.parametrize(
    ("minutes", "median", "left_out"),
    [(10, 600, 0), (-10, None, 1), (8 * 60, None, 1), (5 * 24 * 60, 5 * DAY, 0), (5 * 24 * 60 + 1, None, 1)],
)
def test_lags_of_wrong_clocks_are_left_out_and_counted(minutes, median, left_out):
    found = counted([copy(1, 1, source=True), copy(2, 2, minutes)])
    assert (found[2].reposts, found[2].lag_median, found[2].lags_left_out) == (1, median, left_out)


def test_credit_is_counted_by_story():
    found = counted([copy(1, 1, credited=True, source=True), copy(2, 1, credited=True), copy(3, 2, 4)])
    assert (found[1].credited, found[2].credited) == (1, 0)


def test_two_stories_do_not_make_a_feed_stand_above_one_that_brought_hundreds():
    few = [[copy(number, 1)] for number in range(2)]
    many = [[copy(number, 2)] for number in range(10, 190)]
    copied = [[copy(2 * number, 3), copy(2 * number + 1, 2, 5)] for number in range(100, 120)]
    found = counted(*few, *many, *copied)
    assert list(found) == [3, 2, 1]
    assert found[2].originality == pytest.approx((180 + 2) / (200 + 4))


def test_of_equally_original_feeds_the_one_that_brought_more_comes_first():
    copied = [
        [copy(10 * number, 9), *(copy(10 * number + feed, feed, 5) for feed in (1, 2))] for number in (1, 2)
    ]
    own = [[copy(500 + number, feed)] for feed, number in ((1, 1), (1, 2), (2, 3), (2, 4))]
    again = [copy(100, 2), copy(101, 2, 1)]
    found = counted(*copied, *own, again, [copy(102, 1)])
    assert found[1].originality == found[2].originality
    assert list(found)[1:] == [2, 1]


@pytest.mark.parametrize(
    ("own", "copied", "expected"), [(0, 9, False), (0, 10, True), (9, 9, True), (10, 9, False)]
)
def test_a_feed_mostly_copies_from_half_of_ten_stories_on(own, copied, expected):
    alone = [[copy(number, 1)] for number in range(own)]
    taken = [[copy(100 + 2 * number, 2), copy(101 + 2 * number, 1, 5)] for number in range(copied)]
    assert counted(*alone, *taken)[1].mostly_copies is expected


def test_what_need_not_be_read_again_is_all_but_the_origin():
    ledger = Ledger(longest_lag=DAY)
    ledger.add([copy(1, 1, length=300), copy(2, 2, 5, length=120), copy(3, 3, 9, length=20)])
    ledger.add([copy(4, 1, length=500)])
    assert (ledger.items, ledger.stories, ledger.tokens_saved) == (4, 2, 140)


@pytest.mark.parametrize(
    ("values", "share", "expected"),
    [([], 0.5, None), ([7], 0.9, 7), ([4, 1, 3, 2], 0.5, 2), (range(1, 11), 0.9, 9), (range(1, 12), 0.9, 10)],
)
def test_a_quantile_is_one_of_the_values(values, share, expected):
    assert quantile(values, share) == expected


FEEDS = st.integers(1, 5)
STORIES = st.lists(
    st.lists(st.tuples(FEEDS, st.integers(-600, 600), st.booleans()), min_size=1, max_size=6), max_size=12
)


@given(STORIES)
def test_every_item_and_every_story_is_counted_where_it_was_brought(drawn):
    stories = [
        [
            copy(10 * number + at, feed, minutes, house=feed % 3 + 10, source=source)
            for at, (feed, minutes, source) in enumerate(story)
        ]
        for number, story in enumerate(drawn)
    ]
    found = counted(*stories)
    assert sum(each.items for each in found.values()) == sum(map(len, stories))
    assert sum(each.own for each in found.values()) == len(stories), (
        "a story is somebody's own, and only one's"
    )
    assert sum(each.reposts for each in found.values()) == sum(each.times_copied for each in found.values())
    for each in found.values():
        assert each.stories == each.alone + each.first + each.reposts + each.doubles
        assert each.stories == len(
            [story for story in stories if any(one.feed == each.feed for one in story)]
        )
        assert each.copies_from != each.feed
        assert each.lags_left_out <= each.reposts
        assert 0 < each.originality < 1
    assert list(found) == list(counted(*stories[::-1]))
