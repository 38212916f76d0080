"""Is this text a feed, and may a parser be given it?

What is no feed is told apart in words (a web page, a sitemap, a browser challenge). What is one is mended where
that is safe, and bounded: depth and numbers of elements and entries, because what follows needs memory and time
in proportion to them. A document that is still not well-formed is left to feedparser's loose parser and marked
malformed.

Entities and DTDs are never honoured: a document type is cut out before any parser sees it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from xml.parsers import expat

from aggregator.models import FailureReason
from aggregator.poll import mend
from aggregator.poll.unreadable import Unreadable
from aggregator.text.html import plain

MAX_CHARACTERS = 4_000_000
"""Read of one document, twenty times a feed of 30 full articles; the rest is left out between two entries."""
MAX_ENTRIES = 1000
"""Read of one document, in its order; feeds hold 10 to 100, whole archives some hundreds."""
MAX_DEPTH = 200
"""XHTML in Atom nests some tens deep."""
MAX_ELEMENTS = 100_000
"""And attributes: 1,000 entries with 100 each; news feeds have 10 to 40."""
MAX_ATTRIBUTES = 200
"""Of one element; roots of feeds have up to 40. SAX, under feedparser, looks for each among all: 7,000 take 5 s."""
PROLOG = 65_536
"""Characters in which the root element must begin."""

FEED_ROOTS = frozenset({"rss", "rdf", "feed", "channel"})
_OTHER_ROOTS = {
    "opml": "a subscription list (OPML): import it instead",
    "urlset": "a sitemap, not a feed",
    "sitemapindex": "a sitemap, not a feed",
    "error": "an XML error message, not a feed",
    "svg": "a picture, not a feed",
}
_HTML_ROOTS = frozenset({"html", "head", "body", "script", "meta", "title"})

_FIRST_TAG = re.compile(r"<([A-Za-z_][\w.-]{0,40}:)?([A-Za-z_][\w.-]{0,60})")
_SKIPPED = re.compile(r"\s+|<\?.*?\?>|<!--.*?-->", re.DOTALL)
_DOCTYPE = re.compile(
    r"<!DOCTYPE(?:[^\[<>\"']|\"[^\"]*\"|'[^']*')*+(\[.*?\]\s{0,100})?>", re.DOTALL | re.IGNORECASE
)
_XML_DECLARATION = re.compile(r"\s*<\?xml\s[^<>]*\?>")
_BURIED_ROOT = re.compile(
    r"<\?xml\s[^<>]*\?>\s*<(?:rss|rdf:RDF|feed)\b|<(?:rss|rdf:RDF)\s[^<>]*>|<feed\s[^<>]*xmlns"
)
_ROOT_END = re.compile(r"</(?:[A-Za-z_][\w.-]{0,40}:)?(?:rss|feed|rdf)\s*>", re.IGNORECASE)
ROOT_END_CHARACTERS = 4096
"""Where the end tag is looked for: comments and counters of a server's cache may stand behind it."""
_HTML_TITLE = re.compile(r"<title[^<>]*>\s*([^<]{1,200})", re.IGNORECASE)
_ENTRY_START = re.compile(r"<(?:[A-Za-z_][\w.-]{0,40}:)?(?:item|entry)(?=[\s>/])")
_ENTRY_END = re.compile(r"</(?:[A-Za-z_][\w.-]{0,40}:)?(?:item|entry)\s*>|/>\s*\Z")
_CHANNEL_START, _CHANNEL_END = re.compile(r"<channel[\s>]"), re.compile(r"</channel\s*>")


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A feed's XML, ready for feedparser."""

    text: str
    malformed: str | None
    cut: bool
    """Its end was too far away and is left out."""
    complete: bool
    """It ends with its root's end tag, as a document that broke off on its way does not."""
    warnings: tuple[str, ...]


def prepare(text: str, *, cut: bool = False) -> Document:
    """Mend and bound a document; raises :class:`Unreadable` for what is no feed.

    ``cut``: the caller has already left out the end of a document too large to be read whole.
    """
    warnings: list[str] = []
    cut = cut or len(text) > MAX_CHARACTERS
    text, dropped = mend.CONTROL.subn("", text[:MAX_CHARACTERS])
    if dropped:
        warnings.append(f"{dropped} control characters removed")
    text = _without_doctype(_from_root(text, warnings))
    complete = not cut and _ROOT_END.search(text, max(0, len(text) - ROOT_END_CHARACTERS)) is not None
    if cut:
        text = _cut_by_size(text, warnings)
    text = _cut_by_number(text, warnings)
    text, fault = _mended(text)
    if fault is not None:
        if mend.outside_cdata(text).count("<") > 2 * MAX_ELEMENTS:
            raise Unreadable(FailureReason.MALFORMED, f"broken XML of a size nobody writes: {fault}")
        text = _without_half_entry(text, warnings)
    return Document(text=text, malformed=fault, cut=cut, complete=complete, warnings=tuple(warnings))


def _mended(text: str) -> tuple[str, str | None]:
    """Mend step by step until the text is well-formed; also give the fault that remains."""
    fault = _first_fault(text)
    if fault is not None:
        text = mend.characters(text)
        fault = _first_fault(text)
    if fault is not None:
        text = mend.end(text)
        fault = _first_fault(text)
    root = _FIRST_TAG.search(text, _skip(text[:PROLOG], 0))
    if fault is not None and root is not None:
        text = mend.prefixes(text, root.end())
        fault = _first_fault(text)
    return text, fault


# --- Is it a feed? -------------------------------------------------------------------------------


