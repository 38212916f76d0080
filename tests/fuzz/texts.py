"""Targets that read text: HTML, links, articles to be cleaned, and what is shown of them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime

from aggregator.cli.safe import safe, to_json
from aggregator.dedup import fingerprint as prints
from aggregator.dedup import packing
from aggregator.export import chars
from aggregator.export.sanitise import sanitise
from aggregator.models import LABELS, Failed, Feed, Item
from aggregator.opml import address
from aggregator.poll import responses
from aggregator.summarise.machine.answer import MOST_KEPT
from aggregator.summarise.recipe import DEFAULT_BUDGET, summarise
from aggregator.summarise.sound import is_sound
from aggregator.text import html, language, markup, sentences, urls, words
from aggregator.text.clean import draft, finished
from aggregator.text.coins import MAX_COINS, coins
from aggregator.text.labels import labels
from aggregator.text.secondhand import second_hand
from aggregator.web import addresses, wire
from tests.fuzz.feeds import FEED_URL
from tests.fuzz.target import Target, is_line, storable, text_of

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def html_read(data: bytes) -> object:
    """HTML, plain text, or what was escaped too often."""
    text = text_of(data)
    found = html.read(text)
    assert len(found) <= html.MAX_BLOCKS
    for block in found:
        assert block.text, "an empty block"
        assert is_line(block.text)
        assert all(link.text == html.line(link.text) for link in block.links)
    # Every line break may become one blank between joined lines; decoding makes text shorter or, for a few names, as long.
    assert sum(len(block.text) for block in found) <= len(text) + len(found)
    assert tuple(block.text for block in found) == html.blocks(text)
    title = html.plain(text)
    assert is_line(title)
    assert html.line(title) == title
    assert len(title) <= len(text)
    markup.has_escaped_tags(text)
    return found


def sanitised(data: bytes) -> object:
    """What of a publisher's markup reaches a reader."""
    found = sanitise(text_of(data), FEED_URL)
    assert sanitise(found, FEED_URL) == found, "not the same a second time"
    assert storable(found)
    assert chars.clean(found) == found
    low = found.lower()
    assert "<script" not in low
    assert "<style" not in low
    assert not re.search(
        r"\s(?:href|src|cite|poster|action)=[\"']?\s*javascript:", re.sub(r">[^<]*<", "><", f">{low}<")
    ), "a script in a tag"
    return found


def links_read(data: bytes) -> object:
    """A link, and on a second line what it is relative to."""
    url, _, base = text_of(data).partition("\n")
    link = urls.absolute(url, base or None)
    if link is not None:
        assert link.isascii()
        assert len(link) <= urls.MAX_LENGTH
        assert re.match(r"https?://[^/@\\]+/", link + "/")
        assert urls.absolute(link) == link, "not the same a second time"
        assert wire.request_host(link), "a link that cannot be asked for"
        assert wire.wire_form(link) == link
    key = urls.url_key(url)
    if key is not None:
        # Escapes can make a key longer than any link may be; it is compared, never followed.
        assert len(key) > urls.MAX_LENGTH or urls.url_key(key) == key, "a key that has another key"
    public = urls.public_address(url)
    if wire.request_host(url):
        assert urls.public_address(public) == public, "something to hide is left"
        assert "@" not in re.split("[/?#]", public.split("://", 1)[1])[0]
    told = (urls.host(url), urls.site(url), urls.brand(url), urls.slug(url), prints.page_key(url))
    hop = responses.next_hop(FEED_URL, url, 301)
    assert isinstance(hop, Failed) or wire.request_host(hop)
    addresses.is_private_literal(url)
    addresses.is_public(url)
    assert address.same_feed(url, url)
    if address.fault(url) is None and (host := wire.request_host(url)):
        assert wire.public_form(url)
        assert wire.request_host(wire.wire_form(url)), f"{host} cannot be asked for"
    return link, key, public, told, hop


def cleaned(data: bytes) -> object:
    """An article: title, link, tags, and from the fourth line on its HTML."""
    title, url, tags, content = [*text_of(data).split("\n", 3), "", "", ""][:4]
    item = Item(
        id=1, uid="0" * 20, feed_id=1, guid=url or "g", url=urls.absolute(url), title=html.plain(title),
        content_html=content, tags=tuple(html.plain(each) for each in tags.split(",") if each.strip())[:50],
        first_seen=NOW, at=NOW,
    )  # fmt: skip
    sketch = draft(item, feed_title="Harbour Daily")
    text = finished(sketch)
    assert is_line(text.title)
    assert all(each and is_line(each) for each in text.paragraphs)
    assert all(urls.absolute(each) == each for each in text.attributions)
    assert not text.language or re.fullmatch("[a-z]{2}", text.language)
    assert set(labels(item, sketch.edges)) <= set(LABELS)
    named = coins(text.title, text.body, item.tags)
    assert len(set(named)) == len(named) <= MAX_COINS
    feed = Feed(id=1, url=FEED_URL, first_url=FEED_URL, title="Harbour Daily")
    print_ = prints.fingerprint(item, text, feed)
    assert packing.decode(packing.encode(print_)) == print_
    second_hand(item, text.attributions, site_url=None)
    abstract = summarise([text], title=text.title, algorithm="lead")
    if abstract is not None:
        assert len(abstract.text) <= DEFAULT_BUDGET
        assert is_line(abstract.text)
    return text


