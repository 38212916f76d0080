"""What does a JSON Feed say? Versions 1 and 1.1 (https://www.jsonfeed.org/version/1.1/).

Lenient as its readers are: ids may be numbers, 1.0's single ``author`` counts, an item that is no object is
skipped. Strict where leniency would lose news: a document that breaks off is no feed at all.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from aggregator.models import Entry, FailureReason, ParsedFeed
from aggregator.poll import fields, identity, media, mend
from aggregator.poll.document import MAX_ENTRIES
from aggregator.poll.entries import with_something
from aggregator.poll.media import Medium
from aggregator.poll.unreadable import Unreadable
from aggregator.text.html import plain
from aggregator.text.urls import absolute

VERSION = "https://jsonfeed.org/version/"


def parse(text: str, feed_url: str) -> ParsedFeed:
    """Read a JSON Feed; raises :class:`Unreadable` for other JSON and for what is no JSON."""
    try:
        # Control characters inside strings are forbidden by RFC 8259 and harmless.
        feed = json.loads(text, strict=False)
    except ValueError as error:
        raise Unreadable(FailureReason.MALFORMED, f"broken JSON: {error}") from error
    if not isinstance(feed, dict) or not isinstance(feed.get("items"), list):
        raise Unreadable(FailureReason.NOT_A_FEED, "JSON, but not a JSON Feed: it has no list of items")
    version = feed.get("version")
    warnings = []
    if not (isinstance(version, str) and version.startswith((VERSION, VERSION.replace("//", "//www.")))):
        warnings.append("a JSON Feed without its version")
    items = [item for item in feed["items"] if isinstance(item, dict)]
    if len(items) < len(feed["items"]):
        warnings.append(f"{len(feed['items']) - len(items)} entries are broken and were skipped")
    if len(items) > MAX_ENTRIES:
        warnings.append(f"only the first {MAX_ENTRIES} entries are read")
    site_url = absolute(_text(feed.get("home_page_url")), feed_url)
    base = feed_url if absolute(feed_url) else site_url
    default_author = _people(feed)
    items = items[:MAX_ENTRIES]
    linked, said = media.as_links(
        [_entry(item, base, default_author) for item in items],
        [media.address((medium for medium, _ in _media(item)), base) for item in items],
    )
    warnings += said
    kept = with_something(linked, warnings)
    named, renamed = identity.identify(kept, not_names=(feed_url, site_url))
    return ParsedFeed(
        title=plain(_text(feed.get("title"))) or None,
        site_url=site_url,
        language=fields.language(feed.get("language")),
        entries=named,
        hub=_hub(feed.get("hubs"), feed_url),
        older_url=absolute(_text(feed.get("next_url")), feed_url),
        warnings=(*warnings, *renamed),
    )


def _hub(hubs: object, base: str) -> str | None:
    """The first WebSub hub."""
    for hub in hubs if isinstance(hubs, list) else ():
        if isinstance(hub, dict) and str(hub.get("type") or "").lower() == "websub":
            return absolute(_text(hub.get("url")), base)
    return None


def _entry(item: dict[str, Any], base: str | None, default_author: str | None) -> Entry:
    content = _text(item.get("content_html")).strip()
    url, external = (absolute(_text(item.get(key)), base) for key in ("url", "external_url"))
    raw_tags = item.get("tags")
    updated = fields.date(_text(item.get("date_modified")))
    content = content or fields.html_of_text(_text(item.get("content_text")))
    summary = fields.html_of_text(_text(item.get("summary")))
    title = plain(_text(item.get("title")))
    if not (title or content or summary):
        title = next((plain(said) for _, said in _media(item) if plain(said)), "")
    return Entry(
        guid=_text(item.get("id")),
        # An id should be the address of the item; only a complete one is believed.
        url=url or external or absolute(_text(item.get("id"))),
        title=title,
        author=_people(item) or default_author,
        summary_html=summary,
        content_html=content,
        published=fields.date(_text(item.get("date_published"))) or updated,
        updated=updated,
        language=fields.language(item.get("language")),
        tags=fields.tags(raw_tags if isinstance(raw_tags, list) else ()),
        source_url=external if url and external != url else None,
        enclosures=media.enclosures((medium for medium, _ in _media(item)), base),
    )


def _media(item: dict[str, Any]) -> Iterator[tuple[Medium, str]]:
    """The attachments with their titles."""
    attachments = item.get("attachments")
    for each in attachments[: media.MOST] if isinstance(attachments, list) else ():
        if isinstance(each, dict):
            kind = _text(each.get("mime_type"))
            medium = Medium(address=_text(each.get("url")), kind=kind, size=each.get("size_in_bytes"))
            yield medium, _text(each.get("title"))


def _people(holder: dict[str, Any]) -> str | None:
    people = holder.get("authors")
    if not isinstance(people, list):
        people = [holder.get("author")]
    return fields.author(person.get("name") for person in people if isinstance(person, dict))


def _text(value: object) -> str:
    """A string of characters that XML can hold, too (JSON can write others), a number as text, "" for anything else."""
    if isinstance(value, str):
        return mend.CONTROL.sub("", value.encode("utf-8", "replace").decode("utf-8"))
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return str(value)
    return ""
