"""How do people read the merged feed in a browser? One file that asks nobody for anything.

No request leaves it (style, script and icon are inside; the content security policy forbids the rest), it works
without JavaScript and on paper, and it shows no markup of a publisher: all text is escaped by the template. The
script only hides what the person does not look for.
"""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from aggregator.export import atom, dates, jsonfeed, languages, rss
from aggregator.export import channel as names
from aggregator.export.channel import Channel
from aggregator.export.chars import line
from aggregator.export.entry import LINKED, Entry, entry, outlet
from aggregator.export.identity import uri
from aggregator.models import Feed, FeedRef, Story

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
COINS = 16
"""Coins offered as filters, the most frequent first: one line of a wide screen."""
FAILURES = 3
"""Polls that failed in a row before the page says so; one or two are any server's bad hour."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One story on the page."""

    shown: Entry
    anchor: str
    published: datetime
    coins: tuple[str, ...]
    foreign: str | None
    """The language, where it is not the page's own: said beside the title."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """The stories of one day, UTC."""

    moment: datetime
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlet:
    """A feed behind the page."""

    title: str
    url: str | None
    stories: int
    """Stories on this page that it speaks for."""
    copies: int
    """Copies on this page that came from it."""
    trouble: str
    """Why nothing new comes from it, in words; empty when all is well."""


def render(channel: Channel, stories: Sequence[Story], feeds: Sequence[Feed]) -> bytes:
    """The whole document; its bytes depend on the arguments alone.

    ``feeds`` are listed at the side with what is wrong with them; those removed from the subscriptions are not.
    """
    language = languages.tag(channel.language) or "en"
    rows = [_row(story, language) for story in stories]
    style, script = _part("page.css"), _part("page.js")
    text = _template().render(
        channel=channel,
        formats=[each for each in FORMATS if each[0] in channel.documents],
        linked=LINKED,
        language=language,
        direction=languages.direction(language) or "ltr",
        days=list(_days(rows)),
        stories=len(rows),
        copies=sum(len(story.reposts) for story in stories),
        widely=_widely(rows),
        coins=_coins(rows),
        outlets=_outlets(feeds, stories),
        style=style,
        style_hash=_hash(style),
        script=script,
        script_hash=_hash(script),
        rfc3339=dates.rfc3339,
    )
    return text.encode()


def _row(story: Story, language: str) -> Row:
    shown = entry(story)
    foreign = shown.language if (shown.language or language)[:2] != language[:2] else None
    return Row(
        shown=shown,
        anchor=f"s-{line(story.id, 64)}",
        published=story.published.astimezone(UTC),
        coins=tuple(line(coin, 12).replace(" ", "") for coin in story.coins),
        foreign=foreign,
    )


def _days(rows: Iterable[Row]) -> Iterable[Day]:
    for _, found in groupby(rows, key=lambda row: row.published.date()):
        of_day = tuple(found)
        yield Day(moment=of_day[0].published, rows=of_day)


def _widely(rows: Sequence[Row]) -> list[Row]:
    """What most outlets carry: the nearest thing to "what happened" that a machine can know."""
    wide = [row for row in rows if len(row.shown.outlets) + 1 >= WIDELY_OUTLETS]
    return sorted(wide, key=lambda row: -len(row.shown.outlets))[:WIDELY]


def _coins(rows: Sequence[Row]) -> list[tuple[str, int]]:
    counted = Counter(coin for row in rows for coin in dict.fromkeys(row.coins) if coin)
    return sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))[:COINS]


def _outlets(feeds: Sequence[Feed], stories: Sequence[Story]) -> list[Outlet]:
    originals = Counter(story.feed.url for story in stories)
    copies = Counter(copy.feed.url for story in stories for copy in story.reposts)
    found = [
        Outlet(
            title=_name(feed),
            url=uri(feed.site_url),
            stories=originals[feed.url],
            copies=copies[feed.url],
            trouble=_trouble(feed),
        )
        for feed in feeds
        if not feed.removed
    ]
    return sorted(found, key=lambda each: (each.title.casefold(), each.url or ""))


def _name(feed: Feed) -> str:
    return outlet(FeedRef(title=feed.title, url=feed.url, site_url=feed.site_url))


def _trouble(feed: Feed) -> str:
    """In words that stay the same from run to run: a count or a time would change the page for nothing."""
    if feed.gone:
        return "gone"
    return "not answering" if feed.failures >= FAILURES else ""


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
