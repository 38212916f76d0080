"""Is this text a feed, and what must be mended so that a strict XML parser reads it?

Mending changes only what has one possible meaning (control characters, HTML entities, undeclared prefixes,
junk around the document), so a mended document is as good as a sound one. What remains broken is read by
feedparser's loose parser and marked malformed.

Entities and DTDs are never honoured: a document type is cut out before any parser sees it. Depth and numbers of
elements and entries are bounded here, because what follows needs memory in proportion to them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html.entities import html5
from xml.parsers import expat

from aggregator.models import FailureReason
from aggregator.poll.unreadable import Unreadable
from aggregator.text.html import plain

MAX_CHARACTERS = 4_000_000
"""Read of one document; the rest is left out at an entry's boundary. feedparser needs about 15 bytes for each."""
MAX_ENTRIES = 1000
"""Read of one document, in its order: the largest archives of news feeds hold a few hundred."""
MAX_DEPTH = 200
"""XHTML in Atom nests some tens deep."""
MAX_ELEMENTS = 200_000
"""1,000 entries with 50 elements each, four times over."""
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

_FIRST_TAG = re.compile(r"<([A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]*)")
_SKIPPED = re.compile(r"\s+|<\?.*?\?>|<!--.*?-->", re.DOTALL)
_DOCTYPE = re.compile(
    r"<!DOCTYPE(?:[^\[<>]|\"[^\"]*\"|'[^']*')*(\[.*?\]\s{0,100})?>", re.DOTALL | re.IGNORECASE
)
_BURIED_ROOT = re.compile(
    r"<\?xml\s[^>]*\?>\s*<(?:rss|rdf:RDF|feed)\b|<(?:rss|rdf:RDF)\s[^>]*>|<feed\s[^>]*xmlns"
)
_HTML_TITLE = re.compile(r"<title[^>]*>\s*([^<]{1,200})", re.IGNORECASE)

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
_CONTROL_REFERENCE = re.compile(r"&#(?:x([0-9a-fA-F]{1,8})|([0-9]{1,8}));")
_NAMED = re.compile(r"&([A-Za-z][A-Za-z0-9]{1,31});")
_XML_ENTITIES = frozenset({"lt", "gt", "amp", "quot", "apos"})
_LONE_AMPERSAND = re.compile(r"&(?!(?:#x[0-9a-fA-F]{1,8}|#[0-9]{1,8}|[A-Za-z_][\w.-]{0,60});)")
_CDATA = re.compile(r"(<!\[CDATA\[.*?\]\]>)", re.DOTALL)
_PREFIX = re.compile(r"</?([A-Za-z_][\w.-]*):[A-Za-z_]|\s([A-Za-z_][\w.-]*):[A-Za-z_][\w.-]*\s*=\s*[\"']")
_ENTRY_START = re.compile(r"<(?:[A-Za-z_][\w.-]*:)?(?:item|entry)(?=[\s>/])")
_ENTRY_END = re.compile(r"</(?:[A-Za-z_][\w.-]*:)?(?:item|entry)\s*>|/>\s*\Z")
_CLOSED = re.compile(r"</(?:[A-Za-z_][\w.-]*:)?(?:rss|RDF|feed)\s*>")