def worded(data: bytes) -> object:
    """Plain text: its sentences, words, numbers, language."""
    text = text_of(data)
    parts = sentences.split(text)
    assert all(each and each == each.strip() for each in parts)
    if len(text) <= 100_000:
        assert "".join("".join(parts).split()) == "".join(text.split()), "a sentence lost a word"
    assert len(language.guess(text)) in {0, 2}
    assert all(is_sound(each) in {True, False} for each in parts if len(each) <= MOST_KEPT)
    tokens = words.tokens(text)
    assert all(tokens)
    words.shingles(tokens)
    words.stems(tokens)
    words.numbers(text)
    return parts


def shown(data: bytes) -> object:
    """What a stranger's text does to a terminal, to a script and to a title of the merged feed."""
    text = text_of(data)
    line = safe(text)
    assert "\x1b" not in line
    assert line == " ".join(line.split())
    assert safe(line) == line, "not the same a second time"
    assert not re.search("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", line)
    assert to_json(text).isprintable() or not re.search("[\x00-\x1f\x7f-\x9f]", to_json(text))
    title = chars.line(text)
    assert len(title) <= chars.TITLE_LENGTH
    assert "<" not in re.sub(r"<(?![A-Za-z/!?])", "", title)
    assert chars.clean(title) == title
    return line, title


HTML = (
    """<h2>Mill &amp; tide</h2><p>First <a href="https://a.example/?x=1&amp;y=2">sentence</a>. Second &#8230;</p>
<ul><li>one<li>two</ul><blockquote>“Quoted,” he said.</blockquote><pre>a
 b</pre><table><tr><td>1<td>2</table><p hidden>not</p><figure><img src="/p.png"><figcaption>cap</figcaption></figure>""",
    "Plain text\n\nwith lines\nwrapped in lower case. a &lt; b <3 Vec<T>",
    "&lt;p&gt;Escaped &amp;amp; once too often&lt;/p&gt;&lt;br&gt;",
    "<p class='wp-caption-text'>x</p><script>if (a<b) {}</script><style>p{}</style><!-- c --><div style='display:none'>x</div>",
    "<table><caption>c<tr><td><b><i><p>deep</b></i><svg><title>t</title></svg><math><mi>x</mi></math><img width=1 src=x>",
)
ARTICLES = (
    "Harbour opens at last - Harbour Daily\nhttps://a.example/2026/03/harbour-opens\nports,Sponsored\n<p>By Ada Quill | 3 min "
    "read</p><p>LONDON, March 1 (Reuters) - The harbour opened. It cost $1.2 billion, Bitcoin (BTC) rose 5%.</p><p>Read more: <a "
    'href="https://b.example/x">here</a></p><p>Disclaimer: This is not investment advice.</p><p>The post Harbour opens at last '
    "appeared first on Harbour Daily.</p>",
    "比特币跌破6万美元\nhttps://a.example/1\n\n<p>据消息,比特币(BTC)今日跌破60,000美元。“我们不担心。”他说。</p><p>免责声明:本文不构成投资建议。</p>",
    "Part 3: how it works\n\n\n<p>The teaser ends … The teaser ends and goes on. [caption id=1]x[/caption] Source: "
    "https://c.example/y Website: https://c.example Telegram: @c</p><p>About Acme Acme is a firm.</p>",
)
LINKS = (
    "https://www.paper.example/a/amp/?utm_source=x&id=1#c", "//m.paper.example:8080/a%2fb/../c;d?q=[1]&amp;b=2\nhttps://x.example/y/",
    "https://www.google.com/amp/s/b.example/x", "&#106;ava\tscript:alert(1)", "http://[::ffff:127.0.0.1]/", "https://bücher.example/ä?ö",
    "https://u:p@a.example/?key=0123456789", "../../x?y#z\nhttps://a.example/b/c/d", "http://0x7f.1/", "feed:https://a.example/",
)  # fmt: skip
SHOWN = (
    "\x1b[31mred\x1b]0;title\x07 \u202eabc \x9b1m",
    "a <b>bold</b> &amp;lt; \u200b &#60;script&#62; \ud800",
    "long " * 200,
)

