"""Letting go in bounded steps, and what holds a story that is old enough."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from html import escape
from pathlib import Path

import pytest

from aggregator import pipeline
from aggregator.config import Config, ExportConfig
from aggregator.errors import UsageError
from aggregator.home import Home
from aggregator.models import Report
from aggregator.pipeline import retention
from aggregator.pipeline.session import writing
from aggregator.store.connection import Store

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
CONFIG = Config(export=ExportConfig(limit=1, min_hours=0))
SUBJECTS = (
    "walnut harvest",
    "harbour toll",
    "opera season",
    "glacier survey",
    "ferry strike",
    "tram extension",
)
DAYS_OLD = (40, 39, 38, 37, 2, 1)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home with four old stories and two young ones, nothing alike."""
    entries = "".join(
        f"<item><title>The {subject} in numbers</title><guid>{subject}</guid>"
        f"<pubDate>{(NOW - timedelta(days=days)).strftime('%a, %d %b %Y %H:%M:%S GMT')}</pubDate>"
        f"<description>{escape(f'<p>What there is to say of the {subject} was said by those who know it best.</p>')}"
        "</description></item>"
        for subject, days in zip(SUBJECTS, DAYS_OLD, strict=True)
    )
    (tmp_path / "a.xml").write_text(f'<rss version="2.0"><channel><title>A</title>{entries}</channel></rss>')
    place = Home(tmp_path)
    place.opml.write_text('<opml version="2.0"><head/><body><outline text="A" xmlUrl="a.xml"/></body></opml>')
    pipeline.run(place, CONFIG, NOW)
    return place


def guids(store: Store) -> list[str]:
    return [row[0] for row in store.execute("SELECT guid FROM items ORDER BY at")]


def test_what_is_left_over_from_one_run_goes_in_the_next_oldest_first(home: Home) -> None:
    limit = NOW - timedelta(days=30)
    with writing(home) as store:
        first = retention.prune(store, CONFIG, NOW, limit, most=3)
        assert (first.stories, first.finished) == (3, False)
        assert guids(store) == list(SUBJECTS[3:])
        second = retention.prune(store, CONFIG, NOW, limit, most=3)
        assert (second.stories, second.finished, second.tombstones) == (1, True, 4)
        assert guids(store) == list(SUBJECTS[4:])


def test_a_story_with_a_young_copy_is_young(home: Home) -> None:
    text = (home.path / "a.xml").read_text()
    again = text[text.index("<item>") : text.index("</item>") + 7]
    fresh = again.replace("<guid>", "<guid>again ").replace(
        f"{NOW - timedelta(days=40):%a, %d %b %Y}", f"{NOW - timedelta(days=1):%a, %d %b %Y}"
    )
    (home.path / "b.xml").write_text(
        text.replace(again, fresh).replace("<title>A</title>", "<title>B</title>")
    )
    home.opml.write_text(
        home.opml.read_text().replace("</body>", '<outline text="B" xmlUrl="b.xml"/></body>')
    )
    pipeline.run(home, CONFIG, NOW + timedelta(hours=1))
    done = pipeline.prune(home, CONFIG, NOW, NOW - timedelta(days=30))
    with writing(home) as store:
        assert SUBJECTS[0] in guids(store)
        assert SUBJECTS[1] not in guids(store)
    assert done.items == 6, "three stories, each with the copy of the second feed"


def test_what_dedup_has_not_been_over_waits(home: Home) -> None:
    with writing(home) as store:
        store.execute("INSERT INTO pending_items (item_id) SELECT id FROM items ORDER BY at LIMIT 1")
        foreseen = retention.foresee(store, CONFIG, NOW, NOW - timedelta(days=30))
    assert (foreseen.stories, foreseen.kept["waiting"]) == (3, 1)


def test_the_item_that_arrived_last_stays_so_that_its_number_is_not_given_away(home: Home) -> None:
    with writing(home) as store:
        done = retention.prune(store, CONFIG, NOW + timedelta(days=900), NOW + timedelta(days=800))
        last = store.execute("SELECT max(id) FROM items").fetchone()[0]
        assert last == len(SUBJECTS)
    assert done.items == len(SUBJECTS) - 1


def test_a_limit_inside_the_window_of_dedup_is_refused_and_a_run_keeps_to_the_window(home: Home) -> None:
    with pytest.raises(UsageError, match="younger than 6 days"):
        retention.limit_of(CONFIG, NOW, NOW - timedelta(days=5))
    with pytest.raises(UsageError, match="how old"):
        retention.limit_of(CONFIG, NOW, None)
    from dataclasses import replace

    daily = replace(CONFIG, store=replace(CONFIG.store, keep_days=1))
    with writing(home) as store:
        assert retention.is_due(store, daily, NOW)
        retention.prune_daily(store, daily, NOW, Report())
        assert guids(store) == list(SUBJECTS[4:])
        assert not retention.is_due(store, daily, NOW)
        assert retention.is_due(store, daily, NOW + timedelta(days=1))
