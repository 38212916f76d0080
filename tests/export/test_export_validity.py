"""Each rule of validity refuses a document that breaks it; and whatever the demo lived through was valid."""

from __future__ import annotations

import io
import json
import pickle
from datetime import UTC, datetime
from pathlib import Path

import export_samples as samples
import export_timeline as timeline
import export_validity as validity
import feedparser
import pytest
from export_shared import made_once

GOLDEN = Path(__file__).resolve().parent.parent / "golden"
NOW = samples.NOW
BASE = samples.CHANNEL.base_url
CHECKS = {"atom.xml": validity.atom, "rss.xml": validity.rss, "feed.json": validity.json_feed}

ATOM_ID = "<id>tag:aggregator.invalid,2026:story/00000000000000000001</id>"
ATOM_LINK = '<link rel="alternate" type="text/html" href="https://ledgerpost.example/2026/11/22/story-1"/>'
JSON_URL = '"url": "https://ledgerpost.example/2026/11/22/story-1", "title"'

BROKEN = [
    # What is wrong with it, how it is made (the first occurrence is replaced), and what is said of it.
    ("atom.xml", '<?xml version="1.0" encoding="utf-8"?>\n', "", "no XML declaration"),
    ("atom.xml", "<feed ", "<!DOCTYPE feed><feed ", "document type"),
    ("atom.xml", "<feed ", "<?xml-stylesheet href='x'?><feed ", "processing instruction"),
    ("atom.xml", "Crypto", "Cr\u0085ypto", "character"),
    ("atom.xml", "Crypto", "Cr\ufffdypto", "character"),
    ("atom.xml", "<author><name>Ines Oduya</name></author>", "", "not exactly one author"),
    ("atom.xml", "<name>Ines Oduya</name>", "<email>nobody</email>", "grammar"),
    ("atom.xml", "<published>", "<modified>2026-11-22T10:00:00Z</modified><published>", "grammar"),
    ("atom.xml", 'term="BTC"', 'label="BTC"', "grammar"),
    ("atom.xml", 'term="Mining"', 'term="BTC"', "a category twice"),
    ("atom.xml", 'content type="html"', 'content type="text/html"', "content is not html"),
    ("atom.xml", 'content type="html"', 'content type="nonsense"', "grammar"),
    ("atom.xml", "2026-11-22T10:04:00Z</published>", "2026-11-22t10:04:00z</published>", "grammar"),
    ("atom.xml", "2026-11-22T10:04:00Z</published>", "2026-11-31T10:04:00Z</published>", "no RFC 3339"),
    ("atom.xml", "2026-11-22T10:04:00Z</published>", "2026-11-22T10:04:00</published>", "no RFC 3339"),
    ("atom.xml", "2026-11-22T10:04:00Z</published>", "1901-11-22T10:04:00Z</published>", "before there was"),
    ("atom.xml", "2026-11-22T10:04:00Z</published>", "2026-12-22T10:04:00Z</published>", "in the future"),
    ("atom.xml", '<link rel="self"', '<link rel="edit"', "no self link"),
    (
        "atom.xml",
        f'rel="self" type="application/atom+xml" href="{BASE}',
        'rel="self" href="https://e.example/',
        "self",
    ),
    ("atom.xml", f'href="{BASE}index', 'href="index', "address 'index.html'"),
    ("atom.xml", ATOM_LINK, f"{ATOM_LINK}{ATOM_LINK}", "more than one alternate"),
    ("atom.xml", ATOM_LINK, ATOM_LINK.replace("https://", ""), "address"),
    ("atom.xml", ATOM_LINK, ATOM_LINK.replace("story-1", "story[1]"), "address"),
    (
        "atom.xml",
        ATOM_LINK,
        f'<link rel="related" href="https://a.example/" title="x"/>{ATOM_LINK}',
        "not first",
    ),
    ("atom.xml", 'rel="related"', 'rel="nearby"', "relation 'nearby'"),
    (
        "atom.xml",
        "https://coinbazaar.example/news/102",
        "https://chainwire.example/news/101",
        "same link twice",
    ),
    ("atom.xml", ATOM_ID, ATOM_ID.replace("1<", "2<"), "share an id"),
    ("atom.xml", ATOM_ID, f"<id>{BASE}atom.xml</id>", "id of an entry"),
    ("atom.xml", "<title>Miners", "<title>&lt;b&gt;Miners", "looks like HTML"),
    ("atom.xml", "<title>Miners", "<title>AT&amp;amp;T Miners", "looks like HTML"),
    ("atom.xml", "<title>Miners", "<title>\u202eMiners", "turns the text around"),
    ("atom.xml", "<title>Miners", "<title>\nMiners", "more than one line"),
    ("atom.xml", "<title>Crypto news, each story once</title>", "<title> </title>", "blank"),
    ("atom.xml", "&lt;p&gt;", "&lt;p onclick=x&gt;", "attribute onclick"),
    ("atom.xml", "&lt;p&gt;", "&lt;p style='x'&gt;", "attribute style"),
    ("atom.xml", "&lt;p&gt;", "&lt;script&gt;", "element script"),
    ("atom.xml", "&lt;p&gt;", "&lt;p&gt;&lt;!-- x --&gt;", "comment"),
    ("atom.xml", "&lt;p&gt;", "&lt;p&gt;&lt;b&gt;", "closes nothing"),
    ("atom.xml", "&lt;p&gt;", "&lt;p&gt;&lt;img&gt;", "without an address"),
    ("atom.xml", "&lt;p&gt;", "&lt;p&gt;&lt;a href='/x'&gt;x&lt;/a&gt;", "href '/x'"),
    ("atom.xml", "&lt;p&gt;", "&lt;p&gt;&lt;a href='javascript:x'&gt;x&lt;/a&gt;", "scheme"),
    ("atom.xml", 'xml:lang="en"', 'xml:lang="english please"', "xml:lang"),
    ("atom.xml", "</source>\n</entry>", "</source><rights>x</rights></entry>", "source is not last"),
    (
        "atom.xml",
        "<entry",
        '<at:deleted-entry xmlns:at="http://purl.org/atompub/tombstones/1.0" '
        'ref="tag:aggregator.invalid,2026:story/00000000000000000001" when="2026-11-22T10:00:00Z"/><entry',
        "there and deleted",
    ),
    (
        "atom.xml",
        "<entry",
        '<at:deleted-entry xmlns:at="http://purl.org/atompub/tombstones/1.0" '
        'ref="tag:aggregator.invalid,2026:story/ff"/><entry',
        "grammar",
    ),
    (
        "atom.xml",
        "<entry",
        '<fh:archive xmlns:fh="http://purl.org/syndication/history/1.0"/><entry',
        "archive without a link",
    ),
    ("rss.xml", 'version="2.0"', 'version="0.91"', "root is not rss 2.0"),
    ("rss.xml", "<ttl>30</ttl>", "<ttl>often</ttl>", "ttl"),
    ("rss.xml", "<ttl>30</ttl>", "<ttl>30</ttl><ttl>30</ttl>", "channel: ttl"),
    ("rss.xml", "<ttl>", "<updated/><ttl>", "unknown element"),
    ("rss.xml", "<language>en<", "<language>English<", "language"),
    ("rss.xml", "<lastBuildDate>Sun, ", "<lastBuildDate>Mon, ", "date"),
    ("rss.xml", "<lastBuildDate>Sun, 22 Nov", "<lastBuildDate>Sat, 21 Nov", "after the channel was built"),
    ("rss.xml", '<atom:link rel="self"', '<atom:link rel="related"', "no atom:link self"),
    ("rss.xml", f'href="{BASE}rss.xml"', f'href="{BASE}atom.xml"', "self is not"),
    ("rss.xml", 'type="application/rss+xml"', 'type="text/xml"', "type of atom:link"),
    ("rss.xml", "</channel>", "<title>x</title></channel>", "behind the items"),
    ("rss.xml", "<item>", "<item><author>Ines</author>", "title is not first"),
    ("rss.xml", "<dc:creator>Ines Oduya</dc:creator>", "<author>Ines Oduya</author>", "author is an e-mail"),
    ("rss.xml", "<dc:creator>", "<dc:creator>x</dc:creator><dc:creator>", "not exactly one"),
    ("rss.xml", 'isPermaLink="false"', "", "guid taken for a link"),
    ("rss.xml", "story/00000000000000000001<", "story/00000000000000000002<", "share a guid"),
    ("rss.xml", "10:04:00 GMT</pubDate>", "10:04:00 +0000</pubDate>", "date"),
    ("rss.xml", "22 Nov 2026 10:04:00 GMT</pubDate>", "22 Nov 26 10:04:00 GMT</pubDate>", "date"),
    ("rss.xml", "<description>Listed", "<description>&lt;iframe src='x'&gt;", "element iframe"),
    (
        "rss.xml",
        "<content:encoded>",
        "<description>x</description><content:encoded>",
        "more than one description",
    ),
    ("rss.xml", "<link>https://ledgerpost", "<link>ledgerpost", "address"),
    ("rss.xml", "</item>", "<category>x</category></item>", "source is not last"),
    ("rss.xml", '<source url="https://', '<source url="', "source"),
    ("rss.xml", "<category>Mining<", "<category>BTC<", "a category twice"),
    ("rss.xml", "<title>Miners", "<title>&lt;i&gt;Miners", "looks like HTML"),
    ("rss.xml", 'length="23400000"', 'length="22 MB"', "length of the enclosure"),
    ("rss.xml", 'type="audio/mpeg"', 'type="audio"', "type of the enclosure"),
    ("rss.xml", "https://media.example/notes/7.mp3", "7.mp3", "address"),
    ("atom.xml", 'length="23400000"', 'length="22 MB"', "length of a link"),
    ("feed.json", "version/1.1", "version/1", "version"),
    ("feed.json", '{"version"', '\ufeff{"version"', "byte order mark"),
    ("feed.json", '"language": "en"', '"language": null', "language is no str"),
    ("feed.json", '"language": "en"', '"language": "en", "language": "en"', "a key twice"),
    ("feed.json", '"language": "en"', '"language": "en", "author": {"name": "x"}', "unknown key author"),
    ("feed.json", '"language": "en"', f'"next_url": "{BASE}feed.json"', "in a circle"),
    ("feed.json", '"language": "en"', '"hubs": [{"type": "WebSub"}]', "hub"),
    ("feed.json", f'"feed_url": "{BASE}feed.json"', f'"feed_url": "{BASE}"', "feed_url is not"),
    ("feed.json", JSON_URL, '"url": "/story-1", "title"', "address"),
    ("feed.json", '"summary": "Listed', '"summary": "<b>Listed', "looks like HTML"),
    ("feed.json", '"content_html": "<p>', '"content_html": "<p><object>', "element object"),
    ("feed.json", '"content_html"', '"content_markdown"', "unknown key"),
    ("feed.json", '"date_published": "2026-11-22T10:04:00Z"', '"date_published": 1795341840', "no str"),
    ("feed.json", '"date_modified": "2026-11-22T', '"date_modified": "2026-11-22 ', "no RFC 3339"),
    ("feed.json", '"authors": [{"name": "Ines Oduya"}]', '"authors": [{}]', "author"),
    ("feed.json", '"tags": ["BTC"', '"tags": ["BTC", "BTC"', "tags"),
    ("feed.json", '"_aggregator": {', '"_note": "x", "_aggregator": {', "extension _note is no object"),
    ("feed.json", "story/00000000000000000001", "story/00000000000000000002", "share an id"),
    ("feed.json", '"mime_type": "audio/mpeg"', '"mime_type": "audio"', "type of the attachment"),
    ("feed.json", '"size_in_bytes": 23400000', '"size_in_bytes": "22 MB"', "size of the attachment"),
]


