"""Finding a feed from a page, checking one, and following history: commands against a real server."""

from __future__ import annotations

import json

import pytest
from feedserver import FeedServer, Page, redirect

from aggregator import opml

ENTRY = "<item><title>{0}</title><guid>{0}</guid><pubDate>Sat, 21 Nov 2026 {1:02}:00:00 GMT</pubDate></item>"
FEED = (
    "<rss version='2.0'><channel><title>{}</title>"
    "<ttl>90</ttl>" + "".join(ENTRY.format(f"Report {hour}", hour) for hour in range(4)) + "</channel></rss>"
)
PAGE = (
    "<html><head><title>Site</title>"
    "<link rel='alternate' type='application/rss+xml' href='/news.xml' title='News'>{}</head></html>"
)


@pytest.fixture
def site(feed_server: FeedServer) -> FeedServer:
    feed_server.pages["/news.xml"] = Page.of(FEED.format("Site News").encode())
    feed_server.pages["/prices.xml"] = Page.of(FEED.format("Site Prices").encode())
    feed_server.pages["/"] = Page(PAGE.format("").encode(), "text/html")
    return feed_server


@pytest.fixture
def reader(aggregator, home):
    home.mkdir()
    (home / "aggregator.toml").write_text("[poll]\nprivate_networks = true\n")
    (home / "feeds.opml").write_bytes(opml.write(()))

    def run(*arguments: str):
        return aggregator("-C", home, "--now", "2026-11-22T12:00:00Z", *arguments)

    return run


def subscribed(home) -> list[str]:
    return [each.url for each in opml.read(home / "feeds.opml").subscriptions]


def test_a_page_is_enough_to_subscribe_to_its_feed(reader, home, site: FeedServer) -> None:
    assert reader("feeds", "add", site.url("/")).code == 0
    assert subscribed(home) == [site.url("/news.xml")]
    again = reader("-v", "feeds", "add", site.url("/"))
    assert (again.code, "already" in again.err) == (0, True)


def test_of_several_feeds_the_choice_is_shown(reader, home, site: FeedServer) -> None:
    other = "<link rel='alternate' type='application/rss+xml' href='/prices.xml'>"
    site.pages["/"] = Page(PAGE.format(other).encode(), "text/html")
    result = reader("feeds", "add", site.url("/"))
    assert result.code == 2
    for named in ("names 2 feeds", site.url("/news.xml"), site.url("/prices.xml"), "Site Prices"):
        assert named in result.err
    assert subscribed(home) == []


def test_the_usual_places_are_tried_last(reader, home, site: FeedServer) -> None:
    site.pages["/blog"] = Page(b"<html><head><title>Nothing named</title></head></html>", "text/html")
    site.pages["/feed.xml"] = site.pages["/news.xml"]
    site.pages["/rss.xml"] = redirect("/feed.xml")
    assert reader("feeds", "add", site.url("/blog")).code == 0
    assert subscribed(home) == [site.url("/feed.xml")]


def test_where_there_is_no_feed_nothing_is_added_unless_one_insists(reader, home, site: FeedServer) -> None:
    site.pages["/page"] = Page(b"<html><body>Hello</body></html>", "text/html")
    for path, says in (("/page", "names no feed"), ("/none", "HTTP 404")):
        result = reader("feeds", "add", site.url(path))
        assert result.code == 2
        assert says in result.err
    assert subscribed(home) == []
    assert reader("feeds", "add", site.url("/none"), "--no-check").code == 0
    site.pages["/down"] = Page(b"", None, 502)
    later = reader("feeds", "add", site.url("/down"))
    assert (later.code, "added unseen" in later.err) == (0, True)
    assert subscribed(home) == [site.url("/none"), site.url("/down")]


def test_another_feed_of_the_same_publisher_is_pointed_out(reader, home, site: FeedServer) -> None:
    reader("feeds", "add", site.url("/news.xml"))
    assert site.url("/news.xml") in reader("feeds", "add", site.url("/prices.xml")).err
    assert len(subscribed(home)) == 2


