from __future__ import annotations

from pathlib import Path
from xml.sax.saxutils import quoteattr

import pytest
from feedserver import FeedServer, Page

from tests.threats.conftest import NOW, Result, Run

SECRETS = ("hunter2hunter2", "k3yk3yk3yk3y")
RSS = """<?xml version="1.0"?><rss version="2.0"><channel><title>Harbour Notes</title><link>https://harbour.example/</link>
<item><guid>one</guid><title>The harbour bank opens a vault for coins</title><link>https://harbour.example/one</link>
<description>The harbour bank opened a vault for coins on Monday, its director said at the quay.</description>
<pubDate>Thu, 26 Nov 2026 10:00:00 GMT</pubDate></item></channel></rss>"""
PAGE = "<!doctype html><title>A page</title>"


@pytest.fixture
def home(tmp_path: Path, feed_server: FeedServer) -> Path:
    """Feeds that a name, a password and a key open: one that works, others that fail in each their own way."""
    feed_server.pages["/good"] = Page(RSS.encode(), "application/rss+xml")
    feed_server.pages["/page"] = Page(PAGE.encode(), "text/html")
    feed_server.pages["/down"] = Page(b"", None, 503)
    feed_server.pages["/moved"] = Page(b"", None, 302, headers={"Location": "https://u:p@:x/"})
    urls = [f"{locked(feed_server, path)}" for path in ("/good", "/page", "/down", "/moved", "/nowhere")]
    outlines = "".join(f"<outline type='rss' text='' xmlUrl={quoteattr(url)}/>" for url in [*urls, urls[0]])
    (tmp_path / "feeds.opml").write_text(f"<opml version='2.0'><body>{outlines}</body></opml>", "utf-8")
    (tmp_path / "aggregator.toml").write_text("[poll]\nprivate_networks = true\n", "utf-8")
    return tmp_path


def locked(feed_server: FeedServer, path: str) -> str:
    name, key = SECRETS
    return feed_server.url(f"{path}?api_key={key}").replace("http://", f"http://reader:{name}@")


def leaks(text: str) -> list[str]:
    return [secret for secret in SECRETS if secret in text]


PRINTING = (
    ("-v", "run"),
    ("-v", "poll", "--force"),
    ("run", "--json", "--force"),
    ("feeds", "list"),
    ("feeds", "list", "--json"),
    ("feeds", "list", "--failing"),
    ("feeds", "check"),
    ("feeds", "check", "--json"),
    ("list", "--json"),
    ("list", "--csv"),
    ("list", "--format", "{feed} {feed_url} {title}"),
    ("list", "--reposts"),
    ("search", "harbour", "--json"),
    ("stats",),
    ("stats", "--json"),
    ("doctor",),
    ("doctor", "--json"),
    ("rulings", "--json"),
    ("explain", "https://harbour.example/one"),
    ("show", "https://harbour.example/one", "--json"),
    (),
)


def test_nothing_that_is_printed_tells_what_opens_a_feed(home: Path, aggregator: Run) -> None:
    for arguments in PRINTING:
        done: Result = aggregator("-C", home, "--now", NOW, *arguments)
        assert "Traceback" not in done.said, arguments
        assert done.said.strip() or arguments[:1] == ("explain",), arguments
        assert leaks(done.said) == [], arguments


def test_nothing_that_is_published_tells_what_opens_a_feed(home: Path, aggregator: Run) -> None:
    aggregator("-C", home, "--now", NOW, "run")
    published = [path for path in (home / "public").rglob("*") if path.is_file()]
    assert {path.name for path in published} >= {
        "atom.xml",
        "rss.xml",
        "feed.json",
        "index.html",
        "feeds.opml",
    }
    assert "harbour bank" in (home / "public" / "atom.xml").read_text("utf-8")
    for path in published:
        assert leaks(path.read_text("utf-8")) == [], path.name


def test_the_server_is_given_what_opens_it(home: Path, aggregator: Run, feed_server: FeedServer) -> None:
    aggregator("-C", home, "--now", NOW, "poll")
    assert f"/good?api_key={SECRETS[1]}" in [request.path for request in feed_server.requests]


def test_adding_and_removing_tell_no_secret_and_a_shown_address_finds_its_feed(
    home: Path, aggregator: Run, feed_server: FeedServer
) -> None:
    feed_server.pages["/more"] = Page(RSS.encode(), "application/rss+xml")
    url = locked(feed_server, "/more")
    for arguments in (("add", url), ("add", url), ("add", locked(feed_server, "/page")), ("add", f"{url} x")):
        done = aggregator("-v", "-C", home, "feeds", *arguments)
        assert leaks(done.said) == [], arguments
    assert url.replace("&", "&amp;") in (home / "feeds.opml").read_text("utf-8")
    removed = aggregator("-v", "-C", home, "feeds", "remove", feed_server.url("/more"))
    assert removed.code == 0, removed.err
    assert leaks(removed.said) == []
    assert "with what lets you in" in removed.err
    assert url not in (home / "feeds.opml").read_text("utf-8")


def test_only_what_is_taken_along_holds_the_whole_address(home: Path, aggregator: Run) -> None:
    """A dump, like a list of one's own, belongs to whoever subscribed: without the address its items are nobody's."""
    aggregator("-C", home, "--now", NOW, "run")
    for arguments in (("dump",), ("dump", "--all"), ("feeds", "export")):
        assert leaks(aggregator("-C", home, *arguments).out) == list(SECRETS)
