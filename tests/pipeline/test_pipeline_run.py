"""The pipeline as a person meets it: a home with feeds that are files, real stages, a real store."""

from __future__ import annotations

import pytest
from desk import ORIGINAL, OTHER, REPOST, Desk

from aggregator.errors import ConfigError, ExportError, StoreBusy
from aggregator.store.connection import open_store


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
