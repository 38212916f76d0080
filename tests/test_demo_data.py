"""Is the demo what it claims to be: every format, every kind of repost, every item accounted for?

These tests read the files without the package's own poll stage, so that a mistake there cannot hide one here.
"""

from __future__ import annotations

import io
import json
import re
import xml.etree.ElementTree as ET
from collections import Counter
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import feedparser
import pytest

ROOT = Path(__file__).parent.parent
DEMO = ROOT / "examples" / "demo"
LATER = Path(__file__).parent / "data" / "demo_later"
EXPECTED: dict[str, Any] = json.loads((Path(__file__).parent / "data" / "demo_expected.json").read_bytes())
PRIORITY = "{tag:aggregator.invalid,2026:opml}priority"

FORMATS = {"rss20", "rss10", "atom10", "json11"}

PHENOMENA = (
    "footer naming title and site",
    "prefix naming title and site",
    "attribution: Continue Reading",
    "attribution: Source",
    "attribution: Authored by",
    "excerpt: […]",
    "excerpt: …",
    "excerpt: cut in the middle of a sentence",
    "excerpt: a standfirst that does not occur in the body",
    "trimmed copy",
    "retitled copy",
    "doubled lead",
    "byline, reading time, date line",
    "insert: price widget",
    "insert: Market Opportunity",
    "insert: disclaimer",
    "insert: You May Also Like",
    "insert: Related Reading",
    "same page: utm parameters",
    "same page: AMP",
    "same page: mobile host",
    "same page: http and https",
    "same page: trailing slash",
    "same page: ?p= address",
    "same page: two feeds of one publisher",
    "revision",
    "wire copy",
    "light rewrite",
    "translation: sister edition keeps the English slug",
    "translation: flash desk",
    "a flash desk copies another",
    "wrong charset",
    "broken XML",
    "same guid in two feeds",
    "no guid",
    "empty guid",
    "no link",
    "no title",
    "no date",
    "unreadable date",
    "date in the future",
    "hostile markup",
    "right-to-left title",
)
NOT_A_REPOST = (
    "price levels",
    "another company passes the same mark",
    "parts of a series",
    "price predictions for one day at two outlets",
    "a daily digest, yesterday and today",
    "a roundup that contains another item",
    "the follow-up with one new fact",
    "press releases that share the About section",
    "independent coverage",
    "the same sentence with other figures",
    "its headline and lead stand under You May Also Like",
)


@cache
def outlines(path: Path) -> tuple[ET.Element, ...]:
    return tuple(each for each in ET.parse(path).iter("outline") if each.get("xmlUrl"))


@cache
def entries(path: Path) -> tuple[str, tuple[dict[str, str], ...]]:
    """The format of one document and its entries: guid ("" when there is none), title, text."""
    if path.suffix == ".json":
        document = json.loads(path.read_bytes())
        version = "json" + document["version"].rpartition("/")[2].replace(".", "")
        found = [
            (item["id"], item["title"], item.get("content_html") or item["content_text"])
            for item in document["items"]
        ]
    else:
        document = feedparser.parse(
            io.BytesIO(path.read_bytes()), sanitize_html=False, resolve_relative_uris=False
        )
        version = document.version
        found = [(item.get("id", ""), item.get("title", ""), text_of(item)) for item in document.entries]
    return version, tuple({"guid": guid, "title": title, "text": text} for guid, title, text in found)


def text_of(entry: Any) -> str:
    contents = [content.value for content in entry.get("content", [])]
    return max([*contents, entry.get("summary", "")], key=len)


def feeds() -> list[str]:
    return [each.attrib["xmlUrl"] for each in outlines(DEMO / "feeds.opml")]


def named(home: Path, feed: str, guid: str) -> list[int]:
    """Positions of the entries that an expectation's name fits: exactly one, when all is well."""
    _, found = entries(home / feed)
    if guid.startswith("~"):
        words = guid[1:]
        return [n for n, each in enumerate(found) if words in each["title"] or words in each["text"]]
    return [n for n, each in enumerate(found) if each["guid"] == guid]


def expected_items() -> list[dict[str, Any]]:
    return [item for story in EXPECTED["stories"] for item in story["items"]]


def test_every_feed_of_the_demo_is_there_and_every_file_is_subscribed() -> None:
    files = {f"feeds/{path.name}" for path in (DEMO / "feeds").iterdir()}
    assert sorted(feeds()) == sorted(files)


def test_the_demo_is_large_enough_to_be_worth_reading() -> None:
    assert len(feeds()) >= 10
    assert sum(len(entries(DEMO / feed)[1]) for feed in feeds()) >= 75


def test_every_format_is_in_the_demo() -> None:
    assert {entries(DEMO / feed)[0] for feed in feeds()} == FORMATS


def test_full_articles_and_bare_excerpts_are_both_in_the_demo() -> None:
    full = (DEMO / "feeds/ledger-post.xml").read_text()
    assert full.count("<content:encoded>") == full.count("<item>")
    assert "<content:encoded>" not in (DEMO / "feeds/coinbeat.xml").read_text()


def test_one_feed_is_broken_xml_and_still_yields_its_items() -> None:
    path = DEMO / "feeds/altitude-markets.xml"
    with pytest.raises(ET.ParseError):
        ET.parse(path)
    assert len(entries(path)[1]) == path.read_text().count("<item>")


def test_one_feed_lies_about_its_charset() -> None:
    body = (DEMO / "feeds/kettenblatt.xml").read_bytes()
    assert b'encoding="UTF-8"' in body
    with pytest.raises(UnicodeDecodeError):
        body.decode("utf-8")
    assert any("Stadtwerke Düren" in each["title"] for each in entries(DEMO / "feeds/kettenblatt.xml")[1])


