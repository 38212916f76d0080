"""How does one story look with everything known about it?"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, tzinfo

from aggregator.cli import cells, times
from aggregator.cli.paint import Paint
from aggregator.cli.render_list import ID_SHOWN
from aggregator.cli.safe import safe
from aggregator.models import Copy, Story

SOURCE_COLUMNS = 28
"""Names of nearly all outlets fit; the longest are shortened."""


def lines(
    story: Story,
    *,
    now: datetime,
    columns: int,
    paint: Paint,
    zone: tzinfo | None = None,
    times_as: str | None = None,
) -> Iterator[str]:
    """Title, where it comes from, abstract, copies in order of time, related stories.

    ``times_as``: ``relative`` or ``absolute`` for how long ago, or when, alone.
    """
    here = now.astimezone(zone)
    for line in cells.wrap(safe(story.title), columns):
        yield paint.title(line)
    yield from _origin(story, here, zone, columns, paint, times_as)
    if story.url:
        yield paint.link(paint.faint(safe(story.url)), safe(story.url))
    if story.abstract:
        yield ""
        yield from cells.wrap(safe(story.abstract), columns)
        if story.abstract_method == "machine":
            yield paint.faint("Written by a model from the texts of this story.")
        elif story.model_refused:
            yield from map(
                paint.faint,
                cells.wrap(f"A model's abstract was refused: {safe(story.model_refused)}", columns),
            )
    yield from _facts(story, columns, paint)
    if story.reposts:
        yield ""
        yield paint.rule(f"Also told by {len(story.reposts)}")
        for copy in story.reposts:
            yield from _copy(copy, story, zone, columns, paint)
    if story.related:
        yield ""
        yield paint.rule("Related")
        for other in story.related:
            title = cells.fit(safe(other.title), columns - ID_SHOWN - 4)
            url = safe(other.url) if other.url else None
            yield f"  {paint.faint(other.id[:ID_SHOWN])}  {paint.link(title, url)}"


def _origin(
    story: Story, here: datetime, zone: tzinfo | None, columns: int, paint: Paint, times_as: str | None
) -> Iterator[str]:
    """Who and when: on one line where it fits, on more where it does not."""
    at = story.published.astimezone(zone)
    parts: list[tuple[str, Callable[[str], str]]] = [
        (cells.fit(safe(story.feed.title), columns), paint.source)
    ]
    if story.author and safe(story.author) != safe(story.feed.title):
        parts.append((cells.fit(safe(story.author), columns), str))
    if times_as != "relative":
        parts.append((f"{times.day_name(at, here)} {at:%H:%M}", paint.time))
    if times_as != "absolute":
        parts.append((times.distance(at, here), paint.faint))
    line, used = "", 0
    for text, style in parts:
        cost = cells.width(text) + 3
        if line and used + cost > columns:
            yield line
            line, used = "", 0
        line += (paint.faint(" · ") if line else "") + style(text)
        used += cost if used else cost - 3
    yield line


def _facts(story: Story, columns: int, paint: Paint) -> Iterator[str]:
    rows = [
        ("coins", " ".join(safe(coin) for coin in story.coins)),
        ("tags", ", ".join(safe(tag) for tag in story.tags)),
        ("labels", ", ".join(label.replace("-", " ") for label in story.labels)),
        ("language", story.language or ""),
        ("id", story.id),
    ]
    yield ""
    for name, value in rows:
        for number, line in enumerate(cells.wrap(value, columns - 10)):
            yield paint.faint(cells.pad("" if number else name, 10)) + (
                paint.coin(line) if name == "coins" else line
            )


def _copy(copy: Copy, story: Story, zone: tzinfo | None, columns: int, paint: Paint) -> Iterator[str]:
    at = copy.published.astimezone(zone)
    gap = cells.pad(times.lag(copy.published, story.published), 8, right=True)
    why = f"{safe(copy.rule)} {copy.score:.2f}"
    room = max(10, min(SOURCE_COLUMNS, columns - 19 - cells.width(why)))
    source = cells.pad(cells.fit(safe(copy.feed.title), room), room)
    yield f"  {paint.time(f'{at:%H:%M}')} {paint.faint(gap)}  {paint.source(source)} {paint.faint(why)}"
    margin = " " * 18
    if safe(copy.title) != safe(story.title):
        for line in cells.wrap(safe(copy.title), columns - len(margin)):
            yield margin + line
    if copy.url:
        url = safe(copy.url)
        yield margin + paint.link(paint.faint(url), url)