@pytest.mark.parametrize(
    ("document", "old", "new", "said"),
    BROKEN,
    ids=[f"{number} {row[3]}" for number, row in enumerate(BROKEN)],
)
def test_a_document_that_breaks_a_rule_is_refused_for_it(document, old, new, said):
    text = (GOLDEN / document).read_text(encoding="utf-8")
    assert old in text
    problems = CHECKS[document](text.replace(old, new, 1).encode(), address=BASE + document, now=NOW)
    assert any(said in problem for problem in problems), problems


@pytest.mark.parametrize("document", CHECKS)
def test_the_golden_documents_break_none(document):
    assert CHECKS[document]((GOLDEN / document).read_bytes(), address=BASE + document, now=NOW) == []


OPML = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<opml version="2.0"><head><title>x</title></head><body>'
    '<outline text="a"><outline type="rss" text="b" xmlUrl="https://a.example/" htmlUrl="https://a.example/"/></outline>'
    "</body></opml>"
)
BROKEN_OPML = [
    ('version="2.0"', 'version="1.0"', "root is not opml"),
    ("<head><title>x</title></head>", "", "head and body"),
    ("<title>x</title>", "<name>x</name>", "head: name"),
    ("<title>x</title>", "<dateCreated>2026-11-22</dateCreated>", "date"),
    ('text="b" ', "", "blank text"),
    ('type="rss" ', "", "belong together"),
    ('xmlUrl="https://a.example/" ', "", "belong together"),
    ('htmlUrl="https://a.example/"', 'htmlUrl="javascript:x"', "address"),
    ('htmlUrl="https://a.example/"/>', '><outline text="c"/></outline>', "holds others"),
]


