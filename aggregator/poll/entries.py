"""What does each entry say, in feedparser's words?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from aggregator.models import Entry
from aggregator.poll import fields, media
from aggregator.poll.media import Medium
from aggregator.text.html import plain
from aggregator.text.urls import absolute

_NAMES_ITSELF = ("canonical", "via")
"""Link relations by which an entry says where its text came from, the surest first."""


def read(
    found: Sequence[dict[str, Any]], *, base: str | None, atom: bool, author: str | None = None
) -> tuple[list[Entry], list[str]]:
    """Turn feedparser's entries into ours; a broken one is skipped and counted in a warning.

    ``guid`` is what the feed wrote, "" where it wrote none. ``atom``: plain text is declared, not guessed.
    ``author``: of entries that name none.
    """
    read: list[Entry] = []
    addresses: list[str | None] = []
    broken = 0
    for each in found:
        try:
            entry, address = _entry(each, base, atom=atom), media.address(_media(each), base)
        except (AttributeError, KeyError, TypeError, ValueError):
            broken += 1
            continue
        read.append(entry if entry.author or not author else replace(entry, author=author))
        addresses.append(address)
    linked, warnings = media.as_links(read, addresses)
    if broken:
        warnings.append(f"{broken} entries are broken and were skipped")
    return with_something(linked, warnings), warnings


def with_something(found: Sequence[Entry], warnings: list[str]) -> list[Entry]:
    """Leave out entries that say nothing and lead nowhere; a warning counts them."""
    kept = [
        each
        for each in found
        if each.title or each.summary_html.strip() or each.content_html.strip() or each.url
    ]
    if len(kept) < len(found):
        warnings.append(
            f"{len(found) - len(kept)} entries have neither title, link nor text and were skipped"
        )
    return kept


def _entry(found: dict[str, Any], base: str | None, *, atom: bool) -> Entry:
    # dict.get, because feedparser's own answers "updated" with "published" and warns about it.
    url = _url(found, base)
    content = _content(found, atom=atom)
    summary = _html(dict.get(found, "summary"), dict.get(found, "summary_detail"), atom=atom)
    # feedparser repeats the content as summary where a feed gives only the former.
    summary = "" if "summary_detail" not in found or summary == content else summary
    title = plain(str(dict.get(found, "title") or dict.get(found, "itunes_title") or ""))
    if not summary and not content:
        title = title or plain(str(dict.get(found, "media_title") or ""))
        summary = _standing_in(found, atom=atom)
    updated = fields.date(dict.get(found, "updated"), dict.get(found, "updated_parsed"))
    published = fields.date(dict.get(found, "published"), dict.get(found, "published_parsed"))
    return Entry(
        guid=str(dict.get(found, "id") or ""),
        url=url,
        title=title,
        author=author(found) or author(dict.get(found, "source") or {}),
        summary_html=summary,
        content_html=content,
        # Atom may leave out when it was published, and feedparser takes RSS 1.0's only date (dc:date) for an update.
        published=published or updated,
        updated=updated,
        language=_language(found),
        tags=fields.tags(tag.get("term") or tag.get("label") for tag in dict.get(found, "tags", ())),
        source_url=_source(found, url, base),
        enclosures=media.enclosures(_media(found), base),
    )


def _url(found: dict[str, Any], base: str | None) -> str | None:
    """The entry's page: FeedBurner's note of the original, the alternate link, or a guid that is a link."""
    links = dict.get(found, "links", ())
    alternates = [link.get("href") for link in links if link.get("rel", "alternate") == "alternate"]
    pages = [dict.get(found, "feedburner_origlink")]
    if alternates:
        pages += [alternates[0] if dict.get(found, "guidislink") else dict.get(found, "link"), *alternates]
    for page in pages:
        url = absolute(page, base)
        if url is not None:
            return url
    # A guid without isPermaLink="false" counts as a link; only a complete one is believed.
    return absolute(dict.get(found, "link")) or absolute(dict.get(found, "id"))


def _media(found: dict[str, Any]) -> Iterator[Medium]:
    """What the entry brings, the page to watch it on first."""
    player = dict.get(found, "media_player") or {}
    yield Medium(address=player.get("url"), kind=media.PLAYER)
    for link in dict.get(found, "links", ()):
        if link.get("rel") == "enclosure":
            yield Medium(address=link.get("href"), kind=str(link.get("type") or ""), size=link.get("length"))
    for medium in dict.get(found, "media_content", ()):
        kind = (
            medium.get("medium")
            if medium.get("medium") == "image"
            else medium.get("type") or medium.get("medium")
        )
        yield Medium(address=medium.get("url"), kind=str(kind or ""), size=medium.get("filesize"))


def _standing_in(found: dict[str, Any], *, atom: bool) -> str:
    """What an entry without a text of its own says of its medium.

    Beside a text it would be a picture's caption, which is often the longer of the two.
    """
    subtitle = _html(dict.get(found, "subtitle"), dict.get(found, "subtitle_detail"), atom=atom)
    described = dict.get(found, "media_description_detail") or {}
    # Media RSS declares its texts, and means plain text where it does not.
    return subtitle or _html(described.get("value"), described, atom=True)


def _content(found: dict[str, Any], *, atom: bool) -> str:
    bodies = [_html(body.get("value"), body, atom=atom) for body in dict.get(found, "content", ())]
    return max(bodies, key=len, default="")


def _html(value: object, detail: Any, *, atom: bool) -> str:
    """Atom's ``type="text"`` is escaped to be HTML like everything else; RSS never says, and means HTML."""
    text = str(value or "").strip()
    declared = detail.get("type") if detail else None
    return fields.html_of_text(text) if atom and declared == "text/plain" else text


def author(found: dict[str, Any]) -> str | None:
    """Who wrote an entry, the document it comes from, or the feed."""
    people = [person.get("name") for person in dict.get(found, "authors", ())]
    return fields.author(people) or fields.author([dict.get(found, "author")])


def _language(found: dict[str, Any]) -> str | None:
    details = [*dict.get(found, "content", ()), dict.get(found, "summary_detail") or {}]
    details.append(dict.get(found, "title_detail") or {})
    tags = [dict.get(found, "language"), *(detail.get("language") for detail in details)]
    return next((tag for tag in map(fields.language, tags) if tag), None)


def _source(found: dict[str, Any], url: str | None, base: str | None) -> str | None:
    links = dict.get(found, "links", ())
    named = [link.get("href") for rel in _NAMES_ITSELF for link in links if link.get("rel") == rel]
    source = dict.get(found, "source") or {}
    named += [dict.get(found, "dc_source"), source.get("href"), source.get("link")]
    addresses = (absolute(each, base if "/" in each else None) for each in named if isinstance(each, str))
    return next((address for address in addresses if address and address != url), None)
