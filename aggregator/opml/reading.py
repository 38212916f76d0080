"""Which feeds does a subscription list name, and what in it had to be left out?"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from aggregator.models import Subscription
from aggregator.opml.address import brief, fault, identity
from aggregator.opml.file import content
from aggregator.opml.outlines import Document, Outline, outlines

MOST_PRIORITY = 1_000_000
"""Room for everyone's way of numbering, and within what a database counts with."""

AROUND_TAGS = (
    "/ \t\r\n\x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
)
"""White space and slashes, in whatever order: OPML 2.0 writes paths of categories as ``/a/b``."""


PRIORITY = ("priority", "aggregator:priority")
"""Not every attribute of that name: FreshRSS has one in words, about where a feed is shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Something in the file that was left out, and why."""

    line: int
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OpmlFile:
    """A subscription list understood."""

    subscriptions: tuple[Subscription, ...] = ()
    """In the order of the file."""
    problems: tuple[Problem, ...] = ()


def read(source: Path | bytes, *, name: str = "OPML") -> OpmlFile:
    """Read a list from a file, or from bytes that errors call ``name``.

    Raises ``ConfigError`` with the line when it is not well-formed XML, not OPML, or has a document type
    (entity bombs need one, subscription lists do not).
    """
    if isinstance(source, bytes):
        data = source
    else:
        name = str(source)
        data = content(source)
    return _understand(outlines(data, name))


def _understand(document: Document) -> OpmlFile:
    subscriptions: list[Subscription] = []
    problems: list[Problem] = []
    first_line: dict[str, int] = {}
    for outline in document.outlines:
        wrong = complaint(outline, first_line)
        if wrong:
            problems.append(Problem(line=outline.line, message=wrong))
        elif outline.url:
            first_line[identity(outline.url)] = outline.line
            subscriptions.append(subscription(outline, document.folder(outline), problems))
    return OpmlFile(subscriptions=tuple(subscriptions), problems=tuple(problems))


def complaint(outline: Outline, first_line: dict[str, int]) -> str | None:
    """Why an outline is left out; ``None`` for feeds, folders and notes."""
    if not outline.url:
        kind = outline.attributes.get("type", "").strip().lower()
        if kind in {"rss", "atom", "feed"} or ("xmlurl" in outline.attributes and not outline.children):
            label = f"“{brief(outline.label)}”" if outline.label else "an outline"
            return f"{label} has no xmlUrl: left out"
        return None
    wrong = fault(outline.url)
    if wrong:
        return f"{wrong}: left out"
    seen = first_line.get(identity(outline.url))
    if seen is not None:
        return f"{brief(outline.url)} stands on line {seen} already: left out"
    return None


def subscription(outline: Outline, folder: tuple[str, ...], problems: list[Problem]) -> Subscription:
    """Understand an outline that names a feed; what is wrong with it and does no harm goes to ``problems``."""
    given = outline.attributes
    priority = 0
    for name in PRIORITY:
        if name not in given:
            continue
        value = given[name]
        try:
            priority = _priority(value)
        except ValueError:
            message = (
                f"aggregator:priority is “{brief(value)}”, not a whole number "
                f"from -{MOST_PRIORITY} to {MOST_PRIORITY}: taken as 0"
            )
            problems.append(Problem(line=outline.line, message=message))
    label = outline.label
    categories = (each.strip(AROUND_TAGS) for each in given.get("category", "").split(","))
    return Subscription(
        url=outline.url,
        title=label if label and label != outline.url else None,
        site_url=given.get("htmlurl", "").strip() or None,
        language=given.get("language", "").strip() or None,
        folder=folder,
        tags=tuple(dict.fromkeys(each for each in categories if each)),
        priority=priority,
        line=outline.line,
    )


def _priority(text: str) -> int:
    """Raises ``ValueError`` for what is no number or a slip of the finger."""
    number = int(text)
    if abs(number) > MOST_PRIORITY:
        raise ValueError(text)
    return number
