"""What would a person read of this HTML?

Feeds carry HTML, plain text, or text that was escaped once too often. This module turns each of them into
blocks of plain text: what a browser shows apart stays apart, and nothing is glued together. It never raises,
and its time grows with the length of the input and with nothing else: a tree builder does not promise that
(5,000 nested ``<b>`` before 5,000 ``<p>`` make 25 million nodes of 65 KB by HTML's own rules), so this is a
scanner over tags. It reads text for people; it is no sanitiser.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from html import unescape

from aggregator.text import markup

MAX_CHARACTERS = 600_000
"""HTML beyond this is not read. The longest body in 73,000 real items has 160,000 characters."""

MAX_BLOCKS = 4_000
"""Blocks beyond this are not made; the longest real item has a few hundred."""

_MAX_LINKS = 200
"""Links beyond this in one block are not kept: matching links to lines must not grow with their product."""

_MAX_DECODINGS = 3
"""How often a title is decoded: ``&amp;amp;#8217;`` (three layers) is the deepest seen in feeds."""


class Kind(StrEnum):
    """What a block is on the page."""

    TEXT = "text"
    HEADING = "heading"
    LIST_ITEM = "list-item"
    QUOTE = "quote"
    CELL = "cell"


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """An address and the words that carry it."""

    href: str
    """As written, entities decoded; not yet absolute, not yet judged."""
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A passage that a browser shows on lines of its own."""

    text: str
    """One line, never empty."""
    kind: Kind = Kind.TEXT
    links: tuple[Link, ...] = ()


def blocks(html: str) -> tuple[str, ...]:
    """Give the text of each block in document order: HTML, plain text and over-escaped HTML alike.

    Headings, list items, table rows, paragraphs and lines parted by ``<br><br>`` (or by newlines, where there
    are no block tags) are blocks of their own. Scripts, styles, captions, forms and embeds are dropped.
    """
    return tuple(block.text for block in read(html))


def read(html: str) -> tuple[Block, ...]:
    """Like :func:`blocks`, with what each block is and the links in it."""
    html = html[:MAX_CHARACTERS]
    if not markup.has_tags(html) and markup.has_escaped_tags(html):
        html = unescape(html)
    reader = _Reader(newlines_part=not markup.has_block_tags(html))
    for token in markup.tokens(html):
        reader.take(token)
        if len(reader.done) >= MAX_BLOCKS:
            break
    return reader.finish()


def plain(html: str) -> str:
    """Give one line of plain text: for titles, authors and names of feeds.

    Markup is removed, entities are decoded (twice-escaped ones too), control characters, line breaks and the
    characters that reorder text (bidi overrides, embeddings, isolates) are gone, white space is folded.
    """
    text = html[:MAX_CHARACTERS]
    for _ in range(_MAX_DECODINGS):
        decoded = unescape(markup.without_tags(text))
        if decoded == text:
            break
        text = decoded
    return line(markup.without_tags(text))


_INVISIBLE = re.compile(
    "[\u00ad\u180e\u200b\u2060\ufeff"  # soft hyphen, zero-width space, word joiner, byte order mark
    "\u202a-\u202e\u2066-\u2069"  # embeddings, overrides, isolates: "Trojan Source" (CVE-2021-42574)
    "\ufff9-\ufffb\ufffe\uffff"  # interlinear annotation, noncharacters
    "\U000e0000-\U000e007f]"  # tag characters: text that no one sees
)
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


def line(text: str) -> str:
    """Fold white space and drop characters that are not there to be read; ``text`` is not HTML."""
    if not text.isprintable():  # none of those characters is
        text = _CONTROL.sub(" ", _INVISIBLE.sub("", text))
    return " ".join(text.split())


_BREAK = re.compile(r"\r\n?|\n")
_ENDS_SENTENCE = frozenset('.!?:;…。！？：；»”"’)]')


@dataclass(slots=True)
class _Reader:
    """Collects tokens into blocks."""

    newlines_part: bool
    done: list[Block] = field(default_factory=list)
    _pieces: list[str] = field(default_factory=list)
    _links: list[Link] = field(default_factory=list)
    _kind: Kind = Kind.TEXT
    _href: str | None = None
    _link_start: int = 0
    _pre: int = 0

    def take(self, token: markup.Token) -> None:
        if token.text:
            self._pieces.append(self._folded(token.text))
        elif token.name == "br":
            self._pieces.append("\n")
        elif token.name == "a":
            self._end_link()
            if token.opens and token.href:
                self._href, self._link_start = token.href, len(self._pieces)
        elif token.name in markup.BLOCK:
            self._end_block()
            self._enter(token)
        elif token.name in markup.CELL:
            self._pieces.append(" ")

    def finish(self) -> tuple[Block, ...]:
        self._end_block()
        return tuple(self.done[:MAX_BLOCKS])

    def _folded(self, text: str) -> str:
        """In HTML a newline is a space; in plain text, ``<pre>`` included, it means something."""
        text = unescape(text)
        return text if self.newlines_part or self._pre else text.replace("\n", " ").replace("\r", " ")

    def _enter(self, token: markup.Token) -> None:
        if token.name == "pre":
            self._pre = max(0, self._pre + (1 if token.opens else -1))
        self._kind = _KINDS.get(token.name, Kind.TEXT) if token.opens else Kind.TEXT

    def _end_link(self) -> None:
        if self._href is not None and len(self._links) < _MAX_LINKS:
            text = line("".join(self._pieces[self._link_start :]))
            self._links.append(Link(href=unescape(self._href).strip(), text=text))
        self._href = None

    def _end_block(self) -> None:
        self._end_link()
        lines = _lines("".join(self._pieces))
        for text in lines:
            links = tuple(
                link for link in self._links if len(lines) == 1 or (link.text and link.text in text)
            )
            self.done.append(Block(text=text, kind=self._kind, links=links))
        self._pieces.clear()
        self._links.clear()
        self._link_start = 0


_KINDS = {
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), Kind.HEADING),
    **dict.fromkeys(("li", "dt", "dd"), Kind.LIST_ITEM),
    "blockquote": Kind.QUOTE,
    "tr": Kind.CELL,
}


def _lines(text: str) -> list[str]:
    """Part text at its line breaks, but join what was only wrapped to a width.

    A line is the rest of the one before when that stops without punctuation and this goes on in lower case.
    """
    found: list[list[str]] = []
    blank = True
    for raw in _BREAK.split(text):
        part = line(raw)
        if not part:
            blank = True
        elif not blank and part[0].islower() and found[-1][-1][-1] not in _ENDS_SENTENCE:
            found[-1].append(part)
        else:
            found.append([part])
            blank = False
    return [" ".join(parts) for parts in found]
