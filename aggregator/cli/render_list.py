"""How do stories look: on a terminal that a person reads, in a pipe that a script reads?"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, tzinfo

from aggregator.cli import cells, times
from aggregator.cli.paint import Paint
from aggregator.cli.safe import safe
from aggregator.models import Copy, FeedRef, Story

ID_SHOWN = 7
"""Hex digits of an id on a terminal. Among 100,000 items 4 in 10,000 share their first seven, and a prefix
that is not enough says so; scripts get all twenty."""

MARGIN = ID_SHOWN + 2
"""Time and id stand to the left, everything to read in one column beside them."""

SOURCE_LEAST = 12
"""Columns of a name that are kept before anything stands beside it."""

FRESH_MINUTES = 60
"""Younger stories say how old they are: that is when it matters."""


SGR = re.compile(r"\x1b\[[0-9;]*m")

# --- For people ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Switches:
    """How a list is laid out."""

    reposts: bool = False
    """Every copy below its story."""
    urls: bool = False
    days: bool = True
    """Under the days they belong to; else each carries its date."""
    times: str | None = None
    """``relative``: how long ago in place of the clock; ``absolute``: nothing but the clock."""


Marks = Callable[[str], Sequence[tuple[int, int]]]
"""Where in a text what was looked for stands."""


def no_marks(_: str) -> Sequence[tuple[int, int]]:
    """Nothing was looked for."""
    return ()


def terminal(  # noqa: PLR0913 - what is shown, where, and how
    stories: Sequence[Story],
    *,
    now: datetime,
    columns: int,
    paint: Paint,
    zone: tzinfo | None = None,
    switches: Switches | None = None,
    excerpts: Mapping[str, str] | None = None,
    marks: Marks = no_marks,
) -> Iterator[str]:
    """Lay stories out, numbered in the order of ``--open``.

    ``excerpts``, by id, stand in place of abstracts; what ``marks`` finds is marked.
    """
    switches = switches or Switches()
    here = now.astimezone(zone)
    day = None
    for number, story in enumerate(stories, start=1):
        at = story.published.astimezone(zone)
        if switches.days and at.date() != day:
            if number > 1:
                yield ""
            yield _day_line(times.day_name(at, here), columns, paint)
            day = at.date()
        if number > 1 or switches.days:
            yield ""
        text = (excerpts or {}).get(story.id) or story.abstract or ""
        yield from _beside(
            [
                paint.time(_clock(at, here, switches)),
                paint.faint(story.id[:ID_SHOWN]),
                paint.faint(f"#{number}"),
            ],
            [
                *_title(story, columns - MARGIN, paint, marks),
                _source_line(story, at, here, columns - MARGIN, paint, switches),
                *_marked(safe(text), columns - MARGIN, marks, str, paint),
            ],
        )
        if switches.urls and story.url:
            yield " " * MARGIN + paint.faint(safe(story.url))
        if switches.reposts:
            for copy in story.reposts:
                yield from _copy(copy, story, zone, columns, paint, urls=switches.urls)


def _day_line(name: str, columns: int, paint: Paint) -> str:
    return paint.rule(f"── {name} ") + paint.faint("─" * (columns - len(name) - 4))


def _beside(left: Sequence[str], right: Sequence[str]) -> Iterator[str]:
    """Put what a story is known by to the left of what is read."""
    for number, line in enumerate(right):
        mark = left[number] if number < len(left) else ""
        yield mark + " " * (MARGIN - cells.width(SGR.sub("", mark))) + line


def _clock(at: datetime, here: datetime, switches: Switches) -> str:
    if switches.times == "relative":
        return times.short_span(at, here)
    return f"{at:%H:%M}"


def _title(story: Story, room: int, paint: Paint, marks: Marks) -> Iterator[str]:
    url = safe(story.url) if story.url else None
    for line in _marked(safe(story.title), room, marks, paint.title, paint):
        yield paint.link(line, url)


def _marked(text: str, room: int, marks: Marks, style: Callable[[str], str], paint: Paint) -> Iterator[str]:
    """Break a text into lines, with what was looked for marked in them, also over the end of a line."""
    places = marks(text)
    at = 0
    for line in cells.wrap(text, room):
        start = text.index(line, at)
        at = start + len(line)
        yield _line(text, start, at, places, style, paint)


def _line(
    text: str,
    start: int,
    end: int,
    places: Sequence[tuple[int, int]],
    style: Callable[[str], str],
    paint: Paint,
) -> str:
    painted, at = "", start
    for first, last in places:
        if last > at and first < end:
            painted += style(text[at : max(at, first)]) + paint.mark(text[max(at, first) : min(last, end)])
            at = min(last, end)
    return painted + style(text[at:end])


def _source_line(
    story: Story, at: datetime, here: datetime, room: int, paint: Paint, switches: Switches
) -> str:
    """Who, how many more, about what: as much of it as one line holds, the name first."""
    parts: list[tuple[str, Callable[[str], str]]] = []
    if not switches.days:
        day = f"{at.day} {times.MONTHS[at.month - 1][:3]}"
        parts.append((day if at.year == here.year else f"{day} {at.year}", paint.faint))
    elif not switches.times and 0 <= (here - at).total_seconds() < FRESH_MINUTES * 60:
        parts.append((times.distance(at, here), paint.faint))
    if story.reposts:
        parts.append((reposts_label(len(story.reposts)), paint.count))
    parts += [(label.replace("-", " "), paint.faint) for label in story.labels]
    while len(parts) > 1 and room - sum(3 + len(text) for text, _ in parts) < SOURCE_LEAST:
        parts.pop()
    source = cells.fit(
        safe(story.feed.title), max(SOURCE_LEAST, room - sum(3 + len(text) for text, _ in parts))
    )
    line, used = paint.source(source), cells.width(source)
    for text, style in parts:
        used += 3 + len(text)
        line += paint.faint(" · ") + style(text)
    coins = _fitting([safe(coin) for coin in story.coins], room - used - 3)
    return line + (paint.faint(" · ") + paint.coin(coins) if coins else "")


def _fitting(words: Sequence[str], room: int) -> str:
    """As many of the words, first ones first, as there is room for."""
    line = ""
    for word in words:
        longer = f"{line} {word}".lstrip()
        if cells.width(longer) > room:
            break
        line = longer
    return line


def reposts_label(count: int) -> str:
    """Say how many copies were folded in."""
    return f"+{count} repost{'' if count == 1 else 's'}"


def _copy(
    copy: Copy, story: Story, zone: tzinfo | None, columns: int, paint: Paint, *, urls: bool
) -> Iterator[str]:
    at = copy.published.astimezone(zone)
    clock = f"{at:%H:%M}"
    if at.date() != story.published.astimezone(zone).date():
        clock = f"{at.day} {times.MONTHS[at.month - 1][:3]} {clock}"
    mark = " " * MARGIN + paint.faint("↳ ") + paint.time(f"{clock} ")
    room = columns - MARGIN - 3 - len(clock)
    source = cells.fit(safe(copy.feed.title), 28)
    text = cells.fit(safe(copy.title), max(10, room - cells.width(source) - 2))
    if safe(copy.title) == safe(story.title):
        text = paint.faint("same title")
    url = safe(copy.url) if copy.url else None
    yield mark + paint.source(source) + "  " + paint.link(text, url)
    if urls and url:
        yield " " * (MARGIN + 8) + paint.faint(url)


# --- For scripts ---------------------------------------------------------------------------------


def plain(stories: Sequence[Story], *, reposts: bool = False) -> Iterator[str]:
    """One line per story, fields divided by tabs; more fields may one day follow, none will move.

    id, time (UTC), feed, number of reposts, title, url. With ``reposts`` each copy follows on a line of its
    own, with the item's id in front and the rule that found it in place of the number.
    """
    for story in stories:
        yield _row(story.id, story.published, story.feed, str(len(story.reposts)), story.title, story.url)
        if reposts:
            for copy in story.reposts:
                yield _row(copy.item, copy.published, copy.feed, copy.rule, copy.title, copy.url)


def _row(identity: str, at: datetime, feed: FeedRef, fourth: str, title: str, url: str | None) -> str:
    fields = (identity, times.iso(at) or "", feed.title, fourth, title, url or "")
    return "\t".join(safe(each) for each in fields)


def addresses(stories: Sequence[Story], *, reposts: bool = False) -> Iterator[str]:
    """One link a line; stories without one have none."""
    for story in stories:
        for url in (story.url, *(copy.url for copy in story.reposts if reposts)):
            if url:
                yield safe(url)


def as_json(story: Story) -> Mapping[str, object]:
    """A story in the form that DESIGN §5 fixes, its labels, and how its abstract was made."""
    return {
        "id": story.id,
        "title": story.title,
        "url": story.url,
        "feed": _feed(story.feed),
        "author": story.author,
        "published": times.iso(story.published),
        "updated": times.iso(story.updated),
        "language": story.language,
        "tags": list(story.tags),
        "coins": list(story.coins),
        "abstract": story.abstract,
        "reposts": [
            {
                "item": copy.item,
                "title": copy.title,
                "url": copy.url,
                "feed": _feed(copy.feed),
                "published": times.iso(copy.published),
                "rule": copy.rule,
                "score": round(copy.score, 4),
            }
            for copy in story.reposts
        ],
        "related": [other.id for other in story.related],
        "labels": list(story.labels),
        "abstract_method": story.abstract_method,
        **({"enclosures": [asdict(each) for each in story.enclosures]} if story.enclosures else {}),
        **({"model_refused": story.model_refused} if story.model_refused else {}),
    }


def _feed(feed: FeedRef) -> Mapping[str, str]:
    return {"title": feed.title, "url": feed.url}
