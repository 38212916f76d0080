"""When feeds are asked again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.models import Failed, FailureReason, Feed, Fetched, NotModified, ParsedFeed
from aggregator.poll.schedule import JITTER, MAX_RETRY_AFTER, Bounds, is_due, next_poll
from aggregator.web.headers import fresh_for, http_date, parse_lines, retry_after

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
BOUNDS = Bounds()
MINUTE = timedelta(minutes=1)
DATE = "Sun, 22 Nov 2026 12:00:00 GMT"


def feed(url: str = "https://l.example/feed", **known) -> Feed:
    return Feed(id=1, url=url, first_url=url, title="L", **known)


def fetched(**headers: str) -> Fetched:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Fetched(body=b"x", url="https://l.example/feed", headers=named)


def failed(status: int | None = 500, **more) -> Failed:
    return Failed(**{"reason": FailureReason.HTTP, "message": "no", "status": status, **more})


def wait(outcome, *, parsed: ParsedFeed | None = None, **known) -> timedelta:
    return next_poll(feed(**known), outcome, NOW, BOUNDS, parsed) - NOW


@pytest.mark.parametrize(
    ("known", "due"),
    [
        ({}, True),
        ({"next_poll_at": NOW}, True),
        ({"next_poll_at": NOW + timedelta(seconds=1)}, False),
        ({"next_poll_at": NOW + timedelta(hours=1), "last_polled_at": NOW}, False),
        ({"next_poll_at": NOW + timedelta(days=400), "last_polled_at": NOW + timedelta(days=399)}, True),
        ({"removed": True}, False),
        ({"gone": True}, False),
        ({"gone": True, "next_poll_at": NOW - timedelta(days=9)}, False),
    ],
)
def test_a_feed_is_due_when_its_time_has_come_or_the_clock_was_wrong_unless_it_is_gone(
    known: dict[str, object], due: object
) -> None:
    assert is_due(feed(**known), NOW) is due


@pytest.mark.parametrize("outcome", [fetched(), NotModified()])
def test_without_any_word_the_default_interval_holds_and_never_outlasts_its_cron_tick(outcome) -> None:
    assert BOUNDS.default * (1 - JITTER) - MINUTE <= wait(outcome) <= BOUNDS.default


def test_feeds_of_one_interval_are_spread_and_each_keeps_its_share() -> None:
    waits = {url: next_poll(feed(url), fetched(), NOW, BOUNDS) - NOW for url in map(str, range(200))}
    assert len(set(waits.values())) > 100
    for url, first in waits.items():
        assert next_poll(feed(url), NotModified(), NOW + MINUTE, BOUNDS) - NOW - MINUTE == first


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"cache_control": "public, max-age=7200"}, timedelta(hours=2)),
        ({"cache_control": "max-age=7200", "age": "1800"}, timedelta(minutes=90)),
        ({"cache_control": 's-maxage=9, max-age="7200"'}, timedelta(hours=2)),
        ({"cache_control": "max-age=31536000"}, BOUNDS.maximum),
        ({"cache_control": "max-age=" + "9" * 11, "age": "-5"}, BOUNDS.maximum),
        ({"expires": "Sun, 22 Nov 2026 15:00:00 GMT", "date": DATE}, timedelta(hours=3)),
        (
            {"expires": "Sun, 22 Nov 2026 15:00:00 GMT", "date": DATE, "cache_control": "max-age=3600"},
            60 * MINUTE,
        ),
    ],
)
def test_nobody_is_asked_before_the_cache_runs_out(headers: dict[str, str], expected: timedelta) -> None:
    assert wait(fetched(**headers)) == expected


@pytest.mark.parametrize(
    "headers",
    [
        {"cache_control": "max-age=60"},
        {"cache_control": "no-cache, max-age=7200"},
        {"cache_control": "no-store"},
        {"cache_control": "max-age=soon"},
        {"expires": "0", "date": DATE},
        {"expires": "Sun, 22 Nov 2026 15:00:00 GMT"},
        {"expires": "Thu, 01 Jan 1970 00:00:00 GMT", "date": DATE},
    ],
)
def test_a_short_or_senseless_word_leaves_the_default(headers: dict[str, str]) -> None:
    assert wait(fetched(**headers)) <= BOUNDS.default


def test_the_documents_own_word_counts_like_the_servers() -> None:
    assert wait(fetched(), parsed=ParsedFeed(min_interval=timedelta(hours=4))) == timedelta(hours=4)
    assert wait(fetched(), parsed=ParsedFeed(min_interval=timedelta(days=30))) == BOUNDS.maximum


def test_failures_in_a_row_double_the_wait_up_to_the_bound() -> None:
    waits = [wait(failed(), failures=count) for count in range(40)]
    assert waits[0] <= BOUNDS.default
    assert waits[1] > 1.9 * waits[0]
    assert waits == sorted(waits)
    assert waits[-1] == BOUNDS.maximum


def test_a_refusal_waits_longer_than_a_stumble() -> None:
    for status in (401, 403, 404):
        assert wait(failed(status)) > 3 * wait(failed(500))


@pytest.mark.parametrize("status", [429, 503])
def test_a_server_that_asks_for_time_gets_it(status: int) -> None:
    assert wait(failed(status, retry_after=timedelta(hours=30))) == timedelta(hours=30)
    assert wait(failed(status, retry_after=timedelta(seconds=1))) >= BOUNDS.minimum
    assert wait(failed(status, retry_after=timedelta(days=300))) == MAX_RETRY_AFTER


@given(
    st.sampled_from(
        [fetched(), NotModified(), failed(), failed(404), failed(None, reason=FailureReason.DNS)]
    ),
    st.integers(0, 10_000),
    st.text(max_size=20),
)
def test_every_wait_is_within_the_bounds_and_whole_seconds(outcome, failures: int, url: str) -> None:
    moment = next_poll(feed(url, failures=failures), outcome, NOW, BOUNDS)
    assert BOUNDS.minimum <= moment - NOW <= BOUNDS.maximum
    assert moment.microsecond == 0


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"retry-after": "120"}, timedelta(minutes=2)),
        ({"retry-after": "Sun, 22 Nov 2026 13:00:00 GMT", "date": DATE}, timedelta(hours=1)),
        ({"retry-after": "Sun, 22 Nov 2026 11:00:00 GMT", "date": DATE}, timedelta(0)),
        ({"retry-after": "Sun, 22 Nov 2026 13:00:00 GMT"}, None),
        ({"retry-after": "a while"}, None),
        ({"retry-after": "-5"}, None),
        ({"retry-after": "²"}, None),
        ({}, None),
    ],
)
def test_retry_after_is_read_in_both_forms(headers: dict[str, str], expected: timedelta | None) -> None:
    assert retry_after(headers) == expected


@given(
    st.dictionaries(st.sampled_from(["cache-control", "expires", "date", "age", "retry-after"]), st.text())
)
def test_no_header_text_can_break_the_arithmetic(headers: dict[str, str]) -> None:
    for found in (fresh_for(headers), retry_after(headers, NOW)):
        assert found is None or timedelta(0) <= found <= timedelta(days=365)
    http_date(headers.get("date"))


def test_header_lines_of_the_last_response_count_and_repeats_are_joined() -> None:
    lines = [b"HTTP/1.1 103 Early Hints\r\n", b"Link: </a>\r\n", b"\r\n", b"HTTP/1.1 200 OK\r\n"]
    lines += [b'ETag: "\xfc"\r\n', b"Vary: A\r\n", b"vary: B\r\n", b"no colon\r\n", b"\r\n"]
    assert parse_lines(lines) == {"etag": '"ü"', "vary": "A, B"}
