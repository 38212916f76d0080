"""What when many runs start at once: does one work, do the others step back, and is nothing done twice?"""

from __future__ import annotations

import sqlite3
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from tests.feedserver import FeedServer
from tests.soak import contents, process
from tests.soak.newsroom import OUTLETS, Newsroom
from tests.soak.table import Kind, Row


@dataclass(slots=True)
class Crowd:
    """What came of it."""

    ends: Counter[int] = field(default_factory=Counter)
    """Exit code → how many."""
    faults: list[str] = field(default_factory=list)
    lost: int = 0


def rows(place: Path, *, short: bool, seed: int) -> Iterator[Row]:
    """One crowd."""
    size = 4 if short else 200
    done = crowd(place, size=size)
    told = ", ".join(f"{count} ended with {code}" for code, count in sorted(done.ends.items()))
    yield Row(
        kind=Kind.FAULT,
        what="runs started at once",
        times=size,
        wrong=tuple(done.faults),
        lost=done.lost,
        told=told,
    )


def crowd(place: Path, *, size: int) -> Crowd:
    """Start so many runs on one home without waiting for any."""
    result = Crowd()
    with FeedServer() as server:
        newsroom = Newsroom(server)
        newsroom.publish(0)
        calm, crowded = place / "calm", place / "crowded"
        newsroom.subscribe(calm)
        at = ("--now", newsroom.now.isoformat())
        process.run(calm, "run", *at).must(0)
        server.requests.clear()
        newsroom.subscribe(crowded)
        since = time.monotonic()
        started = [process.start(crowded, "run", *at) for _ in range(size)]
        for each in started:
            ended = process.end(each, since).must(0, 75)
            result.ends[ended.code] += 1
            if ended.code == 75 and "another run" not in ended.err:
                result.faults.append(f"stepped back without saying why: {ended.err[-500:]}")
        if not result.ends[0]:
            result.faults.append("nobody worked")
        asked = Counter(request.path for request in server.requests)
        if asked != Counter(f"/{outlet}" for outlet in OUTLETS):
            result.faults.append(f"feeds were asked more than once: {asked}")
        compared = contents.compare(calm, crowded)
        result.lost += compared.lost
        result.faults += compared.told
        with closing(sqlite3.connect(crowded / "aggregator.db")) as connection:
            runs = connection.execute("SELECT count(*) FROM runs").fetchone()[0]
        if runs != result.ends[0]:
            result.faults.append(f"{runs} runs are recorded, {result.ends[0]} ended well")
    result.faults += process.faults(crowded / "aggregator.db")
    return result