def test_every_other_feed_is_well_formed() -> None:
    for feed in feeds():
        if feed not in {"feeds/altitude-markets.xml", "feeds/kettenblatt.xml", "feeds/mintwatch.json"}:
            assert not feedparser.parse(io.BytesIO((DEMO / feed).read_bytes())).bozo, feed


def test_every_item_of_the_demo_occurs_exactly_once_in_the_expectations() -> None:
    seen: Counter[tuple[str, int]] = Counter()
    for item in expected_items():
        positions = named(DEMO, item["feed"], item["guid"])
        assert len(positions) == 1, item
        seen[item["feed"], positions[0]] += 1
    there = {(feed, n) for feed in feeds() for n in range(len(entries(DEMO / feed)[1]))}
    assert set(seen) == there
    assert set(seen.values()) == {1}


@pytest.mark.parametrize("phenomenon", PHENOMENA)
def test_every_phenomenon_is_shown_by_an_item(phenomenon: str) -> None:
    assert any(phenomenon in item.get("shows", ()) for item in expected_items())


def test_no_item_shows_a_phenomenon_that_nobody_listed() -> None:
    assert {shown for item in expected_items() for shown in item.get("shows", ())} == set(PHENOMENA)


@pytest.mark.parametrize("look_alike", NOT_A_REPOST)
def test_every_look_alike_is_two_stories(look_alike: str) -> None:
    names = {story["name"] for story in EXPECTED["stories"]}
    pairs = [each["stories"] for each in EXPECTED["apart"] if each["shows"] == f"not a repost: {look_alike}"]
    assert pairs
    assert all(len(set(pair)) == 2 and set(pair) <= names for pair in pairs)


def test_whoever_speaks_for_a_story_is_one_of_its_items() -> None:
    for story in [*EXPECTED["stories"], *EXPECTED["later"]["stories"]]:
        if "speaks" in story:
            assert story["speaks"] in [[item["feed"], item["guid"]] for item in story["items"]]


def test_hosts_and_addresses_of_the_demo_belong_to_nobody() -> None:
    allowed = re.compile(r"(?:[\w-]+\.)*example$|^(?:www\.w3\.org|purl\.org|jsonfeed\.org)$")
    for path in [*DEMO.rglob("*.*"), *LATER.rglob("*.*")]:
        if path.is_file():
            text = path.read_bytes().decode("latin-1")
            for host in re.findall(r"https?://([\w.-]+)", text):
                assert allowed.search(host), (path.name, host)


def test_full_articles_are_as_long_as_news() -> None:
    lengths = [
        len(re.sub(r"<[^>]+>", " ", each["text"]).split())
        for feed in ("feeds/ledger-post.xml", "feeds/block-tribune.atom", "feeds/mintwatch.json")
        for each in entries(DEMO / feed)[1]
    ]
    assert sum(length >= 130 for length in lengths) >= 15


def test_the_later_feeds_are_those_of_the_demo_with_news_and_corrections() -> None:
    later = EXPECTED["later"]
    changed = {f"feeds/{path.name}" for path in (LATER / "feeds").iterdir()}
    assert changed < set(feeds())
    for revised in later["revised"]:
        before = entries(DEMO / revised["feed"])[1][named(DEMO, revised["feed"], revised["guid"])[0]]
        after = entries(LATER / revised["feed"])[1][named(LATER, revised["feed"], revised["guid"])[0]]
        assert before["title"] != after["title"] == revised["title"]
    for item in [item for story in later["stories"] for item in story["items"]]:
        assert named(DEMO, item["feed"], item["guid"]) == []
        assert len(named(LATER, item["feed"], item["guid"])) == 1


# --- The list to start from ---------------------------------------------------------------------------


def test_the_starter_list_holds_enough_feeds_and_none_twice() -> None:
    urls = [each.attrib["xmlUrl"] for each in outlines(ROOT / "feeds.opml")]
    assert len(urls) >= 80
    assert len(set(urls)) == len(urls)


def test_every_feed_of_the_starter_list_says_what_it_is() -> None:
    for each in outlines(ROOT / "feeds.opml"):
        assert each.get("text") == each.get("title")
        assert each.attrib["xmlUrl"].startswith("https://")
        assert each.attrib["htmlUrl"].startswith("https://")
        assert re.fullmatch(r"[a-z]{2}(-[A-Z]{2})?", each.attrib["language"])
        assert each.get("category")


def test_the_starter_list_is_in_folders_and_covers_the_languages() -> None:
    body = ET.parse(ROOT / "feeds.opml").find("body")
    assert body is not None
    assert len(body) >= 9
    assert all(not folder.get("xmlUrl") and len(folder) for folder in body)
    languages = {each.attrib["language"][:2] for each in outlines(ROOT / "feeds.opml")}
    assert languages >= {"en", "zh", "ja", "ko", "es", "pt", "de", "fr", "ru", "tr", "it"}


def test_reposters_of_the_starter_list_speak_for_a_story_last() -> None:
    low = [each for each in outlines(ROOT / "feeds.opml") if int(each.get(PRIORITY, "0")) < 0]
    assert len(low) >= 5
    folder = ET.parse(ROOT / "feeds.opml").find("body/outline[@text='Aggregators and reposters']")
    assert folder is not None
    assert all(int(each.get(PRIORITY, "0")) < 0 for each in folder)


def test_the_starter_list_says_where_its_addresses_come_from() -> None:
    comment = (ROOT / "feeds.opml").read_text().partition("<opml")[0]
    assert "could not be" in comment
    assert "contacted" in comment
    assert "optional" in comment


def test_expected_stories_have_names_of_their_own() -> None:
    names = sorted(story["name"] for story in EXPECTED["stories"])
    assert all(a != b for a, b in pairwise(names))
