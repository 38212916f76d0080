"""What a hub is told, by real runs against a real server that takes it, refuses it or misbehaves."""

from __future__ import annotations

import json
import socket
import time
from datetime import UTC, datetime, timedelta
from html import escape
from pathlib import Path
from urllib.parse import parse_qs
from xml.etree import ElementTree as ET

import feedserver
import fresh
import pytest
from feedserver import FeedServer, Page

from aggregator import config, pipeline
from aggregator.errors import ConfigError
from aggregator.models import Report
from aggregator.pipeline.export import announcing

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
BASE = "https://news.example/crypto/"
ALL = [BASE + name for name in ("atom.xml", "rss.xml", "feed.json")]


class Desk:
    """A home with one feed and a hub."""

    def __init__(self, path: Path, hub: str, *, base_url: str = BASE, more: str = "") -> None:
        self.home = fresh.home(path)
        self.now = NOW
        self.titles: list[str] = []
        self.config = config.parse(f'[export]\nhub = "{hub}"\nbase_url = "{base_url}"\n{more}')
        self.home.opml.write_text('<opml version="2.0"><body><outline xmlUrl="feed.xml"/></body></opml>')
        self.publish("A ferry line takes bitcoin for a crossing")

    def publish(self, title: str) -> None:
        self.titles.append(title)
        items = "".join(
            f"<item><title>{escape(each)}</title><guid>{number}</guid><link>https://desk.example/{number}</link></item>"
            for number, each in enumerate(self.titles)
        )
        (self.home.path / "feed.xml").write_text(
            f'<rss version="2.0"><channel><title>Desk</title>{items}</channel></rss>'
        )

    def run(self) -> Report:
        self.now += timedelta(hours=2)
        return pipeline.run(self.home, self.config, self.now, force=True)


@pytest.fixture
def desk(tmp_path: Path, feed_server: FeedServer) -> Desk:
    feed_server.pages["/hub"] = Page(b"", status=204, content_type=None)
    return Desk(tmp_path, feed_server.url("/hub"))


def told(server: FeedServer) -> list[str]:
    """The addresses a hub was told of since it was last asked."""
    topics = []
    for request in server.asked("/hub"):
        assert request.method == "POST"
        assert request.headers["content-type"] == "application/x-www-form-urlencoded"
        said = parse_qs(request.body.decode(), strict_parsing=True)
        assert said.keys() == {"hub.mode", "hub.url"}
        assert said["hub.mode"] == ["publish"]
        topics += said["hub.url"]
    server.requests.clear()
    return topics


# --- A hub that takes it -------------------------------------------------------------------------


def test_every_feed_that_changed_is_told_once(desk: Desk, feed_server: FeedServer) -> None:
    assert desk.run().warnings == []
    assert told(feed_server) == ALL
    desk.run()
    assert told(feed_server) == []
    desk.publish("A lighthouse is paid in ether")
    desk.run()
    assert told(feed_server) == ALL


def test_only_a_document_that_changed_is_told(desk: Desk, feed_server: FeedServer) -> None:
    desk.run()
    told(feed_server)
    (desk.home.public / "rss.xml").unlink()
    desk.run()
    assert told(feed_server) == [BASE + "rss.xml"]


def test_named_outputs_are_told_under_their_own_addresses(tmp_path: Path, feed_server: FeedServer) -> None:
    feed_server.pages["/hub"] = Page(b"thanks", status=202)
    more = '[outputs.bitcoin]\ncoins = ["BTC"]\nformats = ["atom", "html"]\n'
    desk = Desk(tmp_path, feed_server.url("/hub"), more=more)
    desk.run()
    assert told(feed_server) == [*ALL, BASE + "bitcoin/atom.xml"]


def test_the_feeds_name_the_hub_and_themselves(desk: Desk, feed_server: FeedServer) -> None:
    desk.run()
    hub = feed_server.url("/hub")
    atom = ET.parse(desk.home.public / "atom.xml").getroot()
    rss = ET.parse(desk.home.public / "rss.xml").getroot()
    for root, place, name in ((atom, "./", "atom.xml"), (rss, "./channel/", "rss.xml")):
        links = {
            each.get("rel"): each.get("href")
            for each in root.findall(place + "{http://www.w3.org/2005/Atom}link")
        }
        assert (links["hub"], links["self"]) == (hub, BASE + name)
    feed = json.loads((desk.home.public / "feed.json").read_text())
    assert feed["hubs"] == [{"type": "WebSub", "url": hub}]
    assert feed["feed_url"] == BASE + "feed.json"


def test_pages_of_history_name_no_hub_and_are_not_told(tmp_path: Path, feed_server: FeedServer) -> None:
    feed_server.pages["/hub"] = Page(b"", status=204, content_type=None)
    desk = Desk(tmp_path, feed_server.url("/hub"), more="limit = 1\nmin_hours = 0\narchive_stories = 1\n")
    for title in (
        "A lighthouse is paid in ether",
        "A bakery closes its wallet",
        "A choir sells its last token",
    ):
        desk.publish(title)
        desk.run()
    pages = sorted((desk.home.public / "archive").iterdir())
    assert pages
    assert not any(b'rel="hub"' in page.read_bytes() for page in pages)
    assert set(told(feed_server)) == set(ALL)


