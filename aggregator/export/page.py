"""How do people read the merged feed in a browser? One file that asks nobody for anything.

No request leaves it (style, script and icon are inside; the content security policy forbids the rest), it works
without JavaScript and on paper, and it shows no markup of a publisher: all text is escaped by the template. The
script only hides what the person does not look for, and tells times as the person's clock does.
"""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from aggregator.export import atom, charts, dates, jsonfeed, languages, rss
from aggregator.export import channel as names
from aggregator.export import outlets as outlets_module
from aggregator.export.channel import Channel
from aggregator.export.chars import line
from aggregator.export.entry import LINKED, Entry, entry
from aggregator.models import Enclosure, Overview, Story

if TYPE_CHECKING:
    from jinja2 import Template

FORMATS = (
    (names.ATOM, "Atom", atom.MEDIA_TYPE),
    (names.RSS, "RSS", rss.MEDIA_TYPE),
    (names.JSON, "JSON", jsonfeed.MEDIA_TYPE),
    (names.OPML, "OPML", ""),
)
"""File, what its link says, and how it is announced (an OPML list is not a feed)."""

TEMPLATES = Path(__file__).with_name("templates")

WIDELY = 5
"""Stories in the list of those that most outlets carry."""
WIDELY_OUTLETS = 3
"""Fewer outlets than this are not wide."""
COINS = 12
"""Coins offered as filters, the most frequent first: one line of a wide screen."""
NAMED = 3
"""Other outlets named beside the number of copies: one line of a wide screen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sibling:
    """Another merged feed beside this one."""

    name: str
    address: str
    """Of its page, relative to this one."""
    here: bool = False
    """It is this one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One story on the page."""

    shown: Entry
    anchor: str
    published: datetime
    coins: tuple[str, ...]
    carriers: tuple[int, ...]
    """Places of its outlets in the list of the filter."""
    foreign: str | None
    """The language, where it is not the page's own: said beside the title."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """The stories of one day, UTC."""

    moment: datetime
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hour:
    """How busy one clock hour was."""

    moment: datetime
    stories: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """The chart of stories per hour with the numbers it is drawn from."""

    drawing: str
    """SVG, see `charts`."""
    width: int
    height: int
    hours: tuple[Hour, ...]
    top: int
    """What the highest bar could say."""
    busiest: Hour


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """One coin in the news."""

    coin: str
    drawing: str
    """SVG, see `charts`."""
    stories: int
    before: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trends:
    """The coins that most stories are about, against the time before."""

    rows: tuple[Trend, ...]
    span: str
    """In words."""
    compared: bool
    """Whether the time before is known."""


def render(
    channel: Channel,
    stories: Sequence[Story],
    overview: Overview | None = None,
    siblings: Sequence[Sibling] = (),
) -> bytes:
    """The whole document; its bytes depend on the arguments alone.

    ``overview`` says what stands behind the stories; ``siblings`` are the merged feeds of the same home, this one
    included, in the order they are to be named.
    """
    overview = overview or Overview()
    language = languages.tag(channel.language) or "en"
    carriers = outlets_module.carriers(stories)
    places = {name: place for place, (name, _) in enumerate(carriers)}
    rows = [_row(story, language, places) for story in stories]
    style, script = _part("page.css"), _part("page.js")
    text = _template().render(
        channel=channel,
        formats=[each for each in FORMATS if each[0] in channel.documents],
        siblings=siblings,
        linked=LINKED,
        named=NAMED,
        language=language,
        direction=languages.direction(language) or "ltr",
        days=list(_days(rows)),
        stories=len(rows),
        copies=sum(len(story.reposts) for story in stories),
        widely=_widely(rows),
        coins=_coins(rows),
        carriers=carriers,
        pace=_pace(overview),
        outlets=outlets_module.outlets(overview),
        trends=_trends(overview),
        span=_span(overview),
        whole=_whole(overview),
        style=style,
        style_hash=_hash(style),
        script=script,
        script_hash=_hash(script),
        rfc3339=dates.rfc3339,
        medium=_medium,
    )
    return text.encode()


# --- Stories -------------------------------------------------------------------------------------


