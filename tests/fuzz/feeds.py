"""Targets that read what publishers send: feed documents, JSON Feeds, lines of an archive."""

from __future__ import annotations

import atexit
import json
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from aggregator.errors import ParseError
from aggregator.models import Entry, Fetched, ParsedFeed
from aggregator.pipeline import beside, history
from aggregator.poll import discover, fields, identity, jsonfeed
from aggregator.poll.document import MAX_ENTRIES
from aggregator.poll.parse import parse
from aggregator.poll.unreadable import Unreadable
from aggregator.store.connection import Store, open_store
from aggregator.text import jsonlines, urls
from tests.fuzz.target import Target, is_line, storable, text_of

HERE = Path(__file__).parent
DEMO = HERE.parents[1] / "examples" / "demo" / "feeds"
FEED_URL = "https://paper.example/feed/"
NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
MOST_MESSAGE = 300
"""Characters of a reason that stands in ``feeds list``."""


def parsed(data: bytes) -> object:
    """A document as it arrives. Its first line may be the header ``Content-Type: …``."""
    content_type = None
    if data.startswith(b"Content-Type:"):
        header, _, data = data.partition(b"\n")
        content_type = header[13:].decode("latin-1").strip()
    fetched = Fetched(body=data, url=FEED_URL, content_type=content_type)
    try:
        found = parse(fetched, feed_url=FEED_URL)
    except Unreadable as refused:
        return _refused(refused)
    check_feed(found)
    return found


def json_parsed(data: bytes) -> object:
    """The text of a JSON Feed."""
    try:
        found = jsonfeed.parse(text_of(data), FEED_URL)
    except Unreadable as refused:
        return _refused(refused)
    except RecursionError:
        return "nested too deep"  # `poll.parse` makes an Unreadable of it
    check_feed(found)
    return found


def discovered(data: bytes) -> object:
    """A web page that may name feeds."""
    found = discover.candidates(text_of(data), FEED_URL)
    assert len(found) <= discover.MAX_FOUND
    for each in found:
        assert urls.absolute(each.url) == each.url
        assert is_line(each.title)
    return found


def _refused(refused: Unreadable) -> str:
    message = _said(refused)
    assert is_line(message), "a reason that could write to a terminal"
    return message


def _said(refused: Exception) -> str:
    message = str(refused)
    assert message
    assert len(message) <= MOST_MESSAGE, "a reason longer than a line"
    return message


def check_feed(feed: ParsedFeed) -> None:
    """What holds of every document understood."""
    assert len(feed.entries) <= MAX_ENTRIES
    assert len({each.guid for each in feed.entries}) == len(feed.entries), "a guid twice"
    assert is_line(feed.title or "")
    _check_links((feed.site_url, feed.hub, feed.older_url))
    assert feed.min_interval is None or feed.min_interval.total_seconds() >= 0
    assert all(0 <= hour <= 23 for hour in feed.skip_hours)
    assert all(storable(each) and is_line(each) for each in feed.warnings), "a warning that is no line"
    for entry in feed.entries:
        check_entry(entry)
        assert len(entry.guid) <= identity.MAX_GUID
        assert len(entry.tags) <= fields.MAX_TAGS
        assert len(entry.author or "") <= fields.MAX_AUTHOR
        assert all(len(tag) <= fields.MAX_TAG for tag in entry.tags)
        for moment in (entry.published, entry.updated):
            assert moment is None or fields.EARLIEST <= moment.year <= fields.LATEST


def check_entry(entry: Entry) -> None:
    """What holds of every entry that goes into the store."""
    assert entry.guid
    assert entry.title or entry.url or entry.summary_html or entry.content_html, "an entry of nothing"
    assert is_line(entry.title)
    assert is_line(entry.author or "")
    assert all(tag and is_line(tag) for tag in entry.tags)
    assert storable(
        entry.guid, entry.title, entry.author, entry.summary_html, entry.content_html, *entry.tags
    )
    _check_links((entry.url, entry.source_url))
    for moment in (entry.published, entry.updated):
        assert moment is None or moment.tzinfo is UTC
        assert moment is None or moment.microsecond == 0


