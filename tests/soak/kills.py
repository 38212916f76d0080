"""Is anything lost when the process is killed, at any moment, again and again?

Two homes read the same feeds, step by step at the same pretended times. One is left alone; in the other every command
is killed (SIGKILL) at random moments until it gets through once. After each kill the store must be sound; in the end
both homes must hold the same, row by row and file by file.
"""

from __future__ import annotations

import random
import shutil
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from tests.feedserver import FeedServer
from tests.soak import contents, process
from tests.soak.newsroom import Newsroom, archive

STARTUP = 0.1
"""Seconds before which no process has come further than its first imports."""

ATTEMPTS = 6
"""Kills of one command at most; the next attempt begins where the killed one was."""


@dataclass(slots=True)
class Kills:
    """What came of it."""

    kills: dict[str, int] = field(default_factory=dict)
    """Of each command, those that met it alive."""
    faults: list[str] = field(default_factory=list)
    """Everything that was wrong, in words."""

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self.kills.values())


@dataclass(frozen=True, slots=True)
class Step:
    """One command of the day, on either home."""

    name: str
    arguments: tuple[object, ...]


def steps(day: int, now: datetime, place: Path) -> Iterator[Step]:
    """What is called on a day: the stages one by one, or all by `run`, and on some days what is called now and then."""
    at = ("--now", now.isoformat())
    if day % 3 == 2:
        yield Step("run", ("run", *at))
    else:
        yield Step("poll", ("poll", *at))
        yield Step("dedup", ("dedup", *at))
        yield Step("summarise", ("summarise", *at))
        yield Step("export", ("export", *at))
    if day % 4 == 1:
        yield Step("import", ("import", place / "archive.jsonl", *at))
    if day % 4 == 2:
        yield Step("dedup --rebuild", ("dedup", "--rebuild", *at))
        yield Step("run", ("run", *at))
    if day % 4 == 3:
        yield Step("prune", ("prune", "--older-than", "7d", "--yes", *at))
        yield Step("vacuum", ("vacuum", *at))
    if day % 2:
        yield Step("backup", ("backup", "--force", "{home}.backup", *at))


def survive(place: Path, *, wanted: int, days: int, attempts: int = ATTEMPTS, seed: int = 1) -> Kills:
    """Live through at least so many days, and more until there were as many kills as wanted."""
    chance, result = random.Random(seed), Kills()
    calm, killed = place / "calm", place / "killed"
    archive(place / "archive.jsonl", 60)
    with FeedServer() as server:
        newsroom = Newsroom(server)
        newsroom.subscribe(calm)
        newsroom.subscribe(killed)
        day = 0
        while day < days or result.total < wanted:
            newsroom.publish(day)
            for step in steps(day, newsroom.now, place):
                seconds = process.run(calm, *_on(step, calm)).must(0).seconds
                _until_done(killed, step, seconds, chance, result, attempts)
            day += 1
    result.faults += [f"the homes differ: {each}" for each in contents.differences(calm, killed)]
    result.faults += _restored_alike(place, killed)
    return result


def _on(step: Step, home: Path) -> tuple[object, ...]:
    return tuple(str(each).replace("{home}", str(home)) for each in step.arguments)


def _until_done(
    home: Path, step: Step, seconds: float, chance: random.Random, result: Kills, attempts: int = ATTEMPTS
) -> None:
    for _ in range(attempts):
        after = chance.uniform(min(STARTUP, seconds), seconds)
        ended = process.interrupted(home, _on(step, home), after=after, by=signal.SIGKILL)
        if ended.code != -signal.SIGKILL:
            ended.must(0)
            break
        result.kills[step.name] = result.kills.get(step.name, 0) + 1
        found = process.faults(home / "aggregator.db")
        result.faults += [f"after a kill of {step.name}: {each}" for each in found]
    else:
        process.run(home, *_on(step, home)).must(0)


def _restored_alike(place: Path, home: Path) -> list[str]:
    """The last backup must give the home it was made of."""
    there = place / "restored"
    now = "2026-12-31T00:00:00+00:00"
    saved = place / "last.db"
    process.run(home, "backup", saved, "--now", now).must(0)
    process.run(there, "restore", saved, "--now", now).must(0)
    shutil.copytree(home / "public", there / "public")
    return [f"restored otherwise: {each}" for each in contents.differences(home, there)]


def survive_migration(place: Path, *, wanted: int, seed: int = 2) -> Kills:
    """Kill the first run on a store of the first version, over and over, each on a fresh copy of it."""
    from sqlite_utils import Database

    from aggregator.store import schema

    chance, result = random.Random(seed), Kills()
    old = place / "old"
    with FeedServer() as server:
        newsroom = Newsroom(server)
        newsroom.publish(0)
        newsroom.subscribe(old)
        with closing(sqlite3.connect(old / "aggregator.db")) as connection:
            schema.migrations.apply(Database(connection), stop_before="m002_manners")
            connection.execute(
                "INSERT INTO feeds (url, first_url, title, added_at, removed_at) VALUES ('x', 'x', 'X', '', '')"
            )
            connection.executemany(
                """
                INSERT INTO items (uid, feed_id, guid, title, summary_html, content_html, first_seen, at, content_hash)
                VALUES (?, 1, ?, ?, '', '', '2026-11-01T00:00:00Z', '2026-11-01T00:00:00Z', 'h')
                """,
                [(f"{number:020x}", str(number), f"Number {number} is old") for number in range(500)],
            )
            connection.execute("INSERT INTO pending_items (item_id) SELECT id FROM items")
            connection.commit()
        step = Step("migration", ("run", "--now", newsroom.now.isoformat()))
        calm = place / "migrated"
        shutil.copytree(old, calm)
        # Where the migration lies within a run: before anything is polled.
        seconds = process.run(calm, *step.arguments).must(0).seconds
        while result.total < wanted:
            killed = place / "migrated-killed"
            shutil.rmtree(killed, ignore_errors=True)
            shutil.copytree(old, killed)
            _until_done(killed, step, min(seconds, 1.2), chance, result)
            result.faults += [f"migrated otherwise: {each}" for each in contents.differences(calm, killed)]
    return result
