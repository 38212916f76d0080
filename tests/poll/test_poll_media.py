"""What an entry brings besides words: enclosures, videos, attachments, and what is said of them."""

from __future__ import annotations

import json
from time import process_time

import feedparser
import pytest

from aggregator.models import Entry, Fetched, ParsedFeed
from aggregator.poll.parse import parse

URL = "https://lane.example/feed.xml"
NAMESPACES = (
    "xmlns:media='http://search.yahoo.com/mrss/' xmlns:itunes='http://www.itunes.com/dtds/podcast-1.0.dtd' "
    "xmlns:content='http://purl.org/rss/1.0/modules/content/'"
)
AUDIO = "https://media.example/1.mp3"
VIDEO = "https://media.example/1.mp4"
PICTURE = "https://media.example/1.jpg"
SHORT = "Rates stay."
CAPTION = "A picture of the hall in which the board of the reserve bank meets, seen from the river at dusk."


def read(body: str) -> ParsedFeed:
    return parse(Fetched(body=body.encode(), url=URL), feed_url=URL)


def rss(*items: str) -> str:
    inside = "".join(f"<item>{item}</item>" for item in items)
    return f"<rss version='2.0' {NAMESPACES}><channel><title>Lane</title>{inside}</channel></rss>"


def atom(*entries: str) -> str:
    inside = "".join(f"<entry>{entry}</entry>" for entry in entries)
    return f"<feed xmlns='http://www.w3.org/2005/Atom' {NAMESPACES}><title>Lane</title>{inside}</feed>"


def json_feed(*items: object) -> str:
    return json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "Lane", "items": list(items)})


def only(body: str) -> Entry:
    (entry,) = read(body).entries
    return entry


def enclosure(url: str, kind: str = "audio/mpeg") -> str:
    return f"<enclosure url='{url}' length='1' type='{kind}'/>"


# --- Where an entry leads -------------------------------------------------------------------------

NAMED = "<title>One</title><guid isPermaLink='false'>1</guid>"
ATOM_NAMED = "<title>One</title><id>tag:lane.example,2026:1</id>"


LEADING = {
    "RSS enclosure": (rss(NAMED + enclosure(AUDIO)), AUDIO),
    "nothing but an enclosure": (rss(enclosure(AUDIO)), AUDIO),
    "relative": (rss(NAMED + enclosure("/audio/1.mp3")), "https://lane.example/audio/1.mp3"),
    "a page goes first": (
        rss(NAMED + enclosure(AUDIO) + "<link>https://lane.example/1</link>"),
        "https://lane.example/1",
    ),
    "a guid that is a page goes first": (
        rss(f"<title>One</title><guid>https://lane.example/1</guid>{enclosure(AUDIO)}"),
        "https://lane.example/1",
    ),
    "media:content": (rss(f"{NAMED}<media:content url='{VIDEO}' medium='video'/>"), VIDEO),
    "media:group": (
        rss(
            f"{NAMED}<media:group><media:thumbnail url='{PICTURE}'/>"
            f"<media:content url='{PICTURE}' medium='image'/><media:content url='{VIDEO}' type='video/mp4'/>"
            "<media:content url='https://media.example/1-small.mp4'/></media:group>"
        ),
        VIDEO,
    ),
    "the page of a player before the bare video": (
        rss(f"{NAMED}<media:content url='{VIDEO}'/><media:player url='https://lane.example/watch/1'/>"),
        "https://lane.example/watch/1",
    ),
    "Atom enclosure": (
        atom(f"{ATOM_NAMED}<link rel='enclosure' type='audio/mpeg' href='/1.mp3'/>"),
        "https://lane.example/1.mp3",
    ),
    "Atom page first": (
        atom(f"{ATOM_NAMED}<link rel='enclosure' href='{AUDIO}'/><link href='https://lane.example/1'/>"),
        "https://lane.example/1",
    ),
    "JSON attachment": (
        json_feed({"id": "1", "title": "One", "attachments": [{"url": AUDIO, "mime_type": "audio/mpeg"}]}),
        AUDIO,
    ),
    "JSON page first": (
        json_feed({"id": "1", "url": "https://lane.example/1", "attachments": [{"url": AUDIO}]}),
        "https://lane.example/1",
    ),
    "JSON id that is a page": (
        json_feed({"id": "https://lane.example/1", "title": "One", "attachments": [{"url": AUDIO}]}),
        "https://lane.example/1",
    ),
}


@pytest.mark.parametrize(("body", "link"), LEADING.values(), ids=LEADING)
def test_an_entry_without_a_page_leads_to_what_it_brings(body: str, link: str) -> None:
    assert only(body).url == link


