"""Does twice as much of something take twice the time, or four times? Prints one table.

    python -m tests.fuzz.scaling [TARGET…] [--size 64000]

Inputs made against each reader, at one size and at twice that size, in CPU seconds: no fuzzer finds these by chance as
surely as a person who knows what readers do.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Mapping

from aggregator.text.attribution import MAX_CREDIT
from aggregator.text.boilerplate import MAX_BLOCK
from tests.fuzz.targets import TARGETS
from tests.fuzz.watch import limit, seconds_of

MOST_GROWTH = 3.0
"""Times as long for twice the size; quadratic time takes four times."""
NOTICED = 0.02
"""CPU seconds for the smaller input; clocks and caches decide about what takes less."""

Maker = Callable[[int], bytes]


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _all_of(piece: str, before: str = "", after: str = "") -> Maker:
    return lambda size: _bytes(before + piece * (size // len(_bytes(piece))) + after)


def _numbered(piece: str, before: str = "", after: str = "") -> Maker:
    """``{0}`` in the piece is another number each time."""

    def make(size: int) -> bytes:
        return _bytes(before + "".join(map(piece.format, range(size // (len(piece) + 3)))) + after)

    return make


def _nested(one: str, two: str, before: str = "", after: str = "") -> Maker:
    def make(size: int) -> bytes:
        times = size // len(_bytes(one + two))
        return _bytes(before + one * times + two * times + after)

    return make


_RSS, _RSS_END = "<rss version='2.0'><channel><title>T</title>", "</channel></rss>"
_ITEM, _ITEM_END = f"{_RSS}<item><title>One</title><guid>1</guid>", f"</item>{_RSS_END}"
_ATOM = "<feed xmlns='http://www.w3.org/2005/Atom'><title>T</title><entry><id>1</id>"
_ATOM_END = "</entry></feed>"
_JSON = '{"version":"https://jsonfeed.org/version/1.1","items":['


def _field(name: str, piece: str) -> Maker:
    return _all_of(piece, f"{_ITEM}<{name}>", f"</{name}>{_ITEM_END}")


DOCUMENTS: Mapping[str, Maker] = {
    "elements in elements": _nested("<a>", "</a>", _ITEM, _ITEM_END),
    "elements never closed": _all_of("<a>", _ITEM),
    "elements never closed, none ours": _all_of("<x:y>", _RSS),
    "items never closed": _all_of("<item>", _RSS),
    "items in items": _nested("<item>", "</item>", _RSS, _RSS_END),
    "items, empty": _all_of("<item/>", _RSS, _RSS_END),
    "items, all the same": _all_of("<item><title>a</title><link>/1</link></item>", _RSS, _RSS_END),
    "items, all different": _numbered("<item><title>a {0}</title><guid>{0}</guid></item>", _RSS, _RSS_END),
    "entries ended that never began": _all_of("</item>", _RSS, _RSS_END),
    "<": _all_of("<", _ITEM, _ITEM_END),
    "< and a letter": _all_of("<a ", _ITEM, _ITEM_END),
    "& in a title": _field("title", "&"),
    "&amp; in a title": _field("title", "&amp;"),
    "&amp;amp; in a title": _field("title", "&amp;amp;"),
    "&#60; in a title": _field("title", "&#60;"),
    "&eacute; in a title": _field("title", "&eacute;"),
    "unknown entities": _field("title", "&unknown;"),
    "escaped tags in a title": _field("title", "&lt;b&gt;"),
    "a title of blanks": _field("title", " "),
    "a title of one word": _field("title", "a"),
    "a date of digits": _field("pubDate", "1"),
    "a date of blanks": _field("pubDate", " "),
    "a date of colons": _field("pubDate", "1:"),
    "a date of dashes": _field("pubDate", "1-"),
    "a date of brackets": _field("pubDate", "("),
    "an author of a's": _field("author", "a"),
    "an author of a.": _field("author", "a."),
    "an author of @": _field("author", "a@"),
    "an author of brackets": _field("author", "(a"),
    "a creator of a.": _field("dc:creator", "a."),
    "an address of a person, long": _field("author", "a.b-"),
    "a managing editor of a.": _all_of("a.", f"{_RSS}<managingEditor>", f"</managingEditor>{_RSS_END}"),
    "a webmaster of a.": _all_of("a.", f"{_RSS}<webMaster>", f"</webMaster>{_RSS_END}"),
    "many authors": _numbered("<author>a{0}@b.example</author>", _ITEM, _ITEM_END),
    "many creators": _numbered("<dc:creator>a {0}</dc:creator>", _ITEM, _ITEM_END),
    "many categories": _numbered("<category>a{0}</category>", _ITEM, _ITEM_END),
    "many categories, the same": _all_of("<category>a</category>", _ITEM, _ITEM_END),
    "many links": _numbered("<link>https://a.example/{0}</link>", _ITEM, _ITEM_END),
    "many Atom links": _numbered("<link href='/{0}'/>", _ATOM, _ATOM_END),
    "many contents": _numbered("<content type='html'>a{0}</content>", _ATOM, _ATOM_END),
    "many titles": _numbered("<title>a{0}</title>", _ITEM, _ITEM_END),
    "many guids": _numbered("<guid>a{0}</guid>", _ITEM, _ITEM_END),
    "many enclosures": _numbered("<enclosure url='/{0}'/>", _ITEM, _ITEM_END),
    "many media": _numbered("<media:content url='/{0}'/>", _ITEM, _ITEM_END),
    "many attributes": lambda size: (_ITEM + "<a" + "".join(f" a{n}='1'" for n in range(size // 9)) + "/>" + _ITEM_END).encode(),
    "one long attribute": _all_of("a", f"{_ITEM}<a b='", f"'/>{_ITEM_END}"),
    "an attribute never closed": _all_of("a='", f"{_ITEM}<a ", _ITEM_END),
    "many namespaces": lambda size: ("<rss" + "".join(f" xmlns:a{n}='b{n}'" for n in range(size // 18)) + "><channel>").encode(),
    "many prefixes": _numbered("<a{0}:b/>", _ITEM, _ITEM_END),
    "XHTML in XHTML": _nested("<b>", "</b>", f"{_ATOM}<content type='xhtml'><div>", f"</div></content>{_ATOM_END}"),
    "XHTML, wide": _all_of("<b>a</b>", f"{_ATOM}<content type='xhtml'><div>", f"</div></content>{_ATOM_END}"),
    "XHTML, broken": _all_of("<b>a&", f"{_ATOM}<content type='xhtml'><div>", f"</div></content>{_ATOM_END}"),
    "comments": _all_of("<!-- -->", _ITEM, _ITEM_END),
    "comments never closed": _all_of("<!--", _ITEM, _ITEM_END),
    "comments before the root": _all_of("<!---->", "", _ITEM + _ITEM_END),
    "CDATA": _all_of("<![CDATA[a]]>", f"{_ITEM}<description>", f"</description>{_ITEM_END}"),
    "CDATA never closed": _all_of("<![CDATA[", f"{_ITEM}<description>", f"</description>{_ITEM_END}"),
    "instructions": _all_of("<?a?>", _ITEM, _ITEM_END),
    "instructions never closed": _all_of("<?a", _ITEM, _ITEM_END),
    "declarations": _all_of("<!a>", _ITEM, _ITEM_END),
    "declarations never closed": _all_of("<!a ", _ITEM, _ITEM_END),
    "a document type, long": _all_of("<!ENTITY a 'b'>", "<!DOCTYPE rss [", f"]>{_ITEM}{_ITEM_END}"),
    "a document type never closed": _all_of("<!ENTITY a 'b'>", "<!DOCTYPE rss [", _ITEM + _ITEM_END),
    "document types": _all_of("<!DOCTYPE a>", "", _ITEM + _ITEM_END),
    "]": _all_of("]", "<!DOCTYPE rss [", f"{_ITEM}{_ITEM_END}"),
    "blanks before the root": _all_of(" ", "", _ITEM + _ITEM_END),
    "blanks behind the root": _all_of(" ", _ITEM + _ITEM_END, "x"),
    "ends behind the root": _all_of("</rss>", _ITEM + _ITEM_END),
    "a prolog of <": _all_of("<", "", _ITEM + _ITEM_END),
    "a prolog of <a": _all_of("<a:", "", _ITEM + _ITEM_END),
    "a prolog of <?xml": _all_of("<?xml ", "", _ITEM + _ITEM_END),
    "a prolog of <rss": _all_of("<rss ", "", _ITEM + _ITEM_END),
    "control characters": _all_of("\x01", _ITEM, _ITEM_END),
    "references to controls": _field("title", "&#1;"),
    "half characters": lambda size: _ITEM.encode() + b"\xc3" * size + _ITEM_END.encode(),
    "UTF-7": _all_of("+ADw-", "Content-Type: text/xml; charset=utf-7\n" + _ITEM, _ITEM_END),
    "shift marks": lambda size: b"Content-Type: text/xml; charset=iso-2022-jp\n" + _ITEM.encode() + b"\x1b$B" * (size // 3),
    "polygons": _field("georss:polygon", "1 "),
    "points": _field("georss:point", "1 "),
    "hours to skip": _all_of("<hour>1</hour>", f"{_RSS}<skipHours>", f"</skipHours>{_ITEM}{_ITEM_END}"),
    "hours to skip, never closed": _all_of("<skipHours>", _RSS, _ITEM + _ITEM_END),
    "a channel of CDF": _numbered('<ITEM HREF="/{0}"><TITLE>a</TITLE></ITEM>', '<CHANNEL HREF="/">', "</CHANNEL>"),
    "escaped markup in a summary": _field("description", "&lt;a href=&quot;"),
    "base64 content": _all_of("YQ==", f"{_ATOM}<content mode='base64'>", f"</content>{_ATOM_END}"),
    "bases in bases": _nested("<a xml:base='a/'>", "</a>", _ATOM, _ATOM_END),
    "microformats": _field("description", "&lt;a rel=&quot;tag&quot; href=&quot;/a&quot;&gt;b&lt;/a&gt;"),
    "microformats in XHTML": _all_of("<a rel='tag' href='/a'>b</a>", f"{_ATOM}<content type='xhtml'><div>", f"</div></content>{_ATOM_END}"),
    "a link of dots": _field("link", "../"),
    "a link of percent signs": _field("link", "%25"),
    "a link of ampersands": _field("link", "&amp;amp;"),
    "JSON": _all_of('{"id":"1","url":"/","title":"a"},', _JSON, "{}]}"),
}  # fmt: skip
JSON: Mapping[str, Maker] = {
    "lists in lists": _all_of("[", _JSON),
    "objects in objects": _all_of('{"a":', _JSON),
    "items, the same": _all_of('{"id":"1","url":"/","title":"a"},', _JSON, "{}]}"),
    "items, different": _numbered('{{"id":{0},"title":"a"}},', _JSON, "{}]}"),
    "items without a name": _numbered('{{"title":"a{0}"}},', _JSON, "{}]}"),
    "tags": _numbered('"a{0}",', _JSON + '{"id":1,"title":"a","tags":[', '"a"]}]}'),
    "authors": _numbered('{{"name":"a{0}"}},', _JSON + '{"id":1,"title":"a","authors":[', "{}]}]}"),
    "hubs": _all_of('{"type":"x"},', '{"hubs":[', '{}],"items":[]}'),
    "a number": _all_of("1", _JSON + '{"id":', "}]}"),
    "a title of <": _all_of("<", _JSON + '{"id":1,"title":"', '"}]}'),
    "a title of &amp;": _all_of("&amp;", _JSON + '{"id":1,"title":"', '"}]}'),
    "a text of line breaks": _all_of("\\n", _JSON + '{"id":1,"content_text":"', '"}]}'),
    "a text of blanks": _all_of("\\n ", _JSON + '{"id":1,"content_text":"a', 'a"}]}'),
    "a date": _all_of("1", _JSON + '{"id":1,"title":"a","date_published":"', '"}]}'),
    "escapes": _all_of("\\u0000", _JSON + '{"id":1,"title":"', '"}]}'),
}
_LINE = '{"id":"1","source":"S","title":"T",'
IMPORTED: Mapping[str, Maker] = {
    **{f"a title of {each!r}": _all_of(each, '{"id":"1","source":"S","title":"', '"}') for each in (
        "<", "&", "&amp;", "&amp;amp;", "<b>", " ", "\\n", "\\u0000", "\\ud800", "a", "&#60;", "&lt;b&gt;",
    )},
    "tags": _all_of('"a",', _LINE + '"tags":[', '"a"]}'),
    "names": _numbered('"a{0}",', _LINE + '"first_seen":"2026-03-01","known_as":[', '"a"]}'),
    "a time": _all_of("1", _LINE + '"published":"', '"}'),
    "a number for a time": _all_of("1", _LINE + '"published":1', "}"),
    "a link": _all_of("/..", _LINE + '"url":"https://a.example', '"}'),
    "unknown keys": _numbered('"a{0}":1,', _LINE, '"b":1}'),
    "lists in lists": _all_of("[", _LINE + '"tags":'),
    "objects in objects": _all_of('{"a":', _LINE + '"told":'),
    "outputs of a story": _numbered('"a{0}":1,', f'{{"aggregator":"story","story":"{"0" * 20}","outputs":{{', '"b":1}}'),
}  # fmt: skip
HTML_PIECES = (
    "<", "<a", "<a ", "<p>", "<p hidden>", "<b>", "</b>", "<aside>", "<aside></p>", "<script>", "<style>", "<title>", "<textarea>",
    "<xmp>", "<iframe>", "<noscript>", "<svg>", "<template>", "<select>", "<pre>", "</pre>", "<li>", "<td>", "<br>", "<br>a", "<a href=x>",
    "<a href=x>y</a>", "<a href=x>y</a><br>", '<a b="', "<a b='", "<a b=c ", "<a =", "<!--", "-->", "<!-->", "<!", "<?", "<![CDATA[", "</",
    "&", "&amp;", "&amp;amp;", "&#", "&#60;", "&#x", "&lt;p&gt;", "&lt;p", "&lt;", "&notit;", " ", "\n", "\na", "\n a", "\r", "a", "a ", "A",
    "\x00", "\ud800", "\u200b", "\u3000", "一", "&nbsp;", "<p style='display:", '<p style="' , "<p class='", "<p class='sr-only'>",
    "<div style='display:none'>", "<a:b>", "<a-b>", "<o:p>", "<x", "Vec<T>", "a < b ", "<p/", "<p\n", "<figure>", "<video>", "<td><tr>",
    "<p hidden></div>", "<blockquote>", "<pre>\n", "<br\n", "<img ", "=", "'", '"', "<'", '<"', "<table><td>", "<i><p>", "<b><div>",
)  # fmt: skip
HTML: Mapping[str, Maker] = {
    **{repr(each): _all_of(each) for each in HTML_PIECES},
    **{f"{one!r} then {two!r}": _nested(one, two) for one, two in (
        ("<b>", "<p>"), ("<a href=x>", "<br>a"), ("<p hidden>", "</p>"), ("<aside>", "</aside>"), ("<div>", "</div>"), ('<a b="', ">"),
        ("<!--", ">"), ("<script>", "</script>"), ("<svg>", "<p>"), ("<p class='sr-only'>", "a<br>"), ("&lt;", "p&gt;"),
        ("<table><td>", "<p>"), ("<i>", "<div>"), ("<select>", "</select>"), ("<aside>", "<svg>"), ("<a href='", "'"),
    )},
    "elements, all different": _numbered("<a{0}>"),
    "elements hidden, all different": _numbered("<a{0}-b hidden>"),
    "attributes": lambda size: ("<p" + "".join(f" a{n}='1'" for n in range(size // 9)) + ">").encode(),
    "formatting, each with its own": _nested("<b id=1>", "<p>"),
}  # fmt: skip
TEXT_PIECES = (
    "a", "A", "a ", "A ", "a. ", "A. ", "a.", "A.", "1", "1,", "1.", "1 ", ".", ",", "!", "?", "。", "“", "”", '"', "'", "’", "(", ")", "[", "[…] ",
    "… ", "...", ":", "|", " | ", " - ", "—", "- ", "/", "http://a.example/ ", "https://", "www.", "@a ", "#", "# ", "$", "$1 ", "$1.2 million ",
    "(BTC) ", "BTC ", "BTC/USDT ", "Bitcoin ", "bitcoin ", "比特币", "一", "あ", "한", "ا", "Ж", "é", "The post ", "The post a appeared first on b. ",
    "appeared first on ", "Read more: ", "Source: ", "Source: https://b.example/x ", "Disclaimer: ", "By Ada Quill ", "By ", "3 min read ",
    "March 1, 2026 ", "LONDON, March 1 (Reuters) - ", "LONDON ", "You may also like ", "About Acme ", "About ", "Website: a ", "Telegram: a ",
    "not investment advice ", "not ", "investment ", "not financial ", "This is a sponsored post. ", "this content is sponsored by a. ",
    "Sponsored ", "Press Release ", "press release: ", "subscribe ", "subscribe to our ", "follow us ", "views expressed ", "click here ",
    "generated by AI ", "Image: ", "image by ", "function( ", "{}", "});", "[caption]", "a/b ", "Mr. ", "U.S. ", "J. P. ", "p.m. ", "10. ",
    "10 min ago ", "price $1 ", "USD 1% ", "1,000.00 ", "\n", "\t", "\xa0", "\u200b", "\u0301", "a-", "a_", "a'", "a’s ", "A B ", "Ab ", "AB ",
    "AB, ", "Ab Cd ", "sentence. Sentence. ", "Same words again and again. ", "消息,", "讯,", "据消息,", "免责声明:", "他说，", "“他说。” ", "月", "1月",
    "million ", "and a half ", "twelve hundred ", "2026-03-01 ", "12:00 ", "a@b.c ", "\ufeff", "😀", "İ", "ﬁ",
)  # fmt: skip
TEXT: Mapping[str, Maker] = {
    **{repr(each): _all_of(each) for each in TEXT_PIECES},
    "words, all different": _numbered("w{0} "),
    "sentences, all different": _numbered("Sentence {0} says so. "),
    "numbers, all different": _numbered("${0} "),
    "names, all different": _numbered("Ab{0} "),
}


def _in_article(make: Maker) -> Maker:
    return lambda size: b"Title of it\nhttps://a.example/a-b-c\n\n<p>" + make(size)


FOOTERS = (
    ("投稿aは ", "されました"), ("投稿aは ", " aに最初に表示されました"), ("文章最先出现在 ", "1首发于"), ("文章最先出现在 ", "最先出现在 a"),
    ("a이 a에 처음 등장1", "에 "), ("a이 ", "a이 a에 처음 등장1"), ("a yazısı ilk önce a ’一", " ilk "), ("The post a first appeared on .", "1published"),
    ("L’articolo proviene da a.", "L’articolo a proviene da a"), ("Сообщение a впервые появилa на ", "сначала"),
)  # fmt: skip
"""What a line says again and again, and how it ends, so that it looks like "The post … first appeared on …"."""


def _footers(piece: str, end: str) -> Maker:
    """Paragraphs of as much as is looked at of one."""
    return _all_of(
        f"<p>{(piece * MAX_CREDIT)[: MAX_CREDIT - len(end)]}{end}</p>", "T\nhttps://a.example/1\n\n"
    )


BLOCKS = (
    "byA, Aé",
    "byA-",
    "AA$.",
    "AA$1 ",
    "AA$1",
    "1111/1/1t11:11<",
    "About A",
    "About A, ",
    "-",
    "share ",
)


def _blocks(piece: str) -> Maker:
    """Blocks as long as those that may be no prose, with an end that none of them has, behind enough text."""
    body = (piece * MAX_BLOCK)[: MAX_BLOCK - 2] if piece != "About A" else "About " + "A" * (MAX_BLOCK - 8)
    return _all_of(
        f"<p>{body}¤1</p>", "T\nhttps://a.example/1\n\n<p>" + "There is enough of it. " * 40 + "</p>"
    )


ARTICLE: Mapping[str, Maker] = {
    **{name: _in_article(make) for name, make in TEXT.items()},
    **{
        f"paragraphs of {each!r}": _all_of(f"<p>{each}</p>", "T\nhttps://a.example/1\n\n")
        for each in TEXT_PIECES
    },
    **{
        f"a title of {each!r}": _all_of(each, "", "\nhttps://a.example/1\na\n<p>x</p>")
        for each in TEXT_PIECES
        if "\n" not in each
    },
    **{
        f"links to {each!r}": _all_of(f'<a href="https://b.example/">{each}</a> ', "T\n\n\n<p>")
        for each in ("a", "Source", "here", "b")
    },
    "paragraphs, all different": _numbered("<p>Paragraph {0} says so.</p>", "T\n\n\n"),
    "paragraphs with the title": _all_of("<p>Title of it</p>", "Title of it\n\n\n"),
    "paragraphs that grow": lambda size: (
        b"T\n\n\n" + b"".join(b"<p>" + b"word " * each for each in range(int((size / 2.5) ** 0.5)))
    ),
    **{
        f"marks that end nothing: {each!r}": _all_of(each, "T\n\n\n<p>a ", "a</p>")
        for each in (
            "?",
            ".",
            "…",
            "!?",
            "?…",
            "?……",
            ".”",
            ".»",
            ". »",
            "。",
            "؟",
        )
    },
    **{f"short blocks of {each!r}": _blocks(each) for each in BLOCKS},
    "links with commas": _all_of(f"<p>a:http://a{',' * 1_480}x</p>", "T\n\n\n"),
    **{f"footers that do not end: {each!r}": _footers(*each) for each in FOOTERS},
    "tags": _numbered("a{0},", "T\n\n", "\n<p>x</p>"),
    "a title of dashes and words": _all_of("Ab - ", "", "\nhttps://a.example/1\n\nx"),
}
LINKS: Mapping[str, Maker] = {
    **{repr(each): _all_of(each, "https://a.example/") for each in (
        "%", "%25", "%2f", "/", "/..", "/.", "/amp", "amp/", "a", "?", "&", "&amp;", "&amp;amp;", "&a=b", "a=1&", "utm_a=1&", ";", "#", "ä", "\\",
        ".", "-", "a-", "index.html/", ".amp", "\u200b", "&#", "[", "]", "=", "key=aaaaaaaa&", "/index.php", "/amp/amp/",
    )},
    **{f"a fragment of {each!r}": _all_of(each, "https://a.example/#", "%21") for each in ("1", "a", "1a", "!", ".", "11")},
    **{f"a host of {each!r}": _all_of(each, "https://", ".example/a") for each in (
        "a", "a.", "www.", "m.", "-", "_", "a-", "ä", "ä.", "1.", ":", "[", "@", "xn--", "a:a@", "amp.", "。", "ß.",
    )},
    **{f"relative: {each!r}": _all_of(each, "", "\nhttps://a.example/b/c") for each in ("../", "./", "//", "a/", "?", ":", "a:", "\\")},
    "caches of caches": _all_of("cdn.ampproject.org/c/s/", "https://", "a.example/"),
}  # fmt: skip
_OPML, _OPML_END = "<opml><body>", "</body></opml>"
LISTS: Mapping[str, Maker] = {
    "feeds": _numbered('<outline xmlUrl="https://a.example/{0}" text="a"/>', _OPML, _OPML_END),
    "feeds, the same": _all_of('<outline xmlUrl="https://a.example/"/>', _OPML, _OPML_END),
    "feeds in lines": _numbered('<outline xmlUrl="https://a.example/{0}"/>\n', _OPML, _OPML_END),
    "feeds to remove": _all_of('<outline xmlUrl="https://new.example/feed"/>\n', _OPML, _OPML_END),
    "folders": _all_of("<outline text='a'></outline>", _OPML, _OPML_END),
    "folders in folders": _nested("<outline text='a'>", "</outline>", _OPML, _OPML_END),
    "attributes": lambda size: (
        _OPML + "<outline" + "".join(f" a{n}='1'" for n in range(size // 9)) + "/>" + _OPML_END
    ).encode(),
    "priorities": lambda size: (
        _OPML + "<outline xmlUrl='a'" + "".join(f" a{n}:priority='x'" for n in range(size // 18)) + "/>"
    ).encode(),
    "categories": _numbered(
        "a{0},", f"{_OPML}<outline xmlUrl='https://a.example/' category='", f"'/>{_OPML_END}"
    ),
    "one long address": _all_of("a", f"{_OPML}<outline xmlUrl='https://a.example/", f"'/>{_OPML_END}"),
    "one long label": _all_of("&amp;", f"{_OPML}<outline text='", f"'/>{_OPML_END}"),
    "one long priority": _all_of("1", f"{_OPML}<outline xmlUrl='a' priority='", f"'/>{_OPML_END}"),
    "quotes": _all_of("\"'", f"{_OPML}<outline text=", _OPML_END),
    "comments": _all_of("<!---->", _OPML, _OPML_END),
    "lines, then a fault": _all_of("\n", _OPML, "&"),
    "one line, then a fault": _all_of("& ", _OPML, "&"),
    "blanks": _all_of(" ", _OPML, f"<outline xmlUrl='https://a.example/'/>{_OPML_END}"),
    "blanks between": _all_of("  <outline text='a'/>", _OPML, _OPML_END),
    "carriage returns": _all_of("\r\n", _OPML, _OPML_END),
}
SETTINGS: Mapping[str, Maker] = {
    "outputs": _numbered("[outputs.a{0}]\n"),
    "unknown keys": _numbered("a{0} = 1\n", "[poll]\n"),
    "one long key": _all_of("a", "[poll]\n", " = 1"),
    "dots in a key": _all_of("a.", "[poll]\n", "a = 1"),
    "dots in a section": _all_of("a.", "[", "a]"),
    "lists in lists": _all_of("[", "a = "),
    "tables in tables": _all_of("{a=", "a = "),
    "a list": _all_of('"a",', "[export]\ncoins = [", "]"),
    "a list of words": _numbered('"a{0}",', "[export]\nwords = [", "]"),
    "a list of languages": _all_of('"en",', "[export]\nlanguages = [", "]"),
    "a long number": _all_of("1", "[poll]\ninterval = "),
    "a long number in base 16": _all_of("f", "[poll]\ninterval = 0x"),
    "a long address": _all_of("a", '[export]\nbase_url = "https://', '"'),
    "an address of dots": _all_of("a.", '[export]\nbase_url = "https://', '"'),
    "a text of quotes": _all_of('\\"', '[export]\ntitle = "', '"'),
    "comments": _all_of("#\n"),
    "arrays of tables": _all_of("[[a]]\n"),
    "sections of sections": _numbered("[a.b{0}]\n"),
    "many lines of keys": _numbered("a.b{0} = 1\n"),
}
TYPED: Mapping[str, Maker] = {
    repr(each): _all_of(each)
    for each in (
        " ", "a", "a ", '"', '" ', '"a" ', "-", "-a ", "- ", "*", "a*", ":", "coin:", "coin:a ", 'feed:"', "feed:a b ", "{", "{{", "{a}", "\\", "\\t",
        "1", "1d", "1d ", "1.", ":1", "-1", "比", "\x00", "\x1f", "|", "a|", "AND ", "NOT ", "(", "^", "since:", 'a "', "a -", '-"a', "T", "Z", "+",
    )
}  # fmt: skip
HEADERS: Mapping[str, Maker] = {
    **{f"fields {each!r}": _all_of(each) for each in ("a: b\r\n", ":\n", "\n", "HTTP/1.1 200\r\n", "a\n", "cache-control: max-age=1\n")},
    **{f"a value of {each!r}": _all_of(each, "Cache-Control: ") for each in (
        ",", " ", "max-age", "max-age=", "max-age=1,", "=", '"', "1", "a", ":", "(", "+", "-", "/", "gzip,", "gzip;q=0.", "charset=", 'W/"',
    )},
}  # fmt: skip
REQUESTS: Mapping[str, Maker] = {
    **{f"a target of {each!r}": _all_of(each, "GET /", " HTTP/1.1\r\nHost: a\r\n\r\n") for each in ("a", "/", "%2e", "..", "?", "%", ".", "//")},
    **{f"lines of {each!r}": _all_of(each, "GET / HTTP/1.1\r\n", "\r\n\r\n") for each in ("a: b\r\n", "Host: a\r\n", "\r", "\n", " ", "a", ":", "\r\n")},
    "blank lines": _all_of("\r\n", "", "GET / HTTP/1.1\r\nHost: a\r\n\r\n"),
}  # fmt: skip


def _answered(piece: str, before: str = "", after: str = "") -> Maker:
    def make(size: int) -> bytes:
        content = before + piece * (size // len(_bytes(piece))) + after
        return json.dumps({"choices": [{"message": {"content": content}}]}).encode()

    return make


def _said(piece: str) -> Maker:
    return _answered(json.dumps(piece)[1:-1], '{"abstract":"', '"}')


ANSWERS: Mapping[str, Maker] = {
    **{f"an abstract of {each!r}": _said(each) for each in TEXT_PIECES if each.isprintable()},
    **{f"an answer of {each!r}": _answered(each) for each in (
        "<think>", "</think>", "```", "```json", "`", "{", "[", " ", "\n", "<thinking>\n",
    )},
    "lists in lists": _all_of("[", '{"choices":'),
}  # fmt: skip

CASES: Mapping[str, Mapping[str, Maker]] = {
    "parse": DOCUMENTS, "jsonfeed": JSON, "html": HTML, "urls": LINKS, "opml": LISTS, "config": SETTINGS, "query": TYPED,
    "answers": ANSWERS, "clean": ARTICLE, "discover": HTML, "headers": HEADERS, "import": IMPORTED, "requests": REQUESTS, "sanitise": HTML,
    "shown": {**HTML, **TEXT, "escapes": _all_of("\x1b["), "strings": _all_of("\x1b]"), "parameters": _all_of("1;", "\x1b[")},
    "words": TEXT,
}  # fmt: skip


def _best(target: str, data: bytes) -> float:
    """The shorter of two times: what others do on the machine only ever adds."""
    return min(seconds_of(TARGETS[target], data) for _ in range(2))


def main() -> int:
    """Print what grows too fast or takes too long; 1 when there is any."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("targets", nargs="*", metavar="TARGET")
    parser.add_argument("--size", type=int, default=64_000, help="bytes of the smaller input")
    asked = parser.parse_args()
    wrong = 0
    print(f"{'target':<10}{'inputs':>7}{'too much':>9}  {'slowest':<34}{'ms per 100 KB':>14}")
    for target in asked.targets or CASES:
        bad, slowest = [], (0.0, "")
        for name, make in CASES[target].items():
            small, large = make(asked.size), make(2 * asked.size)
            first = _best(target, small)
            slowest = max(slowest, (first * 1e5 / len(small), name))
            if first < NOTICED:
                continue
            growth = _best(target, large) / first
            if growth >= MOST_GROWTH or first > limit(len(small)):
                took = f"{first * 1000:.0f} ms for {len(small) // 1000} KB"
                bad.append(f"{name}: {took}, {growth:.1f} times as long for twice as much")
        print(
            f"{target:<10}{len(CASES[target]):>7}{len(bad):>9}  {slowest[1][:32]:<34}{slowest[0] * 1000:>14.0f}",
            flush=True,
        )
        for each in bad:
            print(f"    {each}", flush=True)
        wrong += len(bad)
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
