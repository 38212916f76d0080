"""Is a document valid? The rules of each format and the W3C feed validator's warnings, as lists of problems."""

from __future__ import annotations

import json
import re
from collections import Counter
from datetime import datetime
from email.utils import parsedate_to_datetime
from html.entities import html5
from html.parser import HTMLParser
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

from aggregator.export.sanitise import ATTRIBUTES, TAGS

A = "{http://www.w3.org/2005/Atom}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
CREATOR = "{http://purl.org/dc/elements/1.1/}creator"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"

URI = re.compile(
    r"https?://(?:[A-Za-z0-9._-]+|\[[0-9a-fA-F:.]+\])(?::[0-9]+)?"
    r"/(?:[A-Za-z0-9._~:/@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*"
    r"(?:\?(?:[A-Za-z0-9._~:/?@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*)?"
    r"(?:#(?:[A-Za-z0-9._~:/?@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*)?"
)
TAG_URI = re.compile(r"tag:aggregator\.invalid,2026:[a-z]+/[A-Za-z0-9]+")
RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?Z")
BAD_CHARACTERS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffd\ufffe\uffff\ud800-\udfff]")
LOOKS_LIKE_HTML = re.compile(
    "<[A-Za-z/!?]|&(?:#[0-9]|#[xX][0-9a-fA-F]|lt|gt|amp|quot|"
    + "|".join(name for name in html5 if name.endswith(";"))
    + ")"
)
"""Of the names that HTML reads without a semicolon those count that make markup; ``&copy=2`` is part of an address."""
VOID = frozenset(("br", "hr", "img", "wbr"))


class Problems(list[str]):
    def need(self, condition: object, problem: str) -> None:
        if not condition:
            self.append(problem)


def atom(data: bytes) -> list[str]:
    """RFC 4287 §4, and what the validator warns of."""
    found = Problems()
    root = ET.fromstring(data)
    found.need(root.tag == A + "feed", "root is not feed")
    _characters(found, data.decode())
    for name in ("id", "title", "updated"):
        found.need(len(root.findall(A + name)) == 1, f"feed: not exactly one {name}")
    found.need(root.find(f"{A}author/{A}name") is not None, "feed: no author")
    found.need(len(root.findall(f"{A}link[@rel='self']")) == 1, "feed: no self link")
    entries = root.findall(A + "entry")
    ids = [entry.findtext(A + "id") for entry in entries]
    found.need(len(set(ids)) == len(ids), "two entries share an id")
    times = [entry.findtext(A + "updated") for entry in entries]
    found.need(len(set(times)) == len(times), "two entries share one updated")
    newest = root.findtext(A + "updated") or ""
    found.need(all(_moment(time or "") <= _moment(newest) for time in times), "feed older than an entry")
    for entry in entries:
        _atom_entry(found, entry)
    return found


def _atom_entry(found: Problems, entry: ET.Element) -> None:
    name = entry.findtext(A + "id")
    one = ("id", "title", "updated", "published", "author", "content", "source")
    for each in one:
        found.need(len(entry.findall(A + each)) == 1, f"{name}: not exactly one {each}")
    found.need(len(entry.findall(A + "summary")) <= 1, f"{name}: more than one summary")
    known = {A + each for each in (*one, "summary", "link", "category")}
    found.need({child.tag for child in entry} <= known, f"{name}: unknown element")
    found.need(entry[-1].tag == A + "source", f"{name}: source is not last")
    found.need(TAG_URI.fullmatch(name or ""), f"{name}: no tag URI")
    for each in ("updated", "published"):
        found.need(RFC3339.fullmatch(entry.findtext(A + each) or ""), f"{name}: {each} is no RFC 3339 time")
    for each in (A + "title", A + "summary", f"{A}author/{A}name", f"{A}source/{A}title"):
        text = entry.findtext(each)
        if text is not None:
            _plain(found, name, text)
    links = entry.findall(A + "link")
    rels = [link.get("rel") for link in links]
    found.need(rels.count("alternate") <= 1, f"{name}: more than one alternate")
    found.need("alternate" not in rels or rels[0] == "alternate", f"{name}: alternate is not first")
    hrefs = [link.get("href") or "" for link in links + entry.findall(f"{A}source/{A}link")]
    for href in hrefs:
        found.need(URI.fullmatch(href), f"{name}: link {href!r}")
    for link in links:
        if link.get("rel") == "related":
            _plain(found, name, link.get("title") or "")
    twice = Counter((link.get("rel"), link.get("href")) for link in links)
    found.need(all(count == 1 for count in twice.values()), f"{name}: the same link twice")
    for category in entry.findall(A + "category"):
        _plain(found, name, category.get("term") or "")
    content = entry.find(A + "content")
    assert content is not None
    found.need(content.get("type") == "html", f"{name}: content is not html")
    found += [f"{name}: {problem}" for problem in fragment(content.text or "")]
    for each in ("id", "title", "updated"):
        found.need(len(entry.findall(f"{A}source/{A}{each}")) == 1, f"{name}: source without {each}")
    found.need(re.fullmatch(r"[a-z]{2}(-\w+)?", entry.get(LANG, "en")), f"{name}: xml:lang")


