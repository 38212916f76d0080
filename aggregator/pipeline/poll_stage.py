"""Stage 1 with the store: which feeds are due, and what becomes of each answer?

Good documents are taken in by ``intake``; failures and pauses are noted here. One transaction per feed that brought
something: its items and its health are recorded together or not at all, so a run that is stopped at any moment keeps
whole feeds.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, assert_never

from aggregator import __version__, opml
from aggregator.config import Config
from aggregator.errors import ConfigError
from aggregator.home import Home
from aggregator.models import (
    Failed,
    FailureReason,
    Feed,
    FeedFailure,
    Fetched,
    NotModified,
    Outcome,
    Report,
)
from aggregator.pipeline.intake import Intake, Unusable
from aggregator.pipeline.session import Progress
from aggregator.poll import schedule
from aggregator.store import feeds as feed_store
from aggregator.store import meta
from aggregator.store import pauses as pause_store
from aggregator.store.connection import Store

if TYPE_CHECKING:
    from aggregator.poll.fetch import FetchLimits

LISTED = "listed"
"""Under this name the store remembers which subscription list its feeds are those of."""


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
    asked = [feed for feed in feeds if schedule.is_due(feed, now) or (force and not feed.gone)]
    due = _without_paused(store, asked, now)
    report.feeds["due"] = len(due)
    report.feeds["skipped"] = len(feeds) - len(due)
    intake = Intake(store=store, report=report, now=now, bounds=bounds_of(config))
    try:
        for done, (feed, outcome) in enumerate(_outcomes(due, home, config), start=1):
            _record(intake, feed, outcome)
            progress("poll", done, len(due))
            for other, failed in intake.read_apart():
                _give_up(intake, other, failed)
        for other, failed in intake.read_apart(wait=True):
            _give_up(intake, other, failed)
    finally:
        intake.close()
    if intake.older:
        from aggregator.pipeline import archives

        archives.follow(intake, limits_of(config))


def _without_paused(store: Store, asked: list[Feed], now: datetime) -> list[Feed]:
    """Leave out feeds of hosts that asked for time, also in an earlier run; not even ``force`` overrides that."""
    pauses = {
        # A pause that reaches further was noted by a clock that ran ahead.
        host: until
        for host, until in pause_store.paused_hosts(store, now).items()
        if until - now <= schedule.MAX_RETRY_AFTER
    }
    if not pauses:
        return asked
    from aggregator.text import urls

    paused = [feed for feed in asked if urls.host(feed.url) in pauses]
    with store.transaction():
        for feed in paused:
            until = schedule.after_pause(feed, pauses[urls.host(feed.url)])
            feed_store.postpone(store, feed, next_poll_at=until)
    return [feed for feed in asked if feed not in paused]


def subscribe(store: Store, home: Home, now: datetime, report: Report) -> None:
    """Bring the list of feeds in line with the OPML, unless it is as it was when that was last done."""
    data = opml.content(home.opml)
    if meta.get(store, LISTED) == _listed(store, data):
        return
    subscribed = opml.read(data, name=str(home.opml))
    report.warnings.extend(
        f"{home.opml.name}, line {each.line}: {each.message}" for each in subscribed.problems
    )
    with store.transaction():
        feed_store.sync(store, subscribed.subscriptions, now)
        # What had to be left out is told at every run, until the person mends it.
        if subscribed.problems:
            meta.drop(store, LISTED)
        else:
            meta.put(store, LISTED, _listed(store, data))


def _listed(store: Store, data: bytes) -> str:
    """What the list of feeds came from. Their number too: somebody may have put their hand into the store."""
    return (
        f"aggregator {__version__}, {feed_store.subscribed_count(store)} feeds, {len(data)} bytes, "
        f"{zlib.crc32(data):08x}{zlib.adler32(data):08x}"
    )


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

        yield from fetch.fetch(remote, limits=limits_of(config))


def limits_of(config: Config) -> FetchLimits:
    """What the settings say about fetching."""
    from aggregator.poll.fetch import FetchLimits, user_agent

    settings = config.poll
    return FetchLimits(
        timeout_seconds=settings.timeout_seconds,
        connect_timeout_seconds=settings.connect_timeout_seconds,
        max_bytes=settings.max_bytes,
        concurrency=settings.concurrency,
        per_host=settings.per_host,
        spacing_seconds=settings.host_spacing_seconds,
        spare_own_machine=True,
        private_networks=settings.private_networks,
        user_agent=user_agent(settings.contact),
    )


def bounds_of(config: Config) -> schedule.Bounds:
    """What the settings say about coming back."""
    return schedule.Bounds(
        minimum=timedelta(minutes=config.poll.min_interval_minutes),
        default=timedelta(minutes=config.poll.default_interval_minutes),
        maximum=timedelta(minutes=config.poll.max_interval_minutes),
    )


def _record(intake: Intake, feed: Feed, outcome: Outcome) -> None:
    match outcome:
        case NotModified():
            intake.not_modified(feed, outcome)
        case Fetched():
            try:
                intake.document(feed, outcome)
            except Unusable as error:
                _give_up(intake, feed, error.failed)
        case Failed():
            _give_up(intake, feed, outcome)
        case _:
            assert_never(outcome)


def _give_up(intake: Intake, feed: Feed, failed: Failed) -> None:
    from aggregator.text import urls

    store, now, report = intake.store, intake.now, intake.report
    pause_ends = schedule.pause_of_host(failed, now, intake.bounds)
    if pause_ends is not None and not failed.asked:
        with store.transaction():
            feed_store.postpone(store, feed, next_poll_at=schedule.after_pause(feed, pause_ends))
        report.feeds["skipped"] += 1
        report.feeds["due"] -= 1
        return
    next_poll_at = schedule.next_poll(feed, failed, now, intake.bounds)
    gone = failed.reason is FailureReason.GONE
    with store.transaction():
        feed_store.record_failure(store, feed, failed, next_poll_at=next_poll_at, gone=gone, now=now)
        if pause_ends is not None:
            message = failed.message
            pause_store.pause(store, urls.host(feed.url), until=pause_ends, message=message, now=now)
    report.feeds["failed"] += 1
    report.failures.append(
        FeedFailure(
            feed=urls.public_address(feed.url),
            reason=failed.reason.value,
            message=failed.message,
            status=failed.status,
            next_poll_at=None if gone else next_poll_at,
        )
    )