HTML_WORDS = (
    b"<p>|</p>|<br>|<a href='|'>|</a>|<div>|</div>|<li>|<ul>|<pre>|</pre>|<b>|</b>|<i>|<table>|<tr>|<td>|<script>|</script>|"
    b"<style>|</style>|<title>|</title>|<textarea>|<svg>|</svg>|<math>|<template>|<aside>|</aside>|<figure>|<p hidden>|<!--|-->|"
    b"<![CDATA[|<?|<!|<|>|&|&amp;|&lt;|&gt;|&#|&#x|&#60;|&notin|&NotEqualTilde;|&lt;p&gt;|\"|'|=|/| style='display:none'|"
    b" class='sr-only'|<img src=x width=1>|<noscript>|<iframe>|<select>|<option>|<h1>|<blockquote>|<nobr>|<font>|<plaintext>|"
    b"<xmp>|<ruby><rt>|javascript:|data:|\n|\n\n|\r|\x00|\xc2\xad|\xe2\x80\x8b|\xe2\x80\xae|\xed\xa0\x80|\xe4\xb8\x80|<button>|"
    b"<a title=''>|<em>|<mglyph>|<annotation-xml encoding='text/html'>|<frameset>|<form>|<caption>|<colgroup>|<col>"
).split(b"|")
LINK_WORDS = (
    b"http://|https://|//|/|\\|:|@|?|&|&amp;|=|#|%|%2f|%00|%E4|[|]|[::1]|..|.|;|www.|m.|amp.|/amp/|.cdn.ampproject.org/c/s/|"
    b"google.com/amp/s/|utm_source=|ref=rss|key=0123456789|:443|:0|:99999|\t|\n| |&#x3a;|&colon;|javascript:|data:|file:|feed:|"
    b"xn--|\xc3\xa4|\xe3\x80\x82|\xe2\x80\x8b|\xed\xa0\x80|0x7f.1|2130706433|localhost|index.html|.php|\xef\xbc\x8e|\xc3\x9f"
).split(b"|")
TEXT_WORDS = (
    b". |.|! |? |\xe3\x80\x82|\xe2\x80\x9c|\xe2\x80\x9d|\"|'|(|)|, |: |; |U.S. |Mr. |p.m. |z. B. |J. P. |$1.2 billion |5,000 BTC |"
    b"(BTC)|$SOL|#ETH|3,5 %|1.045,5|\xe4\xb8\x87|\xe6\xaf\x94\xe7\x89\xb9\xe5\xb8\x81|The post |appeared first on |Read more: |Source: |"
    b"https://b.example/x |Disclaimer: |By Ada Quill|3 min read|March 1, 2026|LONDON, |(Reuters) - |[\xe2\x80\xa6]|...|[caption]|"
    b"Website: |Telegram: |About Acme |You may also like|Sponsored|Press Release|This is a sponsored post|not investment advice|"
    b"\n|<p>|</p>|<li>|0|00000000|,|.|-|\xe2\x80\x94|A|a|\xd0\xb0|\xd0\x96|\xed\x95\x9c|\xe3\x81\x82|\xc2\xa0|\xcc\x81|$ 1 | |\t"
).split(b"|")
SHOWN_WORDS = (
    b"\x1b[|\x1b]|\x1b|\x9b|\xc2\x9b|\xc2\x9d|\x07|0;|31m|\x1b\\|\xe2\x80\xae|\xe2\x80\x8b|\xef\xbb\xbf|\xed\xa0\x80|&amp;|&lt;|&#60;|"
    b"&#x3c;|&amp;lt;|<|>|<b>|<!|</|&|;|&lt|&#60|\n|\t|\xc2\x85|\xe2\x80\xa8|\xf3\xa0\x80\x81|\xef\xbf\xbd|\xef\xb7\x90| "
).split(b"|")


def _seeds(texts: Sequence[str]) -> Sequence[bytes]:
    return [each.encode("utf-8", "surrogatepass") for each in texts]


TARGETS = (
    Target(name="html", run=html_read, seeds=lambda: _seeds(HTML), words=HTML_WORDS),
    Target(name="urls", run=links_read, seeds=lambda: _seeds(LINKS), words=LINK_WORDS, most=8 * 1024),
    Target(name="clean", run=cleaned, seeds=lambda: _seeds(ARTICLES), words=(*TEXT_WORDS, *HTML_WORDS)),
    Target(name="words", run=worded, seeds=lambda: _seeds((*ARTICLES, *HTML)), words=TEXT_WORDS),
    Target(name="sanitise", run=sanitised, seeds=lambda: _seeds(HTML), words=HTML_WORDS, most=16 * 1024),
    Target(name="shown", run=shown, seeds=lambda: _seeds(SHOWN), words=SHOWN_WORDS, most=16 * 1024),
)
