"""A real reader: newsboat subscribes, sees every story once, and is never shown one twice."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from dataclasses import replace
from datetime import UTC, datetime

import export_samples as samples
import pytest

from aggregator.export import atom, rss

pytestmark = pytest.mark.skipif(
    shutil.which("newsboat") is None, reason="no newsboat here (apt-get install newsboat)"
)


class Newsboat:
    """One subscription and its cache."""

    def __init__(self, home, name):
        self.home, self.document = home, home / name
        (home / "urls").write_text(f"{self.document.as_uri()}\n")
        (home / "config").write_text("")

    def reload(self):
        run = subprocess.run(
            ["newsboat", "-C", "config", "-u", "urls", "-c", "cache.db", "-x", "reload"],
            cwd=self.home,
            env={**os.environ, "HOME": str(self.home), "LANG": "C.UTF-8"},
            capture_output=True,
            text=True,
            check=True,
        )
        assert run.stderr == ""

    def ask(self, sql):
        database = sqlite3.connect(self.home / "cache.db")
        try:
            with database:
                return database.execute(sql).fetchall()
        finally:
            database.close()


@pytest.fixture(params=[("atom.xml", atom), ("rss.xml", rss)], ids=["atom", "rss"])
def subscribed(request, tmp_path):
    name, renderer = request.param
    reader = Newsboat(tmp_path, name)

    def publish(stories):
        reader.document.write_bytes(renderer.render(samples.CHANNEL, stories))
        reader.reload()
        return reader

    return publish


def test_a_reader_shows_title_author_link_and_time_of_every_story(subscribed):
    reader = subscribed(samples.STORIES)
    found = reader.ask("select title, author, url, pubDate from rss_item order by pubDate desc")
    assert len(found) == len(samples.STORIES)
    expected = [
        (story.title, story.author or story.feed.title, story.url, story.published)
        for story in (samples.HALVING, samples.BRIDGE, samples.CHINESE, samples.ARABIC, samples.HOSTING)
    ]
    assert [(*row[:3], datetime.fromtimestamp(row[3], UTC)) for row in found[:5]] == expected


def test_no_story_is_new_again_after_a_repost_a_retitle_and_a_new_canonical_item(subscribed):
    reader = subscribed(samples.STORIES)
    reader.ask("update rss_item set unread = 0")
    changed = [
        replace(samples.HALVING, reposts=samples.HALVING.reposts[:2]),
        replace(samples.BRIDGE, title="Bridge operator resumes withdrawals", updated=samples.NOW),
        replace(
            samples.CHINESE,
            url="https://fastblock.example/news/107",
            feed=samples.FASTBLOCK,
            updated=samples.NOW,
        ),
        *samples.STORIES[3:],
    ]
    subscribed(changed)
    assert reader.ask("select count(*), sum(unread) from rss_item") == [(len(samples.STORIES), 0)]
    titles = [title for (title,) in reader.ask("select title from rss_item")]
    assert "Bridge operator resumes withdrawals" in titles


def test_a_new_story_is_new_once(subscribed):
    reader = subscribed(samples.STORIES[1:])
    reader.ask("update rss_item set unread = 0")
    subscribed(samples.STORIES)
    assert reader.ask("select title from rss_item where unread = 1") == [(samples.HALVING.title,)]
