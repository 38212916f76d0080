import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.text import urls

SAME_PAGE = [
    ("http://www.paper.example/a", "https://paper.example/a/"),
    ("https://paper.example/a?utm_source=rss&utm_medium=feed", "https://paper.example/a"),
    ("https://paper.example/a?fbclid=X1", "https://paper.example/a"),
    ("https://m.paper.example/a", "https://paper.example/a"),
    ("https://amp.paper.example/a", "https://paper.example/a"),
    ("https://paper.example/a/amp/", "https://paper.example/a"),
    ("https://paper.example/amp/a", "https://paper.example/a"),
    ("https://paper.example/a?amp=1", "https://paper.example/a"),
    ("https://paper.example/a?outputType=amp", "https://paper.example/a"),
    ("https://www.google.com/amp/s/www.paper.example/a/amp/", "https://paper.example/a"),
    ("https://paper-example.cdn.ampproject.org/c/s/paper.example/a", "https://paper.example/a"),
    ("https://paper.example:443/a", "http://paper.example:80/a"),
    ("https://PAPER.example/a", "https://paper.example/a"),
    ("https://paper.example/a#comments", "https://paper.example/a"),
    ("https://paper.example/a#xtor=RSS-1", "https://paper.example/a"),
    ("https://paper.example/a?ref=rss", "https://paper.example/a"),
    ("https://paper.example/a?b=2&a=1", "https://paper.example/a?a=1&amp;b=2"),
    ("https://paper.example/%7Ea/%c3%a9", "https://paper.example/~a/é"),
    ("https://paper.example/x/../a/./", "https://paper.example//a"),
    ("https://paper.example/a/index.html", "https://paper.example/a"),
    (" https://paper.example/a\n", "https://paper.example/a"),
]

OTHER_PAGE = [
    ("https://paper.example/?p=123", "https://paper.example/?p=124"),
    ("https://paper.example/news?id=1", "https://paper.example/news?id=2"),
    ("https://paper.example/news?cid=1", "https://paper.example/news?cid=2"),
    ("https://paper.example/news?uid=1", "https://paper.example/news"),
    ("https://paper.example/v?ref=main", "https://paper.example/v?ref=next"),
    ("https://paper.example/live#post-101", "https://paper.example/live#post-102"),
    ("https://paper.example/#!/story/1", "https://paper.example/#!/story/2"),
    ("https://paper.example/Abc", "https://paper.example/abc"),
    ("https://es.paper.example/a", "https://paper.example/a"),
    ("https://paper.example/a%2Fb", "https://paper.example/a/b"),
    ("https://paper.example:8080/a", "https://paper.example/a"),
    ("https://paper.example/a?feed=1", "https://paper.example/a?feed=2"),
]

REFUSED = [
    "",
    None,
    "javascript:alert(1)",
    "&#106;avascript:alert(1)",
    "java\tscript:alert(1)",
    "data:text/html,hello",
    "ftp://paper.example/a",
    "file:///etc/passwd",
    "/a",
    "a",
    "https://",
    "https://known.example@evil.example/",
    "https://user:secret@paper.example/",
    "https://paper.example:99999/",
    "https://" + "bücher." * 1_000 + "example/",
    "https://[::1/",
    "https://exa<mple/",
    "https://paper.example/" + "a" * 9000,
    "https://paper.example/" + "&amp;" + "amp;" * 20,
    "mailto:desk@paper.example",
]


@pytest.mark.parametrize(("one", "other"), SAME_PAGE)
def test_addresses_of_one_page_share_their_key(one, other):
    assert urls.url_key(one) == urls.url_key(other) is not None


@pytest.mark.parametrize(("one", "other"), OTHER_PAGE)
def test_a_difference_that_may_name_content_keeps_keys_apart(one, other):
    assert urls.url_key(one) != urls.url_key(other)


@pytest.mark.parametrize("url", REFUSED)
def test_a_link_that_leads_to_no_web_page_is_refused(url):
    assert urls.absolute(url) is None
    assert urls.url_key(url) is None


