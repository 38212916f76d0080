"""What becomes of a story when copies come, words change, people rule or settings are others."""

from __future__ import annotations

from desk import MINER, ORIGINAL, OTHER, REPOST, Desk, item, paragraphs

from aggregator import pipeline
from aggregator.config import Config, DedupConfig
from aggregator.models import Relation
from aggregator.store.connection import open_store
from aggregator.store.reading import open_reading


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