NO_LINK = {
    "a script": enclosure("javascript:alert(1)"),
    "a script in disguise": enclosure("&amp;#106;avascript:alert(1)"),
    "data": enclosure("data:text/html,x"),
    "a file": enclosure("file:///etc/passwd"),
    "a torrent": enclosure("magnet:?xt=urn:btih:1"),
    "a secret": enclosure("https://ada:secret@media.example/1.mp3"),
    "no address": "<enclosure length='1' type='audio/mpeg'/><media:content medium='video'/><media:group/>",
    "an empty one": enclosure(""),
    "no number for a port": enclosure("https://media.example:port/1.mp3"),
    "an endless one": enclosure(f"https://media.example/{'a' * 70_000}.mp3"),
    "a picture by its type": enclosure("https://media.example/1", "image/jpeg"),
    "a picture by its name": enclosure(f"{PICTURE}?w=600", ""),
    "a picture by its medium": "<media:content url='https://media.example/1' medium='image'/>",
    "a thumbnail": "<media:thumbnail url='https://media.example/1'/>",
}


@pytest.mark.parametrize("brought", NO_LINK.values(), ids=NO_LINK)
def test_what_is_no_audio_video_or_document_on_the_web_is_never_a_link(brought: str) -> None:
    assert only(rss(NAMED + brought)).url is None
    assert only(rss(NAMED + brought + enclosure(AUDIO))).url == AUDIO, "the next one is"


@pytest.mark.parametrize("attachments", [None, 7, "x", {}, [None, 3, "x", [], {}], [{"url": None}]])
def test_broken_attachments_are_no_link(attachments: object) -> None:
    assert only(json_feed({"id": "1", "title": "One", "attachments": attachments})).url is None


def test_what_several_entries_bring_is_the_page_of_none() -> None:
    stream = enclosure("https://media.example/live")
    parsed = read(
        rss(
            *(f"<title>{n}</title><guid isPermaLink='false'>{n}</guid>{stream}" for n in "ab"),
            enclosure(AUDIO),
        )
    )
    assert [entry.url for entry in parsed.entries] == [None, None, AUDIO]
    assert parsed.warnings[0] == "1 entry has no page; its enclosure is its link"


def test_an_address_that_is_signed_anew_names_no_entry_that_has_a_title_and_a_date() -> None:
    dated = "<title>One</title><pubDate>Sat, 21 Nov 2026 10:00:00 GMT</pubDate>"
    first, second = (only(rss(dated + enclosure(f"{AUDIO}?signed={number}"))) for number in "12")
    assert (first.guid, first.url != second.url) == (second.guid, True)
    undated = only(rss(f"<title>One</title>{enclosure(AUDIO)}"))
    assert undated.guid == AUDIO


def test_ten_thousand_enclosures_take_no_time() -> None:
    start = process_time()
    entry = only(rss(NAMED + "<enclosure url='javascript:1'/>" * 10_000 + enclosure(AUDIO)))
    assert process_time() - start < 3, "linear"
    assert entry.url is None, "not all of them are looked at"


# --- What is said of it ---------------------------------------------------------------------------


WORDS = {
    "media words at the item": (
        rss(
            "<media:title>Talk</media:title><media:description>One &lt; two</media:description>"
            + enclosure(AUDIO)
        ),
        "Talk",
        "<p>One &lt; two</p>",
    ),
    "declared as HTML": (
        rss("<title>T</title><media:description type='html'>&lt;b&gt;One&lt;/b&gt;</media:description>"),
        "T",
        "<b>One</b>",
    ),
    "in a group, in paragraphs": (
        atom(
            f"{ATOM_NAMED}<media:group><media:title>Other</media:title><media:content url='{VIDEO}'/>"
            "<media:description>First.\n\nSecond.</media:description></media:group>"
        ),
        "One",
        "<p>First.</p>\n<p>Second.</p>",
    ),
    "of the medium": (
        rss(
            f"<media:content url='{VIDEO}'><media:title>Talk</media:title>"
            "<media:description>Said</media:description></media:content>"
        ),
        "Talk",
        "<p>Said</p>",
    ),
    "podcast": (
        rss(
            f"<itunes:title>Episode</itunes:title><itunes:summary>What is told</itunes:summary>{enclosure(AUDIO)}"
        ),
        "Episode",
        "What is told",
    ),
    "a podcast's subtitle": (
        rss(f"<title>E</title><itunes:subtitle>In short</itunes:subtitle>{enclosure(AUDIO)}"),
        "E",
        "In short",
    ),
    "attachment": (
        json_feed({"id": "1", "attachments": [{"url": AUDIO}, {"url": VIDEO, "title": "Talk"}]}),
        "Talk",
        "",
    ),
}


@pytest.mark.parametrize(("body", "title", "summary"), WORDS.values(), ids=WORDS)
def test_an_entry_without_words_is_told_in_those_of_its_medium(body: str, title: str, summary: str) -> None:
    entry = only(body)
    assert (entry.title, entry.summary_html, entry.content_html) == (title, summary, "")


@pytest.mark.parametrize("place", ["in the medium", "beside it", "in a group"])
@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize("own", ["description", "content:encoded"])
def test_a_picture_s_caption_is_not_the_text_of_the_entry(place: str, own: str, *, first: bool) -> None:
    said = (
        f"<media:title>{CAPTION}</media:title><media:description type='plain'>{CAPTION}</media:description>"
    )
    picture = {
        "in the medium": f"<media:content url='{PICTURE}'>{said}</media:content>",
        "beside it": f"<media:content url='{PICTURE}'/>{said}",
        "in a group": f"<media:group><media:content url='{PICTURE}'/>{said}</media:group>",
    }[place]
    text = f"<{own}>{SHORT}</{own}>"
    entry = only(rss(NAMED + (picture + text if first else text + picture)))
    assert entry.title == "One"
    assert {entry.summary_html, entry.content_html} == {SHORT, ""}


