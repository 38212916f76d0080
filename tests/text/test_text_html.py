"""What a person would read of HTML."""

from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.text import html

BLOCKS = {
    "paragraphs are apart": ("<p>One.</p><p>Two.</p>", ("One.", "Two.")),
    "a heading does not glue to its paragraph": ("<h2>Fees</h2>They fell.", ("Fees", "They fell.")),
    "list items are apart, closed or not": ("<ul><li>One<li>Two</li></ul>", ("One", "Two")),
    "two breaks part": ("One.<br><br/>two.", ("One.", "two.")),
    "one break after a full stop parts": ("One.<br>Two.", ("One.", "Two.")),
    "inline tags leave no gap": ("<p><b>Bit</b>coin <i>fell</i>.</p>", ("Bitcoin fell.",)),
    "cells of a row are words apart": (
        "<table><tr><td>BTC</td><td>5</td></tr><tr><td>ETH</td></tr></table>",
        ("BTC 5", "ETH"),
    ),
    "scripts and styles are not read": (
        "<script>if (a<b) {'</p>'}</script><style>p{}</style><p>Text</p>",
        ("Text",),
    ),
    "captions are not read": (
        "<figure><img src=x><figcaption>A vault</figcaption></figure><p>Text</p>",
        ("Text",),
    ),
    "WordPress captions are not read": ('<p class="wp-caption-text">A vault</p><p>Text</p>', ("Text",)),
    "hidden elements are not read": ('<div style="display: none">Tracked</div><p>Text</p>', ("Text",)),
    "embedded posts are not read": (
        '<blockquote class="twitter-tweet"><p>Gm</p></blockquote>Text',
        ("Text",),
    ),
    "comments are not read": ("One<!-- <p>no</p> --> two", ("One two",)),
    "entities are decoded": (
        "<p>Lowell &amp; Pryce&#8217;s &#8220;lion&#8221;</p>",
        ("Lowell & Pryce’s “lion”",),
    ),
    "HTML escaped once too often is HTML": ("&lt;p&gt;One&lt;/p&gt;&lt;p&gt;Two&lt;/p&gt;", ("One", "Two")),
    "an aside is not read": ("<p>Text</p><aside>More from us</aside>", ("Text",)),
    "an unclosed aside does not swallow the article": ("<aside><p>Text</p>", ("Text",)),
    "an unclosed quote does not swallow the article": ('<a href="x>link</a><p>Text</p>', ("link", "Text")),
    "less-than is text": ("Fees are < 5 and Vec<T> is a type", ("Fees are < 5 and Vec<T> is a type",)),
    "a tag cut off at the end is dropped": ('Text <a href="https://exa', ("Text",)),
    "blank lines part plain text": ("One line\n\nTwo line", ("One line", "Two line")),
    "lines part plain text": ("First.\nSecond.", ("First.", "Second.")),
    "a line wrapped to a width is one": ("The price of\nbitcoin fell.", ("The price of bitcoin fell.",)),
    "newlines in HTML are spaces": ("<p>The price\nFell.</p>", ("The price Fell.",)),
    "white space alone is nothing": ("<p> \n&nbsp;</p>", ()),
    "nothing is nothing": ("", ()),
    "Chinese needs no spaces": ("<p>比特币<b>下跌</b></p>", ("比特币下跌",)),
}


@pytest.mark.parametrize(("source", "expected"), BLOCKS.values(), ids=BLOCKS.keys())
def test_html_becomes_the_blocks_a_browser_shows_apart(source, expected):
    assert html.blocks(source) == expected


PLAIN = {
    "markup goes": ("<b>Bitcoin</b> falls", "Bitcoin falls"),
    "an ampersand escaped twice": ("AT&amp;amp;T pays", "AT&T pays"),
    "escaped markup goes": ("&lt;b&gt;Bold&lt;/b&gt; claim", "Bold claim"),
    "line breaks are spaces": (" Two\n lines ", "Two lines"),
    "control characters go": ("Bell\x07 and \x00null", "Bell and null"),
    "characters that turn text around go": ("safe\u202egnp.exe\u2066", "safegnp.exe"),
    "invisible characters go": ("pay\u200bpal\ufeff", "paypal"),
    "a type in angle brackets stays": ("Why Vec<T> is slow", "Why Vec<T> is slow"),
    "comparison stays": ("1 < 2 > 0", "1 < 2 > 0"),
    "Arabic stays": ("سعر البيتكوين", "سعر البيتكوين"),
    "an emoji family stays whole": ("👨\u200d👩\u200d👧", "👨\u200d👩\u200d👧"),
    "a lone surrogate goes": ("a\ud800b", "a b"),
}


@pytest.mark.parametrize(("source", "expected"), PLAIN.values(), ids=PLAIN.keys())
def test_a_title_is_one_line_of_plain_text(source, expected):
    assert html.plain(source) == expected


def test_a_block_keeps_its_links_and_what_it_is():
    heading, item = html.read(
        '<h3>News</h3><ul><li>Read <a href="https://a.example/?x=1&amp;y=2">this</a></li></ul>'
    )
    assert heading.kind is html.Kind.HEADING
    assert item.kind is html.Kind.LIST_ITEM
    assert item.links == (html.Link(href="https://a.example/?x=1&y=2", text="this"),)


@given(st.text())
def test_any_text_becomes_one_line_without_control_characters(text):
    plain = html.plain(text)
    assert plain == plain.strip()
    assert not any(ord(character) < 32 or 0x202A <= ord(character) <= 0x202E for character in plain)


@given(st.text(alphabet=st.sampled_from("<>/=\"' abpscript!-&;\n\u3000一"), max_size=200))
def test_no_arrangement_of_markup_raises_or_leaves_an_empty_block(text):
    assert all(block and block == block.strip() for block in html.blocks(text))


@given(st.lists(st.from_regex(r"[A-Z][a-z]{2,9}( [a-z]{1,9}){0,5}\.", fullmatch=True), max_size=8))
def test_paragraphs_come_back_as_they_went_in(paragraphs):
    assert html.blocks("".join(f"<p>{each}</p>" for each in paragraphs)) == tuple(paragraphs)


HOSTILE = {
    "open tags": "<p>" * 40_000,
    "open asides": "<aside>" * 25_000 + "</aside>",
    "unclosed quotes": '<a b="' * 36_000,
    "formatting never closed": "".join(f"<b {n}>" for n in range(8_000)) + "<p>" * 20_000,
    "hidden paragraphs": "<p hidden>" * 12_000 + "</p>",
    "hidden elements, all different": "".join(f"<a{n}-b hidden>" for n in range(14_000)),
    "hidden elements, ill nested": "".join(f"<a{n}-b hidden><a{n}-b></a{n}-b>" for n in range(6_000)),
    "links and breaks": "<a href=x>y</a><br><br>" * 8_000,
    "wrapped lines": "\n a" * 60_000,
    "less-than signs": "<" * 200_000,
    "entities": "&amp;" * 40_000,
    "end tags of nothing": "</" * 80_000,
}


@pytest.mark.parametrize("source", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_input_takes_time_in_proportion_to_its_length(source):
    start = process_time()
    html.blocks(source)
    assert process_time() - start < 2, "a tree builder, or a quadratic pattern, takes many times as long here"
