"""How do feeds and their health look: on a terminal, in a pipe, as JSON?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from urllib.parse import urlsplit

from aggregator.cli import cells, times
from aggregator.cli.paint import Paint
from aggregator.cli.render_visit import span
from aggregator.cli.safe import address, safe
from aggregator.models import Feed, Subscription
from aggregator.store.reading import FeedHealth

TITLE_COLUMNS = (14, 40)
"""The least and the most a title gets; the message of what is wrong gets the rest."""

COUNTS_COLUMNS = 2 + 8 + 8
"""Mark, items and stories, with their gaps."""

TIME_COLUMNS = 12
"""One time, such as "59 min ago", with its gap."""

CHURNS = 3
"""Documents in a row that rewrote what was known, from which on it is worth telling."""


def unpolled(subscription: Subscription) -> FeedHealth:
    """A subscription no run has seen yet, in the form of those that one has."""
    host = urlsplit(subscription.url).hostname
    feed = Feed(
        id=0,
        url=subscription.url,
        first_url=subscription.url,
        title=subscription.title or host or address(subscription.url),
        folder=subscription.folder,
        language=subscription.language,
        priority=subscription.priority,
    )
    return FeedHealth(feed=feed, items=0, stories=0)


def state(feed: Feed) -> str:
    """One word on how a feed is: ``new``, ``ok``, ``failing``, ``gone`` or ``removed``."""
    if feed.removed:
        return "removed"
    if feed.gone:
        return "gone"
    if feed.failures:
        return "failing"
    return "ok" if feed.last_polled_at else "new"


def is_failing(row: FeedHealth) -> bool:
    """Whether a person should look at it."""
    return state(row.feed) in {"failing", "gone"}


def is_quiet(row: FeedHealth, since: datetime) -> bool:
    """Whether it has brought nothing new since then, or never anything."""
    return row.feed.last_new_at is None or row.feed.last_new_at < since


def error_class(feed: Feed) -> str:
    """One word for what is wrong, such as ``dns``, ``timeout`` or ``not-a-feed``; "" when nothing is."""
    return (feed.last_error or "").partition(":")[0]


def share_of_304(feed: Feed) -> float | None:
    """Of its answers, the part that was "not modified"; None before the first."""
    return feed.polls_not_modified / feed.polls if feed.polls else None


def is_churning(feed: Feed) -> bool:
    """Whether it rewrites its texts at every fetch, so that they no longer count as updates."""
    return feed.churn >= CHURNS


# --- For people ----------------------------------------------------------------------------------


def table(rows: Sequence[FeedHealth], *, now: datetime, columns: int, paint: Paint) -> Iterator[str]:
    """One line per feed, and below a failing one what is wrong and when it is tried again."""
    if not rows:
        return
    least, most = TITLE_COLUMNS
    widest = max(cells.width(safe(row.feed.title)) for row in rows)
    # A narrow terminal shows fewer times rather than broken lines.
    times_shown = max(1, min(5, (columns - COUNTS_COLUMNS - min(most, max(least, widest))) // TIME_COLUMNS))
    title = max(least, min(most, widest, columns - COUNTS_COLUMNS - times_shown * TIME_COLUMNS))
    heads = ("last ok", "last new", "next poll", "rhythm", "304s")[:times_shown]
    yield paint.faint(
        cells.pad("  feed", title + 2)
        + "   items stories"
        + "".join(cells.pad(head, TIME_COLUMNS, right=True) for head in heads)
    )
    for row in rows:
        yield from _table_row(row, now, title, times_shown, columns, paint)
    yield ""
    for said in (_count_states(rows), _count_hubs(rows)):
        for line in cells.wrap(said, columns) if said else ():
            yield paint.faint(line)


def _table_row(
    row: FeedHealth, now: datetime, title: int, times_shown: int, columns: int, paint: Paint
) -> Iterator[str]:
    feed = row.feed
    what = state(feed)
    mark = {"ok": paint.good("●"), "new": paint.faint("○"), "removed": paint.faint("–")}.get(
        what, paint.bad("✗")
    )
    name = cells.pad(cells.fit(safe(feed.title), title), title)
    moments = (feed.last_ok_at, feed.last_new_at, None if feed.gone else feed.next_poll_at)[:times_shown]
    cells_shown = [*(_told(each, now) for each in moments), _every(feed), _share(feed)][:times_shown]
    told = "".join(cells.pad(each, TIME_COLUMNS, right=True) for each in cells_shown)
    yield f"{mark} {paint.title(name) if is_failing(row) else name} {row.items:>7} {row.stories:>7}{paint.time(told)}"
    if is_failing(row):
        for line in cells.wrap(_trouble(feed), columns - 4):
            yield "    " + paint.bad(line)
    elif is_churning(feed):
        yield "    " + paint.faint("rewrites its texts at every fetch: only titles, links and dates update")


def _every(feed: Feed) -> str:
    return f"every {span(feed.rhythm)}" if feed.rhythm is not None else "–"


def _share(feed: Feed) -> str:
    share = share_of_304(feed)
    return "–" if share is None else f"{share:.0%}"


def _told(moment: datetime | None, now: datetime) -> str:
    if moment is None:
        return "–"
    return "now" if 0 <= (now - moment).total_seconds() < 30 else times.distance(moment, now)


def _trouble(feed: Feed) -> str:
    if feed.gone:
        return "gone for good (HTTP 410): not polled any more; find its new address, or remove it"
    again = f"; {counted(feed.failures)}" if feed.failures > 1 else ""
    return f"{safe(feed.last_error or 'failed')}{again}"


def counted(failures: int) -> str:
    """Say how often in a row."""
    return f"{failures} failures in a row"


def _count_states(rows: Sequence[FeedHealth]) -> str:
    states = [state(row.feed) for row in rows]
    parts = [f"{states.count(word)} {word}" for word in ("ok", "failing", "gone", "new") if word in states]
    items, stories = sum(row.items for row in rows), sum(row.stories for row in rows)
    return f"{len(rows)} feeds: {', '.join(parts)} · {items:,} items, {stories:,} stories first told"


def _count_hubs(rows: Sequence[FeedHealth]) -> str:
    hubs = sum(row.feed.hub is not None for row in rows)
    if not hubs:
        return ""
    names = "1 names a WebSub hub" if hubs == 1 else f"{hubs} name a WebSub hub"
    return f"{names}, which is not used: subscribing needs a public address"


# --- For scripts ---------------------------------------------------------------------------------


def plain(rows: Sequence[FeedHealth]) -> Iterator[str]:
    """One line per feed, divided by tabs; more fields may one day follow, none will move."""
    for row in rows:
        feed = row.feed
        fields = (
            state(feed),
            feed.title,
            address(feed.url),
            str(row.items),
            str(row.stories),
            times.iso(feed.last_ok_at) or "",
            times.iso(feed.last_new_at) or "",
            times.iso(feed.next_poll_at) or "",
            str(feed.failures),
            feed.last_error or "",
            error_class(feed),
            "" if feed.rhythm is None else str(round(feed.rhythm.total_seconds())),
            "" if (share := share_of_304(feed)) is None else f"{share:.2f}",
            str(feed.bytes_saved),
            address(feed.hub) if feed.hub else "",
        )
        yield "\t".join(safe(each) for each in fields)


def as_json(row: FeedHealth) -> Mapping[str, object]:
    """A feed with its health."""
    feed = row.feed
    return {
        "title": feed.title,
        "url": address(feed.url),
        "site_url": feed.site_url,
        "state": state(feed),
        "folder": list(feed.folder),
        "tags": list(feed.tags),
        "language": feed.language,
        "priority": feed.priority,
        "items": row.items,
        "stories": row.stories,
        "last_polled": times.iso(feed.last_polled_at),
        "last_ok": times.iso(feed.last_ok_at),
        "last_new": times.iso(feed.last_new_at),
        "next_poll": times.iso(feed.next_poll_at),
        "failures": feed.failures,
        "last_status": feed.last_status,
        "last_error": feed.last_error,
        "error_class": error_class(feed) or None,
        "rhythm_seconds": None if feed.rhythm is None else round(feed.rhythm.total_seconds()),
        "polls": feed.polls,
        "share_304": None if (share := share_of_304(feed)) is None else round(share, 3),
        "bytes_saved": feed.bytes_saved,
        "rewrites_itself": is_churning(feed),
        "moving_to": feed.moving_to,
        "hub": feed.hub,
    }