def test_a_post_without_title_does_not_take_its_picture_s() -> None:
    picture = f"<media:content url='{PICTURE}'><media:title>{CAPTION}</media:title></media:content>"
    entry = only(rss(f"<description>{SHORT}</description>{picture}"))
    assert (entry.title, entry.summary_html) == ("", SHORT)


def test_words_of_media_do_not_reach_the_next_entry() -> None:
    parsed = read(
        rss(
            f"<media:content url='{VIDEO}'><media:title>A</media:title>",
            NAMED + f"<description>{SHORT}</description>",
        )
    )
    assert (parsed.entries[-1].title, parsed.entries[-1].summary_html) == ("One", SHORT)


# --- What is kept of it ---------------------------------------------------------------------------

PDF = "https://lane.example/report.pdf"
KEPT = {
    "RSS enclosure": (
        rss(NAMED + f"<enclosure url='{AUDIO}' length='23400000' type='audio/mpeg'/>"),
        [(AUDIO, "audio/mpeg", 23_400_000)],
    ),
    "beside a page": (
        rss(f"{NAMED}<link>https://lane.example/1</link>{enclosure(AUDIO)}"),
        [(AUDIO, "audio/mpeg", 1)],
    ),
    "Atom": (
        atom(f"{ATOM_NAMED}<link rel='enclosure' type='video/mp4' length='9' href='/1.mp4'/>"),
        [("https://lane.example/1.mp4", "video/mp4", 9)],
    ),
    "JSON": (
        json_feed(
            {
                "id": "1",
                "title": "One",
                "attachments": [{"url": PDF, "mime_type": "application/pdf", "size_in_bytes": 7}],
            }
        ),
        [(PDF, "application/pdf", 7)],
    ),
    "Media RSS": (
        rss(f"{NAMED}<media:content url='{VIDEO}' medium='video' type='video/mp4' fileSize='5'/>"),
        [(VIDEO, "video/mp4", 5)],
    ),
    "a picture beside it": (
        rss(
            f"{NAMED}<media:content url='{PICTURE}' medium='image'/><enclosure url='{PICTURE}' type='image/jpeg'/>"
        ),
        [],
    ),
    "both, told twice": (
        rss(f"{NAMED}{enclosure(AUDIO)}<media:content url='{AUDIO}'/>"),
        [(AUDIO, "audio/mpeg", 1)],
    ),
    "a film in many sizes": (
        rss(
            NAMED + "".join(f"<media:content url='{VIDEO}?p={size}' type='video/mp4'/>" for size in range(9))
        ),
        [(f"{VIDEO}?p={size}", "video/mp4", 0) for size in range(3)],
    ),
    "a type by its name": (
        rss(NAMED + f"<enclosure url='{PDF}?x=1'/>"),
        [(f"{PDF}?x=1", "application/pdf", 0)],
    ),
    "a type with parameters": (
        rss(NAMED + enclosure(AUDIO, "Audio/MPEG; charset=x")),
        [(AUDIO, "audio/mpeg", 1)],
    ),
    "no type at all": (
        rss(NAMED + enclosure("https://lane.example/x", 'a/"b')),
        [("https://lane.example/x", "", 1)],
    ),
    "a page and an old player": (
        rss(
            NAMED
            + enclosure("https://lane.example/p", "text/html")
            + enclosure("https://lane.example/v", "application/x-shockwave-flash")
            + "<media:player url='https://lane.example/watch'/>"
        ),
        [],
    ),
    "lengths that are none": (
        rss(
            NAMED
            + "".join(
                f"<enclosure url='{AUDIO}?{number}' length='{said}' type='audio/mpeg'/>"
                for number, said in enumerate(("-1", "9" * 40, "1,5 MB"))
            )
        ),
        [(f"{AUDIO}?{number}", "audio/mpeg", 0) for number in range(3)],
    ),
    "a script": (rss(NAMED + enclosure("javascript:alert(1)")), []),
    "broken sizes in JSON": (
        json_feed({"id": "1", "title": "One", "attachments": [{"url": AUDIO, "size_in_bytes": {"x": 1}}]}),
        [(AUDIO, "audio/mpeg", 0)],
    ),
}


@pytest.mark.parametrize(("body", "kept"), KEPT.values(), ids=KEPT)
def test_what_is_to_be_heard_watched_or_read_is_kept(body: str, kept: list[tuple[str, str, int]]) -> None:
    assert [(each.url, each.type, each.length) for each in only(body).enclosures] == kept


def test_feedparser_is_left_as_it_came() -> None:
    only(rss(NAMED + enclosure(AUDIO)))
    theirs = feedparser.parse(
        b"<rss version='2.0'><channel><item><author>a@b.com (Ada)</author></item></channel></rss>"
    )
    assert theirs.entries[0].author_detail == {"name": "Ada", "email": "a@b.com"}
