"""Which of a publisher's markup may reach a reader?

Done once, on the way out, by an allow-list of our own: what is not on it is dropped. nh3 (the ammonia sanitiser)
parses as browsers do; addresses are judged by `text.urls.absolute`, which decodes them first.
"""

from __future__ import annotations

import re
from collections import Counter
from html import escape
from urllib.parse import urlsplit

import nh3

from aggregator.export.chars import clean
from aggregator.export.identity import uri
from aggregator.text import html as text_html

TAGS = frozenset(
    "a abbr b bdi blockquote br caption cite code dd del dfn div dl dt em figcaption figure h1 h2 h3 h4 h5 h6 hr i img "
    "ins kbd li mark ol p pre q rp rt ruby s samp small strong sub sup table tbody td tfoot th thead time tr u ul "
    "var wbr".split()
)
ATTRIBUTES = {
    "*": {"dir", "lang"},
    "a": {"href", "title"},
    "abbr": {"title"},
    "img": {"alt", "height", "src", "title", "width"},
    "ol": {"start"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
    "time": {"datetime"},
}
DROPPED_WITH_CONTENT = frozenset(
    "script style template iframe object embed applet noscript noembed noframes svg math button select textarea "
    "title head xmp plaintext audio video canvas".split()
)

MAX_CHARACTERS = 100_000
MAX_TAGS = 3_000
"""nh3 takes quadratic time on deep nesting: 1 MB of ``<div>`` 190 s, 3,000 of them 20 ms. The longest of 30,000
real articles has fewer than 2,000 tags. What is longer or has more is shown as text."""
MAX_REOPENED = 20_000
"""A parser opens formatting that was left open again in every block (HTML standard, "reconstruct the active
formatting elements"): 1,450 ``<b id=…>`` before as many ``<p>``, 21 KB, became 15 MB and took 536 MB of memory.
More re-opened elements than this, and it is shown as text."""
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
_FORMATTING = frozenset("a b big code em font i nobr s small strike strong tt u".split())
MAX_PASSES = 4
"""Taking a tag away can leave what parses differently (``<p><button><p>``): repeated until nothing changes."""

PIXEL = 2
"""Pixels; images no wider or higher than this are not there to be seen."""
_COUNTERS = re.compile(
    r"(?:^|\.)(?:doubleclick\.net|feedburner\.com|feedsportal\.com|google-analytics\.com|googletagmanager\.com|"
    r"scorecardresearch\.com|quantserve\.com|pixel\.wp\.com|stats\.wp\.com|stats\.wordpress\.com|"
    r"feeds\.wordpress\.com|imrworldwide\.com|chartbeat\.(?:com|net)|mixpanel\.com|yandex\.ru|histats\.com|"
    r"statcounter\.com)$"
)
_COUNTING_PATH = re.compile(
    r"/(?:tr|pixel|beacon|track(?:ing)?|counter)(?:\.(?:gif|png|php))?$|(?:^|/)(?:1x1|spacer|blank|pixel)\.(?:gif|png)$",
    re.IGNORECASE,
)
_IMAGE = re.compile(r'<img((?: [a-z]+="[^"]*")*)>')
_SIZE = re.compile(r' (?:width|height)="\s*([0-9]+)')
_UNSEEN_STYLE = re.compile(
    r"(?:^|;)\s*(?:(?:max-)?(?:width|height)\s*:\s*[0-2](?:\.\d+)?(?:px)?|display\s*:\s*none|visibility\s*:\s*hidden"
    r"|opacity\s*:\s*0(?:\.0+)?)\s*(?:!important\s*)?(?:;|$)",
    re.IGNORECASE,
)
_UNSEEN = re.compile(' (?:hidden|style)="')
"""What `_cleaner` leaves on an image that is not shown, for `_seen_image` to drop it."""
_EMPTY_LINK = re.compile(r"<a(?: (?:title|dir|lang)=\"[^\"]*\")*>([^<]*)</a>")


def sanitise(html: str, base_url: str | None = None) -> str:
    """The publisher's HTML, reduced to what is safe and useful in any reader.

    ``base_url``: the page it stood on, for relative addresses; without it they are dropped. The result is a
    fragment with every tag closed, every address absolute ``http(s)``, no style, class, id or event, no
    image that only counts readers. Sanitising it again changes nothing.
    """
    html = clean(html)
    if _too_much(html):
        return as_text(html)
    cleaner = _cleaner(base_url)
    for _ in range(MAX_PASSES):
        before, html = html, _IMAGE.sub(_seen_image, cleaner.clean(html))
        html = clean(_EMPTY_LINK.sub(r"\1", html)).strip()
        if html == before:
            # Closing what was left open makes it longer: what would be too much the next time is so now.
            return as_text(html) if _too_much(html) else html
    return as_text(html)


def _too_much(html: str) -> bool:
    return len(html) > MAX_CHARACTERS or html.count("<") > MAX_TAGS or _reopened(html) > MAX_REOPENED


def _reopened(html: str) -> int:
    """How many elements a parser may have to open again, at most: what is left open, at every tag behind it."""
    depth = Counter[str]()
    open_now = count = 0
    for end, name in _TAG.findall(html):
        tag = name.lower()
        if tag in _FORMATTING and end:
            closed = depth[tag] > 0
            depth[tag] -= closed
            open_now -= closed
        elif tag in _FORMATTING:
            depth[tag] += 1
            open_now += 1
        count += open_now
    return count


def as_text(html: str, limit: int = MAX_CHARACTERS) -> str:
    """The same without any markup but paragraphs, cut after ``limit`` characters."""
    return paragraphs(text_html.blocks(html), limit)


def paragraphs(blocks: tuple[str, ...], limit: int) -> str:
    """Blocks of text as HTML paragraphs, ``limit`` characters in all."""
    found: list[str] = []
    for block in blocks:
        text = clean(block).strip()
        if len(text) > limit:
            text = text[: max(limit - 1, 0)].rsplit(" ", 1)[0] + "…"
        found.append(f"<p>{escape(text, quote=False)}</p>")
        limit -= len(text)
        if limit <= 0:
            break
    return "".join(found)


def _cleaner(base_url: str | None) -> nh3.Cleaner:
    def judge(tag: str, name: str, value: str) -> str | None:  # noqa: ARG001 - nh3 calls it with three
        if name == "style":
            return "" if _UNSEEN_STYLE.search(value) else None
        if name in {"href", "src"}:
            return uri(value.strip(), base_url)
        if name == "dir":
            return value if value in {"ltr", "rtl", "auto"} else None
        if name in {"width", "height", "colspan", "rowspan", "start"}:
            return value if value.isdecimal() and value.isascii() and len(value) <= 4 else None
        return value

    return nh3.Cleaner(
        tags=set(TAGS),
        attributes=ATTRIBUTES | {"img": ATTRIBUTES["img"] | {"hidden", "style"}},
        clean_content_tags=set(DROPPED_WITH_CONTENT),
        attribute_filter=judge,
        strip_comments=True,
        link_rel=None,  # readers that open links set their own; one attribute a link saves 3 % of the bytes
        url_schemes={"http", "https"},
    )


def _seen_image(found: re.Match[str]) -> str:
    """The image if it has an address and is there to be seen."""
    attributes = found[1]
    source = re.search(r' src="([^"]*)"', attributes)
    if source is None or _UNSEEN.search(attributes):
        return ""
    if any(int(size) <= PIXEL for size in _SIZE.findall(attributes)):
        return ""
    parts = urlsplit(source[1].replace("&amp;", "&"))
    if _COUNTERS.search(parts.hostname or "") or _COUNTING_PATH.search(parts.path):
        return ""
    return found[0]
