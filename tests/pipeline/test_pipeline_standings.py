"""What the published list of feeds tells and does not tell, after real runs."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from aggregator import pipeline
from aggregator.config import Config
from aggregator.home import Home

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
OURS = "{tag:aggregator.invalid,2026:opml}"
SECRET = "0123456789abcdef"
TEXT = (
    "The ferry line Osprey takes bitcoin for a crossing since Monday. A third of the tickets sold on the first day "
    "were paid that way, the purser said, most of them by anglers who had come over from the mainland to try it."
)


def line(feed: str, number: int, title: str, text: str, minutes: int) -> bytes:
    item = {
        "id": f"{feed}-{number}",
        "feed": feed,
        "source": feed,
        "url": f"https://{'ash' if 'ash' in feed else 'birch'}.example/{number}",
        "title": title,
        "content_html": f"<p>{text}</p>",
        "published": (NOW - timedelta(minutes=minutes)).isoformat(),
    }
    return json.dumps(item).encode()


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """One feed that has a story first, and one, behind a key, that copies it."""
    home = Home(tmp_path)
    first, second = "https://ash.example/feed", f"https://me:hunter22@birch.example/feed?token={SECRET}"
    home.opml.write_text(
        '<opml version="2.0"><body>'
        f'<outline text="Ash" xmlUrl="{first}" htmlUrl="https://ash.example/"/>'
        f'<outline text="Birch" xmlUrl="{second}" htmlUrl="https://birch.example/"/></body></opml>'
    )
    title = "Osprey ferries take bitcoin for a crossing"
    lines = [line(first, 1, title, TEXT, 90), line(second, 2, title, TEXT, 60)]
    pipeline.import_items(home, Config(), NOW, lines)
    return home


def outlines(home: Home) -> dict[str, dict[str, str]]:
    root = ET.parse(home.public / "feeds.opml").getroot()
    return {each.attrib["text"]: dict(each.attrib) for each in root.iter("outline")}


def test_the_list_tells_who_originates_and_who_reposts(home: Home) -> None:
    said = outlines(home)
    assert float(said["Ash"][OURS + "originality"]) > 0.5 > float(said["Birch"][OURS + "originality"])


def test_no_document_tells_what_lets_the_owner_into_a_feed(home: Home) -> None:
    assert outlines(home)["Birch"]["xmlUrl"] == "https://birch.example/feed"
    documents = [path for path in home.public.rglob("*") if path.is_file()]
    assert len(documents) >= 5
    for path in documents:
        data = path.read_text()
        assert SECRET not in data, path
        assert "hunter22" not in data, path


def test_a_later_export_of_the_same_store_changes_no_byte(home: Home) -> None:
    before = (home.public / "feeds.opml").read_bytes()
    (home.public / "feeds.opml").unlink()
    pipeline.export(home, Config(), NOW + timedelta(days=3))
    assert (home.public / "feeds.opml").read_bytes() == before
