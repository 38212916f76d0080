"""Where does HTML have tags, where text, and which of it is not there to be read?

A scanner in linear time. It follows what browsers do with real feeds, not the letter of the standard: an
unclosed quote in a tag does not swallow the article, ``a < b`` and ``Vec<T>`` are text.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass

BLOCK = frozenset(
    "address article aside blockquote body center dd details dialog dir div dl dt fieldset figcaption"
    " figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr html li main menu nav ol option p pre search"
    " section summary table tbody tfoot thead tr ul".split()
)
CELL = frozenset(("td", "th", "img"))
_INLINE = frozenset(
    "a abbr acronym applet area audio b base basefont bdi bdo big br button canvas caption cite code"
    " col colgroup data datalist del dfn em embed font frame frameset head i iframe img input ins kbd"
    " label legend link map mark marquee math meta meter noframes noscript object optgroup output param"
    " picture progress q rp rt ruby s samp script select slot small source span strike strong style sub"
    " sup svg td template textarea th time title track tt u var video wbr".split()
)
_KNOWN = BLOCK | _INLINE

_RAW = frozenset(("script", "style", "textarea", "title", "iframe", "noscript", "noembed", "noframes", "xmp"))
"""Elements whose content is not markup: they end at their own end tag only."""

_UNREAD = frozenset(
    "aside audio button canvas caption figcaption form head label map math nav object select svg"
    " template video".split()
)
"""Not part of the article's text: captions, forms, menus, embeds."""

_UNREAD_CLASS = re.compile(
    r"\b(?:wp-caption-text|wp-element-caption|image-caption|twitter-tweet|instagram-media|tiktok-embed|"
    r"sharedaddy|jp-relatedposts|screen-reader-text|sr-only)\b"
)
"""Class names of captions, embedded posts and share buttons that WordPress writes into bodies."""

_HIDDEN = re.compile(r"display\s*:\s*none", re.IGNORECASE)

