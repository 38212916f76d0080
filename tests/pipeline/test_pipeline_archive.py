"""History behind the live documents: complete, linked both ways, and never rewritten once closed (RFC 5005 §4)."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import fresh
import pytest
from feedserver import FeedServer
from strict_reader import Walker, checked_history, document

from aggregator import pipeline
from aggregator.config import Config, ExportConfig, OutputConfig, PollConfig
from aggregator.export.identity import story_id
from aggregator.home import Home
from aggregator.store.connection import open_store
from aggregator.store.reading import StoryQuery, list_stories, open_reading

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)

SMALL = ExportConfig(limit=3, min_hours=0, archive_stories=2, archives=("atom", "rss", "json"))

WORDS = "amber basalt cedar dune ember fjord grove heath islet juniper krill larch moss nettle ochre pebble".split()


def line(number: int, *, at: datetime | None = None, **more: object) -> bytes:
    """An item of its own; no two of them share three words in a row."""
    words = [f"{WORDS[(number + step) % len(WORDS)]}{number * 31 + step * 7}" for step in range(40)]
    record = {
        "id": f"n{number}",
        "feed": f"https://outlet{number % 3}.example/feed",
        "source": f"Outlet {number % 3}",
        "url": f"https://outlet{number % 3}.example/{number}",
        "title": f"Report {' '.join(words[:6])}",
        "content_html": f"<p>{' '.join(words)}.</p>",
        "published": (at or NOW + timedelta(minutes=number)).isoformat(),
    }
    return json.dumps(record | more).encode()


class Newsdesk:
    """A home into which items are brought, the clock an hour ahead of the newest."""

    def __init__(self, path: Path, export: ExportConfig = SMALL, **more: object) -> None:
        self.home = fresh.home(path)
        self.config = Config(export=export, **more)
        self.walker = Walker(self.home.public)

    def bring(self, numbers: Iterable[int], *, now: datetime | None = None) -> None:
        lines = [line(number) for number in numbers]
        moment = now or NOW + timedelta(hours=24)
        pipeline.import_items(self.home, self.config, moment, lines)

    def export(self) -> list[str]:
        return pipeline.export(self.home, self.config, NOW + timedelta(hours=25)).files

    def archived(self) -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in sorted((self.home.public / "archive").iterdir())}

    def closed(self) -> dict[str, bytes]:
        return {
            name: data
            for name, data in self.archived().items()
            if name.startswith("atom") and document(data).closed
        }

    def ids(self) -> set[str]:
        with open_reading(self.home.database) as store:
            return {story_id(story.id) for story in list_stories(store, StoryQuery())}


@pytest.fixture
def desk(tmp_path: Path) -> Newsdesk:
    (tmp_path / "home").mkdir()
    return Newsdesk(tmp_path / "home")


def test_a_walk_back_finds_every_story_once(desk: Newsdesk) -> None:
    desk.bring(range(20))
    pages = desk.walker.pages()
    found = checked_history(pages)
    assert found.keys() == desk.ids()
    assert sum(len(page.entries) for page in pages) == 20
    assert desk.walker.json_ids() == [name for page in pages for name in page.entries]


def test_pages_come_newest_first_and_so_do_their_stories(desk: Newsdesk) -> None:
    desk.bring(range(20))
    times = [shown.published for page in desk.walker.pages() for shown in page.entries.values()]
    assert times == sorted(times, reverse=True)


def test_a_few_stories_have_no_history(desk: Newsdesk) -> None:
    desk.bring(range(3))
    assert len(desk.walker.pages()) == 1
    assert not (desk.home.public / "archive").exists()


def test_a_closed_page_is_never_written_again(desk: Newsdesk) -> None:
    desk.bring(range(9))
    before = desk.closed()
    assert before
    for number in range(9, 30):
        desk.bring([number])
        now = desk.closed()
        assert {name: now[name] for name in before} == before
        before = now
        assert checked_history(desk.walker.pages()).keys() == desk.ids()
    assert len(before) >= 10


def test_whoever_comes_seldom_and_stops_at_pages_they_have_read_misses_nothing(desk: Newsdesk) -> None:
    """As RFC 5005 §4.2 lets clients do: so the open page has another address once another story stands there."""
    desk.config = Config(export=replace(SMALL, archive_stories=8))
    read: set[str] = set()
    found: set[str] = set()
    for first in range(0, 28, 4):  # one more than the live feed holds
        desk.bring(range(first, first + 4))
        address = live = "http://127.0.0.1:8080/atom.xml"
        while address and address not in read:
            page = document(desk.walker.fetched(address))
            found |= page.entries.keys()
            read |= {address} - {live}
            address = page.links.get("prev-archive")
        assert found == desk.ids()


def test_one_by_one_or_all_at_once_the_closed_pages_are_the_same(tmp_path: Path) -> None:
    homes = []
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        homes.append(Newsdesk(tmp_path / name))
    for number in range(12):
        homes[0].bring([number])
    homes[1].bring(range(12))
    assert homes[0].archived() == homes[1].archived()


def test_an_old_story_that_comes_late_is_in_history_and_not_in_the_live_feed(desk: Newsdesk) -> None:
    desk.bring(range(10, 20))
    closed = desk.closed()
    desk.bring([1])
    pages = desk.walker.pages()
    assert checked_history(pages).keys() == desk.ids()
    assert not any(shown.published < NOW + timedelta(minutes=10) for shown in pages[0].entries.values())
    assert {name: desk.closed()[name] for name in closed} == closed


def test_a_page_that_is_missing_is_made_again(desk: Newsdesk) -> None:
    desk.bring(range(20))
    before = desk.archived()
    (desk.home.public / "archive" / "atom-2.xml").unlink()
    (desk.home.public / "archive" / "rss-1.xml").unlink()
    assert sorted(desk.export()) == ["public/archive/atom-2.xml", "public/archive/rss-1.xml"]
    assert desk.archived() == before
    shutil.rmtree(desk.home.public)
    desk.export()
    assert desk.archived() == before


def test_an_export_without_news_touches_no_page(desk: Newsdesk) -> None:
    desk.bring(range(20))
    assert desk.export() == []


def test_a_feed_that_moves_takes_its_history_along(desk: Newsdesk) -> None:
    desk.bring(range(20))
    base = "https://news.example/crypto/"
    desk.config = replace(desk.config, export=replace(SMALL, base_url=base))
    desk.export()
    assert checked_history(Walker(desk.home.public, base).pages()).keys() == desk.ids()


def test_whoever_wants_no_history_gets_none(tmp_path: Path) -> None:
    desk = Newsdesk(tmp_path, replace(SMALL, archives=()))
    desk.bring(range(20))
    assert len(desk.walker.pages()) == 1
    assert not (desk.home.public / "archive").exists()
    desk.config = replace(desk.config, export=SMALL)
    desk.export()
    assert checked_history(desk.walker.pages()).keys() == desk.ids()


def test_a_larger_limit_brings_stories_back_to_the_live_feed_and_leaves_closed_pages_alone(
    desk: Newsdesk,
) -> None:
    desk.bring(range(20))
    closed = desk.closed()
    desk.config = replace(desk.config, export=replace(SMALL, limit=10))
    desk.export()
    pages = desk.walker.pages()
    assert len(pages[0].entries) == 10
    assert checked_history(pages).keys() == desk.ids()
    assert desk.closed() == closed


def test_a_page_stays_within_the_size_of_a_document(tmp_path: Path) -> None:
    desk = Newsdesk(tmp_path, replace(SMALL, archive_stories=100, max_bytes=16 * 1024))
    desk.bring(range(40))
    assert checked_history(desk.walker.pages()).keys() == desk.ids()
    assert all(len(data) <= 16 * 1024 for data in desk.archived().values())
    assert len(desk.closed()) > 2


def test_a_named_output_has_the_history_of_what_it_lets_through(tmp_path: Path) -> None:
    output = OutputConfig(feeds=("Outlet 1",), limit=2, min_hours=0)
    desk = Newsdesk(tmp_path, SMALL, outputs={"one": output})
    desk.bring(range(30))
    walker = Walker(desk.home.public / "one", "http://127.0.0.1:8080/one/")
    found = checked_history(walker.pages())
    with open_reading(desk.home.database) as store:
        passing = list_stories(store, StoryQuery(feed="Outlet 1"))
    assert found.keys() == {story_id(story.id) for story in passing}
    assert len(walker.pages()) > 3


def test_a_run_killed_while_it_closed_a_page_loses_nothing(desk: Newsdesk) -> None:
    desk.bring(range(20))
    before = desk.archived()
    with open_store(desk.home.database) as store, store.transaction():
        # As it stands between writing a page and noting it.
        store.execute("UPDATE told SET page = NULL WHERE output = '' AND page >= 5")
        store.execute("DELETE FROM meta WHERE key = 'exported/'")
    desk.export()
    assert desk.archived() == before


@pytest.mark.parametrize("name", ["atom.xml", "rss.xml", "feed.json"])
def test_a_new_subscriber_of_our_own_kind_gets_the_history_too(
    desk: Newsdesk, tmp_path: Path, feed_server: FeedServer, name: str
) -> None:
    desk.config = Config(export=replace(SMALL, archive_stories=3, base_url=feed_server.url("/")))
    desk.bring(range(20))
    feed_server.serve_directory(desk.home.public)
    reader = Home(tmp_path / "reader")
    reader.path.mkdir()
    reader.opml.write_text(
        f'<opml version="2.0"><body><outline type="rss" xmlUrl="{feed_server.url("/" + name)}"/></body></opml>'
    )
    config = Config(poll=PollConfig(private_networks=True, host_spacing_seconds=0))
    pipeline.run(reader, config, NOW + timedelta(hours=30))
    rows = list(pipeline.dump(reader, items_alone=True))
    assert {row["id"] for row in rows} == desk.ids()
    assert len(rows) == 20


def test_a_walk_through_the_demo_finds_every_story_once(tmp_path: Path) -> None:
    shutil.copytree(Path(__file__).parents[2] / "examples" / "demo", tmp_path / "home")
    desk = Newsdesk(tmp_path / "home", replace(SMALL, limit=10, archive_stories=5))
    pipeline.run(desk.home, desk.config, NOW, force=True)
    pages = desk.walker.pages()
    assert checked_history(pages).keys() == desk.ids()
    assert sum(len(page.entries) for page in pages) == len(desk.ids()) > 50
    assert desk.walker.json_ids() == [name for page in pages for name in page.entries]
