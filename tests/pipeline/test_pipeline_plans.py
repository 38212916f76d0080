"""What a run asks of its store, and whether any question is answered by reading a whole table that grows."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from aggregator import pipeline
from aggregator.config import Config
from aggregator.home import Home
from aggregator.pipeline import session
from aggregator.store.connection import Store, open_store

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
GROWING = frozenset(
    "items stories memberships texts facets fingerprints exact_keys text_keys matches related abstracts publications "
    "published told aliases tombstones wordings rulings model_answers model_decisions".split()
)
"""Tables with rows for each item or story, or for each thing a person ever did."""
DUE = re.compile(r"USING (?:COVERING )?INDEX \w+_due\b")
"""Partial indexes that hold what is still to do, and nothing else."""
WORDS = "amber birch cedar dahlia elder fennel garlic hazel iris juniper larch maple".split()


def publish(home: Home, count: int) -> None:
    """So many stories, each told by two outlets."""
    for feed in ("one", "two"):
        items = "".join(
            f"<item><title>The {word} ferry sails to Osprey</title><link>https://{feed}.example/{word}</link>"
            f"<description>The {word} ferry sails on Monday with {number} guests, its owner said.</description></item>"
            for number, word in enumerate(WORDS[:count])
        )
        (home.path / f"{feed}.xml").write_text(
            f"<rss version='2.0'><channel><title>{feed}</title>{items}</channel></rss>"
        )
    outlines = "".join(f'<outline xmlUrl="{feed}.xml"/>' for feed in ("one", "two"))
    home.opml.write_text(f'<opml version="2.0"><body>{outlines}</body></opml>')


class Asked:
    """Every statement that was run, with its values."""

    def __init__(self) -> None:
        self.statements: dict[str, str] = {}

    def take(self, statement: str) -> None:
        shape = re.sub(r"'[^']*'|\d+", "?", statement)
        self.statements.setdefault(shape, statement)

    def scans(self, database: Path) -> list[str]:
        """Those that go through a growing table from end to end, as the planner says."""
        found = []
        with open_store(database) as store:
            for statement in self.statements.values():
                if not re.match(r"\s*(?:SELECT|WITH|UPDATE|DELETE|INSERT)\b", statement):
                    continue
                aliases = dict(re.findall(r"\b(?:FROM|JOIN) (\w+) AS (\w+)", statement))
                named = {alias: table for table, alias in aliases.items()}
                for *_, step in store.execute(f"EXPLAIN QUERY PLAN {statement}").fetchall():
                    scan = re.match(r"SCAN (\w+)", step)
                    table = scan and named.get(scan[1], scan[1])
                    if table in GROWING and not DUE.search(step) and f") AS {table}" not in statement:
                        found.append(f"{step}: {' '.join(statement.split())[:300]}")
        return found


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Asked:
    """Listens to every connection that a pipeline opens to write."""
    heard = Asked()

    @contextmanager
    def listening(path: Path) -> Iterator[Store]:
        with open_store(path) as store:
            store.connection.set_trace_callback(heard.take)
            yield store
            store.connection.set_trace_callback(None)

    monkeypatch.setattr(session, "open_store", listening)
    return heard


def test_no_question_of_a_run_is_answered_by_reading_a_whole_table(tmp_path: Path, asked: Asked) -> None:
    home = Home(tmp_path)
    publish(home, 6)
    pipeline.run(home, Config(), NOW)
    asked.statements.clear()
    publish(home, 12)
    report = pipeline.run(home, Config(), NOW + timedelta(hours=6))
    assert report.items["new"] == 12
    assert report.stories["new"] == 6
    assert len(asked.statements) > 60
    assert asked.scans(home.database) == []


def test_a_scan_would_be_seen(tmp_path: Path, asked: Asked) -> None:
    home = Home(tmp_path)
    publish(home, 1)
    pipeline.run(home, Config(), NOW)
    for statement in ("SELECT s.id FROM stories AS s ORDER BY s.at", "DELETE FROM items WHERE title = 'x'"):
        asked.statements = {"": statement}
        assert len(asked.scans(home.database)) == 1
    with sqlite3.connect(home.database) as connection:
        assert connection.execute("SELECT count(*) FROM stories").fetchone()[0] == 1
