"""Characters, XML, addresses, languages, times: the small parts every document is made of."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.export import chars, dates, identity, languages, xml
from aggregator.models import FeedRef


@given(st.text())
def test_any_text_survives_an_xml_parser(text):
    found = ET.fromstring(xml.element("a", text, b=text))
    assert found.text == (chars.clean(text) or None)
    assert found.get("b") == chars.clean(text)


@given(st.text())
def test_any_text_can_be_encoded_once_cleaned_and_cleaning_again_changes_nothing(text):
    cleaned = chars.clean(text)
    cleaned.encode()
    assert chars.clean(cleaned) == cleaned


@given(st.text(), st.integers(10, 50))
def test_a_line_is_one_line_of_at_most_its_length(text, limit):
    line = chars.line(text, limit)
    assert len(line) <= limit
    assert "\n" not in line
    assert line == line.strip()


LINES = [
    ("AT&amp;T", "AT&T"),
    ("a &lt;b&gt; c", "a ‹b› c"),
    ("if a < b and b > c", "if a < b and b > c"),
    ("<3 bitcoin", "<3 bitcoin"),
    ("Vec<T> wins", "Vec‹T› wins"),
    ("unclosed <script", "unclosed ‹script"),
    ("&nbsp;two\n\nlines\t", "two lines"),
    ("\u202eevil\u202c", "evil"),
    ("caf\ufffd", "caf?"),
    ("&bogus; entity", "bogus entity"),
    ("&#106&#x61va", "java"),
    ("&ltscript&gt", "‹script›"),
    ("&amplt;b", "ltb"),
    ("?a=1&copy=2", "?a=1&copy=2"),
    ("\u2028\x85", ""),
]


@pytest.mark.parametrize(("text", "expected"), LINES, ids=[repr(text) for text, _ in LINES])
def test_a_line_reads_the_same_as_text_and_as_html(text, expected):
    assert chars.line(text) == expected


def test_a_cut_is_made_between_words_where_there_are_any():
    assert chars.cut("nothing new was said", 18) == "nothing new was…"
    assert chars.cut("nothing new was said", 16) == "nothing new was…"
    assert chars.cut("某交易所将于下周调整永续合约资金费率上限", 8) == "某交易所将于下…"
    assert chars.cut("short", 8) == "short"


@pytest.mark.parametrize("text", ["", " ", "\u200b\u200d", "\u00a0", "\ufeff", "\u2066\u2069", "\n"])
def test_text_without_a_visible_character_is_empty(text):
    assert not chars.visible(text)


URIS = [
    ("https://a.example/x?b[]=1", "https://a.example/x?b%5B%5D=1"),
    ("https://a.example/100%", "https://a.example/100%25"),
    ("https://例え.jp/パス", "https://xn--r8jz45g.jp/%E3%83%91%E3%82%B9"),
    ("https://a.example/a b|c", "https://a.example/a%20b%7Cc"),
    ("HTTP://A.example", "http://a.example/"),
    ("feeds/notes.xml", None),
    ("file:///etc/passwd", None),
    ("javascript:alert(1)", None),
    ("&#106;avascript:alert(1)", None),
    ("java\tscript:alert(1)", None),
    ("data:text/html,x", None),
    ("https://user:secret@a.example/", None),
    ("", None),
    (None, None),
]


@pytest.mark.parametrize(("url", "expected"), URIS, ids=[str(url) for url, _ in URIS])
def test_an_address_is_a_uri_by_the_letter_or_nothing(url, expected):
    assert identity.uri(url) == expected


def test_a_feed_in_a_file_has_a_name_of_its_own():
    one, two = (identity.feed_id(FeedRef(title="x", url=url)) for url in ("feeds/a.xml", "feeds/b.xml"))
    assert one != two
    assert one.startswith("tag:aggregator.invalid,2026:feed/")
    assert "a.xml" not in one


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", "en"),
        ("EN_us", "en-US"),
        ("zh-hans-CN", "zh-Hans"),
        ("pt-br", "pt-BR"),
        ("xx", None),
        ("english", None),
        ('en"><x', None),
        ("", None),
        (None, None),
    ],
)
def test_a_language_is_a_registered_tag_or_nothing(language, expected):
    assert languages.tag(language) == expected


def test_times_are_written_in_utc_whatever_their_zone():
    moment = datetime(2026, 11, 22, 1, 30, tzinfo=timezone(timedelta(hours=9)))
    assert dates.rfc3339(moment) == "2026-11-21T16:30:00Z"
    assert dates.rfc822(moment) == "Sat, 21 Nov 2026 16:30:00 GMT"
    assert dates.rfc3339(datetime(2026, 1, 2, 3, 4, 5, 600, tzinfo=UTC)) == "2026-01-02T03:04:05.000600Z"