def _row(story: Story, language: str, places: Mapping[str, int]) -> Row:
    shown = entry(story)
    foreign = shown.language if (shown.language or language)[:2] != language[:2] else None
    return Row(
        shown=shown,
        anchor=f"s-{line(story.id, 64)}",
        published=story.published.astimezone(UTC),
        coins=tuple(line(coin, 12).replace(" ", "") for coin in story.coins),
        carriers=tuple(places[name] for name in outlets_module.carried_by(story)),
        foreign=foreign,
    )


def _medium(enclosure: Enclosure) -> str:
    """What stands on the link to an enclosure: ``Audio, 23 MB``."""
    name = _MEDIA.get(enclosure.type.split("/")[0], "Document")
    megabytes = round(enclosure.length / 1_000_000)
    return f"{name}, {megabytes:,} MB" if megabytes else name


_MEDIA = {"audio": "Audio", "video": "Video"}


def _days(rows: Iterable[Row]) -> Iterable[Day]:
    for _, found in groupby(rows, key=lambda row: row.published.date()):
        of_day = tuple(found)
        yield Day(moment=of_day[0].published, rows=of_day)


def _widely(rows: Sequence[Row]) -> list[Row]:
    """What most outlets carry: the nearest thing to "what happened" that a machine can know."""
    wide = [row for row in rows if len(row.carriers) >= WIDELY_OUTLETS]
    return sorted(wide, key=lambda row: -len(row.carriers))[:WIDELY]


def _coins(rows: Sequence[Row]) -> list[tuple[str, int]]:
    """What to choose from; a coin that every story is about would choose nothing."""
    counted = Counter(coin for row in rows for coin in dict.fromkeys(row.coins) if coin)
    telling = [(coin, count) for coin, count in counted.items() if count < len(rows)]
    return sorted(telling, key=lambda pair: (-pair[1], pair[0]))[:COINS]


# --- What stands behind them -----------------------------------------------------------------------


def _pace(overview: Overview) -> Pace | None:
    if overview.newest is None or not any(overview.hours):
        return None
    last = overview.newest.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    first = last - timedelta(hours=len(overview.hours) - 1)
    hours = tuple(
        Hour(moment=first + timedelta(hours=at), stories=count) for at, count in enumerate(overview.hours)
    )
    return Pace(
        drawing=charts.hours(overview.hours, [at for at, hour in enumerate(hours) if hour.moment.hour == 0]),
        width=charts.HOUR_WIDTH * len(hours),
        height=charts.HOURS_HEIGHT,
        hours=hours,
        top=charts.top(overview.hours),
        busiest=max(hours, key=lambda hour: hour.stories),
    )


def _trends(overview: Overview) -> Trends | None:
    if not overview.coins:
        return None
    most = max(max(each.stories, each.before or 0) for each in overview.coins)
    return Trends(
        rows=tuple(
            Trend(
                coin=line(each.coin, 12).replace(" ", ""),
                drawing=charts.against(each.stories, each.before, most=most),
                stories=each.stories,
                before=each.before,
            )
            for each in overview.coins
        ),
        span=_span(overview),
        compared=overview.coins[0].before is not None,
    )


def _whole(overview: Overview) -> str:
    """What collapsing copies came to, in words; "" where there were none."""
    copies = overview.items - overview.stories
    if copies <= 0:
        return ""
    minutes = round(overview.reading_saved / timedelta(minutes=1))
    saved = f"{minutes} minutes" if minutes < 120 else f"{round(minutes / 60):,} hours"
    saving = f", about {saved} of reading saved" if minutes > 1 else ""
    share = f"{copies / overview.items:.0%}".replace("%", " %")
    return f"Of {overview.items:,} items {share} were copies and are folded{saving}."


def _span(overview: Overview) -> str:
    """The time the figures are of, in words."""
    if overview.newest is None or overview.since is None:
        return ""
    hours = round((overview.newest - overview.since) / timedelta(hours=1))
    return f"{max(1, hours)} hours" if hours < 48 else f"{round(hours / 24)} days"


# --- What the file is made of --------------------------------------------------------------------


@lru_cache(maxsize=4)
def _part(name: str) -> str:
    return (TEMPLATES / name).read_text(encoding="utf-8").strip()


def _hash(text: str) -> str:
    """The source expression that lets exactly this style or script run (CSP Level 3 §2.3.1)."""
    digest = hashlib.sha256(f"\n{text}\n".encode()).digest()
    return f"sha256-{base64.b64encode(digest).decode()}"


@lru_cache(maxsize=1)
def _template() -> Template:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.get_template("page.html")
