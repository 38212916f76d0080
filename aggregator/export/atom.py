"""How are stories written as Atom 1.0 (RFC 4287)? The first-class format: nothing else says as much.

Order inside an entry matters to readers that take the first title and link they meet: the story's own come
first, ``atom:source`` with its title and links last.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache

from aggregator import __version__
from aggregator.export import dates, languages
from aggregator.export.channel import ATOM, PAGE, Channel
from aggregator.export.entry import CACHED, LINKED, Entry, Link, entry
from aggregator.export.identity import feed_id, feed_uri, story_id, uri
from aggregator.export.place import HISTORY, LIVE, TOMBSTONES, Place
from aggregator.export.xml import DECLARATION, element, raw
from aggregator.models import Story

MEDIA_TYPE = "application/atom+xml"


def render(channel: Channel, stories: Sequence[Story], place: Place = LIVE) -> bytes:
    """The whole document; its bytes depend on the arguments alone."""
    moments = dates.distinct(stories)
    updated = max([channel.updated, *moments, *(at for _, at in place.departed)])
    parts = [
        DECLARATION,
        raw("feed", "\n", **_root(channel, place)).removesuffix("</feed>"),
        *(f"{line}\n" for line in _head(channel, updated, place)),
        *(_entry(story, moment) for story, moment in zip(stories, moments, strict=True)),
        *(f"{_departed(story, at)}\n" for story, at in place.departed),
        "</feed>\n",
    ]
    return "".join(parts).encode()


def _root(channel: Channel, place: Place) -> dict[str, str | None]:
    """Namespaces are named where they are used: validators warn of those they do not know."""
    return {
        "xmlns": "http://www.w3.org/2005/Atom",
        "xmlns__fh": HISTORY if place.closed else None,
        "xmlns__at": TOMBSTONES if place.departed else None,
        "xml__lang": languages.tag(channel.language) or "en",
    }


def size(story: Story) -> int:
    """Bytes the story takes in the document."""
    return len(_entry(story, dates.stamp(story)).encode())


def _head(channel: Channel, updated: datetime, place: Place) -> list[str]:
    address = channel.address(ATOM)
    return [
        element("id", address),  # of the feed, whose pages share it
        element("title", channel.name),
        element("subtitle", channel.about),
        element("updated", dates.rfc3339(updated)),
        element("link", rel="self", type_=MEDIA_TYPE, href=place.address or address),
        *([element("link", rel="hub", href=channel.hub)] if channel.hub and not place.address else []),
        element("link", rel="alternate", type_="text/html", href=channel.address(PAGE)),
        *(
            element("link", rel=rel, type_=MEDIA_TYPE, href=neighbour)
            for rel, neighbour in place.links(address)
        ),
        *([element("fh:archive")] if place.closed else []),
        raw("author", element("name", channel.name)),
        element("generator", "aggregator", version=__version__),
    ]


def _departed(story: str, at: datetime) -> str:
    """RFC 6721: the entry of this id is to be removed."""
    return element("at:deleted-entry", ref=story_id(story), when=dates.rfc3339(at))


@lru_cache(maxsize=CACHED)
def _entry(story: Story, updated: datetime) -> str:
    shown = entry(story)
    parts = [
        element("id", shown.id),
        element("title", shown.title),
        *_links(shown),
        element("published", dates.rfc3339(story.published)),
        element("updated", dates.rfc3339(updated)),
        raw("author", element("name", shown.author)),
        *(element("category", term=tag) for tag in shown.tags),
        element("summary", shown.summary) if shown.lead else "",
        element("content", shown.html, type_="html"),
        _source(story, shown.outlet),
    ]
    body = "".join(f"{part}\n" for part in parts if part)
    return raw("entry", f"\n{body}", xml__lang=shown.language) + "\n"


def _links(shown: Entry) -> list[str]:
    """Exactly one alternate, first; then each copy, once; then what is to be heard or watched."""
    type_ = next((each.type for each in shown.enclosures if each.url == shown.url), "text/html")
    found = [element("link", rel="alternate", type_=type_, href=shown.url)] if shown.url else []
    seen = {shown.url}
    for copy in shown.copies[:LINKED]:
        if copy.url and copy.url not in seen:
            seen.add(copy.url)
            found.append(element("link", rel="related", href=copy.url, title=_named(copy)))
    found += (
        element(
            "link",
            rel="enclosure",
            type_=each.type,
            length=str(each.length) if each.length else None,
            href=each.url,
        )
        for each in shown.enclosures
    )
    return found


def _named(copy: Link) -> str:
    return copy.title if copy.title == copy.outlet else f"{copy.outlet}: {copy.title}"


def _source(story: Story, outlet: str) -> str:
    """Where it was taken from; its ``updated`` is the story's, so that it moves only when the story does."""
    own = feed_uri(story.feed)
    site = uri(story.feed.site_url)
    return raw(
        "source",
        element("id", feed_id(story.feed))
        + element("title", outlet)
        + element("updated", dates.rfc3339(story.updated))
        + (element("link", rel="self", href=own) if own else "")
        + (element("link", rel="alternate", type_="text/html", href=site) if site else ""),
    )