def test_a_sound_list_of_feeds_breaks_no_rule():
    assert validity.opml(OPML.encode()) == []


@pytest.mark.parametrize(("old", "new", "said"), BROKEN_OPML, ids=[row[2] for row in BROKEN_OPML])
def test_a_list_of_feeds_that_breaks_a_rule_is_refused_for_it(old, new, said):
    assert old in OPML
    problems = validity.opml(OPML.replace(old, new, 1).encode())
    assert any(said in problem for problem in problems), problems


# --- What a home writes as it lives ----------------------------------------------------------------


@pytest.fixture(scope="session")
def moments(tmp_path_factory, worker_id):
    return pickle.loads(
        (made_once(tmp_path_factory, worker_id, "timeline", timeline.keep) / "moments").read_bytes()
    )


@pytest.mark.slow
@pytest.mark.parametrize("document", CHECKS)
def test_every_document_of_a_homes_life_is_valid(moments, document):
    for moment in moments:
        address = f"http://127.0.0.1:8080/{document}"
        problems = CHECKS[document](
            moment.documents[document], address=address, now=datetime(2026, 11, 23, tzinfo=UTC)
        )
        assert problems == [], moment.name
        assert validity.opml(moment.documents["feeds.opml"]) == []


@pytest.mark.slow
@pytest.mark.parametrize("document", ["atom.xml", "rss.xml"])
def test_feedparser_reads_every_document_without_complaint(moments, document):
    for moment in moments:
        parsed = feedparser.parse(io.BytesIO(moment.documents[document]))
        assert not parsed.bozo, parsed.get("bozo_exception")
        assert len(parsed.entries) == len(json.loads(moment.documents["feed.json"])["items"])
