"""Is a feed well, in words a visitor may read?

They stay the same from poll to poll: no time of the last poll, no count of failures. A page that says them changes only
when something is worth telling. Light enough for a run that finds nothing new.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from aggregator.models import FailureReason, Feed

FAILURES = 3
"""Polls that failed in a row before the page says so; one or two are any server's bad hour."""
QUIET = timedelta(days=14)
"""Without anything new for so long before the newest story, an outlet may have moved or died."""
CAUSES = {
    FailureReason.DNS: "no such host",
    FailureReason.CONNECT: "no connection",
    FailureReason.TLS: "no safe connection",
    FailureReason.TIMEOUT: "no answer in time",
    FailureReason.RESET: "broken off",
    FailureReason.TOO_LARGE: "too large",
    FailureReason.REDIRECT: "redirected to nowhere",
    FailureReason.NOT_A_FEED: "a web page, no feed",
    FailureReason.EMPTY: "empty",
    FailureReason.MALFORMED: "not readable",
}
"""In a visitor's words; of the others only the person who runs this should know (``feeds list`` tells)."""


def trouble(feed: Feed, newest: datetime | None = None) -> str:
    """What is wrong with a feed, in words that stay the same from poll to poll; "" when nothing is."""
    if feed.removed:
        return ""
    if feed.gone:
        return "gone for good"
    if feed.failures >= FAILURES:
        since = f"not answering since {_day(feed.last_ok_at)}" if feed.last_ok_at else "never answered"
        return f"{since}: {cause}" if (cause := _cause(feed)) else since
    if newest and feed.last_new_at and newest - feed.last_new_at > QUIET:
        return f"nothing new since {_day(feed.last_new_at)}"
    return ""


def _cause(feed: Feed) -> str:
    reason = (feed.last_error or "").partition(":")[0]
    if reason == FailureReason.HTTP and feed.last_status:
        return f"HTTP {feed.last_status}"
    return next((words for each, words in CAUSES.items() if each == reason), "")


def _day(moment: datetime) -> str:
    return f"{moment:%-d %B %Y}"
