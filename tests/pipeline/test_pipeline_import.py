"""Items that come from a dump or another program: the same stories as if they had been polled."""

from __future__ import annotations

import json
from pathlib import Path

from desk import BRIDGE, NOW, ORIGINAL, OTHER, REPOST, Desk, paragraphs

from aggregator import pipeline
from aggregator.config import Config
from aggregator.dedup.cluster import ODD_MEMBERS
from aggregator.home import Home
from aggregator.store.reading import StoryQuery, list_stories, open_reading


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
