"""Is a document valid? The rules of each format and the W3C feed validator's warnings, as lists of problems.

Atom: the grammar of RFC 4287 (``tests/data/atom.rng``), then what its prose asks and no grammar can say. RSS 2.0: the
specification of the RSS Advisory Board and its profile. JSON Feed 1.1 and OPML 2.0: their specifications. A document
that these pass may still be refused by nobody we know of; each rule is shown a document that breaks it in
``test_export_validity.py``.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import export_rules as rules
from export_rules import LANGUAGE, TAG_URI, URI, Problems, fragment
from lxml import etree

__all__ = ["CONTENT", "A", "atom", "fragment", "json_feed", "opml", "rss"]

A = "{http://www.w3.org/2005/Atom}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
CREATOR = "{http://purl.org/dc/elements/1.1/}creator"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
HISTORY = "{http://purl.org/syndication/history/1.0}"
DELETED = "{http://purl.org/atompub/tombstones/1.0}deleted-entry"

MEDIA_TYPE = re.compile(r"[a-z]+/[a-z0-9.+-]+")
RELATIONS = frozenset(
    "self alternate related via enclosure hub current first last next previous prev-archive next-archive".split()
)
"""Link relations registered with IANA that have a meaning in a feed."""


@cache
def _grammar() -> etree.RelaxNG:
    return etree.RelaxNG(etree.parse(Path(__file__).parent.parent / "data" / "atom.rng"))


# --- Atom ----------------------------------------------------------------------------------------


def atom(data: bytes, *, address: str | None = None, now: datetime | None = None) -> list[str]:
    """RFC 4287, 5005, 6721, and what the validator warns of. ``address``: where the document is found."""
    found = Problems()
    rules.xml(found, data)
    grammar = _grammar()
    if not grammar.validate(etree.fromstring(data, etree.XMLParser(huge_tree=True, resolve_entities=False))):
        found += [f"grammar: {error.message}" for error in grammar.error_log]
    root = ET.fromstring(data)
    found.need(root.tag == A + "feed", "root is not feed")
    _atom_feed(found, root, address)
    entries = root.findall(A + "entry")
    ids = [entry.findtext(A + "id") for entry in entries]
    found.need(len(set(ids)) == len(ids), "two entries share an id")
    found.need(root.findtext(A + "id") not in ids, "the feed has the id of an entry")
    times = [entry.findtext(A + "updated") for entry in entries]
    found.need(len(set(times)) == len(times), "two entries share one updated")
    newest = rules.moment(found, "feed", root.findtext(A + "updated"))
    for entry in entries:
        updated, published = _atom_entry(found, entry)
        found.need(updated <= newest, "feed older than an entry")
        found.need(now is None or published <= now, f"{entry.findtext(A + 'id')}: published in the future")
    gone = [each.get("ref") for each in root.findall(DELETED)]
    found.need(len(set(gone)) == len(gone), "an entry is deleted twice")
    found.need(not set(gone) & set(ids), "an entry is there and deleted")
    for each in root.findall(DELETED):
        found.need(TAG_URI.fullmatch(each.get("ref") or ""), f"deleted: {each.get('ref')!r}")
        rules.moment(found, "deleted", each.get("when"))
    return found


def _atom_feed(found: Problems, root: ET.Element, address: str | None) -> None:
    for name in ("id", "title", "updated"):
        found.need(len(root.findall(A + name)) == 1, f"feed: not exactly one {name}")
    found.need(root.find(f"{A}author/{A}name") is not None, "feed: no author")
    found.need(URI.fullmatch(root.findtext(A + "id") or ""), "feed: id")
    for name in ("title", "subtitle", f"author/{A}name"):
        if (text := root.findtext(A + name)) is not None:
            rules.plain(found, f"feed {name}", text)
    found.need(LANGUAGE.fullmatch(root.get(LANG, "")), "feed: xml:lang")
    links = root.findall(A + "link")
    own = [link.get("href") for link in links if link.get("rel") == "self"]
    found.need(len(own) == 1, "feed: no self link")
    found.need(address is None or own == [address], f"feed: self link is {own}, not {address}")
    found.need(sum(link.get("rel") == "alternate" for link in links) == 1, "feed: not one alternate")
    _atom_links(found, "feed", links)
    archive = root.find(HISTORY + "archive") is not None
    current = [link.get("href") for link in links if link.get("rel") == "current"]
    found.need(not archive or (current and current != own), "an archive without a link to the current feed")
    found.need(
        root.find(HISTORY + "complete") is None or not archive, "complete and an archive (RFC 5005 §2)"
    )


def _atom_links(found: Problems, name: str | None, links: list[ET.Element]) -> None:
    for link in links:
        rules.address(found, f"{name} link", link.get("href"))
        rel = link.get("rel", "alternate")
        found.need(MEDIA_TYPE.fullmatch(link.get("type") or "a/b"), f"{name}: type of a link")
        found.need((link.get("length") or "1").isdecimal(), f"{name}: length of a link")
        found.need(rel in RELATIONS or ":" in rel, f"{name}: relation {rel!r}")
    alike = Counter(
        (link.get("type"), link.get("hreflang")) for link in links if link.get("rel") == "alternate"
    )
    found.need(all(count == 1 for count in alike.values()), f"{name}: alternates of one type and language")
    twice = Counter((link.get("rel"), link.get("href")) for link in links)
    found.need(all(count == 1 for count in twice.values()), f"{name}: the same link twice")


def _atom_entry(found: Problems, entry: ET.Element) -> tuple[datetime, datetime]:
    name = entry.findtext(A + "id")
    one = ("id", "title", "updated", "published", "author", "content", "source")
    for each in one:
        found.need(len(entry.findall(A + each)) == 1, f"{name}: not exactly one {each}")
    found.need(len(entry.findall(A + "summary")) <= 1, f"{name}: more than one summary")
    known = {A + each for each in (*one, "summary", "link", "category")}
    found.need({child.tag for child in entry} <= known, f"{name}: unknown element")
    found.need(entry[-1].tag == A + "source", f"{name}: source is not last")
    found.need(TAG_URI.fullmatch(name or ""), f"{name}: no tag URI")
    for each in (A + "title", A + "summary", f"{A}author/{A}name", f"{A}source/{A}title"):
        if (text := entry.findtext(each)) is not None:
            rules.plain(found, name, text)
    _atom_entry_links(found, name, entry)
    terms = [category.get("term") or "" for category in entry.findall(A + "category")]
    found.need(len(set(terms)) == len(terms), f"{name}: a category twice")
    for term in terms:
        rules.plain(found, name, term)
    content = entry.find(A + "content")
    if content is not None:
        found.need(content.get("type") == "html", f"{name}: content is not html")
        found += [f"{name}: {problem}" for problem in fragment(content.text or "")]
    for each in ("id", "title", "updated"):
        found.need(len(entry.findall(f"{A}source/{A}{each}")) == 1, f"{name}: source without {each}")
    rules.moment(found, name, entry.findtext(f"{A}source/{A}updated"))
    found.need(LANGUAGE.fullmatch(entry.get(LANG, "en")), f"{name}: xml:lang")
    return (
        rules.moment(found, name, entry.findtext(A + "updated")),
        rules.moment(found, name, entry.findtext(A + "published")),
    )


def _atom_entry_links(found: Problems, name: str | None, entry: ET.Element) -> None:
    links = entry.findall(A + "link")
    rels = [link.get("rel") for link in links]
    found.need(rels.count("alternate") <= 1, f"{name}: more than one alternate")
    found.need("alternate" not in rels or rels[0] == "alternate", f"{name}: alternate is not first")
    _atom_links(found, name, links)
    _atom_links(found, f"{name} source", entry.findall(f"{A}source/{A}link"))
    for link in links:
        if link.get("rel") == "related":
            rules.plain(found, name, link.get("title") or "")


# --- RSS -----------------------------------------------------------------------------------------

RSS_CHANNEL = frozenset(
    "title link description language copyright managingEditor webMaster pubDate lastBuildDate category generator docs "
    "cloud ttl image rating textInput skipHours skipDays item".split()
)
RSS_ITEM = frozenset("title link description author category comments enclosure guid pubDate source".split())
RSS_OTHER = frozenset((A + "link", HISTORY + "archive", HISTORY + "complete", CONTENT, CREATOR))


def rss(data: bytes, *, address: str | None = None, now: datetime | None = None) -> list[str]:
    """The RSS 2.0 specification, the advisory board's profile, and what the validator warns of."""
    found = Problems()
    rules.xml(found, data)
    root = ET.fromstring(data)
    found.need(root.tag == "rss" and root.get("version") == "2.0", "root is not rss 2.0")
    found.need([child.tag for child in root] == ["channel"], "not exactly one channel")
    channel = root[0]
    _rss_channel(found, channel, address)
    built = rules.rfc822(found, "lastBuildDate", channel.findtext("lastBuildDate"))
    items = channel.findall("item")
    guids = [item.findtext("guid") for item in items]
    found.need(len(set(guids)) == len(guids), "two items share a guid")
    for item in items:
        published = _rss_item(found, item)
        found.need(published <= built, f"{item.findtext('guid')}: published after the channel was built")
        found.need(now is None or published <= now, f"{item.findtext('guid')}: published in the future")
    return found


