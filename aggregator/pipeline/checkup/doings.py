"""Do runs happen, do feeds answer, and is what readers get up to date?"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Collection, Iterator
from datetime import datetime, timedelta

from aggregator.config import Config
from aggregator.home import Home
from aggregator.models import Failed, Feed
from aggregator.pipeline.checkup.finding import Finding, fine, note, problem, warning
from aggregator.pipeline.export.outputs import Output, outputs
from aggregator.pipeline.export.state import State
from aggregator.pipeline.poll_stage import limits_of
from aggregator.store import feeds as feed_store
from aggregator.store import meta, selecting
from aggregator.store.connection import Store
from aggregator.text.urls import public_address

SELDOM = timedelta(days=1)
"""Since the last run: feeds of a day's length begin to lose entries."""

STUBBORN = 3
"""Failures in a row from which on a feed is not just out for an hour."""

REASONS_SHOWN = 3
CAUSE_SHOWN = 80
"""Characters of what a server said."""

MANY = 0.5
"""Of all feeds: so many that fail have one cause, and it is here."""


def runs(store: Store, now: datetime) -> Iterator[Finding]:
    """When the last run was, and how it went."""
    last = meta.last_run(store)
    if last is None:
        yield warning("runs", "there was none yet", advice="aggregator run, and from cron: */10 * * * *")
        return
    at, report = last
    feeds = json.loads(report).get("feeds", {})
    told = f"the last was at {at:%Y-%m-%d %H:%M UTC}"
    if now - at > SELDOM:
        yield warning(
            "runs",
            f"{told}, {(now - at).days} days ago" if (now - at).days > 1 else f"{told}, a day ago",
            meaning="feeds go on without you; short ones lose entries",
            advice="look whether cron or the timer still runs: crontab -l, systemctl --user list-timers",
        )
    elif feeds.get("due") and feeds.get("failed") == feeds.get("due"):
        yield warning(
            "runs",
            f"{told}, and every feed that was due failed",
            advice="look whether the network is there: aggregator doctor --network",
        )
    else:
        yield fine("runs", told)


def feeds(store: Store) -> Iterator[Finding]:
    """How many feeds fail, and of what."""
    known = feed_store.all_feeds(store)
    failing = [feed for feed in known if feed.failures or feed.gone]
    stubborn = [feed for feed in failing if feed.gone or feed.failures >= STUBBORN]
    if not known:
        return
    if not failing:
        yield fine("feeds", f"{len(known):,} subscribed, none fails")
        return
    causes = Counter(_cause(feed) for feed in failing)
    told = "; ".join(f"{count} × {cause}" for cause, count in causes.most_common(REASONS_SHOWN))
    more = f"; {len(causes) - REASONS_SHOWN} more causes" if len(causes) > REASONS_SHOWN else ""
    what = f"{len(failing):,} of {len(known):,} fail: {told}{more}"
    if len(failing) > MANY * len(known):
        yield problem(
            "feeds",
            what,
            meaning="so many at one time are rather a fault of this machine or its network",
            advice="aggregator doctor --network, then aggregator run --force",
        )
    elif stubborn:
        yield warning(
            "feeds",
            what,
            meaning=f"{len(stubborn):,} have failed {STUBBORN} times in a row or are gone for good",
            advice="aggregator feeds list --failing; feeds check URL tells more, feeds remove URL takes one out",
        )
    else:
        yield note("feeds", what, meaning="they are asked again by themselves")


def _cause(feed: Feed) -> str:
    if feed.gone:
        return "gone for good (410)"
    text = feed.last_error or "unknown"
    return text if len(text) <= CAUSE_SHOWN else text[: CAUSE_SHOWN - 1] + "…"


def files(store: Store, home: Home, config: Config, now: datetime) -> Iterator[Finding]:
    """Whether what readers get is there and says what the store says."""
    wanted = outputs(config)
    feeds = feed_store.feeds_by_id(store).values()
    state = State(store, home, feeds, wanted, now)
    for output in wanted:
        directory = output.directory(home)
        yield from _asks_for_nothing(output, feeds)
        missing = [name for name in output.files if not os.path.isfile(directory / name)]  # noqa: PTH113 - never raises
        if missing:
            yield problem(
                "output",
                f"{directory}: {', '.join(missing)} not there",
                meaning="subscribers get an error",
                advice="aggregator export writes them",
            )
        elif not state.stands(output):
            yield warning(
                "output",
                f"{directory} is not what the store says now",
                meaning="a run was stopped before its export, a file was changed by hand, or settings changed since",
                advice="aggregator export brings it up to date",
            )
        else:
            newest = max(int((directory / name).stat().st_mtime) for name in output.files)
            yield fine("output", f"{directory} is up to date, last changed {_moment(newest)}")


def _asks_for_nothing(output: Output, feeds: Collection[Feed]) -> Iterator[Finding]:
    table = f"[outputs.{output.name}]" if output.name else "[export]"
    for each in selecting.names_of_nothing(output.selection, feeds):
        yield warning(
            "output",
            f"{table} {each}",
            meaning="no story comes from there",
            advice="aggregator feeds list tells the titles and folders there are",
        )


def _moment(stamp: int) -> str:
    from datetime import UTC

    return f"{datetime.fromtimestamp(stamp, UTC):%Y-%m-%d %H:%M UTC}"


def network(store: Store, config: Config) -> Iterator[Finding]:
    """Whether one feed can be fetched: the one that answered last. Nothing of it is stored."""
    remote = [each for each in feed_store.all_feeds(store) if each.url.startswith(("http://", "https://"))]
    if not remote:
        yield note("network", "no feed is fetched over the network")
        return
    from aggregator.poll import fetch

    chosen = max(remote, key=lambda feed: (feed.last_ok_at is not None, feed.last_ok_at, -feed.failures))
    for _, outcome in fetch.fetch([chosen], limits=limits_of(config)):
        if isinstance(outcome, Failed):
            yield problem(
                "network",
                f"{public_address(chosen.url)}: {outcome.message}",
                meaning="this feed answered best so far, so it is rather the network than the feed",
                advice="look at name resolution, routes, proxies and the firewall of this machine",
            )
        else:
            yield fine("network", f"{public_address(chosen.url)} answers")