def _check_links(links: Iterable[str | None]) -> None:
    for link in links:
        assert link is None or urls.absolute(link) == link, (
            "a link that is not stored as it would be read again"
        )


def imported(data: bytes) -> object:
    """One line of ``import``: an item, or what a dump holds besides."""
    try:
        values = jsonlines.parsed(data, most=history.LINE_LIMIT, first=True)
        if beside.KIND in values:
            _taken(values)
            return "taken"
        record = history.understood(values)
    except ParseError as refused:
        return _said(refused)
    entry = record.entry
    assert entry.guid
    assert entry.title or entry.summary_html or entry.content_html
    assert storable(
        entry.guid, entry.title, entry.author, entry.summary_html, entry.content_html, *entry.tags
    )
    assert storable(record.feed_url, record.feed_name, entry.language, *record.known_as)
    _check_links((entry.url, entry.source_url))
    for moment in (entry.published, entry.updated, record.first_seen, record.at, record.changed):
        assert moment is None or moment.tzinfo is UTC
    again = history.understood(json.loads(_dumped(record)))
    assert again.entry == entry, "a line that was dumped reads differently"
    return record


class _UndoneError(Exception):
    """Nothing of an input stays behind for the next."""


def _taken(values: Mapping[str, Any]) -> None:
    opened = store()
    try:
        with opened.transaction():
            beside.Beside(opened, NOW).take(values)
            raise _UndoneError  # noqa: TRY301 - what undoes a transaction
    except _UndoneError:
        pass


@cache
def store() -> Store:
    """An empty store of its own, for this process."""
    opened = ExitStack()
    atexit.register(opened.close)
    place = Path(opened.enter_context(tempfile.TemporaryDirectory(prefix="aggregator-fuzz-")))
    return opened.enter_context(open_store(place / "aggregator.db"))


def _dumped(record: history.Record) -> bytes:
    entry = record.entry
    line = {
        "id": entry.guid,
        "feed": record.feed_url,
        "source": record.feed_name,
        "url": entry.url,
        "title": entry.title,
        "author": entry.author,
        "summary_html": entry.summary_html,
        "content_html": entry.content_html,
        "published": _iso(entry.published),
        "updated": _iso(entry.updated),
        "lang": entry.language,
        "tags": list(entry.tags),
        "first_seen": _iso(record.first_seen) or _iso(NOW),
        "source_url": entry.source_url,
    }
    return json.dumps(line).encode()


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


# --- Seeds ---------------------------------------------------------------------------------------

