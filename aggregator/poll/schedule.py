"""When should a feed be asked again?

Pure: the answer depends on the arguments alone, so that a month of cron runs can be replayed in a test. A feed
sets the pace by its own rhythm; the publisher's word (``Cache-Control``, ``Expires``, ``<ttl>``, ``skipHours``,
``skipDays``, ``sy:updatePeriod``, ``Retry-After``) can slow us down and never hurries us: it says how long asking
is pointless, not how often we must ask.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, assert_never

from aggregator.models import Failed, FailureReason, Feed, Fetched, NotModified, Outcome
from aggregator.web import headers

if TYPE_CHECKING:
    from aggregator.models import ParsedFeed

JITTER = 0.1
"""The interval we choose ourselves is shortened by up to a tenth, a share fixed for each feed.

Shortened, because a feed that came due just after a cron tick would wait for the next one, and an interval
equal to cron's would be doubled. Fixed, because a share drawn anew would walk all feeds into one tick again.
"""

BACKOFF_FACTOR = 2.0
MAX_BACKOFF_STEPS = 12
"""2**12 intervals exceed any bound; keeps the power finite after years of failures."""

SLOW_STATUSES = frozenset({401, 402, 403, 404, 405, 406, 451})
"""The server has understood and refuses: asking again soon changes nothing, a person has to act."""
SLOW_FACTOR = 4

TOO_MANY = 429
PAUSES = frozenset({TOO_MANY, 503})
"""Said of the whole server, not of one feed."""

RHYTHM_SHARE = 4
"""A feed is asked four times in its usual gap: news is an eighth of a gap old on average when it is found."""
SILENCE_SHARE = 10
"""Nor sooner than after a tenth of its silence: a monthly feed is asked daily, not hourly."""
HURRY = 2
"""Without an invitation nobody is asked more than twice as often as the default …"""
ROLLOVER = 10
"""… unless ten new entries would come meanwhile: short feeds carry as many, and the eleventh would be lost."""

SKIP_SPREAD = timedelta(minutes=10)
"""After hours in which it is to be left alone, feeds come back spread over so long, not all at the full hour."""
WEEK_HOURS = 7 * 24

MAX_RETRY_AFTER = timedelta(days=7)
"""A server's request is honoured beyond the usual bound, but a typo must not silence a feed for ever."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """How often feeds may be asked, from ``[poll]`` of the settings."""

    minimum: timedelta = timedelta(minutes=5)
    default: timedelta = timedelta(minutes=30)
    maximum: timedelta = timedelta(days=1)


def is_due(feed: Feed, now: datetime) -> bool:
    """Whether a feed should be polled: subscribed, not gone for good, never polled or its time has come.

    A feed that was last polled in the future was asked by a clock that ran ahead: when it is put right, an
    appointment it made must not silence the feed until then.
    """
    if feed.removed or feed.gone:
        return False
    if feed.next_poll_at is None or feed.next_poll_at <= now:
        return True
    return feed.last_polled_at is not None and feed.last_polled_at > now


def next_poll(
    feed: Feed, outcome: Outcome, now: datetime, bounds: Bounds, parsed: ParsedFeed | None = None
) -> datetime:
    """Say when to ask again after ``outcome``, to whole seconds.

    ``feed`` is as it was before the poll (its ``failures`` do not count this one); ``parsed`` is what a
    :class:`Fetched` turned out to say, None when it was not read again because its bytes were the same, and
    ``feed.rhythm`` is the latest one.
    """
    match outcome:
        case Fetched() | NotModified():
            wait = _after_success(feed, outcome, now, bounds, parsed)
        case Failed():
            wait = _after_failure(feed, outcome, bounds)
        case _:
            assert_never(outcome)
    hours, days = (parsed.skip_hours, parsed.skip_days) if parsed else (feed.skip_hours, feed.skip_days)
    return _not_in(hours, days, now + timedelta(seconds=round(wait.total_seconds())), feed.url)


def pause_of_host(failed: Failed, now: datetime, bounds: Bounds) -> datetime | None:
    """Until when the whole host is to be left alone after this failure; None: the feed alone is concerned.

    A 429 means whoever we are, so it counts without ``Retry-After`` too; a 503 without one may be this
    feed's own trouble.
    """
    if failed.status not in PAUSES:
        return None
    if failed.retry_after is None:
        return now + bounds.default if failed.status == TOO_MANY else None
    return now + min(max(failed.retry_after, bounds.minimum), MAX_RETRY_AFTER)


def after_pause(feed: Feed, until: datetime) -> datetime:
    """When a feed of a paused host comes back: soon after the pause, not all of them in one second."""
    return until + timedelta(seconds=round(SKIP_SPREAD.total_seconds() * _spread(feed.url)))


def _after_success(
    feed: Feed, outcome: Fetched | NotModified, now: datetime, bounds: Bounds, parsed: ParsedFeed | None
) -> timedelta:
    floor = bounds.minimum
    asked = [headers.fresh_for(outcome.headers), _publishers_period(parsed or feed, now)]
    for word in asked:
        if word is not None:
            floor = max(floor, word)
    return min(max(own_interval(feed, now, bounds) * _share(feed.url), floor), bounds.maximum)


def own_interval(feed: Feed, now: datetime, bounds: Bounds) -> timedelta:
    """How often the feed's own rhythm deserves a visit, before the publisher has a word."""
    if feed.rhythm is None:
        wait = bounds.default
    else:
        least = min(max(bounds.minimum, feed.rhythm * ROLLOVER), bounds.default / HURRY)
        wait = max(feed.rhythm / RHYTHM_SHARE, least)
    if feed.last_new_at is not None:
        wait = max(wait, (now - feed.last_new_at) / SILENCE_SHARE)
    return min(max(wait, bounds.minimum), bounds.maximum)


def _publishers_period(said: Feed | ParsedFeed, now: datetime) -> timedelta | None:
    """The period the document names; where it says when periods begin, the time to the next beginning."""
    period = said.min_interval
    if period is None or said.update_base is None or period <= timedelta(0):
        return period
    return period - (now - said.update_base) % period


def _not_in(hours: Sequence[int], days: Sequence[int], moment: datetime, url: str) -> datetime:
    """Move a moment out of the hours and days (UTC) in which the publisher wants no visit."""
    if not (moment.hour in hours or moment.weekday() in days):
        return moment
    hour = moment.replace(minute=0, second=0, microsecond=0)
    for _ in range(WEEK_HOURS):
        hour += timedelta(hours=1)
        if hour.hour not in hours and hour.weekday() not in days:
            return hour + timedelta(seconds=round(SKIP_SPREAD.total_seconds() * _spread(url)))
    return moment  # all hours of all days are excluded: that cannot be meant


def _after_failure(feed: Feed, failed: Failed, bounds: Bounds) -> timedelta:
    if failed.reason is FailureReason.GONE:
        return bounds.maximum
    base = bounds.default * (SLOW_FACTOR if failed.status in SLOW_STATUSES else 1)
    wait = base * float(BACKOFF_FACTOR ** min(feed.failures, MAX_BACKOFF_STEPS)) * _share(feed.url)
    wait = min(max(wait, bounds.minimum), bounds.maximum)
    if failed.retry_after is not None:
        wait = max(wait, min(failed.retry_after, MAX_RETRY_AFTER))
    return wait


def _share(url: str) -> float:
    """Give 1 - JITTER … 1."""
    return 1 - JITTER * _spread(url)


def _spread(url: str) -> float:
    """Give 0 … 1, the same for a URL on any machine at any time."""
    return zlib.crc32(url.encode("utf-8", "surrogatepass")) / 0xFFFFFFFF
