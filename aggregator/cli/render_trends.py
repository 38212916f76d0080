"""How do the pace of the news and the coins in it look: on a terminal, in a pipe, as JSON?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from aggregator.cli import cells
from aggregator.cli.paint import Paint
from aggregator.cli.render_stats import bar
from aggregator.cli.safe import safe

if TYPE_CHECKING:
    from aggregator.models import CoinTrend
    from aggregator.pipeline.figures import Stats

LEVELS = " ▁▂▃▄▅▆▇█"
COIN_COLUMNS = 8
"""Room for a ticker; longer ones are cut."""
COUNT_COLUMNS = 7
BAR_COLUMNS = 24
CHANGE_COLUMNS = 8


def charts(found: Stats, *, columns: int, paint: Paint) -> Iterator[str]:
    """Stories an hour as bars of one line, then a line for each coin."""
    if found.newest is None or not any(found.hours):
        return
    yield from _pace(found.hours, found.newest, columns, paint)
    if found.coins:
        yield ""
        yield from _coins(found.coins, columns, paint)


def _pace(hours: Sequence[int], newest: datetime, columns: int, paint: Paint) -> Iterator[str]:
    shown = hours[-columns:]
    last = newest.astimezone()
    yield paint.faint(
        cells.fit(
            f"stories an hour, {len(shown)} hours to {last:%-d %b %H:00}; the busiest had {max(shown):,}",
            columns,
        )
    )
    yield paint.source(spark(shown))


def spark(values: Sequence[int]) -> str:
    """One character for each value, as high as its part of the greatest; what is not nothing is seen."""
    most = max(values, default=0)
    return "".join(LEVELS[max(1, round(8 * each / most))] if each else LEVELS[0] for each in values)


def _coins(coins: Sequence[CoinTrend], columns: int, paint: Paint) -> Iterator[str]:
    compared = coins[0].before is not None
    told = (
        "coins in the stories of the last 7 days, against the 7 before"
        if compared
        else ("coins in the stories of the last 7 days")
    )
    yield paint.faint(cells.fit(told, columns))
    room = max(1, min(BAR_COLUMNS, columns - COIN_COLUMNS - COUNT_COLUMNS - CHANGE_COLUMNS - 1))
    most = max(each.stories for each in coins)
    for each in coins:
        name = cells.pad(cells.fit(safe(each.coin), COIN_COLUMNS - 1), COIN_COLUMNS)
        line = (
            f"{paint.coin(name)}{bar(each.stories / most, room)}"
            f"{cells.pad(f'{each.stories:,}', COUNT_COLUMNS, right=True)}"
        )
        yield f"{line}{cells.pad(change(each), CHANGE_COLUMNS, right=True)}".rstrip()


def change(trend: CoinTrend) -> str:
    """``+12``, ``−3``, ``=``, ``new``; "" where the time before is not known."""
    if trend.before is None:
        return ""
    if not trend.before:
        return "new"
    more = trend.stories - trend.before
    return f"+{more:,}" if more > 0 else f"−{-more:,}" if more else "="


# --- For scripts ---------------------------------------------------------------------------------


def plain(found: Stats) -> Iterator[str]:
    """One figure a line, its name first, divided by tabs; coins and hours each have a line of their own."""
    for name, value in as_json(found).items():
        if not isinstance(value, list):
            yield f"{name}\t{'' if value is None else value}"
    for each in found.coins:
        yield f"coin\t{safe(each.coin)}\t{each.stories}\t{'' if each.before is None else each.before}"
    for moment, stories in _hours(found):
        yield f"hour\t{moment}\t{stories}"


def as_json(found: Stats) -> Mapping[str, object]:
    """The whole; reading time in minutes."""
    return {
        "feeds": len(found.feeds),
        "items": found.items,
        "stories": found.stories,
        "stories_per_hour": round(found.stories_per_hour, 3),
        "share_collapsed": round(found.share_collapsed, 3),
        "reading_saved_minutes": round(found.reading_saved / timedelta(minutes=1)),
        "coins": [
            {"coin": each.coin, "stories": each.stories, "before": each.before} for each in found.coins
        ],
        "hours": [{"hour": moment, "stories": stories} for moment, stories in _hours(found)],
    }


def _hours(found: Stats) -> Iterator[tuple[str, int]]:
    if found.newest is None:
        return
    last = found.newest.astimezone(UTC).replace(minute=0, second=0)
    for ago, stories in zip(range(len(found.hours) - 1, -1, -1), found.hours, strict=True):
        yield f"{last - timedelta(hours=ago):%Y-%m-%dT%H:%M:%SZ}", stories
