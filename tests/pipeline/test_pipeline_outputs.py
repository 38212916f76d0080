"""Named outputs as a person meets them: tables in the settings, directories below public/."""

from __future__ import annotations

import importlib.util
import json
import shutil
from datetime import UTC, datetime, timedelta
from html import escape
from pathlib import Path

import fresh
import pytest

from aggregator import config, opml, pipeline
from aggregator.errors import ExportError
from aggregator.models import Report
from aggregator.pipeline.export.documents import live
from aggregator.pipeline.export.outputs import outputs
from aggregator.store.connection import open_store
from aggregator.store.feeds import feeds_by_id

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)

# From its file: tests are no package, and it lies with the other outputs' tests.
_spec = importlib.util.spec_from_file_location(
    "export_golden", Path(__file__).parents[1] / "export" / "export_golden.py"
)
export_golden = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(export_golden)

SETTINGS = """
[outputs.bitcoin]
title = "Bitcoin"
coins = ["BTC"]
[outputs.no-releases]
press_releases = false
sponsored = false
formats = ["atom", "json"]
"""

BITCOIN = (
    "Osprey ferries take bitcoin for a crossing",
    "The ferry line Osprey takes bitcoin for a crossing since Monday. A third of the tickets sold on the first day "
    "were paid that way, the purser said, most of them by anglers who had come over from the mainland to try it.",
)
ETHER = (
    "Ethereum clients of the Larkhill group agree on a date",
    "Four teams in Larkhill that write Ethereum clients agreed on the third of March for their next release. A fifth "
    "asked for two more weeks, because the tests of its snapshot code take nine days on the machines it has.",
)
RELEASE = (
    "Ashdown Baths announces a heating loyalty token",
    "ASHDOWN, Nov. 20, 2026 (Chainwire) -- Ashdown Baths, the leading provider of warm water in the county, today "
    "announced a token for its most loyal guests, who may exchange ten visits for a towel with the town's arms.",
)


WORDS = "amber birch cedar dahlia elder fennel garlic hazel iris juniper".split()


class Desk:
    def __init__(self, path: Path) -> None:
        self.home = fresh.home(path)
        self.now = NOW
        self.config = config.parse(SETTINGS)
        self.feeds: dict[str, list[tuple[str, str]]] = {}

    def publish(self, feed: str, *articles: tuple[str, str]) -> None:
        told = self.feeds.setdefault(feed, [])
        told.extend(articles)
        began = NOW - timedelta(hours=2)
        items = "".join(
            f"<item><title>{escape(title)}</title><link>https://{feed}.example/{number}</link>"
            f"<guid>{feed}-{number}</guid><description>{escape(body)}</description>"
            f"<pubDate>{began + timedelta(minutes=number):%a, %d %b %Y %H:%M:%S} GMT</pubDate></item>"
            for number, (title, body) in enumerate(told)
        )
        (self.home.path / f"{feed}.xml").write_text(
            f'<rss version="2.0"><channel><title>{feed}</title><link>https://{feed}.example/</link>'
            f"<description>d</description>{items}</channel></rss>"
        )
        outlines = "".join(f'<outline text="{each}" xmlUrl="{each}.xml"/>' for each in self.feeds)
        self.home.opml.write_text(f'<opml version="2.0"><head/><body>{outlines}</body></opml>')

    def run(self) -> Report:
        self.now += timedelta(minutes=60)
        return pipeline.run(self.home, self.config, self.now)

    def titles(self, output: str = "") -> list[str]:
        document = json.loads((self.home.public / output / "feed.json").read_text())
        return [item["title"] for item in document["items"]]

    def stamps(self, output: str = "") -> dict[str, int]:
        return {
            path.name: path.stat().st_mtime_ns
            for path in (self.home.public / output).iterdir()
            if path.is_file()
        }


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    made = Desk(tmp_path)
    made.publish("osprey", BITCOIN, ETHER)
    made.publish("baths", RELEASE)
    return made


def test_every_output_has_its_directory_its_formats_and_the_stories_it_asks_for(desk: Desk) -> None:
    report = desk.run()
    assert set(desk.titles()) == {ETHER[0], RELEASE[0], BITCOIN[0]}
    assert desk.titles("bitcoin") == [BITCOIN[0]]
    assert desk.titles("no-releases") == [ETHER[0], BITCOIN[0]]
    assert report.files[5:] == [
        "public/outputs.opml",
        "public/bitcoin/atom.xml",
        "public/bitcoin/rss.xml",
        "public/bitcoin/feed.json",
        "public/bitcoin/index.html",
        "public/no-releases/atom.xml",
        "public/no-releases/feed.json",
    ]
    assert sorted(desk.stamps("bitcoin")) == ["atom.xml", "feed.json", "index.html", "rss.xml"]


def test_a_story_has_one_id_and_an_output_its_own_name_and_address(desk: Desk) -> None:
    desk.run()
    main, bitcoin = (
        json.loads((desk.home.public / name / "feed.json").read_text()) for name in ("", "bitcoin")
    )
    assert bitcoin["items"][0] == next(item for item in main["items"] if item["title"] == BITCOIN[0])
    assert (bitcoin["title"], bitcoin["feed_url"]) == ("Bitcoin", "http://127.0.0.1:8080/bitcoin/feed.json")
    unnamed = json.loads((desk.home.public / "no-releases" / "feed.json").read_text())
    assert unnamed["title"] == "Crypto news, each story once · no-releases"
    assert unnamed["description"] == "Stories that nobody paid for, that are no press releases; each once."


