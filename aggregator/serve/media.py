"""What is a document, by its name and its beginning: its media type, and what a browser may do with it?"""

from __future__ import annotations

import html
import re

TYPES = {
    ".html": "text/html; charset=utf-8",
    ".htm": "text/html; charset=utf-8",
    ".opml": "text/x-opml; charset=utf-8",
    ".xml": "application/xml; charset=utf-8",
    ".json": "application/json",
    ".jsonl": "application/jsonl",
    ".txt": "text/plain; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".xsl": "application/xslt+xml; charset=utf-8",
    ".svg": "image/svg+xml; charset=utf-8",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".webp": "image/webp",
    ".ico": "image/vnd.microsoft.icon",
    ".gz": "application/gzip",
}
"""What we write, and what a person may lay beside it. JSON is UTF-8 without saying so (RFC 8259 §8.1)."""

UNKNOWN = "application/octet-stream"

PACKED = frozenset({"image/png", "image/jpeg", "image/webp", "application/gzip"})
"""Small already: packing again costs time and gains nothing."""

ROOTS = {
    b"feed": "application/atom+xml; charset=utf-8",
    b"rss": "application/rss+xml; charset=utf-8",
    b"opml": "text/x-opml; charset=utf-8",
}
"""XML by its first element: an archive page is a feed, whatever it is called."""

JSON_FEED = "application/feed+json"

BEGINNING = 1024
"""Bytes that are looked at: a declaration, a comment and the first element fit."""

_ROOT = re.compile(
    # Possessive: a comment could else be taken to reach to the end of a later one, in 2^n ways for n of them.
    rb"(?:\xef\xbb\xbf)?\s*+(?:<\?[^>]*\?>\s*+|<!--(?:(?!-->).)*+-->\s*+)*+<([A-Za-z]+)[\s>]",
    re.DOTALL,
)
_JSON_FEED = re.compile(rb'\s*\{\s*"version"\s*:\s*"https://jsonfeed\.org/version/')
_META_POLICY = re.compile(
    rb'<meta\s+http-equiv="Content-Security-Policy"\s+content="([^"]{1,2000})"', re.IGNORECASE
)

_VISIBLE = re.compile(r"[\x20-\x7e]+")

NOT_FRAMED = "frame-ancestors 'none'"
"""Cannot be said in a page's own ``<meta>`` (CSP Level 3 §3.3), only in a header."""

INERT = "default-src 'none'; base-uri 'none'; form-action 'none'"
"""For what is no page: a browser that shows a feed runs and loads nothing from it."""

OWN_PAGE = "default-src 'self' 'unsafe-inline' data:; base-uri 'none'; form-action 'self'"
"""For a page that says nothing itself: one that a person laid beside ours."""


def media_type(name: str, data: bytes) -> str:
    """Say what a document is."""
    _, dot, ending = name.rpartition(".")
    known = TYPES.get(f"{dot}{ending.lower()}", UNKNOWN)
    beginning = data[:BEGINNING]
    if known == TYPES[".xml"]:
        root = _ROOT.match(beginning)
        return ROOTS.get(root[1], known) if root else known
    if known == TYPES[".json"] and _JSON_FEED.match(beginning):
        return JSON_FEED
    return known


def policy(kind: str, data: bytes) -> str:
    """What a browser may load and run: for a page what its own ``<meta>`` says, and in no case within a frame."""
    own = INERT
    if kind == TYPES[".html"]:
        found = _META_POLICY.search(data[: 4 * BEGINNING])
        own = html.unescape(found[1].decode("latin-1")) if found else OWN_PAGE
    # A header is one line of visible ASCII.
    return f"{own if _VISIBLE.fullmatch(own) else INERT}; {NOT_FRAMED}"