_NAMESPACES = {
    "atom": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "feedburner": "http://rssnamespace.org/feedburner/ext/1.0",
    "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
    "media": "http://search.yahoo.com/mrss/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "slash": "http://purl.org/rss/1.0/modules/slash/",
    "sy": "http://purl.org/rss/1.0/modules/syndication/",
    "wfw": "http://wellformedweb.org/CommentAPI/",
    "xhtml": "http://www.w3.org/1999/xhtml",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A feed's XML, ready for feedparser."""

    text: str
    malformed: str | None
    warnings: tuple[str, ...]


def prepare(text: str) -> Document:
    """Mend and bound a document; raises :class:`Unreadable` for what is no feed."""
    warnings: list[str] = []
    text, dropped = _CONTROL.subn("", text)
    if dropped:
        warnings.append(f"{dropped} control characters removed")
    text = _from_root(text, warnings)
    text = _cut_by_size(text, warnings)
    text = _DOCTYPE.sub("", text[:PROLOG], count=1) + text[PROLOG:]
    fault = _first_fault(text)
    for mend in (_mend_characters, _mend_end, _mend_prefixes):
        if fault is not None:
            text = mend(text)
            fault = _first_fault(text)
    if fault is not None and text.count("<") > 2 * MAX_ELEMENTS:
        raise Unreadable(FailureReason.MALFORMED, f"broken XML of a size nobody writes: {fault}")
    if fault is not None:
        text = _without_half_entry(text, warnings)
    return Document(text=_cut_by_number(text, warnings), malformed=fault, warnings=tuple(warnings))


# --- Is it a feed? -------------------------------------------------------------------------------


def _from_root(text: str, warnings: list[str]) -> str:
    """Cut what stands before the XML; say what it is if there is no feed in it."""
    root = _root(text)
    if root not in FEED_ROOTS:
        buried = _BURIED_ROOT.search(text[:PROLOG])
        if buried is None or root == "opml":
            raise _not_a_feed(text, root)
        warnings.append("something other than XML stands before the feed")
        text = text[buried.start() :]
    elif not text.startswith("<"):
        start = text.find("<")
        if text[:start].strip():
            warnings.append("something other than XML stands before the feed")
        text = text[start:]
    return text


def _root(text: str) -> str:
    """Local name of the first element, in lower case; "" without one."""
    position = 0
    beginning = text[:PROLOG]
    while match := _SKIPPED.match(beginning, position):
        position = match.end()
    doctype = _DOCTYPE.match(beginning, position)
    if doctype is not None:
        kind = beginning[doctype.start() + 9 : doctype.start() + 30].split()
        if kind and kind[0].rstrip(">").lower() == "html":
            return "html"
        position = doctype.end()
    # Comments may stand here too; text in front of the first tag (a PHP warning) is looked over.
    found = _FIRST_TAG.search(re.sub(r"<!--.*?-->", "", beginning[position:], flags=re.DOTALL))
    return found.group(2).lower() if found else ""


def _not_a_feed(text: str, root: str) -> Unreadable:
    if root in _OTHER_ROOTS:
        return Unreadable(FailureReason.NOT_A_FEED, _OTHER_ROOTS[root])
    beginning = text[:PROLOG]
    lowered = beginning.lower()
    if root in {"html", "head", "body", "script", "meta", "title"} or "<html" in lowered or "</p>" in lowered:
        return Unreadable(FailureReason.NOT_A_FEED, _web_page(beginning))
    if root:
        return Unreadable(FailureReason.NOT_A_FEED, f"XML, but <{root[:40]}> is not a feed")
    if "\N{REPLACEMENT CHARACTER}" in beginning or not beginning.isprintable():
        return Unreadable(FailureReason.NOT_A_FEED, "neither XML nor JSON: binary data or plain text")
    return Unreadable(FailureReason.NOT_A_FEED, "plain text, not a feed")


def _web_page(beginning: str) -> str:
    if "challenge-platform" in beginning or "_cf_chl_opt" in beginning:
        return (
            "a Cloudflare challenge that lets only browsers through; ask the publisher to let feed readers in"
        )
    title = _HTML_TITLE.search(beginning)
    name = f" (“{plain(title.group(1))[:80]}”)" if title else ""
    return f"a web page{name}, not a feed: subscribe to the feed it links to"


# --- Mending -------------------------------------------------------------------------------------


def _mend_characters(text: str) -> str:
    """Give HTML's named entities their characters, drop references to control characters, escape lone ``&``."""
    parts = _CDATA.split(text)
    for index in range(0, len(parts), 2):
        part = _NAMED.sub(_character, parts[index])
        part = _CONTROL_REFERENCE.sub(_allowed_reference, part)
        parts[index] = _LONE_AMPERSAND.sub("&amp;", part)
    return "".join(parts)


def _character(match: re.Match[str]) -> str:
    name = match.group(1)
    if name in _XML_ENTITIES:
        return match.group()
    character = html5.get(f"{name};")
    return f"&amp;{name};" if character is None or character in "<>&" else character


def _allowed_reference(match: re.Match[str]) -> str:
    code = int(match.group(1), 16) if match.group(1) else int(match.group(2))
    sound = (
        code in {9, 10, 13}
        or 0x20 <= code <= 0xD7FF
        or 0xE000 <= code <= 0xFFFD
        or 0x10000 <= code <= 0x10FFFF
    )
    return match.group() if sound else ""


def _mend_end(text: str) -> str:
    """Cut what stands behind the end of the root element (scripts and notes that proxies add)."""
    ends = [match.end() for match in _CLOSED.finditer(text, max(0, len(text) - PROLOG))]
    return text[: ends[-1]] if ends else text


def _mend_prefixes(text: str) -> str:
    """Declare the namespace prefixes that are used and nowhere declared, on the root element."""
    outside = _CDATA.sub("", text)
    used = {first or second for first, second in _PREFIX.findall(outside)} - {"xml", "xmlns"}
    missing = sorted(name for name in used if f"xmlns:{name}=" not in outside)
    root = _FIRST_TAG.search(text, max(0, text.find("?>")))
    if not missing or root is None:
        return text
    declarations = "".join(
        f' xmlns:{name}="{_NAMESPACES.get(name, f"urn:undeclared:{name}")}"' for name in missing
    )
    return text[: root.end()] + declarations + text[root.end() :]


# --- Bounds --------------------------------------------------------------------------------------


def _cut_by_size(text: str, warnings: list[str]) -> str:
    """Leave out the end of an oversized document, from the last entry that fits on."""
    if len(text) <= MAX_CHARACTERS:
        return text
    cut = max((match.start() for match in _ENTRY_START.finditer(text, 0, MAX_CHARACTERS)), default=0)
    if cut == 0:
        raise Unreadable(
            FailureReason.TOO_LARGE, f"a single entry of more than {MAX_CHARACTERS:,} characters"
        )
    warnings.append(f"only the first {MAX_CHARACTERS:,} characters are read")
    return text[:cut] + _closing(text, cut)


def _without_half_entry(text: str, warnings: list[str]) -> str:
    """Leave out the entry in which a document breaks off: half a guid would name another entry."""
    start = -1
    for match in _ENTRY_START.finditer(text):
        start = match.start()
    if start < 0 or _ENTRY_END.search(text, start):
        return text
    warnings.append("the document breaks off in the middle of an entry, which is left out")
    return text[:start] + _closing(text, start)


def _cut_by_number(text: str, warnings: list[str]) -> str:
    for number, match in enumerate(_ENTRY_START.finditer(text)):
        if number == MAX_ENTRIES:
            warnings.append(f"only the first {MAX_ENTRIES} entries are read")
            return text[: match.start()] + _closing(text, match.start())
    return text


def _closing(text: str, cut: int) -> str:
    """Give the end tags of the elements that are open in front of an entry: the root, and perhaps a channel."""
    root = _FIRST_TAG.search(text)
    if root is None:
        return ""
    name = (root.group(1) or "") + root.group(2)
    opened, closed = (len(re.findall(p, text[:cut])) for p in (r"<channel[\s>]", r"</channel\s*>"))
    return ("</channel>" if opened > closed else "") + f"</{name}>"


def _first_fault(text: str) -> str | None:
    """Why the text is not well-formed XML with namespaces, or None when it is.

    expat takes 1 ms for what takes feedparser 20, and its loose parser 60. Raises when the document is nested
    or subdivided beyond what a feed needs.
    """
    parser = expat.ParserCreate(encoding="utf-8", namespace_separator=" ")
    counter = _Counter()
    parser.StartElementHandler = counter.start
    parser.EndElementHandler = counter.end
    try:
        parser.Parse(_XML_DECLARATION.sub("", text, count=1).encode("utf-8", "replace"), True)
    except expat.ExpatError as error:
        return f"broken XML: {expat.errors.messages.get(error.code, 'error')} in line {error.lineno}"
    return None


_XML_DECLARATION = re.compile(r"^\s*<\?xml\s[^>]*\?>")


class _Counter:
    """Counts elements while expat walks through them."""

    def __init__(self) -> None:
        self.depth = self.elements = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        del name, attributes
        self.depth += 1
        self.elements += 1
        if self.depth > MAX_DEPTH:
            raise Unreadable(FailureReason.MALFORMED, f"nested more than {MAX_DEPTH} elements deep")
        if self.elements > MAX_ELEMENTS:
            raise Unreadable(FailureReason.TOO_LARGE, f"more than {MAX_ELEMENTS:,} elements")

    def end(self, name: str) -> None:
        del name
        self.depth -= 1
