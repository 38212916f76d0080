"""How does it look who originates and who reposts: on a terminal, in a pipe, as JSON?"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from aggregator.cli import cells
from aggregator.cli.paint import Paint
from aggregator.cli.render_report import counted
from aggregator.cli.safe import address, safe

if TYPE_CHECKING:
    from aggregator.pipeline.figures import FeedStats, Stats

TITLE_COLUMNS = (14, 32)
"""The least and the most a title gets."""
TITLE_WANTED = 20
"""What it gets before a further column is shown."""
SOURCE_COLUMNS = 26
BAR_COLUMNS = 8
EIGHTHS = " ▏▎▍▌▋▊▉█"
SUGGESTED = 6
"""Feeds named in one suggestion: as many as are read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Column:
    """A column of the table."""

    head: str
    width: int
    """Its gap to the left included."""
    rank: int
    """Narrow terminals do without those of high rank."""
    text: Callable[[FeedStats], str]
    right: bool = True


def bar(share: float, columns: int) -> str:
    """Draw a share as a bar, to an eighth of a cell."""
    full, eighths = divmod(round(share * columns * 8), 8)
    return cells.pad("█" * full + EIGHTHS[eighths].strip(), columns)


def span(seconds: int | None) -> str:
    """``40 s``, ``5 min``, ``3.5 h``, ``30 h``, ``2.1 d``: two digits and a unit."""
    if seconds is None:
        return "–"
    if seconds < 100:
        return f"{seconds} s"
    if seconds < 100 * 60:
        return f"{round(seconds / 60)} min"
    hours = seconds / 3600
    if hours >= 48:
        return f"{hours / 24:.1f} d"
    return f"{hours:.1f} h" if hours < 10 else f"{round(hours)} h"


def _share(share: float | None) -> str:
    """Percent, to three characters: most feeds lie between 95 and 100, or between 0 and 5."""
    return "–" if share is None else "0%" if not share else f"{share:.1%}"


def _source(row: FeedStats) -> str:
    if row.copies_from is None:
        return ""
    times = f" ({row.figures.copies_from_times:,})"
    return "  " + cells.fit(safe(row.copies_from.title), SOURCE_COLUMNS - 2 - len(times)) + times


COLUMNS = (
    _Column(head="items", width=8, rank=7, text=lambda row: f"{row.figures.items:,}"),
    _Column(head="stories", width=9, rank=1, text=lambda row: f"{row.figures.stories:,}"),
    _Column(head="first", width=7, rank=5, text=lambda row: f"{row.figures.first:,}"),
    _Column(head="copied", width=8, rank=4, text=lambda row: f"{row.figures.times_copied:,}"),
    _Column(head="by", width=5, rank=9, text=lambda row: f"{row.figures.copied_by:,}"),
    _Column(head="named", width=7, rank=10, text=lambda row: f"{row.figures.credited:,}"),
    _Column(head="reposts", width=9, rank=2, text=lambda row: _share(row.figures.share_elsewhere)),
    _Column(head="lag", width=8, rank=3, text=lambda row: span(row.figures.lag_median)),
    _Column(head="p90", width=8, rank=8, text=lambda row: span(row.figures.lag_p90)),
    _Column(head="  mostly from", width=SOURCE_COLUMNS, rank=6, text=_source, right=False),
)
FIXED = 2 + BAR_COLUMNS + 7
"""The bar of originality and its figure, with their gaps."""


# --- For people ----------------------------------------------------------------------------------


def table(found: Stats, shown: Sequence[FeedStats], *, columns: int, paint: Paint) -> Iterator[str]:
    """One line per feed, below them the whole in a line and what to do about feeds that copy."""
    if not shown:
        return
    least, most = TITLE_COLUMNS
    widest = max(cells.width(safe(row.feed.title)) for row in shown)
    chosen = _fitting(columns - FIXED - max(least, min(widest, TITLE_WANTED)))
    title = max(least, min(most, widest, columns - FIXED - sum(each.width for each in chosen)))
    heads = "".join(cells.pad(each.head, each.width, right=each.right) for each in chosen)
    yield paint.faint(
        (cells.pad("feed", title) + cells.pad("originality", FIXED, right=True) + heads).rstrip()
    )
    for row in shown:
        yield _row(row, title, chosen, paint)
    yield ""
    for line in cells.wrap(summary(found), columns):
        yield paint.faint(line)
    if advice := suggestion(shown):
        for line in cells.wrap(advice, columns):
            yield paint.faint(line)


