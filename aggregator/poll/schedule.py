"""When should a feed be asked again?

Pure: the answer depends on the arguments alone, so that a month of cron runs can be replayed in a test. The
publisher's word (``Cache-Control``, ``Expires``, ``<ttl>``, ``sy:updatePeriod``, ``Retry-After``) can slow us
down and never hurries us: it says how long asking is pointless, not how often we must ask.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import assert_never

from aggregator.models import Failed, FailureReason, Feed, Fetched, NotModified, Outcome, ParsedFeed
from aggregator.poll import headers

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
    :class:`Fetched` turned out to say, None when it was not read again because its bytes were the same.
    """
    match outcome:
        case Fetched() | NotModified():
            wait = _after_success(feed, outcome, bounds, parsed)
        case Failed():
            wait = _after_failure(feed, outcome, bounds)
        case _:
            assert_never(outcome)
    return now + timedelta(seconds=round(wait.total_seconds()))


def _after_success(
    feed: Feed, outcome: Fetched | NotModified, bounds: Bounds, parsed: ParsedFeed | None
) -> timedelta:
    floor = bounds.minimum
    asked = [headers.fresh_for(outcome.headers), parsed.min_interval if parsed else feed.min_interval]
    for word in asked:
        if word is not None:
            floor = max(floor, word)
    return min(max(bounds.default * _share(feed.url), floor), bounds.maximum)


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
    """Give 1 - JITTER … 1, the same for a URL on any machine at any time."""
    digest = hashlib.blake2b(url.encode("utf-8", "surrogatepass"), digest_size=4).digest()
    return 1 - JITTER * int.from_bytes(digest, "big") / 0xFFFFFFFF
