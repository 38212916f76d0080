"""What does a reader show of a story, whatever the format?

No reader tested shows ``rel="related"`` links or ``atom:source``, so the visible text begins with where the story
comes from: ``CoinDesk · also: Decrypt, BeInCrypto (+3)``, then the abstract, the copies, the related stories.
Everything in an `Entry` is ready to be escaped and written: one line where it is one line, absolute, never empty
where a format needs it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache
from html import escape

from aggregator.export import languages
from aggregator.export.chars import clean, cut, line, visible
from aggregator.export.identity import story_id, uri
from aggregator.export.sanitise import as_text, sanitise
from aggregator.models import Copy, Enclosure, FeedRef, Story
from aggregator.text import html as text_html
from aggregator.text import urls

CACHED = 1024
"""Stories kept as rendered, some 3 KB each: `select` weighs what the formats then write."""

MACHINE = "machine"
"""``Story.abstract_method`` of what a model wrote."""
WRITTEN_BY_A_MODEL = "Abstract written by a model"

NAMED = 3
"""Other outlets named in the first line; it must fit one line of a phone. The rest are counted."""
LISTED = 20
"""Copies listed in the text. Wire copies come in dozens; nobody reads the thirtieth."""
LINKED = 100
"""Copies linked as data (``rel="related"``, ``_aggregator``) and on the page."""
LINK_LENGTH = 1_000
"""Characters of a copy's address; longer ones are shown without a link. The story's own may be of any length."""
TITLE_WORDS = 12
"""Words of the text that stand in for a missing title."""
TITLE_LEAD = 100
"""The same in characters, for languages without spaces."""
LEAD = 300
"""Characters of the publisher's own text shown where there is no abstract, in plain-text fields."""
BODY = 1_200
"""Characters of publisher's HTML shown as it is where there is no abstract; longer bodies as ``EXCERPT``."""
EXCERPT = 900
"""Characters of text a longer body is cut to."""
TAGS = 12
"""Categories of one entry; some feeds put forty on each."""
TAG_LENGTH = 60
NAME_LENGTH = 160
"""Of an author or an outlet; longer ones are whole biographies."""


