"""How is a time written, and how do entries keep apart in time?"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import lru_cache

from aggregator.models import Story

MICROSECOND = timedelta(microseconds=1)
MICROSECONDS = 1_000_000


def rfc3339(moment: datetime) -> str:
    """``2026-11-22T10:00:00Z``, with a fraction only where there is one (Atom, JSON Feed, HTML)."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def rfc822(moment: datetime) -> str:
    """``Sun, 22 Nov 2026 10:00:00 GMT`` (RSS)."""
    return format_datetime(moment.astimezone(UTC), usegmt=True)


def stamp(story: Story) -> datetime:
    """The story's ``updated`` with a fraction of a second of its own."""
    return story.updated.replace(microsecond=_fraction(story.id))


@lru_cache(maxsize=4096)
def _fraction(story: str) -> int:
    """Microseconds: a hash of the id, so that it is the same for ever."""
    digest = hashlib.sha256(story.encode("utf-8", "replace")).digest()
    return int.from_bytes(digest[:8]) % MICROSECONDS


def distinct(stories: Sequence[Story]) -> list[datetime]:
    """For each story its ``updated``, no two alike.

    Atom forbids nothing, but the validator warns of equal times and readers that sort by them shuffle. Stories
    of one second are told apart by a fraction made from their id: a place in the order would move when a
    neighbour leaves the feed, and with it the time of an entry that has not changed.
    """
    moments: dict[str, datetime] = {}
    taken: set[datetime] = set()
    for story in sorted(stories, key=lambda story: story.id):
        moment = stamp(story)
        while moment in taken:
            moment += MICROSECOND
        taken.add(moment)
        moments[story.id] = moment
    return [moments[story.id] for story in stories]
