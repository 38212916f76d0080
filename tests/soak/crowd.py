"""What when many runs start at once: does one work, do the others step back, and is nothing done twice?"""

from __future__ import annotations

import sqlite3
import time
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from tests.feedserver import FeedServer
from tests.soak import contents, process
from tests.soak.newsroom import OUTLETS, Newsroom


@dataclass(slots=True)
class Crowd:
    """What came of it."""

    ends: Counter[int] = field(default_factory=Counter)
    """Exit code → how many."""
    faults: list[str] = field(default_factory=list)


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
        result.faults += contents.differences(calm, crowded)
        with closing(sqlite3.connect(crowded / "aggregator.db")) as connection:
            runs = connection.execute("SELECT count(*) FROM runs").fetchone()[0]
        if runs != result.ends[0]:
            result.faults.append(f"{runs} runs are recorded, {result.ends[0]} ended well")
    result.faults += process.faults(crowded / "aggregator.db")
    return result
