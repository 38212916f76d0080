"""A home whose every feed is hostile: one feed for each vector, which stands in every field that a feed controls.

``alert(`` is what a vector does when it runs, ``evil.example`` is whom it asks when it loads something. A browser can
watch for both.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path

EVIL = "evil.example"

Vector = Mapping[str, str]

_SYLLABLES = ("ba", "do", "fi", "gu", "ke", "lo", "mi", "nu", "pa", "re", "si", "to", "vu", "wa", "xe", "zo")


def name(number: int) -> str:
    """A word of its own for each number: what no other feed says keeps stories apart."""
    word = "".join(_SYLLABLES[number >> shift & 15] for shift in (8, 4, 0))
    return f"{word.title()}{word[::-1]}"


def _body(kind: str, said: str) -> str:
    if kind == "address":
        return f'<a href="{escape(said)}">x</a><img src="{escape(said)}"><a href={said}>y</a>'
    return said if kind == "markup" else escape(said)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fields:
    """What each field of a feed of one entry says."""

    feed_title: str
    site: str
    title: str
    link: str
    guid: str
    author: str
    tags: tuple[str, ...]
    html: str
    enclosure: str
    rfc3339: str
    rfc822: str


def fields_of(number: int, vector: Vector) -> Fields:
    """The vector in each of them, beside a word that tells this feed from all others."""
    said, word = vector["vector"], name(number)
    own, address = f"https://paper.example/{word}", vector["kind"] == "address"
    hour, minute = number // 60 % 12, number % 60
    return Fields(
        feed_title=f"{said} {word}",
        site=said if address else own,
        title=f"{said} {word}",
        link=said if address else own,
        guid=f"{said} {word}",
        author=f"{said} {word}",
        tags=(said, f"{word} {said}"),
        html=f"<p>{word}</p>{_body(vector['kind'], said)}",
        enclosure=said if address else f"{own}.mp3",
        rfc3339=f"2026-11-22T{hour:02}:{minute:02}:00Z",
        rfc822=f"Sun, 22 Nov 2026 {hour:02}:{minute:02}:00 GMT",
    )


def rss(fields: Fields) -> bytes:
    tags = "".join(f"<category domain={_quoted(tag)}>{escape(tag)}</category>" for tag in fields.tags)
    return (
        "<?xml version='1.0' encoding='utf-8'?><rss version='2.0' xmlns:dc='http://purl.org/dc/elements/1.1/' "
        "xmlns:content='http://purl.org/rss/1.0/modules/content/'><channel>"
        f"<title>{escape(fields.feed_title)}</title><link>{escape(fields.site)}</link>"
        f"<description>{escape(fields.html)}</description><language>en</language>"
        f"<image><url>{escape(fields.enclosure)}</url><title>{escape(fields.title)}</title></image>"
        f"<item><title>{escape(fields.title)}</title><link>{escape(fields.link)}</link>"
        f"<guid isPermaLink='false'>{escape(fields.guid)}</guid><dc:creator>{escape(fields.author)}</dc:creator>"
        f"<author>{escape(fields.author)}</author>{tags}<comments>{escape(fields.link)}</comments>"
        f"<enclosure url={_quoted(fields.enclosure)} length='1' type={_quoted(fields.title)}/>"
        f"<source url={_quoted(fields.link)}>{escape(fields.title)}</source>"
        f"<pubDate>{escape(fields.rfc822)}</pubDate>"
        f"<description>{escape(fields.html)}</description><content:encoded>{_cdata(fields.html)}</content:encoded>"
        "</item></channel></rss>"
    ).encode("utf-8", "surrogatepass")


def atom(fields: Fields) -> bytes:
    when = escape(fields.rfc3339)
    tags = "".join(f"<category term={_quoted(tag)} label={_quoted(tag)}/>" for tag in fields.tags)
    return (
        "<?xml version='1.0' encoding='utf-8'?><feed xmlns='http://www.w3.org/2005/Atom' xml:lang='en'>"
        f"<title type='html'>{escape(fields.feed_title)}</title><id>feed {escape(fields.guid)}</id>"
        f"<updated>{when}</updated><link href={_quoted(fields.site)}/><icon>{escape(fields.enclosure)}</icon>"
        f"<entry><title type='text'>{escape(fields.title)}</title><id>{escape(fields.guid)}</id>"
        f"<link href={_quoted(fields.link)} title={_quoted(fields.title)}/>"
        f"<link rel='enclosure' href={_quoted(fields.enclosure)}/><link rel='via' href={_quoted(fields.link)}/>"
        f"<author><name>{escape(fields.author)}</name><uri>{escape(fields.link)}</uri></author>{tags}"
        f"<published>{when}</published><updated>{when}</updated>"
        f"<summary type='html'>{escape(fields.html)}</summary>"
        f"<content type='html' xml:base={_quoted(fields.link)}>{escape(fields.html)}</content>"
        f"<source><title>{escape(fields.title)}</title><link href={_quoted(fields.link)}/></source>"
        "</entry></feed>"
    ).encode("utf-8", "surrogatepass")


def json_feed(fields: Fields) -> bytes:
    return json.dumps(
        {
            "version": "https://jsonfeed.org/version/1.1",
            "title": fields.feed_title,
            "home_page_url": fields.site,
            "icon": fields.enclosure,
            "language": "en",
            "items": [
                {
                    "id": fields.guid,
                    "url": fields.link,
                    "external_url": fields.link,
                    "title": fields.title,
                    "content_html": fields.html,
                    "summary": fields.title,
                    "image": fields.enclosure,
                    "authors": [{"name": fields.author, "url": fields.link, "avatar": fields.link}],
                    "tags": list(fields.tags),
                    "date_published": fields.rfc3339,
                    "attachments": [{"url": fields.enclosure, "mime_type": fields.title}],
                }
            ],
        }
    ).encode()


WRITERS: tuple[tuple[str, Callable[[Fields], bytes]], ...] = (
    ("rss.xml", rss),
    ("atom.xml", atom),
    ("json", json_feed),
)


def write_home(home: Path, feeds: Iterable[Fields], *, turn: int = 0) -> None:
    """Each feed in a file of its own; with each ``turn`` every one of them is written in another format."""
    (home / "feeds").mkdir(parents=True)
    outlines = []
    for number, fields in enumerate(feeds):
        suffix, writer = WRITERS[(number + turn) % len(WRITERS)]
        path = f"feeds/{number:03}.{suffix}"
        (home / path).write_bytes(writer(fields))
        outlines.append(f'<outline type="rss" xmlUrl="{path}"/>')
    (home / "feeds.opml").write_text(f'<opml version="2.0"><head/><body>{"".join(outlines)}</body></opml>')
    (home / "aggregator.toml").write_text("[export]\nlimit = 10000\nmax_bytes = 33554432\n")


def _quoted(text: str) -> str:
    return f'"{escape(text)}"'


def _cdata(text: str) -> str:
    return f"<![CDATA[{text.replace(']]>', ']]]]><![CDATA[>')}]]>"
