"""What does a list that another program wrote mean here, and what of it has no place here?

Feedly, Inoreader, Miniflux, FreshRSS, NetNewsWire and Thunderbird write OPML with folders; newsboat writes it without,
and keeps its tags in a list of its own (``newsboat_list``). All of it is taken over that has a place: addresses, names,
folders, tags, languages, sites. What has none is counted by name, and every feed that is left out is named.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from aggregator.models import Subscription
from aggregator.opml import newsboat_list
from aggregator.opml.address import brief, identity
from aggregator.opml.outlines import Document, Outline, outlines
from aggregator.opml.reading import PRIORITY, Problem, complaint, subscription

SCRAPED = frozenset({"html+xpath", "xml+xpath", "json+dotnotation", "html+xpath+json+dotnotation"})
"""Types of FreshRSS: pages it makes entries of by rules that stand beside them."""

UNDERSTOOD = frozenset(
    {"type", "version", "text", "title", "xmlurl", "htmlurl", "language", "category", *PRIORITY}
)
"""Attributes that are taken over, or say nothing more: ``version`` is of the feed's format, which it says itself."""

CHARACTER = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z]\w{1,30});")
"""A character written as in HTML: in a name that was escaped once too often."""

ESCAPED_MOST = 5
"""Times a name may have been escaped; each program on its way may have done it once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Adopted:
    """Another program's list, as it is understood here."""

    subscriptions: tuple[Subscription, ...] = ()
    """In the order of the file; a feed that stood in several folders is in the first, the others are tags."""
    problems: tuple[Problem, ...] = ()
    """What was left out or changed, by line."""
    left: Mapping[str, int] = field(default_factory=dict)
    """Attributes that have no place here → how many feeds had them."""


def adopt(data: bytes, *, name: str = "OPML") -> Adopted:
    """Read another program's list, OPML or newsboat's own. Raises ``ConfigError`` as ``reading.read`` does."""
    if not _looks_like_xml(data) and (found := newsboat_list.read(data)) is not None:
        subscriptions, problems = found
        return Adopted(subscriptions=subscriptions, problems=problems, left={})
    # A blank line in front of the XML declaration makes it an error, and some programs write one.
    return _Adopting(outlines(data.lstrip(b" \t\r\n"), name)).all()


def _looks_like_xml(data: bytes) -> bool:
    return data[:256].replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").startswith(b"<")


class _Adopting:
    """Goes through a document once."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.found: dict[str, Subscription] = {}
        self.first_line: dict[str, int] = {}
        self.problems: list[Problem] = []
        self.left: Counter[str] = Counter()

    def all(self) -> Adopted:
        for outline in self.document.outlines:
            if (why := _no_feed(outline)) or (why := complaint(_readable(outline), {})):
                self.problems.append(Problem(line=outline.line, message=why))
            elif outline.url:
                self.feed(_readable(outline))
        return Adopted(
            subscriptions=tuple(self.found.values()), problems=tuple(self.problems), left=dict(self.left)
        )

    def feed(self, outline: Outline) -> None:
        folder = tuple(_name(each) for each in self.document.folder(outline))
        read = subscription(outline, folder, self.problems)
        key = identity(read.url)
        self.left.update(
            name
            for name in outline.spelled
            if _has_no_place(name) and outline.attributes[name.lower()].strip()
        )
        if key in self.found:
            self.again(key, read, outline)
            return
        if "aggregator:withheld" in outline.attributes:
            message = f"{brief(read.url)} was published without what lets you in: complete it in your list"
            self.problems.append(Problem(line=outline.line, message=message))
        self.first_line[key] = outline.line
        self.found[key] = replace(read, title=_name(read.title) if read.title else None)

    def again(self, key: str, read: Subscription, outline: Outline) -> None:
        """A feed that stands in a second place: what that says more of it is kept."""
        known = self.found[key]
        # A comma divides tags, and slashes at the ends are none of it.
        place = "" if read.folder == known.folder else "/".join(read.folder).replace(",", " ").strip(" /")
        told = f"its folder “{brief(place)}” became a tag" if place else "left out"
        message = f"{brief(read.url)} stands on line {self.first_line[key]} already: {told}"
        self.problems.append(Problem(line=outline.line, message=message))
        tags = (*known.tags, *read.tags, *([place] if place else ()))
        self.found[key] = replace(known, tags=tuple(dict.fromkeys(tags)))


def _no_feed(outline: Outline) -> str | None:
    """Why an outline that other programs understand is no feed here; None for feeds and for folders with feeds."""
    label = f"“{brief(_name(outline.label))}”"
    kind = outline.attributes.get("type", "").strip()
    if kind.lower() in SCRAPED:
        return f"{label} is a page that FreshRSS makes entries of by rules ({kind}), not a feed: left out"
    list_url = outline.attributes.get("frss:opmlurl", "") or (
        outline.attributes.get("url", "") if kind.lower() in {"include", "link"} else ""
    )
    if list_url:
        return (
            f"{label} is filled from another list, {brief(list_url)}: left out; fetch that one and import it"
        )
    if not outline.url and not outline.children and not kind and "xmlurl" not in outline.attributes:
        return f"{label} has no feeds in it: left out"
    return None


def _readable(outline: Outline) -> Outline:
    """The same outline with its address as the web knows it: ``feed://x`` and ``feed:https://x`` are for programs."""
    given = re.sub(r"^feed:(?://(?!/))?(?=https?://)", "", outline.url, flags=re.IGNORECASE)
    given = re.sub(r"^feed://", "http://", given, flags=re.IGNORECASE)
    return (
        outline
        if given == outline.url
        else replace(outline, attributes={**outline.attributes, "xmlurl": given})
    )


def _has_no_place(name: str) -> bool:
    lower = name.lower()
    # What is said of a feed's health here is found out here.
    return lower not in UNDERSTOOD and not lower.startswith(("xmlns", "aggregator:"))


def _name(text: str) -> str:
    """A name with the characters it means, on one line, however often it was escaped on its way."""
    from html import unescape  # two thousand names of characters, which no run needs

    for _ in range(ESCAPED_MOST):
        plain = CHARACTER.sub(lambda found: unescape(found[0]), text)
        if plain == text:
            break
        text = plain
    return " ".join(text.split())
