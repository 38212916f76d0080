"""What has each output told its readers, on which page of its history does it stand, and what has left?

A story is *published* once, when it is first shown to anybody; it is *told* in an output when it stands there, or
belongs to its history; it has *departed* when it turned out to be part of another story.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from aggregator.store.connection import Store
from aggregator.store.rows import text_to_time, time_to_text

DEPARTED_DAYS = 30
"""How long it is said that a story left: a reader that comes back from a month away still hears of it."""
DEPARTED_MOST = 50
"""The newest so many of them: 110 bytes each, less than what is set aside for what stands around the entries."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Departed:
    """A story that readers were told of and that is part of another one now."""

    story: str
    at: datetime
    """When readers were first told that it left."""


def publish(store: Store, story_id: str) -> None:
    """Note that a story is shown for the first time; later times change nothing."""
    # Looked up first: an ignored insertion would use up a number, and the next one is looked for behind it.
    store.execute(
        """
        INSERT INTO published (story_id)
        SELECT :story WHERE NOT EXISTS (SELECT 1 FROM published WHERE story_id = :story)
        """,
        {"story": story_id},
    )


def published_after(store: Store, number: int, *, limit: int) -> list[tuple[int, str]]:
    """List stories in the order of their first publication, with their numbers, from behind one on."""
    rows = store.execute(
        "SELECT number, story_id FROM published WHERE number > ? ORDER BY number LIMIT ?", (number, limit)
    )
    return [(row["number"], row["story_id"]) for row in rows]


# --- Pages of history ------------------------------------------------------------------------------


def tell(store: Store, output: str, story_ids: Iterable[str]) -> None:
    """Note that an output tells these stories, or that they belong to its history."""
    store.executemany(
        "INSERT INTO told (output, story_id) VALUES (?, ?) ON CONFLICT DO NOTHING",
        [(output, each) for each in story_ids],
    )


def oldest_open(
    store: Store, output: str, *, without: Sequence[str], until: datetime, limit: int
) -> list[str]:
    """List stories that stand on no closed page, oldest first, without some and those later than ``until``."""
    rows = store.execute(
        """
        SELECT stories.id FROM told JOIN stories ON stories.id = told.story_id
        WHERE told.output = :output AND told.page IS NULL AND stories.at <= :until
            AND told.story_id NOT IN (SELECT value FROM json_each(:without))
        ORDER BY stories.at, stories.id LIMIT :limit
        """,
        {"output": output, "until": time_to_text(until), "without": json.dumps(without), "limit": limit},
    )
    return [row["id"] for row in rows]


def close(store: Store, output: str, page: int, story_ids: Iterable[str]) -> None:
    """Note on which page of an output's history stories stand for good."""
    store.executemany(
        "UPDATE told SET page = ? WHERE output = ? AND story_id = ?",
        [(page, output, each) for each in story_ids],
    )


def last_closed(store: Store, output: str) -> int:
    """Number of an output's newest closed page; 0: there is none."""
    row = store.execute("SELECT max(page) FROM told WHERE output = ?", (output,)).fetchone()
    return int(row[0] or 0)


def on_page(store: Store, output: str, page: int) -> list[str]:
    """List the stories of a closed page that still exist."""
    rows = store.execute(
        """
        SELECT stories.id FROM told JOIN stories ON stories.id = told.story_id
        WHERE told.output = ? AND told.page = ? ORDER BY stories.at, stories.id
        """,
        (output, page),
    )
    return [row["id"] for row in rows]


# --- Departures ------------------------------------------------------------------------------------


def depart(store: Store, story_ids: Iterable[str]) -> None:
    """Note that stories are part of others now; whether that lasts is seen when readers are told."""
    store.executemany(
        "INSERT INTO departed (story_id) VALUES (?) ON CONFLICT DO NOTHING",
        [(each,) for each in story_ids],
    )


def settle_departures(store: Store, now: datetime) -> None:
    """Forget departures of stories that came back or left long ago, and date the rest ``now``."""
    oldest = time_to_text(now - timedelta(days=DEPARTED_DAYS))
    unsettled = store.execute(
        """
        SELECT 1 FROM departed WHERE departed.at IS NULL OR departed.at < :oldest
            OR EXISTS (SELECT 1 FROM stories WHERE stories.id = departed.story_id)
        LIMIT 1
        """,
        {"oldest": oldest},
    ).fetchone()
    if unsettled is None:
        return
    with store.transaction():
        store.execute(
            """
            DELETE FROM departed WHERE departed.at < :oldest
                OR EXISTS (SELECT 1 FROM stories WHERE stories.id = departed.story_id)
            """,
            {"oldest": oldest},
        )
        store.execute("UPDATE departed SET at = ? WHERE at IS NULL", (time_to_text(now),))


def departures(store: Store, output: str, now: datetime) -> list[Departed]:
    """List the stories that an output told and that left, newest first; no more than ``DEPARTED_MOST``."""
    rows = store.execute(
        """
        SELECT departed.story_id, departed.at FROM departed
        JOIN told ON told.output = :output AND told.story_id = departed.story_id
        WHERE departed.at <= :now ORDER BY departed.at DESC, departed.story_id LIMIT :most
        """,
        {"output": output, "now": time_to_text(now), "most": DEPARTED_MOST},
    )
    return [Departed(story=row["story_id"], at=text_to_time(row["at"])) for row in rows]