def _rss_channel(found: Problems, channel: ET.Element, address: str | None) -> None:
    order = [child.tag for child in channel]
    found.need(set(order) <= RSS_CHANNEL | RSS_OTHER, f"channel: unknown element {set(order) - RSS_CHANNEL}")
    for name in ("title", "link", "description", "language", "lastBuildDate", "ttl", "generator", "docs"):
        found.need(order.count(name) == 1 and channel.findtext(name), f"channel: {name}")
    for name in ("title", "description"):
        rules.plain(found, f"channel {name}", channel.findtext(name) or "")
    rules.address(found, "channel", channel.findtext("link"))
    found.need(LANGUAGE.fullmatch(channel.findtext("language") or ""), "channel: language is no code")
    found.need((channel.findtext("ttl") or "").isdecimal(), "channel: ttl is no number of minutes")
    links = channel.findall(A + "link")
    own = [link for link in links if link.get("rel") == "self"]
    found.need(len(own) == 1, "channel: no atom:link self")
    for link in own:
        found.need(link.get("type") == "application/rss+xml", "channel: type of atom:link self")
        found.need(address is None or link.get("href") == address, f"channel: self is not {address}")
    _atom_links(found, "channel", links)
    first = order.index("item") if "item" in order else len(order)
    found.need(all(tag == "item" for tag in order[first:]), "channel: something between or behind the items")


