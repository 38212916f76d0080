"""What reaches a reader is safe, and what was worth reading is still there."""

from __future__ import annotations

import export_samples
import export_validity as validity
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from laws import examples

from aggregator.export.sanitise import MAX_TAGS, sanitise

BASE = "https://paper.example/2026/article"
HOSTILE = export_samples.HOSTILE_HTML


@pytest.mark.parametrize("html", HOSTILE, ids=[str(number) for number in range(1, len(HOSTILE) + 1)])
def test_hostile_markup_comes_out_inert_and_stays_as_it_is(html):
    safe = sanitise(html, BASE)
    assert validity.fragment(safe) == []
    assert sanitise(safe, BASE) == safe


PIECES = st.sampled_from(HOSTILE) | st.text(max_size=20)


@settings(max_examples=examples(80), deadline=None)
@given(st.lists(PIECES, max_size=6).map("".join))
def test_hostile_pieces_in_any_order_come_out_inert_and_stay_as_they_are(html):
    safe = sanitise(html, BASE)
    assert validity.fragment(safe) == []
    assert sanitise(safe, BASE) == safe


KEPT = [
    "<p>Two <b>bold</b>, <em>stressed</em> and <code>code</code> words.</p>",
    '<p><a href="https://a.example/x?a=1&amp;b=2" title="more">Read</a></p>',
    '<h2>Heading</h2><ul><li>one</li><li>two</li></ul><ol start="3"><li>three</li></ol>',
    "<blockquote><p>Said somebody.</p></blockquote><hr>",
    '<table><thead><tr><th>Coin</th></tr></thead><tbody><tr><td colspan="2">BTC</td></tr></tbody></table>',
    '<figure><img src="https://a.example/c.png" alt="A" width="640" height="480"><figcaption>A</figcaption></figure>',
    '<p lang="ar" dir="rtl">مرحبا</p>',
    "<p>5 &lt; 6 &amp; 7 &gt; 6</p>",
    "<ruby>漢<rt>kan</rt></ruby>",
]


@pytest.mark.parametrize("html", KEPT)
def test_what_is_worth_reading_is_kept(html):
    assert sanitise(html, BASE) == html


def test_relative_addresses_become_absolute():
    html = '<a href="../more?x=[1]">m</a><img src="//cdn.example/a b.png">'
    assert sanitise(html, BASE) == (
        '<a href="https://paper.example/more?x=%5B1%5D">m</a><img src="https://cdn.example/a%20b.png">'
    )


def test_relative_addresses_without_a_base_are_dropped():
    assert sanitise('<p><a href="/more">m</a><img src="a.png"></p>') == "<p>m</p>"


PIXELS = [
    '<img src="https://a.example/i.gif" width="1" height="1">',
    '<img src="https://a.example/i.gif" height="0">',
    '<img width="2" src="https://a.example/i.gif">',
    '<img src="https://pixel.wp.com/g.gif?x=1">',
    '<img src="https://feeds.feedburner.com/~r/x/~4/abc">',
    '<img src="https://www.facebook.com/tr?id=1">',
    '<img src="https://a.example/pixel.gif?article=9">',
    '<img src="https://a.example/i.gif" style="width:1px;height:1px">',
    '<img style=" height : 0 !important" src="https://a.example/i.gif" alt="">',
    '<img src="https://a.example/i.gif" style="border:0;display:none">',
    '<img src="https://a.example/i.gif" style="Visibility: Hidden;">',
    '<img src="https://a.example/i.gif" style="opacity:0">',
    '<img src="https://a.example/i.gif" hidden>',
    '<img alt="no address">',
    '<img src="data:image/gif;base64,R0lGOD">',
]


@pytest.mark.parametrize("html", PIXELS)
def test_images_that_only_count_readers_are_dropped(html):
    assert sanitise(f"<p>text{html}</p>", BASE) == "<p>text</p>"


def test_an_image_to_be_seen_stays():
    html = '<img src="https://a.example/track-record.png" width="12" height="12">'
    assert sanitise(html, BASE) == html


@pytest.mark.parametrize(
    "style",
    ["width:100%", "height:12px; border:0", "opacity:0.9", "display:block", "margin-width:1px", "width:1em"],
)
def test_an_image_to_be_seen_loses_its_style_alone(style):
    safe = sanitise(f'<img src="https://a.example/chart.png" style="{style}">', BASE)
    assert safe == '<img src="https://a.example/chart.png">'


@pytest.mark.parametrize("tag", ["<div>", "<b>", "<b><p>", "<a href=x>", "<table>", "<font>", "<ul><li>"])
def test_a_bomb_of_nested_tags_is_shown_as_text_in_linear_time(tag):
    safe = sanitise(tag * MAX_TAGS * 2 + "the end", BASE)
    assert safe in {"<p>the end</p>", ""}


def test_a_body_of_many_megabytes_is_cut_to_text():
    safe = sanitise("<p>Nothing new was said.</p>" * 200_000, BASE)
    assert len(safe) < 200_000
    assert validity.fragment(safe) == []


UNCLOSED = "".join(f"<b id={number}>" for number in range(1_400))


@pytest.mark.parametrize(
    "hostile",
    [
        "<p>" + UNCLOSED + "<p>x" * 1_400,
        "<p>" + UNCLOSED + "</p>x" * 1_400,
        "</b>" * 1_000 + "<p>" + UNCLOSED[:10_000] + "<p>x" * 700,
        "<ul><li>" + UNCLOSED + "<li>x" * 1_400,
    ],
    ids=["blocks", "ends", "closed beforehand", "list"],
)
def test_formatting_left_open_does_not_grow_into_megabytes(hostile):
    assert len(sanitise(hostile)) < 2 * len(hostile)


def test_ordinary_formatting_stays():
    article = "<p><b>One</b> and <em>two <i>three</i></em>.</p>" * 200
    assert sanitise(article) == article
