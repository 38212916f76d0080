"""How often feeds deserve a visit, and when their publishers want none."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from aggregator.models import Entry, Failed, FailureReason, Feed, Fetched, NotModified, ParsedFeed
from aggregator.poll.discover import candidates, common_places
from aggregator.poll.hosts import HostQueues
from aggregator.poll.moves import Move, move
from aggregator.poll.parse import parse
from aggregator.poll.rhythm import rhythm
from aggregator.poll.schedule import MAX_RETRY_AFTER, Bounds, next_poll, own_interval, pause_of_host

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
BOUNDS = Bounds()
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def feed(url: str = "https://l.example/feed", **known) -> Feed:
    return Feed(id=1, url=url, first_url=url, title="L", **known)


@pytest.mark.parametrize(
    ("pace", "silence", "interval"),
    [
        (None, None, BOUNDS.default),
        (MINUTE / 4, None, BOUNDS.minimum),
        (MINUTE, None, 10 * MINUTE),
        (10 * MINUTE, None, BOUNDS.default / 2),
        (2 * HOUR, HOUR, BOUNDS.default),
        (12 * HOUR, None, 3 * HOUR),
        (30 * DAY, None, BOUNDS.maximum),
        (HOUR, 2 * DAY, 4.8 * HOUR),
        (None, 30 * DAY, BOUNDS.maximum),
        (timedelta(0), None, BOUNDS.minimum),
    ],
)
def test_a_feed_is_asked_as_often_as_its_own_rhythm_deserves(pace, silence, interval) -> None:
    known = feed(rhythm=pace, last_new_at=None if silence is None else NOW - silence)
    assert own_interval(known, NOW, BOUNDS) == interval


@pytest.mark.parametrize(
    ("hours", "days", "expected"),
    [
        ((12, 13), (), "2026-11-22 14:00"),
        (tuple(range(12, 24)), (), "2026-11-23 00:00"),
        ((), (6,), "2026-11-23 00:00"),
        ((0, 1), (6, 0), "2026-11-24 02:00"),
    ],
)
def test_hours_and_days_that_a_publisher_excludes_are_left_out(hours, days, expected: str) -> None:
    moment = next_poll(feed(skip_hours=hours, skip_days=days), NotModified(), NOW, BOUNDS)
    meant = datetime.fromisoformat(expected).replace(tzinfo=UTC)
    assert meant <= moment <= meant + 10 * MINUTE


@pytest.mark.parametrize(("hours", "days"), [(range(24), ()), ((), range(7)), ((3,), (1,))])
def test_excluding_always_or_another_time_changes_nothing(hours, days) -> None:
    known = feed(skip_hours=tuple(hours), skip_days=tuple(days))
    assert next_poll(known, NotModified(), NOW, BOUNDS) == next_poll(feed(), NotModified(), NOW, BOUNDS)


def test_a_period_with_a_beginning_is_waited_for_to_its_next_beginning() -> None:
    fetched = Fetched(body=b"x", url="")
    said = ParsedFeed(min_interval=DAY, update_base=datetime(2000, 1, 1, 18, tzinfo=UTC))
    assert next_poll(feed(), fetched, NOW, BOUNDS, said) - NOW == 6 * HOUR
    known = feed(min_interval=DAY, update_base=NOW - 4 * DAY - HOUR)
    assert next_poll(known, NotModified(), NOW, BOUNDS) - NOW == 23 * HOUR


@pytest.mark.parametrize(
    ("status", "asked", "expected"),
    [
        (429, 6 * HOUR, 6 * HOUR),
        (503, 6 * HOUR, 6 * HOUR),
        (503, 99 * DAY, MAX_RETRY_AFTER),
        (429, timedelta(seconds=1), BOUNDS.minimum),
        (429, None, BOUNDS.default),
        (503, None, None),
        (500, 6 * HOUR, None),
    ],
)
def test_what_a_server_says_of_itself_pauses_all_its_feeds(status: int, asked, expected) -> None:
    failed = Failed(reason=FailureReason.HTTP, message="no", status=status, retry_after=asked)
    assert pause_of_host(failed, NOW, BOUNDS) == (None if expected is None else NOW + expected)


@pytest.mark.parametrize(
    ("ages", "expected"),
    [
        ([1, 2, 3, 4], HOUR),
        ([0, 24, 48], DAY),
        ([0, 0, 0, 6, 9], 9 * HOUR / 4),
        ([5, 5], None),
        ([], None),
        ([-9, -8, 1, 3], None),
        (list(range(40)), HOUR),
    ],
)
def test_a_rhythm_is_read_from_the_dates_of_one_document(ages: list[int], expected) -> None:
    entries = [Entry(guid=str(n), published=NOW - age * HOUR) for n, age in enumerate(ages)]
    assert rhythm(entries, NOW) == expected


def test_the_publishers_words_about_time_are_read_from_the_document() -> None:
    head = (
        "<ttl>60</ttl><skipHours><hour>24</hour><hour> 3 </hour><hour>77</hour></skipHours>"
        "<skipDays><day>Sunday</day><day>moonday</day></skipDays>"
        "<sy:updatePeriod>daily</sy:updatePeriod><sy:updateBase>2000-01-01T12:00+00:00</sy:updateBase>"
        "<atom:link rel='hub' href='https://hub.example/'/><atom:link rel='next' href='/feed?page=2'/>"
    )
    text = (
        "<rss version='2.0' xmlns:sy='http://purl.org/rss/1.0/modules/syndication/' "
        f"xmlns:atom='http://www.w3.org/2005/Atom'><channel><title>T</title>{head}<item><title>A</title>"
        "<description><![CDATA[<skipDays><day>Monday</day></skipDays>]]></description></item></channel></rss>"
    )
    said = parse(Fetched(body=text.encode(), url="u"), feed_url="https://l.example/feed")
    assert (said.skip_hours, said.skip_days, said.min_interval) == ((0, 3), (6,), DAY)
    assert said.update_base == datetime(2000, 1, 1, 12, tzinfo=UTC)
    assert (said.hub, said.older_url) == ("https://hub.example/", "https://l.example/feed?page=2")


def test_a_move_is_believed_at_the_third_poll_that_sees_it() -> None:
    there = Fetched(body=b"x", url="https://new.example/", moved_permanently=True)
    known = feed()
    for seen in (1, 2, 3):
        found = move(known, there)
        assert found == Move(target="https://new.example/", seen=seen)
        assert found.believed is (seen == 3)
        known = feed(moving_to=found.target, moves_seen=found.seen)
    elsewhere = NotModified(url="https://other.example/", moved_permanently=True)
    assert move(known, elsewhere).seen == 1
    assert move(known, NotModified(url="https://new.example/")) == Move(target=None, seen=0)


def test_a_host_gets_time_between_two_requests_and_others_do_not_wait_for_it() -> None:
    queues = HostQueues(per_host=2, spacing_seconds=0.5)
    for number in range(3):
        queues.add("busy", feed(f"http://busy/{number}"))
    queues.add("other", feed("http://other/"))
    assert [host for host, _ in queues.start(9, 10.0)] == ["busy", "other"]
    assert list(queues.start(9, 10.4)) == []
    assert queues.seconds_to_next(10.4) == pytest.approx(0.1)
    assert [host for host, _ in queues.start(9, 10.5)] == ["busy"]
    assert list(queues.start(9, 99.0)) == [], "two are under way"
    assert list(queues.finish("busy", NotModified())) == []
    assert [host for host, _ in queues.start(9, 99.0)] == ["busy"]
    assert queues.seconds_to_next(99.0) is None
    assert not queues


@pytest.mark.parametrize(
    ("name", "own"),
    [
        ("localhost", True),
        ("LOCALHOST", True),
        ("news.localhost", True),
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("[::1]", True),
        ("192.168.1.5", False),
        ("localhost.example", False),
        ("127.0.0.1.example", False),
    ],
)
def test_this_machine_itself_is_asked_as_fast_as_it_answers_and_no_other(name: str, own: bool) -> None:
    queues = HostQueues(per_host=2, spacing_seconds=0.5, spare_own_machine=True)
    for number in range(5):
        queues.add(name, feed(f"http://{name}/{number}"))
    assert len(list(queues.start(9, 10.0))) == (5 if own else 1)


def test_a_page_names_its_feeds_and_those_of_comments_come_last() -> None:
    page = """<html><head><base href="https://cdn.example/">
      <link rel="alternate" type="application/rss+xml" title="Site &raquo; Comments" href="/comments/feed/">
      <LINK REL='alternate home' TYPE='application/atom+xml; charset=utf-8' HREF='https://site.example/atom'>
      <link rel="alternate" type="application/json" href="https://site.example/wp-json/wp/v2/posts/1">
      <link rel="alternate" hreflang="de" href="/de/"><link rel="stylesheet" href="x.css">
      <link rel="alternate" type="application/rss+xml" href="javascript:alert(1)">"""
    found = candidates(page, "https://site.example/blog")
    assert [each.url for each in found] == ["https://site.example/atom", "https://cdn.example/comments/feed/"]
    assert found[1].of_comments


def test_a_site_that_names_no_feed_is_tried_in_the_usual_places() -> None:
    places = [each.url for each in common_places("https://site.example/blog")]
    assert places[:2] == ["https://site.example/blog/feed/", "https://site.example/feed/"]
    assert len(places) == len(set(places)) <= 10
