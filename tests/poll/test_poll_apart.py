"""Documents that are read in a process of their own: the same answers, and bounds that hold."""

from __future__ import annotations

import io
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator import pipeline
from aggregator.config import Config
from aggregator.home import Home
from aggregator.models import Entry, FailureReason, Fetched, ParsedFeed, Report, Subscription
from aggregator.pipeline.intake import Intake
from aggregator.poll import limits
from aggregator.poll.apart import letters
from aggregator.poll.apart.desk import Apart, Limits, read
from aggregator.poll.parse import parse
from aggregator.poll.schedule import Bounds
from aggregator.poll.unreadable import Unreadable
from aggregator.store.connection import open_store
from aggregator.store.feeds import all_feeds, sync

URL = "https://site.example/feed"
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
HEAD = "<rss version='2.0'><channel><title>Large</title><link>https://site.example/</link>"


def document(entries: int, words: int) -> str:
    items = "".join(
        f"<item><title>Report {number}</title><guid isPermaLink='false'>{number}</guid>"
        f"<pubDate>Sat, 21 Nov 2026 {number % 24:02}:00:00 GMT</pubDate><category>Ünder</category>"
        f"<description>{f'word{number} ' * words}</description></item>"
        for number in range(entries)
    )
    return f"{HEAD}<ttl>60</ttl><skipHours><hour>3</hour></skipHours>{items}</channel></rss>"


LONG = document(entries=900, words=500)
"""Takes a parser half a second."""


def fetched(text: str) -> Fetched:
    return Fetched(body=text.encode(), url=URL, content_type="application/rss+xml")


MOMENTS = st.none() | st.datetimes(timezones=st.just(UTC)).map(lambda each: each.replace(microsecond=0))
TEXTS = st.text(max_size=20)
ENTRIES = st.builds(
    Entry,
    guid=TEXTS,
    url=st.none() | TEXTS,
    title=TEXTS,
    author=st.none() | TEXTS,
    summary_html=TEXTS,
    content_html=st.text(st.characters(), max_size=5),
    published=MOMENTS,
    updated=MOMENTS,
    language=st.none() | TEXTS,
    tags=st.lists(TEXTS, max_size=3).map(tuple),
    source_url=st.none() | TEXTS,
)
FEEDS = st.builds(
    ParsedFeed,
    title=st.none() | TEXTS,
    entries=st.lists(ENTRIES, max_size=3).map(tuple),
    malformed=st.none() | TEXTS,
    complete=st.booleans(),
    min_interval=st.none() | st.timedeltas(timedelta(0), timedelta(days=9)),
    update_base=MOMENTS,
    skip_hours=st.lists(st.integers(0, 23), max_size=3).map(tuple),
    skip_days=st.lists(st.integers(0, 6), max_size=3).map(tuple),
    hub=st.none() | TEXTS,
    warnings=st.lists(TEXTS, max_size=3).map(tuple),
)


@given(FEEDS)
def test_what_a_document_says_comes_back_as_it_was_said(parsed: ParsedFeed) -> None:
    file = io.BytesIO()
    letters.write_answer(file, parsed)
    assert letters.read_answer(file) == parsed


@given(FEEDS, st.data())
def test_an_answer_that_breaks_off_is_none(parsed: ParsedFeed, data: st.DataObject) -> None:
    file = io.BytesIO()
    letters.write_answer(file, parsed)
    written = file.getvalue()
    assert letters.read_answer(io.BytesIO(written[: data.draw(st.integers(0, len(written) - 1))])) is None


def test_a_document_says_the_same_wherever_it_is_read() -> None:
    page = fetched(document(entries=40, words=300))
    assert read(page, feed_url=URL) == parse(page, feed_url=URL)


@pytest.mark.parametrize(
    ("text", "reason", "words"),
    [
        ("<html><title>Hello</title>", FailureReason.NOT_A_FEED, "a web page"),
        ("", FailureReason.EMPTY, "an empty document"),
    ],
)
def test_what_is_no_feed_is_told_in_the_same_words(text: str, reason: FailureReason, words: str) -> None:
    with pytest.raises(Unreadable, match=words) as caught:
        read(fetched(text), feed_url=URL)
    assert caught.value.reason is reason


