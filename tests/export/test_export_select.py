"""Which stories stand in the live documents."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import count

import export_samples as samples
from hypothesis import given
from hypothesis import strategies as st

from aggregator.export import atom, jsonfeed, rss
from aggregator.export.select import newest, select
from aggregator.models import FeedRef

CHANNEL = samples.CHANNEL


def chosen(stories, **more):
    return select(stories, channel=replace(CHANNEL, **more), now=samples.NOW)


@given(st.permutations(samples.STORIES))
def test_the_order_is_newest_first_whatever_the_order_given(stories):
    assert chosen(stories) == sorted(samples.STORIES, key=lambda story: story.published, reverse=True)


def test_stories_of_one_second_stand_in_the_order_of_their_ids():
    same = [replace(story, published=samples.NOW) for story in samples.many(5)]
    assert [story.id for story in chosen(same[::-1])] == [story.id for story in same]


def test_a_slow_feed_is_filled_to_its_limit_with_older_stories():
    assert len(chosen(samples.many(250), limit=200, min_hours=1)) == 200


def test_a_busy_feed_goes_beyond_its_limit_to_cover_the_hours_promised():
    stories = chosen(samples.many(250), limit=100, min_hours=48)
    assert len(stories) == 48 * 4 + 1
    assert stories[-1].published == samples.NOW - timedelta(hours=48)


def test_no_format_grows_beyond_the_bytes_allowed():
    stories = chosen(samples.many(400), limit=400, max_bytes=100_000)
    assert 30 < len(stories) < 400
    for renderer in (atom, rss, jsonfeed):
        assert len(renderer.render(CHANNEL, stories)) <= 100_000


def test_one_giant_story_does_not_push_the_others_out():
    copies = tuple(
        samples.copy(
            n, FeedRef(title="x" * 160, url=f"https://o{n}.example/{'y' * 900}"), "z" * 500, samples.NOW
        )
        for n in range(500)
    )
    giant = replace(samples.HALVING, title="w" * 500, reposts=copies)
    stories = chosen([giant, *samples.STORIES[1:]])
    assert [story.id for story in stories] == [story.id for story in chosen(samples.STORIES)]
    assert stories[0].title == giant.title
    assert len(atom.render(CHANNEL, stories)) < CHANNEL.max_bytes


def test_a_story_of_the_future_is_not_there_yet():
    future = replace(samples.BRIDGE, published=samples.NOW + timedelta(seconds=1))
    assert chosen([future, samples.HALVING]) == [samples.HALVING]


def test_no_story_is_updated_in_the_future():
    future = replace(samples.BRIDGE, updated=samples.NOW + timedelta(hours=1))
    assert chosen([future])[0].updated == samples.NOW


# --- By time and feed alone ---------------------------------------------------------------------


@dataclass(frozen=True)
class Row:
    at: datetime
    feed: int


rows = st.lists(
    st.builds(
        Row, st.integers(0, 200).map(lambda hours: samples.NOW - timedelta(hours=hours)), st.integers(0, 3)
    ),
    max_size=40,
).map(lambda found: sorted(found, key=lambda row: row.at, reverse=True))


@given(rows, st.integers(1, 10), st.sampled_from([0, 48]), st.integers(0, 3))
def test_no_feed_has_more_than_its_share_and_nothing_else_is_left_out(found, limit, min_hours, per_feed):
    chosen = list(newest(found, limit=limit, min_hours=min_hours, per_feed=per_feed))
    had = Counter(row.feed for row in chosen)
    assert not per_feed or max(had.values(), default=0) <= per_feed
    remaining = iter(found)
    assert all(row in remaining for row in chosen)  # in the same order
    if chosen:
        within = [row for row in found if row.at >= chosen[0].at - timedelta(hours=min_hours)]
        left_out = Counter(row.feed for row in within) - had
        assert len(chosen) >= limit or all(per_feed and had[feed] == per_feed for feed in left_out)


def test_stories_beyond_the_limit_come_from_the_hours_promised_alone():
    found = [Row(samples.NOW - timedelta(hours=hour), 0) for hour in range(100)]
    assert len(list(newest(found, limit=10, min_hours=48))) == 49
    assert len(list(newest(found, limit=60, min_hours=48))) == 60


def test_of_an_endless_stream_no_more_is_read_than_is_shown():
    read = []

    def stream():
        for hour in count():
            read.append(hour)
            yield Row(samples.NOW - timedelta(hours=hour), hour % 7)

    assert len(list(newest(stream(), limit=20, min_hours=5, per_feed=4))) == 20
    assert len(read) == 21
