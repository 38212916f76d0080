"""A podcast's recording, from its feed through the store into the merged feeds, and to another machine."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree as ET

from aggregator import pipeline
from aggregator.config import Config
from aggregator.home import Home

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
ATOM = "{http://www.w3.org/2005/Atom}"
FILM = "https://media.example/7.mp4"


def publish(home: Home, *, key: str = "a", title: str = "Seven: the ferry") -> None:
    """A podcast whose recordings have another address at every fetch, as those behind a signature have."""
    (home.path / "talk.xml").write_text(
        f"<rss version='2.0'><channel><title>Talk</title><item><title>{title}</title><guid>talk-7</guid>"
        "<link>https://talk.example/7</link><description>Who pays for the ferry to Osprey, and why.</description>"
        f"<enclosure url='https://media.example/7.mp3?key={key}' length='23400000' type='audio/mpeg'/>"
        f"<enclosure url='{FILM}' length='0' type='video/mp4'/></item></channel></rss>"
    )
    home.opml.write_text('<opml version="2.0"><head/><body><outline xmlUrl="talk.xml"/></body></opml>')


def brought(home: Home) -> dict[str, list[str]]:
    """Addresses of enclosures, by the document in which they stand."""
    atom = ET.fromstring((home.public / "atom.xml").read_bytes())
    rss = ET.fromstring((home.public / "rss.xml").read_bytes())
    (item,) = json.loads((home.public / "feed.json").read_text())["items"]
    return {
        "atom": [each.get("href", "") for each in atom.iter(f"{ATOM}link") if each.get("rel") == "enclosure"],
        "rss": [each.get("url", "") for each in rss.iter("enclosure")],
        "json": [each["url"] for each in item.get("attachments", ())],
    }


def recording(key: str) -> dict[str, list[str]]:
    sound = f"https://media.example/7.mp3?key={key}"
    return {"atom": [sound, FILM], "rss": [sound], "json": [sound, FILM]}


def test_a_recording_stands_in_every_merged_feed_and_comes_along_to_another_machine(tmp_path: Path) -> None:
    here, there = Home(tmp_path / "here"), Home(tmp_path / "there")
    for home in (here, there):
        home.path.mkdir()
    publish(here)
    pipeline.run(here, Config(), NOW)
    assert brought(here) == recording("a")
    assert "Audio, 23 MB" in (here.public / "index.html").read_text()
    lines = [json.dumps(each).encode() for each in pipeline.dump(here)]
    pipeline.import_items(there, Config(), NOW, lines)
    pipeline.export(there, Config(), NOW)
    assert brought(there) == recording("a")
    assert [json.dumps(each).encode() for each in pipeline.dump(there, items_alone=True)] == lines[:1]


def test_a_new_address_of_a_recording_alone_is_no_news(tmp_path: Path) -> None:
    home = Home(tmp_path)
    publish(home)
    pipeline.run(home, Config(), NOW)
    publish(home, key="b")
    again = pipeline.run(home, Config(), NOW + timedelta(hours=1))
    assert (again.items["updated"], brought(home)) == (0, recording("a"))
    publish(home, key="c", title="Seven: the ferry, corrected")
    revised = pipeline.run(home, Config(), NOW + timedelta(hours=2))
    assert (revised.items["updated"], brought(home)) == (1, recording("c"))


def test_a_link_to_a_recording_says_what_is_there(tmp_path: Path) -> None:
    home = Home(tmp_path)
    publish(home)
    feed = home.path / "talk.xml"
    feed.write_text(feed.read_text().replace("<link>https://talk.example/7</link>", "").replace("?key=a", ""))
    pipeline.run(home, Config(), NOW)
    links = ET.fromstring((home.public / "atom.xml").read_bytes()).iter(f"{ATOM}link")
    found = [(each.get("rel"), each.get("type")) for each in links if "7.mp3" in (each.get("href") or "")]
    assert found == [("alternate", "audio/mpeg"), ("enclosure", "audio/mpeg")]


def test_what_a_line_says_of_enclosures_is_taken_as_far_as_it_makes_sense(tmp_path: Path) -> None:
    said = [
        {"url": "javascript:alert(1)"},
        {"url": FILM, "type": "video/mp4", "length": "x"},
        {"type": "audio/mpeg"},
        7,
        {"url": 5},
    ]
    lines = (
        {"id": "1", "source": "Talk", "title": "One", "enclosures": each} for each in (said, "none", {"a": 1})
    )
    home = Home(tmp_path)
    for number, line in enumerate(lines):
        pipeline.import_items(home, Config(), NOW, [json.dumps(line | {"id": str(number)}).encode()])
    kept = [line.get("enclosures") for line in pipeline.dump(home, items_alone=True)]
    assert kept == [[{"url": FILM, "type": "video/mp4", "length": 0}], None, None]
