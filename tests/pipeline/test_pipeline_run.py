"""The pipeline as a person meets it: a home with feeds that are files, real stages, a real store."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from html import escape
from pathlib import Path

import fresh
import pytest

from aggregator import pipeline
from aggregator.config import Config, DedupConfig
from aggregator.dedup.cluster import ODD_MEMBERS
from aggregator.errors import ConfigError, ExportError, StoreBusy
from aggregator.home import Home
from aggregator.models import Relation, Report, Story
from aggregator.store.connection import open_store
from aggregator.store.reading import StoryQuery, list_stories, open_reading

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)

BRIDGE = (
    (
        "The operators of the Pelican bridge halted withdrawals on Friday after a validator key was used to sign "
        "a transfer of 4,100 ether to an address nobody on the team recognised. "
    ),
    (
        "According to the incident report, the key belonged to a node that had been retired in spring but was "
        "never struck from the signing set. Two of the remaining nine validators noticed the odd transfer within "
        "eleven minutes and refused to countersign the following ones. "
    ),
    (
        "Users who had deposits in transit will be repaid from the treasury, the report goes on, and the bridge "
        "reopens once every key has been rotated and an outside reviewer has gone through the change. "
    ),
    (
        "Analysts at Marsh Hollow counted three comparable losses this year, all of them traced to keys that "
        "should have been switched off long before."
    ),
)
MINER = (
    (
        "Granite Peak Mining will close its oldest hall in Alberta and move four thousand machines to a hydro "
        "site up north, the company told shareholders in a letter published after the close. "
    ),
    (
        "Power at the old hall costs almost twice what the new contract asks for, and the machines there were "
        "idle for a third of the summer. The move takes six weeks and will cut the fleet's output for most of "
        "December, management expects. "
    ),
    "Shares were little changed in late trading, having lost a fifth of their value since August.",
)


def paragraphs(texts: Sequence[str]) -> str:
    return "".join(f"<p>{escape(text.strip())}</p>" for text in texts)


def item(guid: str, title: str, body: str, *, minutes_ago: int, host: str, path: str = "") -> str:
    moment = (NOW - timedelta(minutes=minutes_ago)).strftime("%a, %d %b %Y %H:%M:%S GMT")
    return (
        f"<item><title>{escape(title)}</title><link>https://{host}/{path or guid}</link>"
        f'<guid isPermaLink="false">{guid}</guid><pubDate>{moment}</pubDate>'
        f"<description>{escape(body)}</description></item>"
    )


def feed(title: str, *items: str) -> str:
    return (
        '<?xml version="1.0"?><rss version="2.0"><channel>'
        f"<title>{title}</title><link>https://x.example/</link><description>d</description>{''.join(items)}"
        "</channel></rss>"
    )


ORIGINAL = item(
    "a1",
    "Pelican bridge halts withdrawals after a retired key signs away 4,100 ether",
    paragraphs(BRIDGE),
    minutes_ago=120,
    host="origin.example",
)
REPOST = item(
    "b1",
    "Pelican bridge halts withdrawals after a retired key signs away 4,100 ether",
    paragraphs([*BRIDGE[:3], "The post Pelican bridge halts withdrawals appeared first on Origin."]),
    minutes_ago=90,
    host="copy.example",
)
OTHER = item(
    "a2",
    "Granite Peak Mining moves four thousand machines north",
    paragraphs(MINER),
    minutes_ago=60,
    host="origin.example",
)


class Desk:
    """A home whose feeds a test writes and rewrites, polled whenever the test says so."""

    def __init__(self, path: Path) -> None:
        self.home = fresh.home(path)
        self.config = Config()
        self.now = NOW
        self.names: list[str] = []

    def publish(self, name: str, *items: str) -> None:
        (self.home.path / f"{name}.xml").write_text(feed(name.title(), *items), encoding="utf-8")
        if name not in self.names:
            self.names.append(name)
        outlines = "".join(f'<outline type="rss" text="{each}" xmlUrl="{each}.xml"/>' for each in self.names)
        self.home.opml.write_text(
            f'<opml version="2.0"><head/><body>{outlines}</body></opml>', encoding="utf-8"
        )

    def run(self, *, minutes_later: int = 60) -> Report:
        self.now += timedelta(minutes=minutes_later)
        return pipeline.run(self.home, self.config, self.now)

    def stories(self) -> list[Story]:
        with open_reading(self.home.database) as store:
            return list_stories(store, StoryQuery())

    def files(self) -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in self.home.public.rglob("*") if path.is_file()}

    def derived(self) -> dict[str, list[tuple[object, ...]]]:
        """Everything a rebuild must give again."""
        with open_reading(self.home.database) as store:
            return {
                name: [tuple(row) for row in store.execute(query)]
                for name, query in {
                    "stories": "SELECT id, founder, canonical, speaker, at FROM stories ORDER BY id",
                    "memberships": "SELECT item_id, story_id, rule, score FROM memberships ORDER BY item_id",
                    "related": "SELECT story_id, item_id FROM related ORDER BY 1, 2",
                    "matches": "SELECT older, newer, relation, rule, score, evidence FROM matches "
                    "WHERE retracted_at IS NULL ORDER BY 1, 2",
                    "texts": "SELECT * FROM texts ORDER BY item_id",
                    "abstracts": "SELECT * FROM abstracts ORDER BY story_id",
                    "publications": "SELECT * FROM publications ORDER BY story_id",
                }.items()
            }


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_a_repost_joins_its_story_and_another_story_stays_apart(desk: Desk) -> None:
    desk.publish("origin", ORIGINAL, OTHER)
    desk.publish("copy", REPOST)
    report = desk.run()
    assert report.items == {"new": 3, "updated": 0}
    assert report.stories["new"] == 2
    miner, bridge = desk.stories()
    assert bridge.title.startswith("Pelican bridge")
    assert [copy.feed.title for copy in bridge.reposts] == ["copy"]
    assert miner.reposts == ()
    assert bridge.abstract
    assert set(desk.files()) == {"atom.xml", "rss.xml", "feed.json", "index.html", "feeds.opml"}


def test_running_again_changes_nothing_and_writes_nothing(desk: Desk) -> None:
    desk.publish("origin", ORIGINAL, OTHER)
    desk.publish("copy", REPOST)
    desk.run()
    before = desk.files()
    stamps = [path.stat().st_mtime_ns for path in sorted(desk.home.public.iterdir())]
    report = desk.run()
    assert (report.feeds["not_modified"], report.items["new"], report.files) == (2, 0, [])
    assert desk.files() == before
    assert [path.stat().st_mtime_ns for path in sorted(desk.home.public.iterdir())] == stamps


def test_a_list_that_did_not_change_is_followed_again_when_the_store_lacks_a_feed(desk: Desk) -> None:
    desk.publish("origin", ORIGINAL)
    desk.publish("copy", REPOST)
    desk.run()
    with open_store(desk.home.database) as store, store.transaction():
        store.execute("UPDATE feeds SET removed_at = added_at WHERE url = 'copy.xml'")
    assert desk.run().feeds["due"] == 2


def test_what_is_left_out_of_the_list_is_told_at_every_run_and_no_longer_once_mended(desk: Desk) -> None:
    desk.publish("origin", ORIGINAL)
    sound = desk.home.opml.read_text()
    desk.home.opml.write_text(sound.replace("<outline", '<outline type="rss" text="Nowhere"/><outline', 1))
    told = [any("Nowhere" in each for each in desk.run().warnings) for _ in range(2)]
    desk.home.opml.write_text(sound)
    assert (told, desk.run().warnings) == ([True, True], [])


def test_a_repost_that_arrives_later_joins_without_touching_the_storys_id_or_time(desk: Desk) -> None:
    desk.publish("origin", ORIGINAL)
    desk.run()
    (before,) = desk.stories()
    desk.publish("copy", REPOST)
    report = desk.run()
    (after,) = desk.stories()
    assert report.stories == {"new": 0, "changed": 1}
    assert len(after.reposts) == 1
    assert (after.id, after.updated, after.published, after.url) == (
        before.id,
        before.updated,
        before.published,
        before.url,
    )
    assert "public/atom.xml" in report.files


def test_a_corrected_title_updates_the_story_and_its_time_and_makes_no_second_one(desk: Desk) -> None:
    desk.publish("origin", ORIGINAL)
    desk.run()
    (before,) = desk.stories()
    desk.publish("origin", ORIGINAL.replace("4,100 ether</title>", "4,200 ether</title>"))
    report = desk.run()
    (after,) = desk.stories()
    assert report.items == {"new": 0, "updated": 1}
    assert after.id == before.id
    assert "4,200" in after.title
    assert after.updated == desk.now > before.updated
    assert after.published == before.published


def test_the_link_stays_where_it_was_when_a_better_source_arrives_after_publication(desk: Desk) -> None:
    desk.publish("copy", REPOST)
    desk.run()
    (before,) = desk.stories()
    desk.publish("origin", ORIGINAL)
    desk.run()
    (after,) = desk.stories()
    assert after.url == before.url == "https://copy.example/b1"
    assert [copy.url for copy in after.reposts] == ["https://origin.example/a1"]
    assert after.id == before.id


def test_a_rebuild_gives_what_the_increments_gave(desk: Desk) -> None:
    desk.publish("origin", ORIGINAL)
    desk.run()
    desk.publish(
        "copy", REPOST, item("b2", "Hall closes", paragraphs(MINER), minutes_ago=10, host="copy.example")
    )
    desk.run()
    desk.publish("origin", ORIGINAL.replace("eleven minutes", "twelve minutes"), OTHER)
    desk.run()
    before = desk.derived()
    files = desk.files()
    pipeline.dedup(desk.home, desk.config, desk.now, rebuild=True)
    pipeline.summarise(desk.home, desk.config, desk.now)
    pipeline.export(desk.home, desk.config, desk.now)
    assert desk.derived() == before
    assert desk.files() == files


def test_a_revision_that_is_no_copy_any_more_leaves_the_story(desk: Desk) -> None:
    desk.publish("origin", ORIGINAL)
    desk.publish("copy", REPOST)
    desk.run()
    assert len(desk.stories()) == 1
    other = item(
        "b1", "Granite Peak closes its oldest hall", paragraphs(MINER), minutes_ago=90, host="copy.example"
    )
    desk.publish("copy", other)
    desk.run()
    assert len(desk.stories()) == 2
    with open_reading(desk.home.database) as store:
        retracted = store.execute("SELECT count(*) FROM matches WHERE retracted_at IS NOT NULL").fetchone()[0]
    assert retracted == 1


def test_a_persons_ruling_beats_the_match_and_survives_a_rebuild(desk: Desk) -> None:
    desk.publish("origin", ORIGINAL)
    desk.publish("copy", REPOST)
    desk.run()
    (story,) = desk.stories()
    with open_store(desk.home.database) as store:
        uids = sorted([story.item, story.reposts[0].item])
        store.execute(
            "INSERT INTO rulings (a, b, verdict, made_at) VALUES (?, ?, 'different', '2026-11-22T12:00:00Z')",
            uids,
        )
    pipeline.dedup(desk.home, desk.config, desk.now, rebuild=True)
    assert len(desk.stories()) == 2
    with open_store(desk.home.database) as store:
        store.execute("UPDATE rulings SET withdrawn_at = '2026-11-22T13:00:00Z'")
    pipeline.dedup(desk.home, desk.config, desk.now, rebuild=True)
    assert [each.id for each in desk.stories()] == [story.id]


def test_a_changed_setting_regroups_what_is_stored(desk: Desk) -> None:
    desk.publish("origin", ORIGINAL)
    desk.run()
    desk.config = Config(dedup=DedupConfig(collapse=Relation.REPOST))
    desk.run()
    with open_reading(desk.home.database) as store:
        assert (
            store.execute("SELECT value FROM meta WHERE key = 'clustering'")
            .fetchone()[0]
            .find("collapse repost")
            > 0
        )


def test_another_window_is_heeded_at_once(desk: Desk) -> None:
    desk.publish("origin", ORIGINAL)
    desk.run()
    desk.config = Config(dedup=DedupConfig(window_days=9))
    pipeline.dedup(desk.home, desk.config, desk.now)
    with open_reading(desk.home.database) as store:
        matching = store.execute("SELECT value FROM meta WHERE key = 'matching'").fetchone()[0]
    assert "window 9" in matching


def test_another_name_or_rank_of_a_feed_counts_for_what_it_brought_before(desk: Desk) -> None:
    desk.publish("origin", ORIGINAL.replace("</title>", " | Marsh Hollow Wire</title>"), OTHER)
    desk.publish("copy", REPOST)
    desk.run()
    outlines = desk.home.opml.read_text()
    outlines = outlines.replace('text="origin"', 'text="Marsh Hollow Wire"')
    outlines = outlines.replace('text="copy"', 'text="copy" priority="7"')
    desk.home.opml.write_text(outlines)
    desk.run()
    before = desk.derived()
    pipeline.dedup(desk.home, desk.config, desk.now, rebuild=True)
    assert desk.derived() == before
    with open_reading(desk.home.database) as store:
        canonical = store.execute(
            "SELECT items.guid FROM stories JOIN items ON items.id = canonical ORDER BY guid"
        ).fetchall()
    assert [row[0] for row in canonical] == ["a2", "b1"]


def test_an_excerpt_gives_way_when_a_copy_with_the_whole_text_arrives(desk: Desk) -> None:
    short = item(
        "a1",
        "Pelican bridge halts withdrawals after a retired key signs away 4,100 ether",
        "The operators of the Pelican bridge halted withdrawals on Friday after a validator key was used to […]",
        minutes_ago=120,
        host="origin.example",
        path="pelican-bridge-halts-withdrawals-after-a-retired-key",
    )
    desk.publish("origin", short)
    desk.run()
    (before,) = desk.stories()
    desk.publish("copy", REPOST)
    desk.run()
    (after,) = desk.stories()
    assert len(after.reposts) == 1
    assert (before.abstract or "…").endswith("…")
    assert after.abstract is not None
    assert not after.abstract.endswith("…")


def test_a_feed_that_fails_is_recorded_and_the_others_are_read(desk: Desk) -> None:
    desk.publish("origin", ORIGINAL)
    desk.publish("broken")
    (desk.home.path / "broken.xml").write_text("<html><body>Moved</body></html>")
    report = desk.run()
    assert (report.feeds["fetched"], report.feeds["failed"]) == (1, 1)
    assert report.failures[0].feed == "broken.xml"
    assert report.failures[0].reason == "not-a-feed"
    assert len(desk.stories()) == 1


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "init"),
        ("", "not XML|empty"),
        ("<opml><body/></opml>", "no feeds"),
        ("<opml><body>", "line"),
    ],
    ids=["missing", "empty", "no feeds", "not XML"],
)
def test_a_home_without_a_usable_list_says_what_to_do(desk: Desk, content: str | None, says: str) -> None:
    if content is not None:
        desk.home.opml.write_text(content)
    with pytest.raises(ConfigError, match=says):
        desk.run()


def test_a_second_run_while_one_is_running_is_turned_away(desk: Desk) -> None:
    desk.publish("origin", ORIGINAL)
    with desk.home.lock(), pytest.raises(StoreBusy) as busy:
        desk.run()
    assert busy.value.exit_code == 75


def test_an_export_that_cannot_write_fails_alone_and_the_next_one_catches_up(desk: Desk) -> None:
    desk.publish("origin", ORIGINAL)
    desk.home.public.write_text("in the way")
    with pytest.raises(ExportError):
        desk.run()
    assert len(desk.stories()) == 1
    desk.home.public.unlink()
    assert "public/atom.xml" in desk.run().files


def test_dump_and_import_make_the_same_stories_in_another_home(desk: Desk, tmp_path: Path) -> None:
    desk.publish("origin", ORIGINAL, OTHER)
    desk.publish("copy", REPOST)
    desk.run()
    lines = [json.dumps(record).encode() for record in pipeline.dump(desk.home)]
    elsewhere = Home(tmp_path / "elsewhere")
    elsewhere.path.mkdir()
    elsewhere.opml.write_bytes(desk.home.opml.read_bytes())
    report = pipeline.import_items(elsewhere, desk.config, desk.now, lines)
    assert (report.read, report.new, report.bad) == (3, 3, [])
    assert [json.dumps(record).encode() for record in pipeline.dump(elsewhere)] == lines
    with open_reading(elsewhere.database) as store:
        theirs = list_stories(store, StoryQuery())
    mine = desk.stories()
    assert [(each.id, each.title, each.abstract, each.published) for each in theirs] == [
        (each.id, each.title, each.abstract, each.published) for each in mine
    ]
    again = pipeline.import_items(elsewhere, desk.config, desk.now, lines)
    assert (again.new, again.updated, again.unchanged) == (0, 0, 3)


def test_what_is_dumped_comes_back_to_its_own_home_unchanged(desk: Desk) -> None:
    title = "AT&amp;amp;amp;T on &amp;amp;lt;b&amp;amp;gt; tags, 3 &amp;lt; 4"
    desk.publish("origin", ORIGINAL.replace("Pelican bridge halts", title))
    desk.run()
    lines = [json.dumps(record).encode() for record in pipeline.dump(desk.home)]
    assert b"&" in lines[0]
    again = pipeline.import_items(desk.home, desk.config, desk.now, lines)
    assert (again.new, again.updated, again.unchanged) == (0, 0, 1)


def test_what_the_list_says_of_a_feed_holds_for_what_is_imported_from_it(desk: Desk) -> None:
    desk.home.opml.write_text(
        '<opml version="2.0" xmlns:aggregator="tag:aggregator.invalid,2026:opml"><head/><body>'
        '<outline title="Relay" xmlUrl="https://relay.example/feed" aggregator:priority="-10"/>'
        '<outline title="Source" xmlUrl="https://source.example/feed"/></body></opml>'
    )
    lines = [
        json.dumps({"id": name, "feed": f"https://{name}.example/feed", "title": "Pelican bridge halts withdrawals",
                    "url": f"https://{name}.example/1", "content_html": paragraphs(BRIDGE),
                    "published": f"2026-11-22T1{hour}:00:00Z"}).encode()
        for hour, name in enumerate(("relay", "source"))
    ]  # fmt: skip
    pipeline.import_items(desk.home, desk.config, desk.now, lines)
    (story,) = desk.stories()
    assert (story.feed.title, [copy.feed.title for copy in story.reposts]) == ("Source", ["Relay"])


def test_bad_lines_are_named_and_good_ones_kept(desk: Desk) -> None:
    lines = [
        '\ufeff{"id": "1", "source": "S", "title": "Fine"}'.encode(),
        b"",
        b"{not json",
        b'["a list"]',
        b'{"id": "2", "title": "Nobody\'s"}',
        b'{"source": "S", "title": "Nameless"}',
        b'{"id": "3", "source": "S"}',
        b'{"id": "4", "source": "S", "title": "When", "published": "yesterday"}',
        b'{"id": "5", "source": "S", "title": "Unix", "published": 1763800000}',
        b'{"id": "6", "source": "S", "title": "Naive", "published": "2025-11-22T08:00:00", "unknown": [1]}',
        b'{"id": "7", "source": "S", "title": "Half \\ud83d a character"}',
        b"\xff\xfe",
    ]
    report = pipeline.import_items(desk.home, desk.config, desk.now, lines)
    assert (report.read, report.new) == (11, 4)
    assert [number for number, _ in report.bad] == [3, 4, 5, 6, 7, 8, 12]
    with open_reading(desk.home.database) as store:
        times = dict(
            store.execute("SELECT guid, published FROM items WHERE published IS NOT NULL").fetchall()
        )
    assert times == {"5": "2025-11-22T08:26:40Z", "6": "2025-11-22T08:00:00Z"}


def test_an_imported_translation_joins_the_story_of_its_original_without_a_shared_address(desk: Desk) -> None:
    english = (
        "Quillbridge of Singapore has raised $341 million from Lantern Capital, its founder Marta Holm told reporters.",
        "It handled 8.7 million tickets last year, 62% more than before, and expects twice as many by next spring.",
        "Lantern Capital takes two seats on the board, and the ferries keep running until the contract is signed.",
        "The money goes into infrastructure.",
    )
    ukrainian = (
        "Quillbridge із Сінгапуру залучила 341 мільйон доларів від Lantern Capital, розповіла засновниця Марта Холм.",
        "Торік вона обробила 8,7 мільйона квитків, на 62 % більше, ніж раніше, і чекає вдвічі більше до весни.",
        "Lantern Capital отримає два місця в раді, а пороми ходитимуть і далі, доки не буде підписано контракт.",
        "Гроші підуть на інфраструктуру.",
    )
    rows = [
        {
            "id": lang,
            "source": lang,
            "lang": lang,
            "title": title,
            "content_html": paragraphs(body),
            "published": at,
        }
        for lang, title, body, at in (
            ("en", "Quillbridge raises $341 million", english, "2026-11-22T08:00:00Z"),
            ("uk", "Quillbridge залучила 341 мільйон доларів", ukrainian, "2026-11-22T09:30:00Z"),
        )
    ]
    pipeline.import_items(desk.home, desk.config, desk.now, [json.dumps(row).encode() for row in rows])
    (story,) = desk.stories()
    assert [each.rule for each in story.reposts] == ["anchors"]
    pipeline.dedup(desk.home, desk.config, desk.now, rebuild=True)
    assert [each.id for each in desk.stories()] == [story.id]


def test_a_story_of_more_copies_than_any_right_one_had_is_named(tmp_path: Path) -> None:
    text = "The Norrin bridge was drained of $27 million after somebody found a forgotten test key in an archive. "
    rows = [
        {
            "id": str(number),
            "feed": f"https://outlet{number}.example/feed",
            "url": f"https://outlet{number}.example/norrin",
            "title": "Norrin bridge drained of $27 million",
            "content_html": text * 2,
            "published": f"2026-11-20T09:{number:02}:00Z",
            "lang": "en",
        }
        for number in range(ODD_MEMBERS + 1)
    ]
    lines = [json.dumps(row).encode() for row in rows]
    for name in ("few", "many"):
        (tmp_path / name).mkdir()
    few = pipeline.import_items(Home(tmp_path / "few"), Config(), NOW, lines[:-1])
    assert few.report.warnings == []
    many = pipeline.import_items(Home(tmp_path / "many"), Config(), NOW, lines)
    (said,) = many.report.warnings
    assert f"holds {ODD_MEMBERS + 1} items" in said
    assert "aggregator explain" in said