def _rss_item(found: Problems, item: ET.Element) -> datetime:
    name = item.findtext("guid")
    order = [child.tag for child in item]
    found.need(
        set(order) <= RSS_ITEM | RSS_OTHER, f"{name}: unknown element {set(order) - RSS_ITEM - RSS_OTHER}"
    )
    found.need(order[:1] == ["title"], f"{name}: title is not first")
    for each in ("title", "guid", "pubDate", CREATOR, CONTENT):
        found.need(order.count(each) == 1, f"{name}: not exactly one {each}")
    for each in ("description", "link", "source", "enclosure", "author", "comments"):
        found.need(order.count(each) <= 1, f"{name}: more than one {each}")
    found.need(
        "author" not in order, f"{name}: author is an e-mail address (use dc:creator), and not beside it"
    )
    if "description" in order and CONTENT in order:
        found.need(order.index("description") < order.index(CONTENT), f"{name}: content before description")
    found += [f"{name}: {problem}" for problem in fragment(item.findtext("description") or "")]
    found += [f"{name}: {problem}" for problem in fragment(item.findtext(CONTENT) or "")]
    if "source" in order:
        found.need(order[-1] == "source", f"{name}: source is not last")
        rules.address(found, f"{name} source", item.find("source").get("url"))
        rules.plain(found, name, item.findtext("source") or "")
    for brought in item.findall("enclosure"):
        rules.address(found, f"{name} enclosure", brought.get("url"))
        found.need((brought.get("length") or "").isdecimal(), f"{name}: length of the enclosure")
        found.need(MEDIA_TYPE.fullmatch(brought.get("type") or ""), f"{name}: type of the enclosure")
    if "link" in order:
        rules.address(found, f"{name} link", item.findtext("link"))
    if "guid" in order:
        found.need(item.find("guid").get("isPermaLink") == "false", f"{name}: guid taken for a link")
    for each in ("title", CREATOR):
        rules.plain(found, name, item.findtext(each) or "")
    categories = [category.text or "" for category in item.findall("category")]
    found.need(len(set(categories)) == len(categories), f"{name}: a category twice")
    for category in categories:
        rules.plain(found, name, category)
    return rules.rfc822(found, name, item.findtext("pubDate"))


# --- JSON Feed -----------------------------------------------------------------------------------

JSON_FEED = {
    "version": str,
    "title": str,
    "home_page_url": str,
    "feed_url": str,
    "description": str,
    "user_comment": str,
    "next_url": str,
    "icon": str,
    "favicon": str,
    "authors": list,
    "language": str,
    "expired": bool,
    "hubs": list,
    "items": list,
}
JSON_ITEM = {
    "id": str,
    "url": str,
    "external_url": str,
    "title": str,
    "content_html": str,
    "content_text": str,
    "summary": str,
    "image": str,
    "banner_image": str,
    "date_published": str,
    "date_modified": str,
    "authors": list,
    "tags": list,
    "language": str,
    "attachments": list,
}


