"""What documents become: every format, every kind of damage, every fraud."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime, timedelta
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.errors import ParseError
from aggregator.models import Entry, FailureReason, Fetched, ParsedFeed
from aggregator.poll import document
from aggregator.poll.parse import parse
from aggregator.poll.unreadable import Unreadable

URL = "https://lane.example/feed.xml"
NAMESPACES = (
    "xmlns:content='http://purl.org/rss/1.0/modules/content/' xmlns:dc='http://purl.org/dc/elements/1.1/' "
    "xmlns:sy='http://purl.org/rss/1.0/modules/syndication/' xmlns:atom='http://www.w3.org/2005/Atom' "
    "xmlns:feedburner='http://rssnamespace.org/feedburner/ext/1.0'"
)


def read(body: str | bytes, *, url: str = URL, content_type: str | None = None) -> ParsedFeed:
    raw = body if isinstance(body, bytes) else body.encode()
    return parse(Fetched(body=raw, url="https://cdn.example/moved", content_type=content_type), feed_url=url)


def rss(items: str, channel: str = "<title>Ledger Lane</title><link>https://lane.example/</link>") -> str:
    return f"<?xml version='1.0'?><rss version='2.0' {NAMESPACES}><channel>{channel}{items}</channel></rss>"


def only(parsed: ParsedFeed) -> Entry:
    (entry,) = parsed.entries
    return entry


# --- Formats -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns='http://my.netscape.com/rdf/simple/0.9/'>"
        "<channel><title>Site</title></channel><item><title>One</title><link>http://site.example/1</link></item></rdf:RDF>",
        "<rss version='0.91'><channel><title>Site</title>"
        "<item><title>One</title><link>http://site.example/1</link></item></channel></rss>",
        "<rss version='0.92'><channel><title>Site</title>"
        "<item><title>One</title><link>http://site.example/1</link></item></channel></rss>",
        "<rss version='2.0'><channel><title>Site</title>"
        "<item><title>One</title><link>http://site.example/1</link></item></channel></rss>",
        "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns='http://purl.org/rss/1.0/'>"
        "<channel rdf:about='http://site.example/'><title>Site</title></channel><item rdf:about='http://site.example/1'>"
        "<title>One</title><link>http://site.example/1</link></item></rdf:RDF>",
        "<feed version='0.3' xmlns='http://purl.org/atom/ns#'><title>Site</title><entry><title>One</title>"
        "<link rel='alternate' type='text/html' href='http://site.example/1'/></entry></feed>",
        "<feed xmlns='http://www.w3.org/2005/Atom'><title>Site</title><entry><title>One</title>"
        "<link href='http://site.example/1'/></entry></feed>",
        "<CHANNEL HREF='http://site.example/'><TITLE>Site</TITLE>"
        "<ITEM HREF='http://site.example/1'><TITLE>One</TITLE></ITEM></CHANNEL>",
        '{"version": "https://jsonfeed.org/version/1", "title": "Site", '
        '"items": [{"title": "One", "url": "http://site.example/1"}]}',
        '{"version": "https://jsonfeed.org/version/1.1", "title": "Site", '
        '"items": [{"title": "One", "url": "http://site.example/1"}]}',
    ],
    ids="RSS-0.90 RSS-0.91 RSS-0.92 RSS-2.0 RSS-1.0 Atom-0.3 Atom-1.0 CDF JSON-1.0 JSON-1.1".split(),
)
def test_every_format_of_a_feed_is_read(text: str) -> None:
    parsed = read(text)
    assert (parsed.title, parsed.malformed) == ("Site", None)
    assert [(each.title, each.url) for each in parsed.entries] == [("One", "http://site.example/1")]


def test_an_rss_item_keeps_everything_it_says() -> None:
    parsed = read(
        rss(
            "<item><title>Miners &amp;amp; &lt;b&gt;markets&lt;/b&gt;</title><link>/a/1?utm_source=x</link>"
            "<guid isPermaLink='false'>lane-1</guid><dc:creator>Ada Vale</dc:creator><dc:creator>Bo Lind</dc:creator>"
            "<category>Mining</category><category>Mining</category><category>Bitcoin</category>"
            "<pubDate>Sat, 21 Nov 2026 12:00:00 +0200</pubDate><description>Short.</description>"
            "<content:encoded><![CDATA[<p>Long &nbsp; text</p>]]></content:encoded>"
            "<source url='https://first.example/feed'>First</source></item>",
            "<title>Ledger &lt;i&gt;Lane&lt;/i&gt;</title><link>/</link><language>en-GB</language><ttl>45</ttl>",
        )
    )
    assert (parsed.title, parsed.site_url, parsed.language) == (
        "Ledger Lane",
        "https://lane.example/",
        "en-GB",
    )
    assert parsed.min_interval == timedelta(minutes=45)
    assert parsed.malformed is None
    assert parsed.warnings == ()
    assert only(parsed) == Entry(
        guid="lane-1",
        url="https://lane.example/a/1?utm_source=x",
        title="Miners & markets",
        author="Ada Vale, Bo Lind",
        summary_html="Short.",
        content_html="<p>Long &nbsp; text</p>",
        published=datetime(2026, 11, 21, 10, tzinfo=UTC),
        tags=("Mining", "Bitcoin"),
        source_url="https://first.example/feed",
    )


def test_an_atom_entry_keeps_everything_it_says() -> None:
    parsed = read(
        "<feed xmlns='http://www.w3.org/2005/Atom' xml:lang='de'><title>Kettenblatt</title><id>urn:f</id>"
        "<link href='https://blatt.example/'/>"
        "<entry><id>tag:blatt.example,2026:7</id><title type='html'>Zinsen &amp;amp; Kurse</title>"
        "<link rel='alternate' href='/7'/><link rel='canonical' href='https://quelle.example/7'/>"
        "<author><name>Ida Berg</name><email>ida@blatt.example</email></author>"
        "<published>2026-11-21T10:00:00Z</published><updated>2026-11-21T11:30:00+01:00</updated>"
        "<summary type='text'>a &lt; b</summary><content type='html'>&lt;p&gt;Text&lt;/p&gt;</content></entry></feed>"
    )
    entry = only(parsed)
    assert (parsed.title, parsed.language, entry.language) == ("Kettenblatt", "de", "de")
    assert (entry.guid, entry.url) == ("tag:blatt.example,2026:7", "https://lane.example/7")
    assert (entry.title, entry.author) == ("Zinsen & Kurse", "Ida Berg")
    assert entry.summary_html == "<p>a &lt; b</p>", "plain text is escaped to be HTML"
    assert entry.content_html == "<p>Text</p>"
    assert entry.published == datetime(2026, 11, 21, 10, tzinfo=UTC)
    assert entry.updated == datetime(2026, 11, 21, 10, 30, tzinfo=UTC)
    assert entry.source_url == "https://quelle.example/7"


def test_rdf_items_outside_the_channel_are_read() -> None:
    parsed = read(
        "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns='http://purl.org/rss/1.0/' "
        f"{NAMESPACES}><channel rdf:about='https://old.example/'><title>Old Ledger</title>"
        "<link>https://old.example/</link><sy:updatePeriod>daily</sy:updatePeriod>"
        "<sy:updateFrequency>4</sy:updateFrequency></channel>"
        "<item rdf:about='https://old.example/1'><title>One</title><link>https://old.example/1</link>"
        "<dc:date>2026-11-20T08:00:00Z</dc:date></item></rdf:RDF>"
    )
    assert parsed.min_interval == timedelta(hours=6)
    assert only(parsed).guid == "https://old.example/1"
    assert only(parsed).published == datetime(2026, 11, 20, 8, tzinfo=UTC)


def json_feed(*items: object, **feed: object) -> str:
    return json.dumps(
        {"version": "https://jsonfeed.org/version/1.1", "title": "J", "items": list(items), **feed}
    )


def test_a_json_feed_item_keeps_everything_it_says() -> None:
    parsed = read(
        json_feed(
            {
                "id": 7,
                "url": "https://lane.example/7",
                "external_url": "https://source.example/x",
                "title": "Seven",
                "content_text": "One < two.\n\nThree.",
                "summary": "Sum",
                "date_published": "2026-11-21T10:00:00-01:00",
                "authors": [{"name": "Ann"}, {"name": "Ben"}],
                "tags": ["x", 3, "y"],
                "language": "pt",
            },
            home_page_url="https://lane.example/",
        )
    )
    assert only(parsed) == Entry(
        guid="7",
        url="https://lane.example/7",
        title="Seven",
        author="Ann, Ben",
        summary_html="<p>Sum</p>",
        content_html="<p>One &lt; two.</p>\n<p>Three.</p>",
        published=datetime(2026, 11, 21, 11, tzinfo=UTC),
        language="pt",
        tags=("x", "y"),
        source_url="https://source.example/x",
    )


def test_json_feed_1_0_has_one_author_and_broken_items_are_skipped() -> None:
    feed = json_feed(
        {"id": "a", "content_html": "<p>x</p>"}, "nonsense", {}, author={"name": "Cy"}, version="1"
    )
    parsed = read("\ufeff" + feed)
    assert only(parsed).author == "Cy"
    assert len(parsed.warnings) == 3


# --- What is no feed -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "reason", "words"),
    [
        ("", FailureReason.EMPTY, "empty"),
        (" \r\n\t\ufeff", FailureReason.EMPTY, "empty"),
        (
            "<!DOCTYPE html><html><head><title>Shop &amp; more</title>",
            FailureReason.NOT_A_FEED,
            "“Shop & more”",
        ),
        ("<html><body>No title</body></html>", FailureReason.NOT_A_FEED, "a web page, not a feed"),
        (
            "<html><head><title>Just a moment...</title></head><script src='/cdn-cgi/challenge-platform/h/b'>",
            FailureReason.NOT_A_FEED,
            "Cloudflare",
        ),
        ("<opml version='2.0'><body/></opml>", FailureReason.NOT_A_FEED, "OPML"),
        (
            "<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'/>",
            FailureReason.NOT_A_FEED,
            "sitemap",
        ),
        ("<invoice/>", FailureReason.NOT_A_FEED, "<invoice>"),
        ("Error establishing a database connection", FailureReason.NOT_A_FEED, "plain text"),
        (bytes(range(128, 256)) * 3, FailureReason.NOT_A_FEED, "neither XML nor JSON"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", FailureReason.NOT_A_FEED, "neither XML nor JSON"),
        ('{"status": "error"}', FailureReason.NOT_A_FEED, "not a JSON Feed"),
        ("[1, 2]", FailureReason.NOT_A_FEED, "not a JSON Feed"),
        (
            '{"version": "https://jsonfeed.org/version/1.1", "items": [{"id',
            FailureReason.MALFORMED,
            "broken JSON",
        ),
        ("[" * 100_000, FailureReason.MALFORMED, "deep"),
        (b"\x1f\x8b but not gzip", FailureReason.MALFORMED, "gzip"),
        ("<rss version='2.0'><channel><title>Cut", FailureReason.MALFORMED, "broken XML"),
        ("<rss><channel>" + "<a>" * 1000, FailureReason.MALFORMED, "deep"),
        ("<rss><channel>" + "<a/>" * 150_000 + "</channel></rss>", FailureReason.TOO_LARGE, "elements"),
        ("<rss><channel><item><title>" + "x" * 5_000_000, FailureReason.TOO_LARGE, "too large"),
    ],
)
def test_what_is_no_feed_is_told_apart_in_words(body: str | bytes, reason: FailureReason, words: str) -> None:
    with pytest.raises(ParseError) as caught:
        read(body)
    assert isinstance(caught.value, Unreadable)
    assert caught.value.reason is reason
    assert words in str(caught.value)


# --- Damage that is mended -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        rss(
            "<item><title>Caf\x08\xe9 &eacute; &nbsp;&hellip; AT&T &#x1F; &unknown;</title><guid>1</guid></item>"
        ),
        "\n\n  " + rss("<item><title>One</title><guid>1</guid></item>"),
        "<b>Warning</b>: x in y.php<br />\n" + rss("<item><title>One</title><guid>1</guid></item>"),
        rss("<item><title>One</title><guid>1</guid></item>") + "<script>track()</script>\n<!-- cached -->",
        rss("<item><title>One</title><guid>1</guid><media:thumbnail url='x'/></item>"),
        "<!DOCTYPE rss [<!ENTITY pub 'Ledger'>]>"
        + rss("<item><title>One &pub;</title><guid>1</guid></item>"),
        '<!DOCTYPE rss PUBLIC "-//Netscape//DTD RSS 0.91//EN" "http://n.example/rss.dtd">'
        + rss("<item><title>One</title><guid>1</guid></item>"),
    ],
)
def test_what_has_one_meaning_is_mended_and_not_malformed(body: str) -> None:
    parsed = read(body)
    assert parsed.malformed is None
    assert only(parsed).guid == "1"
    assert only(parsed).title


def test_a_mended_prefix_brings_the_content() -> None:
    parsed = read(
        "<rss version='2.0'><channel><item><guid>1</guid><dc:creator>Ada</dc:creator>"
        "<content:encoded>Body</content:encoded></item></channel></rss>"
    )
    assert (only(parsed).author, only(parsed).content_html) == ("Ada", "Body")


def test_a_truncated_document_is_malformed_and_keeps_its_whole_entries_only() -> None:
    whole = "".join(
        f"<item><guid>https://lane.example/{n}</guid><title>Story {n}</title></item>" for n in range(3)
    )
    parsed = read(rss(whole)[: -len("/2</guid><title>Story 2</title></item></channel></rss>")])
    assert parsed.malformed
    assert [entry.guid for entry in parsed.entries] == ["https://lane.example/0", "https://lane.example/1"]


@pytest.mark.parametrize("cut", range(60, 380, 17))
def test_wherever_a_document_breaks_off_no_entry_is_named_by_half_a_guid(cut: int) -> None:
    items = "".join(f"<item><guid>guid-{n}{n}{n}{n}</guid><title>T{n}</title></item>" for n in range(6))
    body = f"<rss version='2.0'><channel><title>x</title>{items}</channel></rss>"[:cut]
    try:
        parsed = read(body)
    except Unreadable:
        return
    assert {entry.guid for entry in parsed.entries} <= {f"guid-{n}{n}{n}{n}" for n in range(6)}
    assert parsed.malformed


def test_entities_are_never_expanded() -> None:
    laugh = "".join(f"<!ENTITY l{n + 1} '{f'&l{n};' * 10}'>" for n in range(9))
    parsed = read(
        f"<?xml version='1.0'?><!DOCTYPE rss [<!ENTITY l0 'ha'>{laugh}<!ENTITY x SYSTEM 'file:///etc/passwd'>]>"
        "<rss version='2.0'><channel><title>T</title><item><guid>1</guid><title>&l9; &x;</title></item></channel></rss>"
    )
    assert only(parsed).title == "&l9; &x;"


# --- Characters ----------------------------------------------------------------------------------

HEADLINE = "Börse „Élysée“: €"


@pytest.mark.parametrize(
    ("encoding", "declared", "header"),
    [
        ("utf-8", "utf-8", None),
        ("utf-8", "iso-8859-1", None),
        ("utf-8", "us-ascii", "text/xml"),
        ("utf-8", None, "text/xml; charset=windows-1251"),
        ("utf-8-sig", "iso-8859-1", None),
        ("utf-16", "utf-16", None),
        ("utf-16-le", "utf-8", "application/xml; charset=utf-8"),
        ("utf-16-be", None, None),
        ("cp1252", "windows-1252", None),
        ("cp1252", "iso-8859-1", None),
        ("cp1252", "utf-8", None),
        ("cp1252", None, "text/xml; charset=iso-8859-1"),
        ("cp1252", "no-such-encoding", None),
    ],
)
def test_the_characters_are_right_whatever_is_declared(
    encoding: str, declared: str | None, header: str | None
) -> None:
    declaration = f"<?xml version='1.0' encoding='{declared}'?>" if declared else ""
    text = f"{declaration}<rss version='2.0'><channel><item><title>{HEADLINE}</title></item></channel></rss>"
    assert only(read(text.encode(encoding), content_type=header)).title == HEADLINE


@pytest.mark.parametrize(
    ("encoding", "declared", "title"),
    [
        ("shift_jis", "Shift_JIS", "取引所が再開"),
        ("gb18030", "gb2312", "交易所恢复交易"),
        ("euc_kr", "euc-kr", "거래소 재개"),
        ("iso2022_jp", "iso-2022-jp", "取引所が再開"),
        ("cp1251", "windows-1251", "Биржа открыта"),
    ],
)
def test_declared_encodings_of_other_scripts_are_believed(encoding: str, declared: str, title: str) -> None:
    item = f"<item><title>{title}</title></item>"
    text = f"<?xml version='1.0' encoding='{declared}'?><rss><channel>{item}</channel></rss>"
    assert only(read(text.encode(encoding))).title == title


def test_one_broken_character_does_not_turn_the_rest_into_another_encoding() -> None:
    body = rss(f"<item><title>{HEADLINE * 5} cut</title></item>").encode().replace(b" cut", b" \xe2\x82 cut")
    assert HEADLINE * 5 in only(read(body)).title


def test_a_gzip_file_sent_as_a_document_is_unpacked() -> None:
    assert only(read(gzip.compress(rss("<item><title>One</title></item>").encode()))).title == "One"


# --- Identity ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("items", "guids"),
    [
        ("<item><link>https://l.example/1</link></item>", ["https://l.example/1"]),
        ("<item><guid> </guid><link>https://l.example/1</link></item>", ["https://l.example/1"]),
        # All equal: the links tell them apart.
        (
            "".join(f"<item><guid>0</guid><link>https://l.example/{n}</link></item>" for n in (1, 2)),
            ["https://l.example/1", "https://l.example/2"],
        ),
        # The address of the site in every guid is no name, not even when there is one entry only.
        (
            "<item><guid>https://lane.example/</guid><link>https://l.example/1</link></item>",
            ["https://l.example/1"],
        ),
        # The same entry listed twice is one.
        (
            "<item><guid>7</guid><link>https://l.example/1</link><title>x</title></item>" * 2,
            ["7"],
        ),
        ("<item><guid>ids/5</guid><title>Relative</title></item>", ["ids/5"]),
    ],
)
def test_every_entry_gets_a_name_of_its_own(items: str, guids: list[str]) -> None:
    assert [entry.guid for entry in read(rss(items)).entries] == guids


def test_entries_without_guid_and_link_are_named_by_title_and_date_then_by_text() -> None:
    dated = "<item><title>Market update</title><pubDate>Fri, 20 Nov 2026 {}:00:00 GMT</pubDate></item>"
    parsed = read(
        rss(dated.format("08") + dated.format("16") + "<item><description>Text</description></item>" * 2)
    )
    kinds = [entry.guid.partition(":")[0] for entry in parsed.entries]
    assert kinds == ["title-date", "title-date", "text"]
    assert len({entry.guid for entry in parsed.entries}) == 3
    again = read(rss(dated.format("16") + dated.format("08")))
    assert {entry.guid for entry in again.entries} < {entry.guid for entry in parsed.entries}


def test_a_guid_that_is_a_permanent_link_is_the_link_and_a_number_is_none() -> None:
    parsed = read(
        rss("<item><guid>https://l.example/9</guid></item><item><guid>12345</guid><title>x</title></item>")
    )
    assert [entry.url for entry in parsed.entries] == ["https://l.example/9", None]


def test_feedburner_names_the_original_page() -> None:
    parsed = read(
        rss(
            "<item><title>x</title><link>https://feeds.example/~r/x/1</link>"
            "<feedburner:origLink>https://l.example/1</feedburner:origLink></item>"
        )
    )
    assert only(parsed).url == "https://l.example/1"


def test_a_feed_that_is_a_file_resolves_links_against_its_site() -> None:
    parsed = read(rss("<item><guid>1</guid><link>/1</link></item>"), url="feeds/lane.xml")
    assert only(parsed).url == "https://lane.example/1"


# --- Dates ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Sat, 21 Nov 2026 10:00:00 GMT", "2026-11-21T10:00:00+00:00"),
        ("Sat, 21 Nov 26 10:00 EST", "2026-11-21T15:00:00+00:00"),
        ("2026-11-21T10:00:00.123+05:30", "2026-11-21T04:30:00+00:00"),
        ("2026-11-21 10:00:00", "2026-11-21T10:00:00+00:00"),
        ("1795255200", "2026-11-21T10:00:00+00:00"),
        ("1795255200000", "2026-11-21T10:00:00+00:00"),
        ("Thu, 31 Dec 2026 23:30:00 -0800", "2027-01-01T07:30:00+00:00"),
        ("Wed, 21 Nov 2035 10:00:00 GMT", "2035-11-21T10:00:00+00:00"),
        ("Thu, 01 Jan 1970 00:00:00 GMT", None),
        ("0001-01-01T00:00:00", None),
        ("2026-13-45T99:00:00Z", None),
        ("yesterday afternoon", None),
        ("", None),
        ("9" * 50, None),
    ],
)
def test_dates_are_read_or_left_out_but_never_made_up(text: str, expected: str | None) -> None:
    published = only(read(rss(f"<item><title>x</title><pubDate>{text}</pubDate></item>"))).published
    assert (published and published.isoformat()) == expected


def test_an_entry_that_only_says_when_it_was_updated_was_published_then() -> None:
    parsed = read(
        "<feed xmlns='http://www.w3.org/2005/Atom'><entry><id>1</id><title>x</title>"
        "<updated>2026-11-21T10:00:00Z</updated></entry></feed>"
    )
    assert only(parsed).published == only(parsed).updated == datetime(2026, 11, 21, 10, tzinfo=UTC)


# --- Bounds --------------------------------------------------------------------------------------


def test_a_million_items_are_cut_to_a_bounded_number() -> None:
    parsed = read(rss("<item><title>x</title></item>" * 200_000))
    assert len(parsed.entries) <= document.MAX_ENTRIES
    assert any("only the first" in warning for warning in parsed.warnings)


def test_a_very_large_feed_brings_its_first_entries() -> None:
    parsed = read(
        rss("".join(f"<item><guid>{n}</guid><title>{'é' * 50_000}</title></item>" for n in range(120)))
    )
    assert 70 < len(parsed.entries) < 80
    assert parsed.malformed is None
    assert any("too large" in warning for warning in parsed.warnings)


def test_a_document_that_keeps_the_parser_busy_is_stopped() -> None:
    body = rss("<item><title>x</title></item>" * 900 + "<x>y</x>" * 30_000)
    with pytest.raises(Unreadable) as caught:
        parse(Fetched(body=body.encode(), url=URL), feed_url=URL, cpu_seconds=0.1)
    assert "busy" in str(caught.value)


HEAVY = {
    "an author": f"<author>{'a' * 300_000}</author>",
    "a creator in pieces": f"<dc:creator>{'a.<!-- -->' * 30_000}</dc:creator>",
    "categories": "".join(f"<category>a{number}</category>" for number in range(14_000)),
    "keywords": f"<itunes:keywords>{','.join(map(str, range(50_000)))}</itunes:keywords>",
}


@pytest.mark.parametrize("field", HEAVY.values(), ids=HEAVY)
def test_a_field_of_hundreds_of_kilobytes_takes_no_more_than_its_share_of_time(field: str) -> None:
    body = rss(f"<item><title>x</title>{field}</item>")
    parsed = parse(Fetched(body=body.encode(), url=URL), feed_url=URL)
    assert [entry.title for entry in parsed.entries] == ["x"]


def test_a_name_of_nothing_but_at_signs_takes_no_time() -> None:
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "items": [{"id": 1, "title": "x", "author": {"name": "@" * 90_000 + " x"}}],
    }
    start = process_time()
    (entry,) = read(json.dumps(feed)).entries
    assert process_time() - start < 2, "in quadratic time it would take half a minute"
    assert entry.author == "@" * 200


def test_an_author_is_found_in_the_beginning_of_a_long_one() -> None:
    (entry,) = read(
        rss(f"<item><title>x</title><author>ada@b.org (Ada Quill) {'a' * 3_000}</author></item>")
    ).entries
    assert (entry.author or "").startswith("Ada Quill")


def test_an_element_of_thousands_of_attributes_is_refused() -> None:
    attributes = " ".join(f"a{number}='1'" for number in range(7_000))
    with pytest.raises(Unreadable) as caught:
        read(rss(f"<item><title>x</title><media:content {attributes}/></item>"))
    assert caught.value.reason is FailureReason.TOO_LARGE


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300) | st.text(max_size=300).map(lambda text: text.encode("utf-8", "replace")))
def test_any_bytes_give_a_feed_or_a_reason(body: bytes) -> None:
    for each in (
        body,
        b"<rss version='2.0'><channel><item><title>" + body + b"</title></item></channel></rss>",
    ):
        try:
            parsed = read(each)
        except Unreadable:
            continue
        guids = [entry.guid for entry in parsed.entries]
        assert len(guids) == len(set(guids))
        assert all(guids)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "guid": st.sampled_from(["", "a", "b"]),
                "link": st.sampled_from(["", "x", "y"]),
                "title": st.text("pq"),
            }
        ),
        max_size=8,
    )
)
def test_names_are_distinct_and_the_same_on_the_next_poll(items: list[dict[str, str]]) -> None:
    body = rss(
        "".join(
            "<item>"
            + "".join(
                f"<{key}>{f'https://l.example/{v}' if key == 'link' else v}</{key}>"
                for key, v in item.items()
                if v
            )
            + "</item>"
            for item in items
        )
    )
    first, second = read(body), read(body)
    assert first == second
    assert len({entry.guid for entry in first.entries}) == len(first.entries)
