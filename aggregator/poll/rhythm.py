"""How often does a feed have something new?

Pure: the answer is read from the dates of one document, so that a feed has a rhythm from its first poll on.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from aggregator.models import Entry

LATEST = 20
"""Entries that count, newest first: a working day of a news site, a year of a quarterly report."""
FEWEST = 3
"""Dated entries below which two dates are an accident, not a rhythm."""

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_SKIP_HOURS = re.compile(r"<skipHours\s*>(.{0,2000}?)</skipHours", re.DOTALL | re.IGNORECASE)
_SKIP_DAYS = re.compile(r"<skipDays\s*>(.{0,1000}?)</skipDays", re.DOTALL | re.IGNORECASE)
_HOUR = re.compile(r"<hour\s*>\s*(\d{1,2})\s*</hour", re.IGNORECASE)
_DAY = re.compile(r"<day\s*>\s*([a-z]{6,9})\s*</day", re.IGNORECASE)


def rhythm(entries: Sequence[Entry], now: datetime) -> timedelta | None:
    """Mean time between the latest entries, None where too few of them say when they were published.

    A mean and not a median: ten posts in one minute every morning are a daily feed. Dates ahead of ``now``
    announce something and are left out.
    """
    moments = sorted({each.published for each in entries if each.published and each.published <= now})
    latest = moments[-LATEST:]
    if len(latest) < FEWEST:
        return None
    # Entries that share a second count: they came, and share the time they took.
    entered = sum(1 for each in entries if each.published and latest[0] <= each.published <= now)
    return (latest[-1] - latest[0]) / max(entered - 1, 1)


def skip_hours(text: str) -> tuple[int, ...]:
    """Read ``<skipHours>`` of RSS: 0 to 23 in UTC; 24, which RSS 0.91 wrote for midnight, is 0."""
    found = _SKIP_HOURS.search(text)
    hours = {int(hour) % 24 for hour in _HOUR.findall(found[1]) if int(hour) <= 24} if found else set()
    return tuple(sorted(hours))


def skip_days(text: str) -> tuple[int, ...]:
    """Read ``<skipDays>`` of RSS, English names of days; Monday is 0."""
    found = _SKIP_DAYS.search(text)
    names = {name.lower() for name in _DAY.findall(found[1])} if found else set()
    return tuple(number for number, name in enumerate(_DAYS) if name in names)


def update_base(feed: dict[str, Any]) -> datetime | None:
    """``sy:updateBase``, an ISO 8601 time (often without seconds, sometimes without a zone: UTC)."""
    text = str(feed.get("sy_updatebase") or "").strip()
    try:
        base = datetime.fromisoformat(text)
    except ValueError:
        return None
    base = base if base.tzinfo else base.replace(tzinfo=UTC)
    return base.astimezone(UTC) if 1970 <= base.year <= 2100 else None
