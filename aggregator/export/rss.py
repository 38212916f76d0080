"""How are stories written as RSS 2.0 (RSS Advisory Board's 2.0.11)? For readers that take nothing else.

``description`` stands before ``content:encoded`` and holds the lead alone: readers that know both show the
second, and the validator asks for this order.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from html import escape

from aggregator.export import dates, languages
from aggregator.export.channel import PAGE, RSS, Channel
from aggregator.export.entry import CACHED, entry
from aggregator.export.identity import feed_uri
from aggregator.export.place import HISTORY, LIVE, Place
from aggregator.export.xml import DECLARATION, element, raw
from aggregator.models import Story

MEDIA_TYPE = "application/rss+xml"

TTL_MINUTES = 30
"""What readers are asked to wait: the default interval at which the feeds behind it are polled."""


def render(channel: Channel, stories: Sequence[Story], place: Place = LIVE) -> bytes:
    """The whole document; its bytes depend on the arguments alone."""
    updated = max([channel.updated, *dates.distinct(stories)])
    head = [
        element("title", channel.name),
        element("link", channel.address(PAGE)),
        element("description", channel.about),
        element("language", (languages.tag(channel.language) or "en").lower()),
        element("lastBuildDate", dates.rfc822(updated)),
        element("generator", "aggregator"),
        element("docs", "https://www.rssboard.org/rss-specification"),
        element("ttl", str(TTL_MINUTES)),
        element("atom:link", rel="self", type_=MEDIA_TYPE, href=place.address or channel.address(RSS)),
        *([element("atom:link", rel="hub", href=channel.hub)] if channel.hub and not place.address else []),
        *(
            element("atom:link", rel=rel, type_=MEDIA_TYPE, href=neighbour)
            for rel, neighbour in place.links(channel.address(RSS))
        ),
        *([element("fh:archive")] if place.closed else []),
    ]
    parts = [
        DECLARATION,
        raw("rss", "\n", **_root(place)).removesuffix("</rss>"),
        "<channel>\n",
        *(f"{line}\n" for line in head),
        *(_item(story) for story in stories),
        "</channel>\n</rss>\n",
    ]
    return "".join(parts).encode()


def _root(place: Place) -> dict[str, str | None]:
    return {
        "version": "2.0",
        "xmlns__atom": "http://www.w3.org/2005/Atom",
        "xmlns__content": "http://purl.org/rss/1.0/modules/content/",
        "xmlns__dc": "http://purl.org/dc/elements/1.1/",
        "xmlns__fh": HISTORY if place.closed else None,
    }


def size(story: Story) -> int:
    """Bytes the story takes in the document."""
    return len(_item(story).encode())


@lru_cache(maxsize=CACHED)
def _item(story: Story) -> str:
    shown = entry(story)
    source = feed_uri(story.feed)
    parts = [
        element("title", shown.title),
        element("link", shown.url) if shown.url else "",
        element("guid", shown.id, isPermaLink="false"),
        element("pubDate", dates.rfc822(story.published)),
        element("dc:creator", shown.author),
        *(element("category", tag) for tag in shown.tags),
        # By convention HTML: text is escaped once for HTML, once more for XML.
        element("description", escape(shown.summary, quote=False)) if shown.lead else "",
        element("content:encoded", shown.html),
        # One at most: readers disagree about which of several counts.
        *(
            element("enclosure", url=each.url, length=str(each.length), type_=each.type)
            for each in shown.enclosures[:1]
        ),
        element("source", shown.outlet, url=source) if source else "",
    ]
    body = "".join(f"{part}\n" for part in parts if part)
    return f"<item>\n{body}</item>\n"