def _fitting(columns: int) -> list[_Column]:
    """Choose the columns that matter most and fit; they keep their order."""
    chosen = []
    for each in sorted(COLUMNS, key=lambda each: each.rank):
        if each.width > columns:
            break
        columns -= each.width
        chosen.append(each)
    return [each for each in COLUMNS if each in chosen]


def _row(row: FeedStats, title: int, chosen: Sequence[_Column], paint: Paint) -> str:
    figures = row.figures
    name = cells.pad(cells.fit(safe(row.feed.title), title), title)
    drawn = bar(figures.originality, BAR_COLUMNS)
    drawn = paint.bad(drawn) if figures.mostly_copies else paint.good(drawn)
    told = "".join(cells.pad(each.text(row), each.width, right=each.right) for each in chosen)
    return f"{name}  {drawn}{_share(figures.originality):>7}{told.rstrip()}"


def summary(found: Stats) -> str:
    """The whole in a line."""
    return (
        f"{counted(len(found.feeds), 'feed')}: {counted(found.items, 'item')} in "
        f"{counted(found.stories, 'story')}, {found.stories_per_hour:.3g} an hour; "
        f"{_share(found.share_collapsed)} of the items were copies and collapsed, about "
        f"{_reading(found.reading_saved)} of reading saved"
    )


def _reading(saved: timedelta) -> str:
    minutes = round(saved / timedelta(minutes=1))
    return counted(minutes, "minute") if minutes < 120 else counted(round(minutes / 60), "hour")


def suggestion(shown: Sequence[FeedStats]) -> str:
    """Say which feeds had better not speak for a story, "" when none or when the person has said so already."""
    copiers = [safe(row.feed.title) for row in shown if row.figures.mostly_copies and row.feed.priority >= 0]
    if not copiers:
        return ""
    named = ", ".join(copiers[:SUGGESTED]) + (", …" if len(copiers) > SUGGESTED else "")
    return (
        f"mostly copies: {named}. Others speak for a story they share with such a feed once it has "
        'aggregator:priority="-1" in feeds.opml.'
    )


# --- For scripts ---------------------------------------------------------------------------------


def plain(rows: Sequence[FeedStats]) -> Iterator[str]:
    """One line per feed, divided by tabs; more fields may one day follow, none will move."""
    for row in rows:
        figures = row.figures
        fields = (
            f"{figures.originality:.3f}",
            row.feed.title,
            address(row.feed.url),
            str(figures.items),
            str(figures.stories),
            str(figures.alone),
            str(figures.first),
            str(figures.reposts),
            str(figures.doubles),
            "" if figures.lag_median is None else str(figures.lag_median),
            "" if figures.lag_p90 is None else str(figures.lag_p90),
            str(figures.lags_left_out),
            str(figures.times_copied),
            str(figures.copied_by),
            "" if row.copies_from is None else row.copies_from.title,
            str(figures.copies_from_times),
            str(figures.credited),
            row.publisher,
            str(row.feed.priority),
        )
        yield "\t".join(safe(each) for each in fields)


def as_json(row: FeedStats) -> Mapping[str, object]:
    """A feed with its figures; lags in seconds."""
    figures = row.figures
    share = figures.share_elsewhere
    source = row.copies_from
    return {
        "feed": {"title": row.feed.title, "url": address(row.feed.url)},
        "publisher": row.publisher or None,
        "priority": row.feed.priority,
        "originality": round(figures.originality, 3),
        "items": figures.items,
        "stories": figures.stories,
        "alone": figures.alone,
        "first": figures.first,
        "reposts": figures.reposts,
        "doubles": figures.doubles,
        "share_elsewhere": None if share is None else round(share, 3),
        "lag_median": figures.lag_median,
        "lag_p90": figures.lag_p90,
        "lags_left_out": figures.lags_left_out,
        "times_copied": figures.times_copied,
        "copied_by": figures.copied_by,
        "copies_from": None
        if source is None
        else {"title": source.title, "url": address(source.url), "times": figures.copies_from_times},
        "named": figures.credited,
        "share_named": round(figures.credited / figures.stories, 3) if figures.stories else 0.0,
        "mostly_copies": figures.mostly_copies,
    }
