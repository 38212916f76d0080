"""Stage 1 with the store: which feeds are due, and what becomes of each answer?

One transaction per feed: its items and its health are recorded together or not at all, so a run that is stopped
at any moment keeps whole feeds.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, assert_never

from aggregator import opml
from aggregator.config import Config
from aggregator.errors import ConfigError, ParseError
from aggregator.home import Home
from aggregator.models import (
    Failed,
    FailureReason,
    Feed,
    FeedFailure,
    Fetched,
    NotModified,
    Outcome,
    ParsedFeed,
    Report,
)
from aggregator.pipeline.session import Progress
from aggregator.poll import schedule
from aggregator.store import feeds as feed_store
from aggregator.store import items as item_store
from aggregator.store.connection import Store

if TYPE_CHECKING:
    from aggregator.poll.fetch import FetchLimits


def poll(
    store: Store,
    home: Home,
    config: Config,
    now: datetime,
    report: Report,
    *,
    force: bool,
    progress: Progress,
) -> None:
    """Bring the list of feeds in line with the OPML, poll what is due, and store what came."""
    subscribe(store, home, now, report)
    feeds = feed_store.all_feeds(store)
    if not feeds:
        raise ConfigError(f"{home.opml}: no feeds in it; add one with: aggregator feeds add URL")
    due = [feed for feed in feeds if schedule.is_due(feed, now) or (force and not feed.gone)]
    report.feeds["due"] = len(due)
    report.feeds["skipped"] = len(feeds) - len(due)
    bounds = _bounds(config)
    for done, (feed, outcome) in enumerate(_outcomes(due, home, config), start=1):
        _record(store, feed, outcome, bounds=bounds, now=now, report=report)
        progress("poll", done, len(due))


def subscribe(store: Store, home: Home, now: datetime, report: Report) -> None:
    """Bring the list of feeds in line with the OPML."""
    subscribed = opml.read(home.opml)
    report.warnings.extend(
        f"{home.opml.name}, line {each.line}: {each.message}" for each in subscribed.problems
    )
    with store.transaction():
        feed_store.sync(store, subscribed.subscriptions, now)


def _outcomes(due: list[Feed], home: Home, config: Config) -> Iterator[tuple[Feed, Outcome]]:
    remote = []
    for feed in due:
        if feed.url.startswith(("http://", "https://")):
            remote.append(feed)
            continue
        from aggregator.poll import files

        yield feed, files.read(feed, home.path, config.poll.max_bytes)
    if remote:
        from aggregator.poll import fetch

        yield from fetch.fetch(remote, limits=_limits(config))


def _limits(config: Config) -> FetchLimits:
    from aggregator.poll.fetch import FetchLimits, user_agent

    settings = config.poll
    return FetchLimits(
        timeout_seconds=settings.timeout_seconds,
        connect_timeout_seconds=settings.connect_timeout_seconds,
        max_bytes=settings.max_bytes,
        concurrency=settings.concurrency,
        per_host=settings.per_host,
        private_networks=settings.private_networks,
        user_agent=user_agent(settings.contact),
    )


def _bounds(config: Config) -> schedule.Bounds:
    return schedule.Bounds(
        minimum=timedelta(minutes=config.poll.min_interval_minutes),
        default=timedelta(minutes=config.poll.default_interval_minutes),
        maximum=timedelta(minutes=config.poll.max_interval_minutes),
    )


def _record(
    store: Store, feed: Feed, outcome: Outcome, *, bounds: schedule.Bounds, now: datetime, report: Report
) -> None:
    match outcome:
        case NotModified():
            with store.transaction():
                feed_store.record_success(
                    store, feed, outcome, next_poll_at=schedule.next_poll(feed, outcome, now, bounds), now=now
                )
            report.feeds["not_modified"] += 1
        case Fetched():
            try:
                _take_in(store, feed, outcome, bounds=bounds, now=now, report=report)
            except _Unreadable as error:
                _give_up(store, feed, error.failed, bounds=bounds, now=now, report=report)
        case Failed():
            _give_up(store, feed, outcome, bounds=bounds, now=now, report=report)
        case _:
            assert_never(outcome)


class _Unreadable(Exception):  # noqa: N818 - carries a value, is not reported as an error
    """A document came that is no feed."""

    def __init__(self, failed: Failed) -> None:
        super().__init__(failed.message)
        self.failed = failed


def _take_in(
    store: Store, feed: Feed, fetched: Fetched, *, bounds: schedule.Bounds, now: datetime, report: Report
) -> None:
    body_hash = hashlib.sha256(fetched.body).hexdigest()
    if body_hash == feed.body_hash:
        with store.transaction():
            feed_store.record_success(
                store, feed, fetched, next_poll_at=schedule.next_poll(feed, fetched, now, bounds), now=now
            )
        report.feeds["unchanged"] += 1
        return
    parsed = _parsed(fetched, feed)
    oldest_first = sorted(parsed.entries, key=lambda entry: entry.published or entry.updated or now)
    sound = parsed.malformed is None
    with store.transaction():
        added = item_store.add_entries(
            store, feed_id=feed.id, feed_first_url=feed.first_url, entries=oldest_first, now=now, revise=sound
        )
        feed_store.record_success(
            store,
            feed,
            fetched,
            next_poll_at=schedule.next_poll(feed, fetched, now, bounds, parsed),
            now=now,
            complete=parsed.complete,
        )
        feed_store.record_content(
            store, feed, parsed, body_hash=body_hash if parsed.complete else None, new=added.new, now=now
        )
    report.feeds["fetched"] += 1
    report.items["new"] += added.new
    report.items["updated"] += added.updated
    report.warnings.extend(f"{feed.title}: {each}" for each in parsed.warnings)


def _parsed(fetched: Fetched, feed: Feed) -> ParsedFeed:
    """Parse behind the one boundary that catches everything: a feed must never stop the run."""
    from aggregator.poll import parse

    try:
        return parse.parse(fetched, feed_url=feed.first_url)
    except ParseError as error:
        reason = getattr(error, "reason", FailureReason.NOT_A_FEED)
        raise _Unreadable(Failed(reason=reason, message=str(error), status=fetched.status)) from error
    except Exception as error:
        message = f"the parser gave up ({type(error).__name__}: {str(error)[:200]})"
        raise _Unreadable(
            Failed(reason=FailureReason.CRASHED, message=message, status=fetched.status)
        ) from error


def _give_up(
    store: Store, feed: Feed, failed: Failed, *, bounds: schedule.Bounds, now: datetime, report: Report
) -> None:
    next_poll_at = schedule.next_poll(feed, failed, now, bounds)
    gone = failed.reason is FailureReason.GONE
    with store.transaction():
        feed_store.record_failure(store, feed, failed, next_poll_at=next_poll_at, gone=gone, now=now)
    report.feeds["failed"] += 1
    report.failures.append(
        FeedFailure(
            feed=feed.url,
            reason=failed.reason.value,
            message=failed.message,
            status=failed.status,
            next_poll_at=None if gone else next_poll_at,
        )
    )
