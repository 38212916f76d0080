"""Feeds that are files of the person's own home, and nobody else's."""

from __future__ import annotations

from pathlib import Path

import pytest

from aggregator.models import Failed, FailureReason, Feed, Fetched, NotModified
from aggregator.poll.files import read

MAX = 10_000


def feed(url: str, **known) -> Feed:
    return Feed(id=1, url=url, first_url=url, title="F", **known)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    home = tmp_path / "home"
    (home / "feeds").mkdir(parents=True)
    (home / "feeds" / "a b.xml").write_bytes(b"<rss/>")
    (tmp_path / "secret.xml").write_bytes(b"secret")
    return home


@pytest.mark.parametrize(
    "form", ["feeds/a b.xml", "./feeds/a b.xml", "file:feeds/a%20b.xml", "file://{home}/feeds/a%20b.xml"]
)
def test_a_file_inside_the_home_is_read_by_path_or_url(home: Path, form: str) -> None:
    url = form.format(home=home)
    outcome = read(feed(url), home, MAX)
    assert isinstance(outcome, Fetched)
    assert (outcome.body, outcome.url) == (b"<rss/>", url)


def test_an_unchanged_file_is_not_read_again_and_a_changed_one_is(home: Path) -> None:
    first = read(feed("feeds/a b.xml"), home, MAX)
    assert isinstance(first, Fetched)
    again = feed("feeds/a b.xml", etag=first.etag, last_modified=first.last_modified)
    assert isinstance(read(again, home, MAX), NotModified)
    (home / "feeds" / "a b.xml").write_bytes(b"<rss></rss>")
    assert isinstance(read(again, home, MAX), Fetched)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("../secret.xml", "outside"),
        ("feeds/../../secret.xml", "outside"),
        ("file:../secret.xml", "outside"),
        ("file:///etc/passwd", "outside"),
        ("/etc/passwd", "outside"),
        ("feeds/link.xml", "outside"),
        ("linked/secret.xml", "outside"),
        ("feeds", "is not a file"),
        ("feeds/pipe", "is not a file"),
        ("feeds/none.xml", "does not exist"),
        ("file://server/share/x.xml", "does not exist"),
        ("feeds/round", "cannot be read"),
        ("a\x00b", "cannot be read"),
    ],
)
def test_nothing_else_is_read(home: Path, url: str, words: str) -> None:
    import os

    (home / "feeds" / "link.xml").symlink_to(home.parent / "secret.xml")
    (home / "linked").symlink_to(home.parent)
    (home / "feeds" / "round").symlink_to("round")
    os.mkfifo(home / "feeds" / "pipe")
    outcome = read(feed(url), home, MAX)
    assert isinstance(outcome, Failed)
    assert outcome.reason is FailureReason.FILE
    assert words in outcome.message


def test_a_file_larger_than_allowed_is_refused(home: Path) -> None:
    (home / "big.xml").write_bytes(b"x" * (MAX + 1))
    outcome = read(feed("big.xml"), home, MAX)
    assert isinstance(outcome, Failed)
    assert outcome.reason is FailureReason.TOO_LARGE