def test_a_document_that_needs_too_much_memory_is_given_up_and_told_so() -> None:
    bounds = Limits(memory=40 * 1024 * 1024)
    with pytest.raises(Unreadable, match="takes more than 40 MB of memory to be read") as caught:
        read(fetched(LONG), feed_url=URL, limits=bounds)
    assert caught.value.reason is FailureReason.MALFORMED


def test_a_document_that_takes_too_long_is_given_up_and_told_so() -> None:
    with pytest.raises(Unreadable, match=r"busy for more than 0\.05 s"):
        read(fetched(LONG), feed_url=URL, limits=Limits(cpu_seconds=0.05))


def test_a_process_that_gets_no_processor_is_given_up_and_told_so() -> None:
    with pytest.raises(Unreadable, match=r"could not be read within 0\.1 s"):
        read(fetched(LONG), feed_url=URL, limits=Limits(wall_seconds=0.1))


def test_a_process_that_is_killed_is_one_documents_failure_and_the_next_is_read() -> None:
    apart: Apart[str] = Apart()
    apart.submit("killed", fetched(LONG), feed_url=URL)
    apart.submit("read", fetched(document(entries=2, words=5)), feed_url=URL)
    assert apart._reading is not None
    os.kill(apart._reading.process.pid, 9)
    outcomes = dict(apart.rest())
    assert "was stopped (signal 9)" in str(outcomes["killed"])
    assert isinstance(outcomes["read"], ParsedFeed)


def test_nothing_of_ours_that_is_secret_is_told_to_the_other_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A_MODELS_KEY", "hunter2")
    apart: Apart[str] = Apart()
    apart.submit("slow", fetched(LONG), feed_url=URL)
    try:
        assert apart._reading is not None
        environment = Path(f"/proc/{apart._reading.process.pid}/environ")
        if not environment.exists():
            pytest.skip("no /proc here")
        assert b"hunter2" not in environment.read_bytes()
    finally:
        apart.close()


def test_a_run_reads_large_documents_apart_and_keeps_the_others(tmp_path: Path) -> None:
    texts = {
        "large.xml": document(entries=300, words=600),
        "page.xml": f"<html><title>Hello</title>{'<p>News</p>' * 100_000}",
        "small.xml": document(entries=3, words=10),
    }
    for name, text in texts.items():
        (tmp_path / name).write_text(text)
    assert min(len(texts[name]) for name in ("large.xml", "page.xml")) > limits.APART
    outlines = "".join(f'<outline type="rss" xmlUrl="{name}"/>' for name in texts)
    (tmp_path / "feeds.opml").write_text(f"<opml version='2.0'><body>{outlines}</body></opml>")
    report = pipeline.poll(Home(tmp_path), Config(), NOW)
    assert report.items["new"] == 303
    assert [(each.feed, each.reason) for each in report.failures] == [("page.xml", "not-a-feed")]
    with open_store(tmp_path / "aggregator.db") as store:
        sizes = {feed.url: feed.body_bytes for feed in all_feeds(store)}
    assert sizes["large.xml"] == len(texts["large.xml"].encode())
    again = pipeline.poll(Home(tmp_path), Config(), NOW, force=True)
    assert again.feeds["not_modified"] == 2


def test_a_small_document_that_keeps_the_parser_busy_is_read_apart(tmp_path: Path) -> None:
    report = Report()
    with open_store(tmp_path / "aggregator.db") as store:
        with store.transaction():
            sync(store, [Subscription(url=URL)], NOW)
        intake = Intake(store=store, report=report, now=NOW, bounds=Bounds(), patience=0.001)
        (feed,) = all_feeds(store)
        intake.document(feed, fetched(document(entries=100, words=100)))
        assert report.items["new"] == 0
        assert list(intake.read_apart(wait=True)) == []
        assert report.items["new"] == 100
        intake.close()


def test_a_run_that_is_stopped_ends_what_is_being_read(tmp_path: Path) -> None:
    with open_store(tmp_path / "aggregator.db") as store:
        with store.transaction():
            sync(store, [Subscription(url=URL)], NOW)
        intake = Intake(store=store, report=Report(), now=NOW, bounds=Bounds())
        (feed,) = all_feeds(store)
        intake.document(feed, fetched(LONG))
        assert intake._apart is not None
        reading = intake._apart._reading
        assert reading is not None
        intake.close()
        assert reading.process.poll() == -9
