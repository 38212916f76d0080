from __future__ import annotations

import contextlib
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.cli import times
from aggregator.errors import UsageError

NOW = datetime(2026, 11, 22, 12, 0, 30, tzinfo=UTC)  # a Sunday
BERLIN = ZoneInfo("Europe/Berlin")


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("now", NOW),
        ("6h", utc(2026, 11, 22, 6, 0, 30)),
        ("6 hours ago", utc(2026, 11, 22, 6, 0, 30)),
        ("90m", utc(2026, 11, 22, 10, 30, 30)),
        ("90 min", utc(2026, 11, 22, 10, 30, 30)),
        ("30s", utc(2026, 11, 22, 12)),
        ("2d", utc(2026, 11, 20, 12, 0, 30)),
        ("1d12h", utc(2026, 11, 21, 0, 0, 30)),
        ("1 day and 12 hours", utc(2026, 11, 21, 0, 0, 30)),
        ("1.5 d", utc(2026, 11, 21, 0, 0, 30)),
        ("3 Weeks", utc(2026, 11, 1, 12, 0, 30)),
        ("today", utc(2026, 11, 22)),
        ("Yesterday", utc(2026, 11, 21)),
        ("sunday", utc(2026, 11, 22)),
        ("mon", utc(2026, 11, 16)),
        ("saturday", utc(2026, 11, 21)),
        ("11:30", utc(2026, 11, 22, 11, 30)),
        ("12:00", utc(2026, 11, 22, 12)),
        ("14:30", utc(2026, 11, 21, 14, 30)),
        ("2026-11-01", utc(2026, 11, 1)),
        ("2026-11-01T10:00", utc(2026, 11, 1, 10)),
        ("2026-11-01 10:00:59.9", utc(2026, 11, 1, 10, 0, 59)),
        ("2026-11-01T10:00:00Z", utc(2026, 11, 1, 10)),
        ("2026-11-01T10:00+09:00", utc(2026, 11, 1, 1)),
        ("1790000000", utc(2026, 9, 21, 14, 13, 20)),
    ],
)
def test_moments_are_understood_as_people_write_them(text, expected):
    assert times.moment(text, NOW, UTC) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("today", utc(2026, 11, 21, 23)),
        ("yesterday", utc(2026, 11, 20, 23)),
        ("12:30", utc(2026, 11, 22, 11, 30)),
        ("2026-11-01", utc(2026, 10, 31, 23)),
        ("2026-07-01T10:00", utc(2026, 7, 1, 8)),  # summer time
        ("2026-07-01T10:00Z", utc(2026, 7, 1, 10)),
        ("6h", utc(2026, 11, 22, 6, 0, 30)),
    ],
)
def test_days_and_clock_times_are_the_readers(text, expected):
    assert times.moment(text, NOW, BERLIN) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "soon",
        "6x",
        "6",
        "h",
        "24:00",
        "12:60",
        "2026-13-01",
        "2026-11-31",
        "tomorrow",
        "-6h",
        "6h!",
    ],
)
def test_what_is_no_time_is_refused_with_examples(text):
    with pytest.raises(UsageError, match="write 6h, 2d"):
        times.moment(text, NOW, UTC)


@pytest.mark.parametrize("text", ["999999999w", "99999 weeks 99999999 days", "0001-01-01T00:00+10:00"])
def test_what_lies_outside_the_calendar_is_refused(text):
    with pytest.raises(UsageError, match="further away than a calendar reaches"):
        times.moment(text, NOW, UTC)


@pytest.mark.parametrize("text", ["0001-01-01", "9999-12-31T23:59"])
def test_the_ends_of_the_calendar_are_refused_in_words_in_the_machines_zone(text):
    with contextlib.suppress(UsageError):
        times.moment(text, NOW)


@given(st.text(max_size=30))
def test_whatever_is_written_it_is_understood_or_refused_in_words(text):
    with contextlib.suppress(UsageError):
        assert times.moment(text, NOW, UTC).tzinfo is UTC


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-22T12:00:00Z", utc(2026, 11, 22, 12)),
        ("2026-11-22T12:00:00", utc(2026, 11, 22, 12)),
        ("2026-11-22", utc(2026, 11, 22)),
        ("2026-11-22T13:00:00+01:00", utc(2026, 11, 22, 12)),
        ("1790000000.5", utc(2026, 9, 21, 14, 13, 20)),
    ],
)
def test_a_machines_timestamp_without_offset_is_utc(text, expected):
    assert times.timestamp(text) == expected


@pytest.mark.parametrize(
    "text", ["6h", "yesterday", "", "0001-01-01T00:00+10:00", "0001-01-01", "9999-12-31"]
)
def test_a_timestamp_is_exact_or_refused(text):
    with pytest.raises(UsageError, match="write one such as 2026-11-22T12:00:00Z"):
        times.timestamp(text)


def test_scripts_are_told_utc():
    assert (
        times.iso(datetime(2026, 11, 22, 13, tzinfo=timezone(timedelta(hours=1)))) == "2026-11-22T12:00:00Z"
    )
    assert times.iso(None) is None


@pytest.mark.parametrize(
    ("ago", "told"),
    [
        (timedelta(seconds=20), "just now"),
        (timedelta(minutes=12), "12 min ago"),
        (timedelta(minutes=59), "59 min ago"),
        (timedelta(minutes=75), "1 h ago"),
        (timedelta(hours=47), "47 h ago"),
        (timedelta(days=3), "3 days ago"),
        (timedelta(hours=-2), "in 2 h"),
    ],
)
def test_people_are_told_how_long_ago(ago, told):
    assert times.distance(NOW - ago, NOW) == told


@pytest.mark.parametrize(
    ("minutes", "told"), [(12, "+12 min"), (0, "±0"), (-180, "−3 h"), (60 * 24 * 3, "+3 days")]
)
def test_people_are_told_how_much_later_a_copy_came(minutes, told):
    assert times.lag(NOW + timedelta(minutes=minutes), NOW) == told


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (utc(2026, 11, 22), "Today · Sunday 22 November"),
        (utc(2026, 11, 21, 23, 59), "Yesterday · Saturday 21 November"),
        (utc(2026, 11, 20), "Friday 20 November"),
        (utc(2025, 12, 31), "Wednesday 31 December 2025"),
        (utc(2026, 11, 23), "Monday 23 November"),
    ],
)
def test_days_are_named(day, name):
    assert times.day_name(day, NOW) == name