def test_outputs_stand_in_one_list_for_a_readers_import(desk: Desk) -> None:
    desk.config = config.parse(SETTINGS + "[outputs.ether]\ncoins = ['ETH']\ntitle = 'Ether & co'")
    desk.run()
    public = desk.home.public
    listed = [(each.title, each.url) for each in opml.read(public / "outputs.opml").subscriptions]
    assert listed == [
        ("Crypto news, each story once", "http://127.0.0.1:8080/atom.xml"),
        ("Bitcoin", "http://127.0.0.1:8080/bitcoin/atom.xml"),
        ("Crypto news, each story once · no-releases", "http://127.0.0.1:8080/no-releases/atom.xml"),
        ("Ether & co", "http://127.0.0.1:8080/ether/atom.xml"),
    ]


@pytest.mark.parametrize(
    "settings", ["", "[export]\nlimit = 2\nmin_hours = 0", "[export]\nmax_bytes = 16384"]
)
def test_an_output_holds_the_same_stories_however_many_are_read_at_once(desk: Desk, settings: str) -> None:
    desk.config = config.parse(settings)
    desk.publish(
        "larkhill",
        *(
            (f"Ferry {word} sails", f"The {word} ferry sails today. " + f"Its {word} deck is {word}. " * 9)
            for word in WORDS
        ),
    )
    desk.run()
    with open_store(desk.home.database) as store:
        output, feeds = outputs(desk.config)[0], feeds_by_id(store)
        whole = live(store, output, feeds, desk.now)
        assert all(live(store, output, feeds, desk.now, at_once=some) == whole for some in (1, 2, 5))
    assert [each.title for each in whole.stories] == desk.titles()
    assert (len(whole.stories) < 3 + len(WORDS)) is bool(settings)


def test_a_feed_without_a_page_does_not_link_to_one(desk: Desk) -> None:
    desk.run()
    pages = [
        json.loads((desk.home.public / name / "feed.json").read_text())["home_page_url"]
        for name in ("bitcoin", "no-releases")
    ]
    assert pages == ["http://127.0.0.1:8080/bitcoin/index.html", "http://127.0.0.1:8080/no-releases/"]


def test_an_output_reads_as_in_the_golden_files(desk: Desk) -> None:
    desk.run()
    export_golden.golden("output.xml", (desk.home.public / "no-releases" / "atom.xml").read_bytes())
    export_golden.golden("outputs.opml", (desk.home.public / "outputs.opml").read_bytes())


def test_an_unchanged_output_is_neither_written_nor_touched(desk: Desk) -> None:
    desk.run()
    before = {name: desk.stamps(name) for name in ("", "bitcoin", "no-releases")}
    assert desk.run().files == []
    assert {name: desk.stamps(name) for name in before} == before


def test_a_new_story_changes_the_outputs_that_hold_it_and_no_other(desk: Desk) -> None:
    desk.run()
    before = desk.stamps("bitcoin")
    desk.publish(
        "osprey", ("Ethereum fees fall in Larkhill", "Fees for Ethereum fell by a half on Sunday morning.")
    )
    report = desk.run()
    assert desk.stamps("bitcoin") == before
    assert "public/atom.xml" in report.files
    assert "public/no-releases/atom.xml" in report.files
    assert not [name for name in report.files if "bitcoin" in name]


def test_other_conditions_change_their_output_alone(desk: Desk) -> None:
    desk.run()
    desk.config = config.parse(SETTINGS.replace('["BTC"]', '["BTC", "ETH"]'))
    report = desk.run()
    assert desk.titles("bitcoin") == [ETHER[0], BITCOIN[0]]
    assert all("bitcoin" in name for name in report.files)


def test_a_file_that_somebody_removed_is_written_again(desk: Desk) -> None:
    desk.run()
    (desk.home.public / "bitcoin" / "atom.xml").unlink()
    assert desk.run().files == ["public/bitcoin/atom.xml"]


def test_the_same_store_gives_the_same_bytes_whenever_it_is_asked(desk: Desk) -> None:
    desk.run()
    before = {path: path.read_bytes() for path in desk.home.public.rglob("*.*")}
    shutil.rmtree(desk.home.public)
    report = desk.run()
    assert {path: path.read_bytes() for path in desk.home.public.rglob("*.*")} == before
    assert len(report.files) == len(before) == 12


def test_an_output_taken_out_of_the_settings_keeps_its_files_and_is_named_once(desk: Desk) -> None:
    desk.run()
    before = desk.stamps("bitcoin")
    desk.config = config.parse("[outputs.no-releases]\npress_releases = false")
    (warning,) = desk.run().warnings
    assert warning == (
        "public/bitcoin/ is written no more: [outputs.bitcoin] is not in aggregator.toml; "
        "remove the directory once nobody reads it"
    )
    assert desk.stamps("bitcoin") == before
    assert desk.run().warnings == []


def test_the_main_output_takes_filters_too(desk: Desk) -> None:
    desk.config = config.parse("[export]\npress_releases = false")
    desk.run()
    assert desk.titles() == [ETHER[0], BITCOIN[0]]


def test_a_busy_feed_gets_no_more_than_its_share_and_older_stories_of_others_move_up(desk: Desk) -> None:
    desk.publish(
        "busy", *((f"Note {number} of the harbour", f"Berth {number} is taken.") for number in range(9))
    )
    desk.config = config.parse("[export]\nper_feed = 2\nlimit = 4\nmin_hours = 0")
    desk.run()
    titles = desk.titles()
    assert sum(title.startswith("Note") for title in titles) == 2
    assert len(titles) == 4


def test_a_file_where_the_directory_should_stand_is_named_and_nothing_else_is_lost(desk: Desk) -> None:
    desk.home.public.mkdir()
    (desk.home.public / "bitcoin").write_text("mine")
    with pytest.raises(ExportError, match=r"public/bitcoin: .*exists"):
        desk.run()
    assert (desk.home.public / "bitcoin").read_text() == "mine"
    assert len(desk.titles()) == 3
