"""Which feeds bring news, which only copy, and what is the news about?"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

import click

from aggregator.cli import cells, paint, render_stats, render_trends, times
from aggregator.cli.app import Command
from aggregator.cli.invocation import Invocation, current
from aggregator.cli.safe import to_json
from aggregator.errors import UsageError

if TYPE_CHECKING:
    from aggregator.pipeline.figures import FeedStats, Stats

SINCE = "30d"
"""Long enough for a feed that writes daily to be judged, short enough for one that changed its ways."""


@click.command(cls=Command)
@click.option(
    "--since", metavar="TIME", default=SINCE, show_default=True, help="Stories from then on: 7d, 2026-11-01."
)
@click.option("--until", metavar="TIME", help="Stories from before then.")
@click.option("--feed", metavar="TEXT", help="Show only feeds whose title or address has TEXT.")
@click.option("-n", "--limit", type=click.IntRange(min=0), metavar="N", help="Show only the first N feeds.")
@click.option(
    "--overall", is_flag=True, help="Not feed by feed, but the whole: pace, coins, what was collapsed."
)
@click.option("--json", "as_json", is_flag=True, help="Print an array of feeds; with --overall one object.")
@current
def stats(
    invocation: Invocation,
    *,
    since: str,
    until: str | None,
    feed: str | None,
    limit: int | None,
    overall: bool,
    as_json: bool,
) -> None:
    """Rank the feeds: which bring news, which only copy.

    A story is a feed's own when nobody else brought it, or the others had it from there: they name it as
    their source, it is a press wire, or it was the earliest. Originality is (own + 2) / (own + reposts + 4),
    so that a feed has to bring some stories to stand high. What another feed of the same publisher had first
    is a double and counts on neither side. --feed and --limit choose what is shown, not what is counted.

    Below it stand the stories of the last 48 hours, hour by hour, and the coins of the last 7 days against
    the 7 before, both up to the last story. Reading saved is what the copies would have taken at 238 words a
    minute (Brysbaert 2019).

    On a terminal a table, otherwise one line per feed, divided by tabs: originality, title, url, items,
    stories, alone, first, reposts, doubles, median lag and 90th percentile in seconds, lags left out, times
    copied, by how many feeds, title of the feed it copies most, how often, stories that name it as source,
    publisher, priority.

    Examples:
      aggregator stats
      aggregator stats --since 7d --feed coin
      aggregator stats --overall --json | jq '.coins[] | select(.before == 0) | .coin'
      aggregator stats --json | jq '.[] | select(.mostly_copies) | .feed.title'
    """
    from aggregator import pipeline

    start = times.moment(since, invocation.now)
    # What came in this very second counts.
    end = times.moment(until, invocation.now) if until else invocation.now + timedelta(seconds=1)
    if start >= end:
        raise UsageError(f"--since {since} is not before --until {until or 'now'}: nothing lies between")
    found = pipeline.stats(invocation.home, invocation.config(), since=start, until=end)
    if overall:
        _tell_whole(found, as_json=as_json)
        return
    meant = [each for each in found.feeds if _is_meant(each, feed)]
    shown = meant[:limit]
    if as_json:
        click.echo(to_json([render_stats.as_json(each) for each in shown], indent=1))
    elif not paint.on_terminal():
        for line in render_stats.plain(shown):
            click.echo(line)
    else:
        for line in render_stats.table(
            found, shown, columns=paint.columns(), paint=paint.paint_for(sys.stdout)
        ):
            click.echo(line)
        if shown and feed is None:
            _draw(found)
    if not meant:
        invocation.warn(_nothing(found.feeds, since, feed))


def _tell_whole(found: Stats, *, as_json: bool) -> None:
    if as_json:
        click.echo(to_json(render_trends.as_json(found), indent=1))
    elif not paint.on_terminal():
        for line in render_trends.plain(found):
            click.echo(line)
    else:
        for line in cells.wrap(render_stats.summary(found), paint.columns()):
            click.echo(line)
        _draw(found)


def _draw(found: Stats) -> None:
    click.echo()
    for line in render_trends.charts(found, columns=paint.columns(), paint=paint.paint_for(sys.stdout)):
        click.echo(line)


def _is_meant(row: FeedStats, text: str | None) -> bool:
    return text is None or text.lower() in f"{row.feed.title}\n{row.feed.url}".lower()


def _nothing(rows: Sequence[FeedStats], since: str, feed: str | None) -> str:
    if rows:
        return f"no feed that brought something has {feed!r} in its title or address: aggregator feeds list"
    return (
        f"no stories since {since}; look further back with --since 365d, or fetch your feeds: aggregator run"
    )
