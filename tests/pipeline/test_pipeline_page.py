"""The page as runs leave it: what changes it, what does not, and what it says of the feeds."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import fresh
import pytest

from aggregator import config, pipeline
from aggregator.models import Report

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
SETTINGS = """
[outputs.bitcoin]
title = "Bitcoin"
coins = ["BTC"]
[outputs.quiet]
min_outlets = 3
formats = ["atom"]
"""
STORIES = (
    (
        "The ferry line Osprey takes bitcoin",
        "A third of the tickets sold on the first day were paid that way.",
    ),
    (
        "A mill town counts its looms",
        "Of the nine hundred looms in the valley forty still run, a survey found.",
    ),
)


class Desk:
    """A home with one feed that works and one that may not."""

    def __init__(self, path: Path) -> None:
        self.home = fresh.home(path)
        self.now = NOW
        self.config = config.parse(SETTINGS)
        self.publish("osprey", *STORIES)
        self.publish(
            "heron", ("Herons return to the weir", "Eleven pairs were seen on Friday by the keeper.")
        )
        outlines = "".join(f'<outline text="{each}" xmlUrl="{each}.xml"/>' for each in ("osprey", "heron"))
        self.home.opml.write_text(f'<opml version="2.0"><head/><body>{outlines}</body></opml>')

    def publish(self, feed: str, *articles: tuple[str, str]) -> None:
        items = "".join(
            f"<item><title>{title}</title><guid>{feed}-{title}</guid><description>{body}</description>"
            f"<link>https://{feed}.example/{number}</link>"
            f"<pubDate>{NOW - timedelta(minutes=30 * number):%a, %d %b %Y %H:%M:%S} GMT</pubDate></item>"
            for number, (title, body) in enumerate(articles)
        )
        (self.home.path / f"{feed}.xml").write_text(
            f'<rss version="2.0"><channel><title>{feed}</title><link>https://{feed}.example/</link>'
            f"<description>d</description>{items}</channel></rss>"
        )

    def run(self) -> Report:
        self.now += timedelta(hours=25)
        return pipeline.run(self.home, self.config, self.now, force=True)

    def page(self, output: str = "") -> str:
        return (self.home.public / output / "index.html").read_text()


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_the_page_counts_what_stats_counts_and_draws_the_hours(desk: Desk) -> None:
    desk.run()
    html = desk.page()
    assert re.search(r"osprey</bdi></a>\s*</th><td class=\"drawn\"><svg.*?</svg>\s*2</td>", html)
    assert "The busiest is 22 November, 12:00 with 2 stories." in html
    assert "No feed is failing." in html


def test_a_page_of_some_stories_shows_their_hours_and_no_feeds(desk: Desk) -> None:
    desk.run()
    html = desk.page("bitcoin")
    assert "Bars for the hour up to 22 November, 12:00 UTC" in html
    assert "Herons return" not in html
    assert 'id="behind"' not in html


def test_the_pages_link_to_each_other_and_to_no_feed_without_one(desk: Desk) -> None:
    desk.run()
    links = r'<a href="([^"]*)"( aria-current="page")?><bdi>([^<]*)'
    nav = r'<nav class="siblings".*?</nav>'
    main, bitcoin = (re.search(nav, desk.page(name), re.DOTALL) for name in ("", "bitcoin"))
    assert main is not None
    assert bitcoin is not None
    here = ' aria-current="page"'
    assert re.findall(links, main[0]) == [
        ("index.html", here, "Everything"),
        ("bitcoin/index.html", "", "Bitcoin"),
    ]
    assert re.findall(links, bitcoin[0]) == [
        ("../index.html", "", "Everything"),
        ("../bitcoin/index.html", here, "Bitcoin"),
    ]


def test_a_feed_that_keeps_failing_changes_the_page_once_and_its_return_once(desk: Desk) -> None:
    desk.run()
    (desk.home.path / "heron.xml").unlink()
    written = ["public/index.html" in desk.run().files for _ in range(5)]
    assert written == [False, False, True, False, False]
    assert "not answering since 23 November 2026" in desk.page()
    desk.publish("heron", ("Herons return to the weir", "Eleven pairs were seen on Friday by the keeper."))
    assert ["public/index.html" in desk.run().files for _ in range(2)] == [True, False]
    assert "not answering" not in desk.page()


def test_a_further_page_is_linked_from_those_that_did_not_change(desk: Desk) -> None:
    desk.run()
    desk.config = config.parse(SETTINGS + '[outputs.looms]\ntitle = "Looms"\nwords = ["looms"]\n')
    desk.run()
    assert 'href="looms/index.html"' in desk.page()
    assert 'href="../looms/index.html"' in desk.page("bitcoin")