_START = re.compile(r"<(?:(!--)|([!?])|(/?)([A-Za-z][A-Za-z0-9:-]{0,30})(?=[\s/>\"']|$))")
_NAMED = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9:-]{0,30})(?![A-Za-z0-9:-])")
_INSIDE = re.compile(r"""(?:[^>"']++|"[^"]*+"|'[^']*+')*+>""")
_ATTRIBUTE = re.compile(r"""([^\s"'<>/=]++)(?:\s*+=\s*+(?:"([^"]*+)"?|'([^']*+)'?|([^\s"'>]++)))?""")
_ESCAPED = re.compile(
    r"&lt;/?(?:p|br|div|a|ul|ol|li|h[1-6]|span|strong|em|img|table)\b[^<]{0,400}?&gt;", re.IGNORECASE
)
_BLOCK_TAG = re.compile(rf"<(?:{'|'.join(sorted(BLOCK))}|br)\b[^<>]{{0,2000}}>", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Token:
    """Either a run of text (``name`` empty) or a tag."""

    text: str = ""
    """Entities not yet decoded."""
    name: str = ""
    """Lower case."""
    opens: bool = True
    href: str | None = None
    """Of a link, as written."""


def has_tags(html: str) -> bool:
    """Tell whether there is any tag that HTML knows."""
    return any(_is_tag(found) for found in _START.finditer(html))


def has_escaped_tags(html: str) -> bool:
    """Tell whether the text shows ``&lt;p&gt;``: markup that was escaped once too often."""
    return _ESCAPED.search(html) is not None


def has_block_tags(html: str) -> bool:
    """Tell whether tags part the blocks; where none do, line breaks may."""
    return _BLOCK_TAG.search(html) is not None


def without_tags(html: str) -> str:
    """Give the text between the tags, entities untouched; a block tag or ``<br>`` leaves a space."""
    if "<" not in html:
        return html
    parts: list[str] = []
    for token in tokens(html):
        if token.text:
            parts.append(token.text)
        elif token.name in BLOCK or token.name == "br":
            parts.append(" ")
    return "".join(parts)


def tokens(html: str) -> Iterator[Token]:
    """Give text and tags in order, without comments and without what is not there to be read."""
    scan = _Scan(html)
    at = 0
    while found := scan.next_tag(at):
        if found.start() > at:
            yield Token(text=html[at : found.start()])
        at = scan.end_of(found)
        if at < 0:
            # "a <b and c" is text; "<a href=…" without an end is an excerpt cut inside a tag.
            at = found.start() if "=" not in html[found.end() :] else len(html)
            break
        name = (found[4] or "").lower()
        if not name:
            continue
        opens = not found[3]
        attributes = scan.attributes(found.end(), at) if opens else {}
        if opens and (skipped := scan.end_of_unread(name, attributes, at)):
            yield Token(name="p" if name in BLOCK else name)
            at = skipped
            continue
        yield Token(name=name, opens=opens, href=attributes.get("href") if name == "a" else None)
    if at < len(html):
        yield Token(text=html[at:])


def _is_tag(found: re.Match[str]) -> bool:
    name = found[4]
    return name is None or ":" in name or "-" in name or name.lower() in _KNOWN


class _Scan:
    """One pass over one document; remembers what it has learned so that no search is done twice."""

    def __init__(self, html: str) -> None:
        self._html = html
        self._quotes_close = True
        self._ill_nested: set[str] = set()
        self._tags: dict[str, list[tuple[int, bool]]] | None = None
        self._end_tags: dict[str, list[int]] = {}

    def next_tag(self, at: int) -> re.Match[str] | None:
        for found in _START.finditer(self._html, at):
            if _is_tag(found):
                return found
        return None

    def end_of(self, found: re.Match[str]) -> int:
        """Where the tag or comment ends, -1 for a tag that never does.

        A quote that never closes is believed once, then never again.
        """
        html = self._html
        if found[1]:
            end = html.find("-->", found.start() + 2)
            return len(html) if end < 0 else end + 3
        if self._quotes_close:
            if inside := _INSIDE.match(html, found.end()):
                return inside.end()
            self._quotes_close = False
        return self._html.find(">", found.end()) + 1 or -1

    def attributes(self, start: int, end: int) -> dict[str, str]:
        if end - start < 3:
            return {}
        found: dict[str, str] = {}
        for match in _ATTRIBUTE.finditer(self._html, start, end):
            found.setdefault(match[1].lower(), match[2] or match[3] or match[4] or "")
        return found

    def end_of_unread(self, name: str, attributes: dict[str, str], at: int) -> int | None:
        """Where an element that is not to be read ends; ``None`` when it is to be read.

        One that is never closed is read after all: better a caption too many than an article lost.
        """
        if name in _RAW:
            end = self._closing(name, at)
            return end or (len(self._html) if name in ("script", "style") else None)
        hidden = "hidden" in attributes or _HIDDEN.search(attributes.get("style", ""))
        if name in _UNREAD or hidden or _UNREAD_CLASS.search(attributes.get("class", "")):
            return None if name in ("br", "hr", "img", "input") else self._closing_nested(name, at)
        return None

    def _closing(self, name: str, at: int) -> int | None:
        """Where the first end tag of this name after ``at`` ends."""
        self._find_tags()
        ends = self._end_tags.get(name, [])
        next_one = bisect_left(ends, at)
        return self._end(ends[next_one]) if next_one < len(ends) else None

    def _closing_nested(self, name: str, at: int) -> int | None:
        if name in self._ill_nested:
            return None
        depth = 1
        for start, ends in self._after(name, at):
            depth += -1 if ends or name == "p" else 1
            if depth == 0:
                return self._end(start) if ends else start
        self._ill_nested.add(name)  # from here on: asking again would cost the whole document each time
        return None

    def _after(self, name: str, at: int) -> Iterator[tuple[int, bool]]:
        """Tags of this name behind ``at``: where each begins, and whether it is an end tag."""
        known = self._find_tags().get(name, [])
        for number in range(bisect_left(known, (at, False)), len(known)):
            yield known[number]

    def _end(self, start: int) -> int:
        return self._html.find(">", start) + 1 or len(self._html)

    def _find_tags(self) -> dict[str, list[tuple[int, bool]]]:
        if self._tags is None:
            self._tags = {}
            for found in _NAMED.finditer(self._html):
                name, ends = found[2].lower(), bool(found[1])
                self._tags.setdefault(name, []).append((found.start(), ends))
                if ends:
                    self._end_tags.setdefault(name, []).append(found.start())
        return self._tags