def json_feed(data: bytes, *, address: str | None = None, now: datetime | None = None) -> list[str]:
    """jsonfeed.org/version/1.1: keys, their types, and what they mean."""
    found = Problems()
    rules.document(found, data)
    feed = json.loads(data, object_pairs_hook=lambda pairs: _object(found, pairs))
    _typed(found, "feed", feed, JSON_FEED, ("version", "title", "items", "feed_url", "home_page_url"))
    found.need(feed.get("version") == "https://jsonfeed.org/version/1.1", "version")
    rules.plain(found, "title", feed.get("title") or "")
    for key in ("home_page_url", "feed_url", *({"next_url"} & set(feed))):
        rules.address(found, key, feed.get(key))
    found.need(address is None or feed.get("feed_url") == address, f"feed_url is not {address}")
    found.need(feed.get("next_url") != feed.get("feed_url"), "next_url leads in a circle")
    found.need(LANGUAGE.fullmatch(str(feed.get("language", "en"))), "language")
    _authors(found, "feed", feed)
    for hub in feed.get("hubs", ()):
        found.need(set(hub) == {"type", "url"} and URI.fullmatch(hub["url"]), f"hub {hub}")
    items = feed.get("items", ())
    ids = [item.get("id") for item in items]
    found.need(len(set(ids)) == len(ids), "two items share an id")
    for item in items:
        published = _json_item(found, item)
        found.need(now is None or published <= now, f"{item.get('id')}: published in the future")
    return found


def _object(found: Problems, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found.need(len(dict(pairs)) == len(pairs), "a key twice in one object")
    return dict(pairs)


def _typed(
    found: Problems, name: str, given: dict[str, Any], known: dict[str, type], needed: tuple[str, ...]
) -> None:
    for key in needed:
        found.need(given.get(key) is not None, f"{name}: no {key}")
    for key, value in given.items():
        if key.startswith("_"):
            found.need(isinstance(value, dict), f"{name}: extension {key} is no object")
        elif key not in known:
            found.append(f"{name}: unknown key {key}")
        else:
            found.need(isinstance(value, known[key]), f"{name}: {key} is no {known[key].__name__}: {value!r}")


def _authors(found: Problems, name: str, given: dict[str, Any]) -> None:
    for author in given.get("authors", ()):
        found.need(set(author) <= {"name", "url", "avatar"} and author, f"{name}: author {author}")
        rules.plain(found, f"{name} author", author.get("name") or "")


def _json_item(found: Problems, item: dict[str, Any]) -> datetime:
    name = str(item.get("id"))
    _typed(found, name, item, JSON_ITEM, ("id", "title", "date_published", "date_modified", "authors"))
    found.need(TAG_URI.fullmatch(name), f"{name}: no tag URI")
    found.need("content_html" in item or "content_text" in item, f"{name}: no content")
    for key in ("url", "external_url", "image", "banner_image"):
        if key in item:
            rules.address(found, f"{name} {key}", item[key])
    for key in ("title", "summary"):
        if key in item:
            rules.plain(found, name, item[key])
    _authors(found, name, item)
    for brought in item.get("attachments", ()):
        rules.address(found, f"{name} attachment", brought.get("url"))
        found.need(MEDIA_TYPE.fullmatch(brought.get("mime_type", "")), f"{name}: type of the attachment")
        found.need(type(brought.get("size_in_bytes", 1)) is int, f"{name}: size of the attachment")
    tags = item.get("tags", ["x"])
    found.need(tags and len(set(tags)) == len(tags), f"{name}: tags {tags}")
    for tag in tags:
        rules.plain(found, name, tag)
    found.need(LANGUAGE.fullmatch(str(item.get("language", "en"))), f"{name}: language")
    found += [f"{name}: {problem}" for problem in fragment(item.get("content_html", ""))]
    rules.moment(found, name, item.get("date_modified"))
    return rules.moment(found, name, item.get("date_published"))


# --- OPML ----------------------------------------------------------------------------------------

OPML_HEAD = frozenset("title dateCreated dateModified ownerName ownerEmail ownerId docs".split())


def opml(data: bytes) -> list[str]:
    """OPML 2.0, of a list of subscriptions."""
    found = Problems()
    rules.xml(found, data)
    root = ET.fromstring(data)
    found.need(root.tag == "opml" and root.get("version") == "2.0", "root is not opml 2.0")
    found.need([child.tag for child in root] == ["head", "body"], "not head and body")
    for child in root.find("head") or ():
        found.need(child.tag in OPML_HEAD, f"head: {child.tag}")
        if child.tag.startswith("date"):
            rules.rfc822(found, child.tag, child.text)
    for outline in root.iter("outline"):
        text = outline.get("text") or ""
        rules.plain(found, "outline", text)
        found.need(outline.get("type") in {None, "rss"}, f"{text}: type {outline.get('type')}")
        subscribes = outline.get("type") == "rss"
        found.need(subscribes == ("xmlUrl" in outline.attrib), f"{text}: type rss and xmlUrl belong together")
        found.need(not subscribes or len(outline) == 0, f"{text}: a feed that holds others")
        if "htmlUrl" in outline.attrib:
            rules.address(found, text, outline.get("htmlUrl"))
    return found
