"""Rules that all formats share: characters, plain words, addresses, times, and markup that can do nothing."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from html.entities import html5
from html.parser import HTMLParser
from urllib.parse import urlsplit

from aggregator.export.sanitise import ATTRIBUTES, TAGS

URI = re.compile(
    r"https?://(?:[A-Za-z0-9._-]+|\[[0-9a-fA-F:.]+\])(?::[0-9]+)?"
    r"/(?:[A-Za-z0-9._~:/@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*"
    r"(?:\?(?:[A-Za-z0-9._~:/?@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*)?"
    r"(?:#(?:[A-Za-z0-9._~:/?@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*)?"
)
"""RFC 3986, absolute, ``http`` or ``https``, with a path."""
TAG_URI = re.compile(r"tag:aggregator\.invalid,2026:[a-z]+/[A-Za-z0-9]+")
RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?Z")
LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
BAD_CHARACTERS = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffd\ufffe\uffff\ud800-\udfff\ufdd0-\ufdef]"
)
"""XML 1.0 §2.2 forbids the first; the validator warns of C1 controls and of U+FFFD, and so of broken encodings."""
LOOKS_LIKE_HTML = re.compile(
    "<[A-Za-z/!?]|&(?:#[0-9]|#[xX][0-9a-fA-F]|lt|gt|amp|quot|"
    + "|".join(name for name in html5 if name.endswith(";"))
    + ")"
)
"""Of the names that HTML reads without a semicolon those count that make markup; ``&copy=2`` is part of an address."""
REORDERING = re.compile("[\u202a-\u202e\u2066-\u2069]")
VOID = frozenset(("br", "hr", "img", "wbr"))


class Problems(list[str]):
    """What is wrong, in words."""

    def need(self, condition: object, problem: str) -> None:
        if not condition:
            self.append(problem)


def document(found: Problems, data: bytes) -> str:
    """What holds of the bytes of any document; gives its text."""
    found.need(not data.startswith(b"\xef\xbb\xbf"), "begins with a byte order mark")
    text = data.decode()
    bad = BAD_CHARACTERS.search(text)
    found.need(bad is None, f"character {bad and bad.group()!r}")
    return text


def xml(found: Problems, data: bytes) -> None:
    """What holds of the bytes of any XML document of ours."""
    text = document(found, data)
    found.need(
        re.match(r'<\?xml version="1\.0" encoding="utf-8"\?>\n', text, re.IGNORECASE), "no XML declaration"
    )
    found.need("<!DOCTYPE" not in text, "a document type")
    found.need("<?" not in text[2:], "a processing instruction")


def plain(found: Problems, name: str | None, text: str) -> None:
    """One line of words, the same read as text and read as HTML."""
    found.need(text.strip(), f"{name}: blank text")
    found.need(text == text.strip(), f"{name}: space around {text!r}")
    found.need("\n" not in text, f"{name}: more than one line: {text!r}")
    found.need(not LOOKS_LIKE_HTML.search(text), f"{name}: looks like HTML: {text!r}")
    found.need(not REORDERING.search(text), f"{name}: turns the text around: {text!r}")


def address(found: Problems, name: str | None, text: str | None) -> None:
    found.need(URI.fullmatch(text or ""), f"{name}: address {text!r}")


def moment(found: Problems, name: str | None, given: object) -> datetime:
    """An RFC 3339 time in UTC that exists and that a person could have lived through."""
    text = str(given)
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        when = None
    if when is None or not RFC3339.fullmatch(text):
        found.append(f"{name}: {text!r} is no RFC 3339 time")
        return datetime.min.replace(tzinfo=UTC)
    found.need(when.year >= 1970, f"{name}: {text} is before there was a web")
    return when


def rfc822(found: Problems, name: str | None, text: str | None) -> datetime:
    """An RFC 822 time with four digits of year, GMT, on the right day of the week."""
    try:
        when = parsedate_to_datetime(text or "")
    except ValueError:
        when = None
    if when is None or text != f"{when:%a, %d %b %Y %H:%M:%S} GMT":
        found.append(f"{name}: date {text!r}")
        return datetime.min.replace(tzinfo=UTC)
    return when


class _Fragment(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.problems = Problems()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.problems.need(tag in TAGS, f"element {tag}")
        allowed = ATTRIBUTES["*"] | ATTRIBUTES.get(tag, set())
        names = [name for name, _ in attrs]
        self.problems.need(len(set(names)) == len(names), f"an attribute of {tag} twice")
        self.problems.need(tag != "img" or "src" in names, "img without an address")
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
