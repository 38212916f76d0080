"""A document tells where it stands in the history of its feed (RFC 5005) and what has left (RFC 6721)."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from xml.etree import ElementTree as ET

import export_validity as validity
import feedparser
import pytest
from export_samples import CHANNEL, STORIES

from aggregator.export import atom, jsonfeed, rss
from aggregator.export.place import HISTORY, LIVE, TOMBSTONES, Place

A = "{http://www.w3.org/2005/Atom}"
BASE = CHANNEL.base_url
GONE = datetime(2026, 11, 22, 11, 0, tzinfo=UTC)

BEHIND = Place(older=f"{BASE}archive/x-7?1a2b3c4d")
OPEN = Place(address=f"{BASE}archive/x-7?1a2b3c4d", older=f"{BASE}archive/x-6")
CLOSED = Place(
    address=f"{BASE}archive/x-6", older=f"{BASE}archive/x-5", newer=f"{BASE}archive/x-7", closed=True
)
LEFT = Place(departed=(("07476829b8ed68e78322", GONE),))
PLACES = (LIVE, BEHIND, OPEN, CLOSED)


@pytest.mark.parametrize("place", PLACES)
def test_a_document_is_valid_wherever_it_stands(place: Place) -> None:
    assert validity.atom(atom.render(CHANNEL, STORIES, place)) == []
    assert validity.rss(rss.render(CHANNEL, STORIES, place)) == []
    assert validity.json_feed(jsonfeed.render(CHANNEL, STORIES, place)) == []


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        (LIVE, {}),
        (BEHIND, {"prev-archive": BEHIND.older}),
        (OPEN, {"prev-archive": OPEN.older, "current": "live"}),
        (CLOSED, {"prev-archive": CLOSED.older, "next-archive": CLOSED.newer, "current": "live"}),
    ],
)
def test_a_document_links_its_neighbours_and_a_page_the_live_document(
    place: Place, expected: dict[str, str]
) -> None:
    for data, name in (
        (atom.render(CHANNEL, STORIES, place), "atom.xml"),
        (rss.render(CHANNEL, STORIES, place), "rss.xml"),
    ):
        root = ET.fromstring(data)
        head = root if root.tag == A + "feed" else root.find("channel")
        links = {link.get("rel"): link.get("href") for link in head.findall(A + "link")}
        assert links.pop("self") == (place.address or BASE + name)
        links.pop("alternate", None)
        assert links == {rel: BASE + name if to == "live" else to for rel, to in expected.items()}
        assert (head.find(f"{{{HISTORY}}}archive") is not None) == place.closed


def test_a_page_of_json_leads_back_alone() -> None:
    feed = json.loads(jsonfeed.render(CHANNEL, STORIES, CLOSED))
    assert feed["next_url"] == CLOSED.older
    assert feed["feed_url"] == BASE + "feed.json"
    assert "next_url" not in json.loads(jsonfeed.render(CHANNEL, STORIES))


def test_pages_share_the_id_of_their_feed() -> None:
    ids = {ET.fromstring(atom.render(CHANNEL, STORIES, place)).findtext(A + "id") for place in PLACES}
    assert ids == {BASE + "atom.xml"}


def test_what_left_is_named_by_its_id_and_the_feed_is_as_new_as_that() -> None:
    root = ET.fromstring(atom.render(CHANNEL, [], LEFT))
    gone = root.find(f"{{{TOMBSTONES}}}deleted-entry")
    assert gone.attrib == {
        "ref": "tag:aggregator.invalid,2026:story/07476829b8ed68e78322",
        "when": "2026-11-22T11:00:00Z",
    }
    assert datetime.fromisoformat(root.findtext(A + "updated")) >= GONE


def test_a_parser_takes_what_left_without_stumbling() -> None:
    parsed = feedparser.parse(io.BytesIO(atom.render(CHANNEL, STORIES, LEFT)))
    assert not parsed.bozo
    assert len(parsed.entries) == len(STORIES)


def test_names_of_what_is_not_used_are_not_declared() -> None:
    assert b"xmlns:" not in atom.render(CHANNEL, STORIES, BEHIND)
    assert b"xmlns:fh" not in rss.render(CHANNEL, STORIES, OPEN)