def test_a_check_tells_everything_one_poll_shows(reader, home, site: FeedServer) -> None:
    site.pages["/old"] = redirect("/news.xml", 301)
    result = reader("feeds", "check", site.url("/old"))
    assert result.code == 0
    for said in (
        "has moved for good to",
        "an ETag and keeps its word",
        "“Site News”",
        "4 entries, the newest from",
        "something new every 60 min",
        "every 90 min at most",
        "come again in 90 min" if "in 90 min" in result.out else "come again in 2 h",
    ):
        assert said in result.out, said
    assert not (home / "aggregator.db").exists()
    assert json.loads(reader("feeds", "check", site.url("/news.xml"), "--json").out)[0]["answers_304"] is True


def test_a_check_of_what_is_no_feed_says_why(reader, site: FeedServer) -> None:
    result = reader("feeds", "check", site.url("/"))
    assert result.code == 1
    assert "no feed: " in result.out
    assert reader("feeds", "check").code == 0, "an empty list is no failure"


def test_health_is_kept_and_can_be_narrowed_down(reader, site: FeedServer) -> None:
    reader("feeds", "add", site.url("/news.xml"))
    reader("feeds", "add", site.url("/none"), "--no-check")
    reader("poll")
    reader("poll", "--force")
    good, bad = json.loads(reader("feeds", "list", "--json").out)
    assert (good["polls"], good["share_304"], good["rhythm_seconds"]) == (2, 0.5, 3600)
    assert good["bytes_saved"] == len(site.pages["/news.xml"].body)
    assert (bad["error_class"], bad["failures"]) == ("http", 2)
    quiet = json.loads(reader("feeds", "list", "--json", "--quiet-since", "30d").out)
    assert [each["url"] for each in quiet] == [site.url("/none")]


def test_a_new_subscription_brings_its_history_but_not_without_end(reader, site: FeedServer) -> None:
    def page(number: int) -> Page:
        link = f"<link rel='next' href='/page/{number + 1}'/>"
        entry = f"<entry><id>e{number}</id><title>Entry {number}</title></entry>"
        return Page.of(
            f"<feed xmlns='http://www.w3.org/2005/Atom'><title>A</title>{link}{entry}</feed>".encode()
        )

    for number in range(20):
        site.pages[f"/page/{number}"] = page(number)
    reader("feeds", "add", site.url("/page/0"))
    report = json.loads(reader("poll", "--json").out)
    assert report["items"]["new"] == 11
    site.requests.clear()
    site.pages["/page/0"] = Page.of(page(0).body.replace(b"Entry 0", b"Entry zero"))
    reader("poll", "--force")
    assert [request.path for request in site.requests] == ["/page/0"]


def test_history_is_not_fetched_from_another_host(reader, site: FeedServer) -> None:
    body = FEED.format("Site").replace(
        "<ttl>",
        "<atom:link xmlns:atom='http://www.w3.org/2005/Atom' rel='next' "
        f"href='http://127.0.0.2:{site.port}/news.xml'/><ttl>",
    )
    site.pages["/feed"] = Page.of(body.encode())
    reader("feeds", "add", site.url("/feed"))
    site.requests.clear()
    assert json.loads(reader("poll", "--json").out)["items"]["new"] == 4
    assert len(site.requests) == 1


def test_a_pause_holds_for_the_whole_host_in_later_runs_too(reader, site: FeedServer) -> None:
    reader("feeds", "add", site.url("/news.xml"))
    reader("feeds", "add", site.url("/prices.xml"))
    busy = Page(b"", None, 429, headers={"Retry-After": "7200"})
    site.pages["/news.xml"] = site.pages["/prices.xml"] = busy
    site.requests.clear()
    reader("poll")
    asked = len(site.requests)
    assert 1 <= asked <= 2
    report = json.loads(reader("poll", "--force", "--json").out)
    assert (len(site.requests), report["feeds"]["skipped"]) == (asked, 2)