def test_without_a_hub_nothing_is_told_or_named(tmp_path: Path) -> None:
    desk = Desk(tmp_path, "")
    assert desk.run().warnings == []
    assert "hub" not in (desk.home.public / "atom.xml").read_text()
    assert "hubs" not in json.loads((desk.home.public / "feed.json").read_text())


@pytest.mark.parametrize("base", ["http://127.0.0.1:8080/", "http://localhost/", "http://[::1]/news/"])
def test_feeds_that_nobody_else_can_fetch_are_not_told(
    tmp_path: Path, feed_server: FeedServer, base: str
) -> None:
    desk = Desk(tmp_path, feed_server.url("/hub"), base_url=base)
    (warning,) = desk.run().warnings
    assert "[export] base_url" in warning
    assert feed_server.requests == []
    assert 'rel="hub"' not in (desk.home.public / "atom.xml").read_text()


# --- A hub that does not -------------------------------------------------------------------------


@pytest.mark.parametrize("status", [500, 503, 429])
def test_a_hub_that_is_not_well_is_asked_once_a_run_until_it_took_everything(
    desk: Desk, feed_server: FeedServer, status: int
) -> None:
    feed_server.pages["/hub"] = Page(b"<script>no</script>", status=status)
    for _ in range(2):
        report = desk.run()
        assert told(feed_server) == ALL[:1]
        (warning,) = report.warnings
        assert warning == f"the hub was not told of {ALL[0]}: HTTP {status}"
    feed_server.pages["/hub"] = Page(b"", status=204, content_type=None)
    assert desk.run().warnings == []
    assert told(feed_server) == ALL
    desk.run()
    assert told(feed_server) == []


def test_a_refusal_is_about_one_document_and_given_up_after_a_while(
    desk: Desk, feed_server: FeedServer
) -> None:
    feed_server.pages["/hub"] = Page(b"not mine", status=404)
    for _ in range(announcing.MOST_TRIES):
        assert len(desk.run().warnings) == len(ALL)
        assert told(feed_server) == ALL
    assert desk.run().warnings == []
    assert told(feed_server) == []
    desk.publish("A lighthouse is paid in ether")
    desk.run()
    assert told(feed_server) == ALL


def test_a_redirect_is_not_followed_wherever_it_leads(desk: Desk, feed_server: FeedServer) -> None:
    for target in (feed_server.url("/elsewhere"), "file:///etc/passwd", "gopher://127.0.0.1/"):
        feed_server.pages["/hub"] = feedserver.redirect(target, 307)
        (warning,) = desk.run().warnings
        assert "HTTP 307" in warning
        assert "[export] hub" in warning
        assert target not in warning
    assert feed_server.asked("/elsewhere") == []


@pytest.mark.parametrize("behaviour", [feedserver.hang, feedserver.drip, feedserver.stall])
def test_a_hub_that_keeps_us_waiting_costs_one_deadline(
    desk: Desk, feed_server: FeedServer, monkeypatch: pytest.MonkeyPatch, behaviour: feedserver.Behaviour
) -> None:
    monkeypatch.setattr(announcing, "ONE_SECONDS", 0.3)
    feed_server.behaviours["/hub"] = behaviour
    began = time.monotonic()
    (warning,) = desk.run().warnings
    assert time.monotonic() - began < 10
    assert told(feed_server) == ALL[:1]
    assert ALL[0] in warning


@pytest.mark.parametrize("behaviour", [feedserver.hang_up, feedserver.gibberish, feedserver.endless])
def test_a_hub_that_talks_nonsense_is_a_warning(
    desk: Desk, feed_server: FeedServer, behaviour: feedserver.Behaviour
) -> None:
    feed_server.behaviours["/hub"] = behaviour
    assert len(desk.run().warnings) == 1
    assert (desk.home.public / "atom.xml").exists()


def test_a_hub_that_is_not_there_is_a_warning_and_asked_again(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    desk = Desk(tmp_path, f"http://127.0.0.1:{port}/hub")
    assert len(desk.run().warnings) == 1
    assert len(desk.run().warnings) == 1


def test_what_is_told_in_one_run_has_an_end(
    desk: Desk, feed_server: FeedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(announcing, "TOTAL_SECONDS", 0.0)
    desk.run()
    assert told(feed_server) == []
    monkeypatch.undo()
    desk.run()
    assert told(feed_server) == ALL


@pytest.mark.parametrize(
    "hub",
    [
        "hub.example",
        "ftp://hub.example/",
        "https://",
        "https://a b/",
        "https://hub.example/#x",
        "https://me:secret@hub.example/",
        "https://hub.example:x/",
        "https://hüb.example/",
    ],
)
def test_an_address_that_is_no_hubs_is_refused_by_the_settings(hub: str) -> None:
    with pytest.raises(ConfigError, match=r"\[export\] hub"):
        config.parse(f'[export]\nhub = "{hub}"')