def rss(data: bytes) -> list[str]:
    """The RSS 2.0 specification and the advisory board's profile."""
    found = Problems()
    root = ET.fromstring(data)
    _characters(found, data.decode())
    found.need(root.tag == "rss" and root.get("version") == "2.0", "root is not rss 2.0")
    channel = root.find("channel")
    assert channel is not None
    for name in ("title", "link", "description", "language", "lastBuildDate", "ttl"):
        found.need(len(channel.findall(name)) == 1 and channel.findtext(name), f"channel: {name}")
    found.need(channel.find(f"{A}link[@rel='self']") is not None, "channel: no atom:link self")
    items = channel.findall("item")
    guids = [item.findtext("guid") for item in items]
    found.need(len(set(guids)) == len(guids), "two items share a guid")
    for item in items:
        _rss_item(found, item)
    return found


def _rss_item(found: Problems, item: ET.Element) -> None:
    name = item.findtext("guid")
    order = [child.tag for child in item]
    found.need(order.index("title") == 0, f"{name}: title is not first")
    for each in ("title", "guid", "pubDate", CREATOR, CONTENT):
        found.need(order.count(each) == 1, f"{name}: not exactly one {each}")
    for each in ("description", "link", "source"):
        found.need(order.count(each) <= 1, f"{name}: more than one {each}")
    if "description" in order:
        found.need(order.index("description") < order.index(CONTENT), f"{name}: content before description")
        found += [f"{name}: {problem}" for problem in fragment(item.findtext("description") or "")]
    if "source" in order:
        found.need(order[-1] == "source", f"{name}: source is not last")
        found.need(URI.fullmatch(item.find("source").get("url") or ""), f"{name}: source url")
        _plain(found, name, item.findtext("source") or "")
    if "link" in order:
        found.need(URI.fullmatch(item.findtext("link") or ""), f"{name}: link")
    found.need(item.find("guid").get("isPermaLink") == "false", f"{name}: guid taken for a link")
    date = item.findtext("pubDate") or ""
    found.need(date.endswith(" GMT") and parsedate_to_datetime(date), f"{name}: date {date}")
    found.need(date == f"{parsedate_to_datetime(date):%a, %d %b %Y %H:%M:%S} GMT", f"{name}: weekday")
    for each in ("title", CREATOR):
        _plain(found, name, item.findtext(each) or "")
    for category in item.findall("category"):
        _plain(found, name, category.text or "")
    found += [f"{name}: {problem}" for problem in fragment(item.findtext(CONTENT) or "")]


def json_feed(data: bytes) -> list[str]:
    """jsonfeed.org/version/1.1."""
    found = Problems()
    feed = json.loads(data)
    _characters(found, data.decode())
    found.need(feed["version"] == "https://jsonfeed.org/version/1.1", "version")
    found.need(feed["title"] and isinstance(feed["title"], str), "title")
    for key in ("home_page_url", "feed_url"):
        found.need(URI.fullmatch(feed[key]), key)
    ids = [item["id"] for item in feed["items"]]
    found.need(len(set(ids)) == len(ids), "two items share an id")
    for item in feed["items"]:
        name = item["id"]
        found.need(isinstance(name, str) and name, "id")
        found.need("content_html" in item or "content_text" in item, f"{name}: no content")
        found.need("url" not in item or URI.fullmatch(item["url"]), f"{name}: url")
        for key in ("date_published", "date_modified"):
            found.need(RFC3339.fullmatch(item[key]), f"{name}: {key}")
        found.need(all(author["name"] for author in item["authors"]), f"{name}: author")
        found.need(all(isinstance(tag, str) and tag for tag in item.get("tags", ["x"])), f"{name}: tags")
        found.need(None not in item.values(), f"{name}: null")
        _plain(found, name, item["title"])
        found += [f"{name}: {problem}" for problem in fragment(item["content_html"])]
    return found


# --- Parts ---------------------------------------------------------------------------------------


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _plain(found: Problems, name: str | None, text: str) -> None:
    found.need(text.strip(), f"{name}: blank text")
    found.need("\n" not in text, f"{name}: more than one line: {text!r}")
    found.need(not LOOKS_LIKE_HTML.search(text), f"{name}: looks like HTML: {text!r}")


def _characters(found: Problems, text: str) -> None:
    bad = BAD_CHARACTERS.search(text)
    found.need(bad is None, f"character {bad and bad.group()!r}")


class _Fragment(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.problems = Problems()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.problems.need(tag in TAGS, f"element {tag}")
        allowed = ATTRIBUTES["*"] | ATTRIBUTES.get(tag, set())
        for name, value in attrs:
            self.problems.need(name in allowed, f"attribute {name} of {tag}")
            if name in {"href", "src"}:
                self.problems.need(URI.fullmatch(value or ""), f"{name} {value!r}")
                self.problems.need(urlsplit(value or "").scheme in {"http", "https"}, f"scheme of {value!r}")
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.problems.append(f"</{tag}> closes nothing")

    def handle_comment(self, data: str) -> None:
        self.problems.append(f"comment {data!r}")

    def handle_decl(self, decl: str) -> None:
        self.problems.append(f"declaration {decl!r}")

    def handle_pi(self, data: str) -> None:
        self.problems.append(f"instruction {data!r}")


def fragment(html: str) -> list[str]:
    """A safe fragment: our elements and attributes only, well nested, every address absolute."""
    parser = _Fragment()
    parser.feed(html)
    parser.close()
    parser.problems.need(not parser.open, f"not closed: {parser.open}")
    return parser.problems
