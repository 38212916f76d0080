"""Laws of the whole pipeline: whatever feeds say, every document is valid, inert and the same when run again."""

from __future__ import annotations

import io
import json
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from html import escape
from html.parser import HTMLParser
from pathlib import Path

import export_hostile as hostile
import export_samples as samples
import export_validity as validity
import feedparser
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from laws import examples

from aggregator import pipeline
from aggregator.config import Config
from aggregator.home import Home
from aggregator.models import FailureReason, FeedFailure

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
BASE = "http://127.0.0.1:8080/"
CHECKS = {"atom.xml": validity.atom, "rss.xml": validity.rss, "feed.json": validity.json_feed}

TEXT = (
    st.text(max_size=30)
    | st.text(st.characters(categories=["Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Mn"]), max_size=12)
    | st.sampled_from([vector["vector"] for vector in samples.VECTORS if vector["kind"] == "words"])
)
HTML = st.lists(TEXT | st.sampled_from(samples.HOSTILE_HTML), max_size=5).map("".join)
ADDRESS = (
    TEXT
    | st.sampled_from([vector["vector"] for vector in samples.VECTORS if vector["kind"] == "address"])
    | st.builds("https://a.example/{}".format, TEXT)
)
TIME = st.sampled_from(
    [
        "0001-01-01T00:00:00Z",
        "9999-12-31T23:59:59Z",
        "9999-12-31T23:59:59-14:00",
        "0001-01-01T00:00:00+14:00",
        "1969-12-31T23:59:59Z",
        "2038-01-19T03:14:08Z",
        "2026-02-30T25:61:61Z",
        "2026-11-22T12:00:00+99:99",
        "Thu, 32 Nov 99999 24:00:60 XYZ",
        "Sun, 22 Nov 26 12:00:00 EST",
        "1e400",
        "-62135596800",
        "١٢/٣/٢٠٢٦",
        "",
    ]
) | st.datetimes().map(datetime.isoformat)
FIELDS = st.builds(
    hostile.Fields,
    feed_title=TEXT,
    site=ADDRESS,
    title=TEXT | HTML,
    link=ADDRESS,
    guid=TEXT,
    author=TEXT,
    tags=st.lists(TEXT, max_size=3).map(tuple),
    html=HTML,
    enclosure=ADDRESS,
    rfc3339=TIME,
    rfc822=TIME,
)
PLAIN = hostile.fields_of(0, {"kind": "words", "vector": "Words"})
MEGABYTE = 1_000_000
LARGE = [
    # Most fields stand in several places of a document, which is read as far as 4 M characters and for 10 s of CPU:
    # feedparser takes long for tens of thousands of references in one text.
    replace(PLAIN, title="<b>\x00 a" * 3_000, author="n" * 3_000),
    replace(PLAIN, html="<p>&#0;]]>" * 3_000, tags=("t" * 300_000,)),
    replace(PLAIN, feed_title="\u202e" * 50_000 + "t" * MEGABYTE),
    replace(PLAIN, link="https://a.example/" + "x" * 300_000),
    replace(PLAIN, html="<b><p>" * 5_000, guid="g" * MEGABYTE),
    replace(PLAIN, html="<div>" * 10_000, title=""),
    replace(PLAIN, title="\ud83d" * 30_000, html="&amp;" * 10_000),
]


@contextmanager
def home_of(feeds: list[hostile.Fields], turn: int) -> Iterator[Home]:
    place = Path(tempfile.mkdtemp(prefix="anything-"))
    try:
        hostile.write_home(place / "home", feeds, turn=turn)
        yield Home(place / "home")
    finally:
        shutil.rmtree(place)


def documents(home: Home) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in home.public.iterdir()}


def hold(feeds: list[hostile.Fields], turn: int) -> list[FeedFailure]:
    with home_of(feeds, turn) as home:
        return look(home)


def look(home: Home) -> list[FeedFailure]:
    """Run, look at everything, run again; gives the feeds that could not be read."""
    report = pipeline.run(home, Config(), NOW, force=True)
    assert FailureReason.CRASHED not in {failure.reason for failure in report.failures}
    written = documents(home)
    for name, check in CHECKS.items():
        assert check(written[name], address=BASE + name, now=NOW) == [], name
    assert validity.opml(written["feeds.opml"]) == []
    stories = json.loads(written["feed.json"])["items"]
    assert len(stories) == report.stories["new"]
    for name in ("atom.xml", "rss.xml"):
        parsed = feedparser.parse(io.BytesIO(written[name]))
        assert not parsed.bozo, parsed.get("bozo_exception")
        assert [entry.id for entry in parsed.entries] == [story["id"] for story in stories]
    assert _faults(written["index.html"].decode()) == []
    again = pipeline.run(home, Config(), NOW, force=True)
    assert again.files == []
    assert documents(home) == written
    return report.failures


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.faults: list[str] = []
        self.scripts = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.scripts += tag == "script"
        if tag in {"img", "iframe", "object", "embed", "base", "video", "audio", "math"}:
            self.faults.append(tag)
        for name, value in attrs:
            if name.startswith("on") or name in {"style", "src", "srcset", "srcdoc", "formaction", "ping"}:
                self.faults.append(f"{name} of {tag}")
            if name == "href" and not re.match(
                r"https?://|#|[a-z]+\.(?:xml|json|opml|html)$|data:image", value or ""
            ):
                self.faults.append(f"href {value!r}")


def _faults(html: str) -> list[str]:
    """What stands on the page that only a feed can have put there."""
    page = _Page()
    page.feed(html)
    page.close()
    return page.faults + ([] if page.scripts == 1 else [f"{page.scripts} scripts"])


law = given(feeds=st.lists(FIELDS, min_size=1, max_size=6), turn=st.integers(0, 2))


@settings(
    max_examples=examples(12),
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate],
)
@law
def test_whatever_feeds_say_every_document_is_valid_inert_and_the_same_again(feeds, turn):
    hold(feeds, turn)


@pytest.mark.slow
@settings(
    max_examples=60,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate],
)
@law
def test_whatever_feeds_say_every_document_is_valid_inert_and_the_same_again_many_times(feeds, turn):
    hold(feeds, turn)


@pytest.mark.slow
@pytest.mark.parametrize("turn", range(3))
def test_very_long_fields_come_out_short_valid_and_inert(turn):
    assert hold(LARGE, turn) == []


@pytest.mark.slow
@pytest.mark.parametrize("unit", ["w", "<b>\x00 ]]>", "\u202e漢"])
def test_a_title_of_a_megabyte_comes_out_short_valid_and_inert(unit):
    title = escape(unit * (MEGABYTE // len(unit)))
    with home_of([PLAIN], 0) as home:
        (home.path / "feeds" / "000.rss.xml").write_text(
            f"<rss version='2.0'><channel><title>x</title><item><title>{title}</title></item></channel></rss>"
        )
        assert look(home) == []
        assert len(documents(home)["rss.xml"]) < 10_000