RDF = b"""<?xml version="1.0"?><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
 xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="https://a.example/">
<title>Old Post</title><link>https://a.example/</link></channel><item rdf:about="https://a.example/1">
<title>Tide mill opens</title><link>https://a.example/1</link><dc:date>2026-03-01T10:00+01:00</dc:date>
<dc:creator>Ada Quill</dc:creator><dc:subject>mills</dc:subject></item></rdf:RDF>"""
CDF = b"""<CHANNEL HREF="https://a.example/"><TITLE>Channel of old</TITLE><ITEM HREF="/1"><TITLE>One</TITLE>
<ABSTRACT>Said &eacute;n passant</ABSTRACT></ITEM></CHANNEL>"""
ATOM = """<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom" xml:lang="de">
<title type="html">Kurier &amp;amp; Bote</title><id>urn:x:1</id><link rel="hub" href="https://hub.example/"/>
<link rel="prev-archive" href="?page=2"/><updated>2026-03-01T10:00:00Z</updated><entry><id>urn:x:2</id>
<title type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">Der <b>Turm</b></div></title>
<author><name>Ö. Quill</name><email>o@a.example</email></author><link href="/2"/><category term="Türme"/>
<published>2026-02-28T23:59:60Z</published><updated>2026-03-01T10:00:00+02:00</updated>
<content type="html">&lt;p&gt;Ein &lt;a href="/x"&gt;Satz&lt;/a&gt;.&lt;/p&gt;</content>
<source><title>Anderer</title><link href="https://b.example/"/></source></entry></feed>""".encode()
RSS = b"""Content-Type: application/rss+xml; charset=iso-8859-1
<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "b">]><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
 xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"><channel><title>Harbour Daily</title><ttl>60</ttl>
<link>https://a.example</link><language>en-GB</language><sy:updatePeriod>hourly</sy:updatePeriod>
<sy:updateFrequency>2</sy:updateFrequency><skipHours><hour>3</hour></skipHours><skipDays><day>Sunday</day></skipDays>
<item><title><![CDATA[Caf\xe9 & <i>cr\xe8me</i>]]></title><guid isPermaLink="false">7</guid><author>a@b.example (Ann)</author>
<pubDate>Mon, 02 Mar 2026 08:00:00 EST</pubDate><category>one</category><category>two</category>
<description>Short&nbsp;text &#8230;</description><content:encoded><![CDATA[<p>Long</p>]]></content:encoded>
<enclosure url="https://a.example/1.mp3" length="1" type="audio/mpeg"/><source url="https://c.example/f">C</source></item>
<item><link>https://a.example/8?utm_source=rss&amp;id=8</link><description>&lt;b&gt;8</description></item></channel></rss>"""
JSON = json.dumps(
    {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "Mill &amp; Tide",
        "home_page_url": "https://a.example/",
        "language": "en",
        "next_url": "?page=2",
        "hubs": [{"type": "WebSub", "url": "https://hub.example/"}],
        "authors": [{"name": "Ada"}],
        "items": [
            {"id": 1, "url": "/1", "title": "One", "content_html": "<p>x</p>", "date_published": "2026-03-01T10:00:00Z"},
            {"id": "2", "external_url": "https://b.example/2", "content_text": "a\n\nb", "tags": ["t", 1, "u"]},
            {"id": "3", "title": "\ud83d half", "summary": "s", "date_modified": "1772359200", "author": {"name": "B"}},
        ],
    }
).encode()  # fmt: skip


def _documents() -> Sequence[bytes]:
    demo = [path.read_bytes() for path in sorted(DEMO.iterdir())]
    wide = [ATOM.decode().replace('encoding="utf-8"', "").encode("utf-16"), RDF.decode().encode("utf-16-le")]
    return [RSS, ATOM, RDF, CDF, JSON, *wide, *(each[:6_000] for each in demo), *demo]


def _json_feeds() -> Sequence[bytes]:
    return [
        JSON,
        b'{"items":[]}',
        b'{"version":"https://jsonfeed.org/version/1","items":[{"id":"1","summary":"s"}]}',
    ]


def _lines() -> Sequence[bytes]:
    full = {
        "id": "g", "feed": FEED_URL, "source": "Mill &amp; Tide", "url": "https://a.example/1?a=1&amp;b=2", "title": "One",
        "author": "Ada", "summary_html": "<p>s</p>", "content_html": "<p>c</p>", "published": "2026-03-01T10:00:00Z",
        "updated": 1772359200, "lang": "en", "tags": ["a"], "first_seen": "2026-03-01T11:00:00", "source_url": None,
        "told": {"item": "0a", "title": "One", "updated": "2026-03-01T10:00:00Z", "url": "https://a.example/1", "abstract": "x"},
    }  # fmt: skip
    short = {"url": "a", "source": "S", "title": "\ud800 &lt;b&gt; \u202e", "published": 1.5}
    besides: list[dict[str, object]] = [
        {"aggregator": "feed", "feed": FEED_URL, "url": FEED_URL, "source": "S", "folder": ["a"], "tags": ["b"], "priority": 1,
         "added": "2026-01-01T00:00:00Z", "failures": 2, "site_url": "https://a.example"},
        {"aggregator": "ruling", "a": "0" * 20, "b": "1" * 20, "verdict": "same", "made": "2026-01-01T00:00:00Z"},
        {"aggregator": "tombstone", "feed": FEED_URL, "day": "2026-01-01", "name": "0" * 16, "title": "1" * 16, "link": None},
        {"aggregator": "story", "story": "0" * 20, "shown": True, "outputs": {"": 1, "b": None}, "left": False},
        {"aggregator": "decision", "story": "0" * 20, "sources": ["0" * 20]},
    ]  # fmt: skip
    return [
        *(json.dumps(each).encode() for each in besides),
        json.dumps(full).encode(),
        json.dumps(short).encode(),
        b'\xef\xbb\xbf{"id":1,"source":"S","content_html":"x"}',
    ]