def _from_root(text: str, warnings: list[str]) -> str:
    """Cut what stands before the XML; say what it is if there is no feed in it."""
    root = _root(text)
    start = text.find("<")
    if root not in FEED_ROOTS:
        buried = _BURIED_ROOT.search(text[:PROLOG])
        if buried is None or root == "opml":
            raise _not_a_feed(text, root)
        start = buried.start()
    if start > 0:
        warnings.append("something other than XML stands before the feed")
    return text[start:]


def _root(text: str) -> str:
    """Local name of the first element, in lower case; "" without one."""
    beginning = text[:PROLOG]
    position = _skip(beginning, 0)
    doctype = _DOCTYPE.match(beginning, position)
    if doctype is not None:
        kind = beginning[doctype.start() + len("<!DOCTYPE") : doctype.end()].split(None, 1)
        if kind and kind[0].rstrip(">").lower() == "html":
            return "html"
        position = _skip(beginning, doctype.end())
    # Text in front of the first tag (a PHP warning) is looked over.
    found = _FIRST_TAG.search(beginning, position)
    return found.group(2).lower() if found else ""


def _skip(text: str, position: int) -> int:
    """Where the XML declaration, comments and white space end that begin at ``position``."""
    while match := _SKIPPED.match(text, position):
        position = match.end()
    return position


def _without_doctype(text: str) -> str:
    found = _DOCTYPE.match(text, _skip(text[:PROLOG], 0), PROLOG)
    return text[: found.start()] + text[found.end() :] if found else text


def _not_a_feed(text: str, root: str) -> Unreadable:
    beginning = text[:PROLOG]
    lowered = beginning.lower()
    if root in _OTHER_ROOTS:
        words = _OTHER_ROOTS[root]
    elif root in _HTML_ROOTS or "<html" in lowered or "</p>" in lowered:
        words = _web_page(beginning)
    elif root:
        words = f"XML, but <{root[:40]}> is not a feed"
    elif "\N{REPLACEMENT CHARACTER}" in beginning:
        words = "binary data, neither XML nor JSON"
    else:
        words = "plain text, neither XML nor JSON"
    return Unreadable(FailureReason.NOT_A_FEED, words)


def _web_page(beginning: str) -> str:
    if "challenge-platform" in beginning or "_cf_chl_opt" in beginning:
        return "a Cloudflare challenge lets only browsers through; ask the publisher to let feed readers in"
    title = _HTML_TITLE.search(beginning)
    name = f" (“{plain(title.group(1))[:80]}”)" if title else ""
    return f"a web page{name}, not a feed: subscribe to the feed it links to"


# --- Bounds --------------------------------------------------------------------------------------


def _cut_by_size(text: str, warnings: list[str]) -> str:
    """Close a document whose end was left out, in front of its last, broken entry."""
    start = _last_entry(text)
    if start < 0:
        raise Unreadable(FailureReason.TOO_LARGE, "too large, and no entry in the part of it that is read")
    warnings.append(f"too large: only the first {start:,} characters are read")
    return text[:start] + _closing(text, start)


def _cut_by_number(text: str, warnings: list[str]) -> str:
    for number, match in enumerate(_ENTRY_START.finditer(text)):
        if number == MAX_ENTRIES:
            warnings.append(f"only the first {MAX_ENTRIES} entries are read")
            return text[: match.start()] + _closing(text, match.start())
    return text


def _without_half_entry(text: str, warnings: list[str]) -> str:
    """Leave out the entry in which a document breaks off: half a guid would name another entry."""
    start = _last_entry(text)
    if start < 0 or _ENTRY_END.search(text, start):
        return text
    warnings.append("the document breaks off in the middle of an entry, which is left out")
    return text[:start] + _closing(text, start)


def _last_entry(text: str) -> int:
    """Where the last entry begins; -1 without one."""
    start = -1
    for match in _ENTRY_START.finditer(text):
        start = match.start()
    return start


def _closing(text: str, cut: int) -> str:
    """Give the end tags of the elements that are open in front of an entry: the root, and perhaps a channel."""
    root = _FIRST_TAG.search(text, _skip(text[:PROLOG], 0))
    if root is None:
        return ""
    beginning = text[:cut]
    open_channels = len(_CHANNEL_START.findall(beginning)) - len(_CHANNEL_END.findall(beginning))
    return ("</channel>" if open_channels > 0 else "") + f"</{root.group()[1:]}>"


def _first_fault(text: str) -> str | None:
    """Why the text is not well-formed XML with namespaces, or None when it is.

    expat alone takes a tenth of what feedparser takes for a sound document. Raises when the document is nested
    or subdivided beyond what a feed needs.
    """
    parser = expat.ParserCreate(encoding="utf-8", namespace_separator=" ")
    counter = _Counter()
    parser.StartElementHandler = counter.start
    parser.EndElementHandler = counter.end
    declaration = _XML_DECLARATION.match(text)
    try:
        parser.Parse(text[declaration.end() if declaration else 0 :].encode("utf-8", "replace"), True)
    except expat.ExpatError as error:
        return f"broken XML: {expat.errors.messages.get(error.code, 'error')} in line {error.lineno}"
    return None


class _Counter:
    """Counts elements while expat walks through them."""

    def __init__(self) -> None:
        self.depth = self.elements = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        del name
        self.depth += 1
        self.elements += 1 + len(attributes)
        if len(attributes) > MAX_ATTRIBUTES:
            raise Unreadable(FailureReason.TOO_LARGE, f"more than {MAX_ATTRIBUTES} attributes in one element")
        if self.depth > MAX_DEPTH:
            raise Unreadable(FailureReason.MALFORMED, f"nested more than {MAX_DEPTH} elements deep")
        if self.elements > MAX_ELEMENTS:
            raise Unreadable(FailureReason.TOO_LARGE, f"more than {MAX_ELEMENTS:,} elements and attributes")

    def end(self, name: str) -> None:
        del name
        self.depth -= 1