UNTYPED = "application/octet-stream"
"""RFC 2046 §4.5.1: bytes of no known kind. RSS 2.0 and JSON Feed want a type."""
LABEL_WORDS = {"press-release": "Press release", "sponsored": "Sponsored"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """An address with the words that carry it."""

    url: str | None
    """Absolute, RFC 3986; None where the feed gave none."""
    title: str
    outlet: str = ""
    published: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A story in the words every format uses."""

    id: str
    title: str
    """One line, never empty."""
    url: str | None
    outlet: str
    """Name of the canonical item's feed, never empty."""
    author: str
    """The byline, else the outlet: readers print it."""
    language: str | None
    tags: tuple[str, ...]
    """Labels first, then coins, then the feed's own, none twice."""
    lead: str
    """Plain text: the abstract, else the beginning of the text; may be empty."""
    note: str
    """Said below the abstract where a model wrote it; else empty."""
    copies: tuple[Link, ...]
    outlets: tuple[Link, ...]
    """The other outlets that carry the story, each once, oldest copy first."""
    related: tuple[Link, ...]
    html: str
    """The whole visible text; every address absolute, every tag closed."""
    labels: tuple[str, ...] = ()
    """What kind of article it is, in words: "Press release", "Sponsored"."""
    enclosures: tuple[Enclosure, ...] = ()
    """Each with an address as it may be written, and a type: `UNTYPED` where none is known."""

    @property
    def summary(self) -> str:
        """The lead for fields of plain text, with the note in brackets where there is one."""
        return f"{self.lead} ({WRITTEN_BY_A_MODEL})" if self.note else self.lead


@lru_cache(maxsize=CACHED)
def entry(story: Story) -> Entry:
    """The story as shown. Cached: each format and `select` ask for the same one."""
    name = outlet(story.feed)
    copies = tuple(_copy(copy) for copy in story.reposts)
    outlets = _outlets(name, copies)
    language = languages.tag(story.language)
    lead = _lead(story)
    related = tuple(
        Link(url=uri(other.url), title=line(other.title))
        for other in story.related
        if visible(line(other.title))
    )
    address = uri(story.url)
    labels = tuple(LABEL_WORDS[label] for label in story.labels)
    parts = (
        _first_line(Link(url=address, title=name), labels, outlets),
        _in_language(_text(story), language),
        f'<p><a href="{escape(address)}">Read on {_words(name)}</a></p>' if address else "",
        _listed("Copies", copies),
        _listed("Related", related),
    )
    byline = line(story.author or "", NAME_LENGTH)
    return Entry(
        id=story_id(story.id),
        title=_title(story, name, lead),
        url=address,
        outlet=name,
        author=byline if visible(byline) else name,
        language=language,
        tags=_tags(story, labels),
        lead=lead,
        note=_note(story),
        copies=copies,
        outlets=outlets,
        related=related,
        html="".join(parts),
        labels=labels,
        enclosures=tuple(_enclosures(story)),
    )


def _enclosures(story: Story) -> Iterator[Enclosure]:
    for each in story.enclosures:
        address = uri(each.url)
        if address and len(address) <= LINK_LENGTH:
            yield replace(each, url=address, type=each.type or UNTYPED)


@lru_cache(maxsize=CACHED)
def outlet(feed: FeedRef) -> str:
    """What a feed is called: its title, else its host. A title that is an address may hold a secret."""
    name = line(feed.title, NAME_LENGTH)
    if visible(name) and "://" not in name:
        return name
    return urls.host(uri(feed.site_url)) or urls.host(feed.url) or "unnamed feed"


# --- Plain words ---------------------------------------------------------------------------------


def _title(story: Story, name: str, lead: str) -> str:
    title = line(story.title)
    if visible(title):
        return title
    words = lead.split(" ")
    start = " ".join(words[:TITLE_WORDS]) + ("…" if len(words) > TITLE_WORDS else "")
    return cut(start, TITLE_LEAD) if visible(start) else name


def _lead(story: Story) -> str:
    text = story.abstract or " ".join(text_html.blocks(story.content_html))
    return line(text, max(LEAD, len(story.abstract or "")))


def _tags(story: Story, labels: tuple[str, ...]) -> tuple[str, ...]:
    found: dict[str, str] = {}
    for tag in (*labels, *story.coins, *story.tags):
        word = line(tag, TAG_LENGTH)
        if visible(word):
            found.setdefault(word.casefold(), word)
    return tuple(found.values())[:TAGS]


def _copy(copy: Copy) -> Link:
    title = line(copy.title)
    name = outlet(copy.feed)
    url = uri(copy.url)
    return Link(
        url=url if url and len(url) <= LINK_LENGTH else None,
        title=title if visible(title) else name,
        outlet=name,
        published=copy.published.astimezone(UTC),
    )


def _outlets(own: str, copies: tuple[Link, ...]) -> tuple[Link, ...]:
    found: dict[str, Link] = {}
    for copy in copies:
        if copy.outlet != own:
            found.setdefault(copy.outlet, Link(url=copy.url, title=copy.outlet))
    return tuple(found.values())


# --- HTML ----------------------------------------------------------------------------------------


def _words(text: str) -> str:
    return escape(clean(text), quote=False)


def _anchor(link: Link) -> str:
    words = _words(link.title)
    return f'<a href="{escape(link.url)}">{words}</a>' if link.url else words


def _first_line(own: Link, labels: tuple[str, ...], outlets: tuple[Link, ...]) -> str:
    head = " · ".join((_anchor(own), *labels))
    if not outlets:
        return f"<p>{head}</p>"
    also = ", ".join(_anchor(outlet) for outlet in outlets[:NAMED])
    more = f" (+{len(outlets) - NAMED})" if len(outlets) > NAMED else ""
    return f"<p>{head} · also: {also}{more}</p>"


def _text(story: Story) -> str:
    """The abstract, else what the publisher gave, as markup where that is short."""
    if story.abstract and visible(story.abstract):
        note = f"<p><small>{_note(story)}</small></p>" if _note(story) else ""
        return f"<p>{_words(line(story.abstract, len(story.abstract)))}</p>{note}"
    if not story.content_html:
        return ""
    if len(story.content_html) <= BODY:
        body = sanitise(story.content_html, uri(story.url) or uri(story.feed.site_url))
        return body if body.startswith("<") or not body else f"<p>{body}</p>"
    return as_text(story.content_html, EXCERPT)


def _note(story: Story) -> str:
    """Whoever reads a machine's words is told so, where they stand."""
    if story.abstract_method != MACHINE or not story.abstract:
        return ""
    return f"{WRITTEN_BY_A_MODEL} from {'the copies below' if story.reposts else 'the article'}."


def _in_language(body: str, language: str | None) -> str:
    """Marked where readers need to know: the direction of the text, when it is not the usual one."""
    if body and languages.direction(language):
        return f'<div lang="{language}" dir="rtl">{body}</div>'
    return body


def _listed(heading: str, links: tuple[Link, ...]) -> str:
    if not links:
        return ""
    rest = len(links) - LISTED
    items = [*(f"<li>{each}</li>" for each in _lines(links[:LISTED]))]
    if rest > 0:
        items.append(f"<li>and {rest} more</li>")
    return f"<p>{heading}:</p><ul>{''.join(items)}</ul>"


def _lines(links: tuple[Link, ...]) -> Iterator[str]:
    for link in links:
        if link.published is None:
            yield _anchor(link)
        else:
            when = f"{link.published:%d %b %H:%M}"
            yield f"{when} {_words(link.outlet)}: {_anchor(link)}"