def _pages() -> Sequence[bytes]:
    link = b'<link rel="alternate" type="application/rss+xml" href="/feed/" title="News &raquo; Feed">'
    return [
        b'<html><head><base href="//b.example/x/">' + link + b"</head><body>",
        link + link.replace(b"feed", b"comments"),
    ]


XML_WORDS = (
    b'<?xml version="1.0" encoding="utf-8"?>|<rss version="2.0"><channel>|</channel></rss>|<item>|</item>|<entry>|</entry>|'
    b"<feed xmlns='http://www.w3.org/2005/Atom'>|</feed>|<title>|</title>|<link>|</link>|<guid>|</guid>|<description>|"
    b"</description>|<content:encoded>|</content:encoded>|<![CDATA[|]]>|<!--|-->|<!DOCTYPE rss [|]>|<!ENTITY a 'b'>|&a;|"
    b"&amp;|&lt;|&gt;|&#0;|&#x1;|&#xD800;|&#1114112;|&nbsp;|&eacute;|&|<|>|\"|'|=| xmlns:dc='x'|<dc:creator>|"
    b"</dc:creator>|<author>|</author>|<name>|<category>|</category>|<pubDate>|</pubDate>|<dc:date>|a@b.example (Ann)|"
    b"Mon, 02 Mar 2026 08:00:00 +0000|2026-03-01T10:00:00Z|xml:base='//b.example/'|xml:lang='de'|type='xhtml'|type='html'|"
    b"<div xmlns='http://www.w3.org/1999/xhtml'>|<media:content url='x'/>|<enclosure url='x'/>|<source url='x'>|</source>|"
    b"<skipHours><hour>|<ttl>|99999999999|-1|\x00|\xef\xbb\xbf|\xff\xfe|\xfe\xff|\x1f\x8b\x08|\xc3|\xed\xa0\x80|Content-Type: "
    b"text/xml; charset=|utf-16|utf-7|shift_jis|iso-2022-jp|hz|gb2312|encoding='koi8-r'|\x1b$B|\r\n|<atom:link rel='hub' "
    b"href='|<itunes:author>|<geo:lat>|<georss:polygon>1 2 3|<psc:chapter start='|<cc:license rdf:resource='x'/>"
).split(b"|")
JSON_WORDS = (
    b'{|}|[|]|:|,|"|\\u0000|\\ud800|\\u202e|null|true|1e999|-0|NaN|Infinity|123456789012345678901234567890|"items":[|"id":|'
    b'"url":|"title":|"content_html":|"content_text":|"summary":|"date_published":|"date_modified":|"tags":[|"author":{|'
    b'"authors":[|"name":|"external_url":|"language":|"version":|"hubs":[|"next_url":|"2026-03-01T10:00:00Z"|'
    b"1772359200|\xef\xbb\xbf|\xed\xa0\x80|&amp;|&#0;|<b>|//b.example|javascript:"
).split(b"|")
LINE_WORDS = (
    *JSON_WORDS,
    *b'"aggregator":"feed"|"aggregator":"story"|"ruling"|"tombstone"|"decision"|"outputs":{|"a":|"b":|"name":|"day":|"known_as":[|"at":|"feed":|"source":|"summary_html":|"published":|"updated":|"lang":|"first_seen":|"told":{|"item":|"source_url":'.split(b"|"),
)  # fmt: skip
PAGE_WORDS = (
    b"<link |rel='alternate'|type='application/atom+xml'|href='|title='|<base href='|>|<script>|</script>|<!--|-->|<!|<?|"
    b"<![CDATA[|&#|&amp;|/wp-json/|'|\"|=|</|<title>|<textarea>"
).split(b"|")

TARGETS = (
    Target(name="parse", run=parsed, seeds=_documents, words=XML_WORDS),
    Target(name="jsonfeed", run=json_parsed, seeds=_json_feeds, words=JSON_WORDS),
    Target(name="import", run=imported, seeds=_lines, words=LINE_WORDS),
    Target(name="discover", run=discovered, seeds=_pages, words=PAGE_WORDS),
)
