from __future__ import annotations

import gzip
import json
import resource
from pathlib import Path
from time import process_time

import pytest
from feedserver import FeedServer, Page

from tests.threats.conftest import NOW, Run

GOOD = {
    "id": "1",
    "source": "Mill Wire",
    "title": "The mill bank opens",
    "summary_html": "The mill bank opened on Monday.",
}
SECONDS = 10
"""CPU for one hostile document on a slow machine: far from a minute, far above what any of these takes."""


def test_settings_that_are_a_bomb_are_refused_in_words(tmp_path: Path, aggregator: Run) -> None:
    for text in (
        "x = " + "[" * 100_000,
        "[" * 100_000,
        "a." * 50_000 + "b = 1",
        "# " + "x" * 2_000_000,
        "x = 1e999999\n",
    ):
        (tmp_path / "aggregator.toml").write_text(text, "utf-8")
        began = process_time()
        done = aggregator("-C", tmp_path, "list")
        assert done.code == 1, text[:20]
        assert done.err.startswith("aggregator: "), text[:20]
        assert len(done.err) < 1_000, text[:20]
        assert process_time() - began < SECONDS, text[:20]


@pytest.mark.parametrize(
    "document",
    [
        "<opml version='2.0'><body>" + "<outline text='x'>" * 50_000,
        "<opml version='2.0'><body>" + "<outline text='x'>" * 5_000 + "</outline>" * 5_000 + "</body></opml>",
        "<!DOCTYPE o [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;'>]><opml><body/></opml>",
        "<!DOCTYPE o [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><opml><body><outline text='&x;'/></body></opml>",
        "<opml version='2.0'><body><outline "
        + " ".join(f"a{n}='x'" for n in range(50_000))
        + "/></body></opml>",
        "<opml version='2.0'>" + " " * (16 * 1024 * 1024) + "<body/></opml>",
        'exec:/usr/bin/id\n"filter:/bin/cat:https://a.example/f"\n"query:all:unread = \\"yes\\""\n',
        "<x:include xmlns:x='http://www.w3.org/2001/XInclude' href='/etc/passwd' parse='text'/>",
    ],
    ids=["open", "deep", "entities", "file", "attributes", "huge", "commands", "include"],
)
def test_a_list_that_is_a_bomb_subscribes_to_nothing(tmp_path: Path, aggregator: Run, document: str) -> None:
    (tmp_path / "theirs.opml").write_text(document, "utf-8")
    began = process_time()
    done = aggregator("-C", tmp_path, "feeds", "import", tmp_path / "theirs.opml")
    assert process_time() - began < SECONDS
    assert done.code in (0, 1)
    assert "root:" not in done.said
    mine = tmp_path / "feeds.opml"
    assert not mine.exists() or "xmlUrl" not in mine.read_text("utf-8")


HOSTILE_LINES = [
    "[" * 100_000,
    '{"a":' * 50_000,
    json.dumps({**GOOD, "published": 1e308}),
    json.dumps({**GOOD, "published": "9999-99-99"}),
    json.dumps({**GOOD, "tags": [["x"]]}),
    json.dumps({**GOOD, "title": {"$ref": "#"}}),
    '{"id": "1", "source": "x", "title": ' + "1" * 5_000 + "}",
    "null",
    '"text"',
    "\x00\x01",
]


def test_lines_of_a_strangers_dump_are_stored_or_named_and_nothing_else(
    tmp_path: Path, aggregator: Run
) -> None:
    lines = [*HOSTILE_LINES, json.dumps(GOOD)]
    (tmp_path / "dump.jsonl").write_text("\n".join(lines), "utf-8")
    began = process_time()
    done = aggregator("-C", tmp_path, "--now", NOW, "import", tmp_path / "dump.jsonl", "--json")
    assert process_time() - began < 3 * SECONDS
    report = json.loads(done.out)
    assert (done.code, report["new"], len(report["bad"])) == (0, 1, len(HOSTILE_LINES))


def test_a_packed_dump_that_never_ends_a_line_fits_into_memory(tmp_path: Path, aggregator: Run) -> None:
    with gzip.open(tmp_path / "dump.jsonl.gz", "wb", compresslevel=1) as file:
        for _ in range(200):
            file.write(b" " * 1_000_000)
        file.write(b"\n" + json.dumps(GOOD).encode())
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    done = aggregator("-C", tmp_path, "--now", NOW, "import", tmp_path / "dump.jsonl.gz", "--json")
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert json.loads(done.out)["new"] == 1
    assert grown < 120_000, "kilobytes: the longest line that is kept and its copies, not the file"


def test_a_dump_subscribes_to_nothing_and_has_nothing_fetched(
    tmp_path: Path, aggregator: Run, feed_server: FeedServer
) -> None:
    feed_server.pages["/f"] = Page(b"<rss version='2.0'/>")
    feeds = (feed_server.url("/f"), "file:///etc/passwd", "/etc/passwd", "../../etc/passwd")
    lines = [json.dumps({**GOOD, "id": str(n), "feed": feed}) for n, feed in enumerate(feeds)]
    (tmp_path / "dump.jsonl").write_text("\n".join(lines), "utf-8")
    (tmp_path / "feeds.opml").write_text("<opml version='2.0'><body/></opml>", "utf-8")
    (tmp_path / "aggregator.toml").write_text("[poll]\nprivate_networks = true\n", "utf-8")
    aggregator("-C", tmp_path, "--now", NOW, "import", tmp_path / "dump.jsonl")
    done = aggregator("-C", tmp_path, "--now", NOW, "run", "--force")
    assert "root:" not in done.said
    assert not feed_server.requests
    for path in (tmp_path / "public").iterdir():
        assert b"root:x" not in path.read_bytes()


def test_a_page_cannot_offer_a_feed_that_is_no_web_address(
    tmp_path: Path, aggregator: Run, feed_server: FeedServer
) -> None:
    links = "".join(
        f"<link rel=alternate type=application/rss+xml href='{each}'>"
        for each in (
            "file:///etc/passwd",
            "ftp://a.example/f",
            "javascript:alert(1)",
            "data:text/xml,<rss/>",
            "//[::",
        )
    )
    feed_server.pages["/"] = Page(f"<!doctype html>{links}".encode(), "text/html")
    (tmp_path / "aggregator.toml").write_text("[poll]\nprivate_networks = true\n", "utf-8")
    (tmp_path / "feeds.opml").write_text("<opml version='2.0'><body/></opml>", "utf-8")
    done = aggregator("-C", tmp_path, "feeds", "add", feed_server.url("/"))
    assert done.code == 2
    assert "xmlUrl" not in (tmp_path / "feeds.opml").read_text("utf-8")
    assert "root:" not in done.said