@pytest.mark.parametrize(
    ("url", "base", "expected"),
    [
        ("/a?b=1", "https://paper.example/feed", "https://paper.example/a?b=1"),
        ("a", "https://paper.example/x/feed", "https://paper.example/x/a"),
        ("//cdn.example/i.png", "http://paper.example/", "http://cdn.example/i.png"),
        ("//cdn.example/i.png", None, "https://cdn.example/i.png"),
        ("https://paper.example/a b", None, "https://paper.example/a%20b"),
        ("https://paper.example/a?copy=1&sect=2", None, "https://paper.example/a?copy=1&sect=2"),
        ("https://paper.example/a?b=1&amp;amp;c=2", None, "https://paper.example/a?b=1&c=2"),
        ("https:\\\\paper.example\\a", None, "https://paper.example/a"),
        ("https://paper.example", None, "https://paper.example/"),
        ("https://müller.example/ü", None, "https://xn--mller-kva.example/%C3%BC"),
        ("java\nscript:x", "https://paper.example/", None),
        ("?p=7", "https://paper.example/", "https://paper.example/?p=7"),
    ],
)
def test_a_link_becomes_absolute_ascii_http(url, base, expected):
    assert urls.absolute(url, base) == expected


def test_a_front_page_names_no_article():
    assert not urls.names_article("https://paper.example/")
    assert urls.names_article("https://paper.example/?p=1")
    assert urls.names_article("https://paper.example/a")


@pytest.mark.parametrize(
    ("url", "site", "brand"),
    [
        ("https://es.paper.com/a", "paper.com", "paper"),
        ("https://www.paper.co.uk/a", "paper.co.uk", "paper"),
        ("https://paper.com.br/a", "paper.com.br", "paper"),
        ("https://desk.substack.com/p/a", "desk.substack.com", "desk"),
        ("https://93.184.216.34/a", "93.184.216.34", "93"),
        (None, "", ""),
    ],
)
def test_sister_editions_share_site_or_brand(url, site, brand):
    assert urls.site(url) == site
    assert urls.brand(url) == brand


@pytest.mark.parametrize(
    ("url", "slug"),
    [
        ("https://paper.example/news/bitcoin-slips-below-60000/", "bitcoin-slips-below-60000"),
        ("https://paper.example/123456/Bitcoin-Slips.html", "bitcoin-slips"),
        ("https://paper.example/bitcoin-slips-again/123456", "bitcoin-slips-again"),
        ("https://paper.example/?p=1", ""),
        ("https://paper.example/2026-11-22/1234", ""),
        (None, ""),
    ],
)
def test_the_slug_is_the_segment_made_of_words(url, slug):
    assert urls.slug(url) == slug


ANY_URL = st.one_of(
    st.text(),
    st.builds("https://a.example/{}?{}#{}".format, st.text(), st.text(), st.text()),
    st.from_regex(r"https?://[a-z.]{1,12}(:\d{1,5})?(/[a-z%./0-9AF]*)?(\?[a-z=&_%+;#]*)?", fullmatch=True),
)


@given(ANY_URL)
def test_url_key_and_absolute_are_idempotent_ascii_and_never_raise(url):
    for form in (urls.url_key, urls.absolute):
        result = form(url)
        if result is not None:
            assert form(result) == result
            assert result.isascii()
            assert result.startswith(("http://", "https://"))
    for part in (urls.host, urls.site, urls.brand, urls.slug):
        part(url)


# --- Addresses for everyone -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("https://a.example/feed", "https://a.example/feed"),
        ("https://me:secret@a.example/feed", "https://a.example/feed"),
        ("https://me@a.example:8443/feed?x=1", "https://a.example:8443/feed?x=1"),
        ("https://a.example/feed?token=0123456789abcdef", "https://a.example/feed"),
        ("https://a.example/feed?a=1&api_key=0123456789&b=2", "https://a.example/feed?a=1&b=2"),
        ("https://a.example/feed?accessToken=0123456789;b=2", "https://a.example/feed?b=2"),
        ("https://a.example/feed?%74oken=0123456789", "https://a.example/feed"),
        ("https://a.example/feed?rss-key=0123456789#top", "https://a.example/feed#top"),
        ("https://a.example/?PASSWORD=correcthorse&usertoken=0123456789", "https://a.example/"),
        ("https://a.example/feed?key=btc", "https://a.example/feed?key=btc"),
        (
            "https://a.example/feed?monkey=0123456789&keyword=stablecoin",
            "https://a.example/feed?monkey=0123456789&keyword=stablecoin",
        ),
        ("https://a.example/feed?q=a@b", "https://a.example/feed?q=a@b"),
        ("feeds/local.xml", "feeds/local.xml"),
    ],
)
def test_an_address_is_told_without_what_lets_its_owner_in(url, told):
    assert urls.public_address(url) == told


@given(st.text(max_size=60))
def test_whatever_is_told_of_an_address_stays_as_it_is_when_told_again(text):
    once = urls.public_address(text)
    assert urls.public_address(once) == once
    assert "0123456789" not in urls.public_address(f"https://u:0123456789@a.example/?{text}")[:40]
