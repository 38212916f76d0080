"""Which characters may stand in a document, and when is text only text?

XML 1.0 §2.2 allows fewer characters than feeds contain; Python strings may even hold halves of characters
(surrogates) that no encoding can write. The W3C feed validator further warns of C1 controls and U+FFFD, and of
titles that look like markup, because half of all readers take a plain-text title for HTML.
"""

from __future__ import annotations

import re
from html import unescape

TITLE_LENGTH = 500
"""Characters of any one-line text. The longest real headline seen has 293; a megabyte of title is an attack."""

_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufeff\ufff9-\ufffb\ufffe\uffff"
    + "".join(f"{chr(plane << 16 | 0xFFFE)}{chr(plane << 16 | 0xFFFF)}" for plane in range(1, 17))
    + "]"
)
_LINE_ENDS = re.compile("\r\n?|\x85|\u2028|\u2029")
_REORDERING = re.compile("[\u202a-\u202e\u2066-\u2069]")
"""Bidi embeddings, overrides and isolates (UAX #9): one left open turns around whatever follows it."""
_ENTITY = re.compile(
    r"&(?:#[0-9]{1,7};?|#[xX][0-9a-fA-F]{1,6};?|[A-Za-z][A-Za-z0-9]{1,30};|(?:lt|gt|amp|quot|LT|GT|AMP|QUOT))"
)
"""Browsers read numbers, and a hundred old names, without their semicolon too. Of those names only the four that make
markup are taken for one: ``&copy=2`` is part of an address."""
_TAG = re.compile(r"<(/?[A-Za-z!?][^<>]*)>")
_TAG_START = re.compile(r"<(?=[A-Za-z/!?])")
_SPACE = re.compile(r"\s+")


def clean(text: str) -> str:
    r"""The text without what XML, JSON in UTF-8 or the validator refuse; line ends are ``\n``."""
    if text.isprintable():  # nothing to remove, as in nearly every text: ten times faster than looking for it
        return text.replace("\ufffd", "?")
    text = _LINE_ENDS.sub("\n", text)
    return _FORBIDDEN.sub("", text).replace("\ufffd", "?")


def line(text: str, limit: int = TITLE_LENGTH) -> str:
    """One line of text that is the same read as text and read as HTML, at most ``limit`` characters long.

    ``&amp;`` left over from double escaping is decoded and ``<b>`` becomes ``‹b›``: shown literally it would be
    a tag to the readers that take titles for HTML, and a warning to the validator.
    """
    text = text[: limit * 20]
    if "&" in text:
        text = _ENTITY.sub(lambda found: unescape(found.group()), text)
        text = _ENTITY.sub(lambda found: found.group().strip("&;"), text)
    printable = text.isprintable()  # no space then but the plain one, and nothing that reorders
    text = clean(text) if printable else _REORDERING.sub("", clean(text))
    if "<" in text:
        text = _TAG_START.sub("‹", _TAG.sub(r"‹\1›", text))
    if not printable or "  " in text:
        text = _SPACE.sub(" ", text)
    text = text.strip()
    return text if len(text) <= limit else cut(text, limit)


def cut(text: str, limit: int) -> str:
    """At most ``limit`` characters, ending between words where there are any, with "…" for the rest."""
    if len(text) <= limit:
        return text
    head = text[: limit - 1]
    space = text.rfind(" ", 0, limit)
    # Chinese and Japanese have no spaces: a cut that would cost more than a third is made anywhere.
    if space > limit * 2 // 3:
        head = head[:space]
    return head.rstrip(" ,;:-–—.…") + "…"


def visible(text: str) -> bool:
    """Whether a person would see anything: zero-width and formatting characters alone are an empty title."""
    if text[:1].isalnum():  # as nearly all do
        return True
    return any(character.isprintable() and not character.isspace() for character in text)