HUB = "https://hub.example/"
NAMING = {
    "RSS": FEED.format("Site").replace(
        "<ttl>", f"<atom:link xmlns:atom='http://www.w3.org/2005/Atom' rel='hub' href='{HUB}'/><ttl>"
    ),
    "Atom": f"<feed xmlns='http://www.w3.org/2005/Atom'><title>A</title><link rel='hub' href='{HUB}'/>"
    "<entry><id>1</id><title>One</title></entry></feed>",
    "JSON Feed": json.dumps(
        {
            "version": "https://jsonfeed.org/version/1.1",
            "hubs": [{"type": "rssCloud", "url": "https://cloud.example/"}, {"type": "WebSub", "url": HUB}],
            "items": [{"id": "1", "title": "One"}],
        }
    ),
}


@pytest.mark.parametrize("body", NAMING.values(), ids=NAMING)
def test_the_hub_a_document_names_is_shown_and_forgotten_with_it(reader, site: FeedServer, body: str) -> None:
    site.pages["/hubbed"] = Page.of(body.encode())
    reader("feeds", "add", site.url("/hubbed"))
    reader("feeds", "add", site.url("/news.xml"))
    check = reader("feeds", "check", site.url("/hubbed")).out
    assert f"would announce news at a WebSub hub, which needs a public address to subscribe: {HUB}" in check
    reader("poll")
    assert [each["hub"] for each in json.loads(reader("feeds", "list", "--json").out)] == [HUB, None]
    assert [line.split("\t")[-1] for line in reader("feeds", "list").out.splitlines()] == [HUB, ""]
    site.pages["/hubbed"] = Page.of(FEED.format("Site").encode())
    reader("poll", "--force")
    assert json.loads(reader("feeds", "list", "--json").out)[0]["hub"] is None


def test_the_hub_in_a_header_goes_before_the_document_s(reader, site: FeedServer) -> None:
    links = '</style.css>; rel=preload, </feed>; rel="self", </hub?a=1,2>; title="a, b"; rel="other HUB"'
    site.pages["/hubbed"] = Page(NAMING["RSS"].encode(), headers={"Link": links})
    site.pages["/hostile"] = Page(NAMING["RSS"].encode(), headers={"Link": "<file:///etc/passwd>; rel=hub"})
    for path in ("/hubbed", "/hostile"):
        reader("feeds", "add", site.url(path))
    reader("poll")
    hub = site.url("/hub?a=1,2")
    assert [each["hub"] for each in json.loads(reader("feeds", "list", "--json").out)] == [hub, HUB]
    assert json.loads(reader("feeds", "check", "--json", site.url("/hubbed")).out)[0]["hub"] == hub
    assert not any(request.path.startswith("/hub?") for request in site.requests)


PODCAST = (
    "<rss version='2.0' xmlns:itunes='http://www.itunes.com/dtds/podcast-1.0.dtd' "
    "xmlns:media='http://search.yahoo.com/mrss/'><channel><title>Ledger Hour</title>"
    "<item><title>What a pension fund holds</title><guid isPermaLink='false'>ep-1</guid>"
    "<itunes:summary>Ada Vale asks the treasurer of a pension fund why it sold.</itunes:summary>"
    "<enclosure url='/audio/1.mp3' length='1' type='audio/mpeg'/></item>"
    "<item><title>Who insures a vault</title><guid isPermaLink='false'>ep-2</guid>"
    "<media:content url='javascript:alert(1)' medium='video'/><media:content url='/video/2.mp4' medium='video'/>"
    "</item></channel></rss>"
)


def test_an_episode_that_is_only_sound_can_be_opened_from_list_feed_and_page(
    reader, home, site: FeedServer
) -> None:
    site.pages["/podcast"] = Page.of(PODCAST.encode())
    reader("feeds", "add", site.url("/podcast"))
    check = reader("feeds", "check", site.url("/podcast")).out
    assert "2 entries have no page; their enclosures are their links" in check
    assert reader("run").code == 0
    leads = [site.url("/audio/1.mp3"), site.url("/video/2.mp4")]
    stories = json.loads(reader("list", "--json").out)
    assert sorted(each["url"] for each in stories) == leads
    assert "why it sold" in "".join(each["abstract"] or "" for each in stories)
    for name in ("atom.xml", "rss.xml", "feed.json", "index.html"):
        published = (home / "public" / name).read_text()
        assert all(address in published for address in leads), name
        assert "javascript:" not in published
