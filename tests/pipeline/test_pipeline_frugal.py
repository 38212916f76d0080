"""A run that finds nothing new: what it does not import, and that nothing it learned is lost."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from aggregator import pipeline
from aggregator.config import Config, SummariseConfig
from aggregator.home import Home
from aggregator.pipeline import backlog
from aggregator.pipeline.intake import TOGETHER
from aggregator.store.connection import open_store
from aggregator.store.feeds import all_feeds, faces, feeds_by_id

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=6)
POLL = """
import sys
from datetime import datetime
from pathlib import Path
from aggregator import pipeline
from aggregator.config import Config
from aggregator.home import Home
report = pipeline.poll(Home(Path(sys.argv[1])), Config(), datetime.fromisoformat(sys.argv[2]))
print(report.feeds["not_modified"], *sys.modules)
"""
NEEDLESS = (
    "feedparser sqlite_utils numpy rich jinja2 certifi hashlib tomllib difflib tempfile xml.sax "
    "aggregator.models.stories aggregator.models.documents aggregator.models.items aggregator.dedup "
    "aggregator.config.reading aggregator.opml.reading aggregator.poll.parse aggregator.store.items "
    "aggregator.text.urls aggregator.pipeline.machine aggregator.pipeline.archives"
).split()


def home_with(path: Path, feeds: int) -> Home:
    """A home of so many feeds that are files, all of them read once."""
    for number in range(feeds):
        (path / f"{number}.xml").write_text(
            f"<rss version='2.0'><channel><title>Site {number}</title>"
            f"<item><title>Report</title><guid isPermaLink='false'>{number}</guid></item></channel></rss>"
        )
    outlines = "".join(f'<outline type="rss" xmlUrl="{number}.xml"/>' for number in range(feeds))
    (path / "feeds.opml").write_text(f"<opml version='2.0'><body>{outlines}</body></opml>")
    pipeline.poll(Home(path), Config(), NOW)
    return Home(path)


def polled(home: Home) -> list[datetime | None]:
    with open_store(home.database) as store:
        return [feed.last_polled_at for feed in all_feeds(store)]


def test_a_poll_that_finds_nothing_new_imports_nothing_it_does_not_use(tmp_path: Path) -> None:
    home = home_with(tmp_path, 1)
    done = subprocess.run(
        [sys.executable, "-c", POLL, str(home.path), LATER.isoformat()],
        capture_output=True,
        text=True,
        check=True,
    )
    unchanged, *imported = done.stdout.split()
    assert unchanged == "1"
    assert set(NEEDLESS) & set(imported) == set()


def test_a_run_that_finds_nothing_new_does_without_the_stages_that_have_nothing_to_do(tmp_path: Path) -> None:
    home = home_with(tmp_path, 1)
    run = POLL.replace("pipeline.poll(", "pipeline.run(")
    for moment in (NOW, LATER):
        done = subprocess.run(
            [sys.executable, "-c", run, str(home.path), moment.isoformat()],
            capture_output=True,
            text=True,
            check=True,
        )
    imported = set(done.stdout.split())
    assert "aggregator.pipeline.export.state" in imported
    assert not imported & {"aggregator.pipeline.dedup_stage", "aggregator.pipeline.summarise_stage", "sumy"}


def test_other_words_for_abstracts_and_feeds_are_work_to_do(tmp_path: Path) -> None:
    home = home_with(tmp_path, 1)
    pipeline.run(home, Config(), NOW)
    shorter = Config(summarise=SummariseConfig(max_chars=200))
    with open_store(home.database) as store:
        assert not backlog.is_due(store, Config())
        assert not backlog.abstracts_are_due(store, Config())
        assert backlog.abstracts_are_due(store, shorter)
        assert backlog.by(Config(), faces(store)) == backlog.by(Config(), feeds_by_id(store))
        store.execute("UPDATE feeds SET title = 'Another name'")
        assert backlog.is_due(store, Config())
        store.execute("UPDATE stories SET summary_due = 1")
        assert backlog.abstracts_are_due(store, Config())


@pytest.mark.parametrize("feeds", [3, TOGETHER + 3])
def test_all_answers_without_news_are_noted(tmp_path: Path, feeds: int) -> None:
    home = home_with(tmp_path, feeds)
    assert pipeline.poll(home, Config(), LATER).feeds["not_modified"] == feeds
    assert polled(home) == [LATER] * feeds


def test_a_run_that_is_stopped_keeps_the_answers_that_came(tmp_path: Path) -> None:
    home = home_with(tmp_path, 3)

    def stop(_stage: str, done: int, _total: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        pipeline.poll(home, Config(), LATER, progress=stop)
    assert polled(home) == [LATER, LATER, NOW]
