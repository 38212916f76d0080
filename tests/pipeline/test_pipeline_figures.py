"""Who originates and who reposts, from feeds to figures."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from html import escape
from pathlib import Path

import pytest

from aggregator import pipeline
from aggregator.config import Config
from aggregator.home import Home
from aggregator.models import Overview
from aggregator.pipeline import figures, overview
from aggregator.store.connection import open_store

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
BODY = (
    "The Harbour exchange stopped all withdrawals on Sunday after a signing key was used outside office hours. "
    "A night guard noticed the transfer of 2,300 ether and pulled the plug on the signing machine himself. "
    "Customers will be made whole from the reserve, the exchange wrote, and deposits remain possible meanwhile."
)
TITLE = "Harbour exchange freezes withdrawals after a signing key is misused"


def feed(home: Home, name: str, site: str, *entries: tuple[int, str, str, str]) -> None:
    """Write a feed of (minutes ago, link, title, body)."""
    parts = "".join(
        f"<item><title>{escape(title)}</title><link>{link}</link><guid>{link}</guid>"
        f"<pubDate>{format_datetime(NOW - timedelta(minutes=minutes))}</pubDate>"
        f"<description>{escape(body)}</description></item>"
        for minutes, link, title, body in entries
    )
    (home.path / f"{name}.xml").write_text(
        f'<rss version="2.0"><channel><title>{name}</title><link>{site}</link><description>d</description>'
        f"{parts}</channel></rss>"
    )


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """Ash writes, its second feed doubles, Birch copies and says so, a wire is last by its clock."""
    home = Home(tmp_path)
    feed(home, "ash", "https://ash.example/", (60, "https://ash.example/1", TITLE, f"<p>{BODY}</p>"))
    feed(home, "ash2", "https://ash.example/m/", (58, "https://ash.example/m/9", TITLE, f"<p>{BODY}</p>"))
    credit = '<p>Source: <a href="https://ash.example/1">Ash</a></p>'
    feed(
        home,
        "birch",
        "https://birch.example/",
        (90, "https://birch.example/7", TITLE, f"<p>{BODY}</p>{credit}"),
    )
    feed(
        home,
        "cedar",
        "https://cedar.example/",
        (
            30,
            "https://cedar.example/1",
            "Cedar plants a tree for each block",
            "<p>A thousand trees were planted.</p>",
        ),
    )
    outlines = "".join(
        f'<outline type="rss" text="{name}" xmlUrl="{name}.xml"/>'
        for name in ("ash", "ash2", "birch", "cedar")
    )
    home.opml.write_text(f'<opml version="2.0"><head/><body>{outlines}</body></opml>')
    pipeline.run(home, Config(), NOW)
    return home


def by_name(found: figures.Stats) -> dict[str, figures.FeedStats]:
    return {row.feed.title: row for row in found.feeds}


def test_who_is_named_as_the_source_is_the_origin_though_its_clock_is_later(home: Home) -> None:
    found = pipeline.stats(home, Config(), since=None, until=None)
    rows = by_name(found)
    assert (rows["ash"].figures.first, rows["ash"].figures.credited) == (1, 1)
    assert (rows["birch"].figures.reposts, rows["birch"].figures.lags_left_out) == (1, 1)
    assert rows["birch"].copies_from is not None
    assert rows["birch"].copies_from.title == "ash"
    assert (rows["ash2"].figures.doubles, rows["ash2"].publisher) == (1, "ash")
    assert (found.items, found.stories, found.share_collapsed) == (4, 2, 0.5)
    assert found.reading_saved == timedelta(minutes=0)
    assert found.stories_per_hour == 2, "less than an hour counts as one"


def test_only_stories_of_the_time_asked_for_are_counted(home: Home) -> None:
    found = pipeline.stats(home, Config(), since=NOW - timedelta(minutes=40), until=None)
    assert list(by_name(found)) == ["cedar"]
    nothing = pipeline.stats(home, Config(), since=NOW, until=None)
    assert (nothing.feeds, nothing.stories_per_hour, nothing.share_collapsed) == ((), 0, 0)


def test_without_readable_fingerprints_the_times_decide(home: Home) -> None:
    with open_store(home.database) as store, store.transaction():
        store.execute("UPDATE fingerprints SET data = x'00'")
    rows = by_name(pipeline.stats(home, Config(), since=None, until=None))
    assert (rows["birch"].figures.first, rows["ash"].figures.reposts) == (1, 1)


@pytest.mark.parametrize(
    ("address", "site", "links", "expected"),
    [
        ("https://feeds.burner.example/x", "https://www.ash.example/", (), "ash"),
        ("source:Ash", None, ("https://ash.example/1", "https://es.ash.example/2"), "ash"),
        ("source:Ash", None, ("https://ash.example/1", "https://birch.example/2"), ""),
        ("source:Ash", None, (), ""),
        ("https://ash.example/rss", None, ("https://birch.example/1", "https://cedar.example/2"), "ash"),
        ("ash.xml", None, (), ""),
    ],
)
def test_a_publisher_is_known_by_site_then_by_most_links_then_by_address(
    tmp_path: Path, address: str, site: str | None, links: tuple[str, ...], expected: str
) -> None:
    from aggregator.store import feeds

    with open_store(tmp_path / "aggregator.db") as store:
        store.execute(
            "INSERT INTO feeds (url, first_url, title, site_url, added_at) VALUES (?, ?, 'T', ?, '')",
            (address, address, site),
        )
        store.executemany(
            """
            INSERT INTO items (uid, feed_id, guid, url, title, summary_html, content_html, first_seen, at, content_hash)
            VALUES (?, 1, ?, ?, '', '', '', '', '', '')
            """,
            [(link, link, link) for link in links],
        )
        assert figures.publisher(store, feeds.feeds_by_id(store)[1]) == expected


# --- The last week at a glance --------------------------------------------------------------------


def look(home: Home, now: datetime = NOW) -> Overview:
    with open_store(home.database) as store:
        return overview.overview(store, now, window=timedelta(days=5))


def test_the_overview_tells_what_stats_tells(home: Home) -> None:
    records = {each.feed.title: each for each in look(home).records}
    counted = by_name(pipeline.stats(home, Config(), since=None, until=None))
    assert records.keys() == counted.keys()
    for name, row in counted.items():
        record, found = records[name], row.figures
        assert (record.own, record.reposts, record.doubles) == (found.own, found.reposts, found.doubles)
        assert (record.originality, record.copied) == (found.originality, found.times_copied)
    source = records["birch"].copies_from
    assert source is not None
    assert source.title == "ash"


def test_the_overview_does_not_depend_on_the_clock(home: Home) -> None:
    assert look(home, NOW + timedelta(days=400)) == look(home)


def test_hours_count_back_from_the_newest_story_and_hold_every_story_of_the_time(home: Home) -> None:
    found = look(home)
    assert found.newest == NOW - timedelta(minutes=30)
    assert len(found.hours) == overview.HOURS
    assert found.hours[-1] == 2, "at eleven and at half past"
    assert sum(found.hours) == 2


def test_an_hour_of_the_chart_is_an_hour_of_the_clock(home: Home) -> None:
    with open_store(home.database) as store:
        store.execute("UPDATE stories SET at = '2026-11-22T10:59:59Z' WHERE at < '2026-11-22T11:30:00Z'")
    assert look(home).hours[-3:] == (0, 1, 1)


def test_a_story_of_the_future_is_not_counted(home: Home) -> None:
    found = look(home, NOW - timedelta(minutes=40))
    assert found.newest == NOW - timedelta(minutes=60)
    assert {each.feed.title for each in found.records if each.originality is None} == {"cedar"}


def test_of_a_busy_week_only_the_newest_stories_count(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(overview, "STORIES", 1)
    found = look(home)
    assert found.since == found.newest
    assert sum(each.own + each.reposts for each in found.records) == 1


def test_of_an_empty_store_the_feeds_alone_are_known(tmp_path: Path) -> None:
    empty = Home(tmp_path)
    assert look(empty) == Overview()
