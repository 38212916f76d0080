"""Which stories fit on one page of history, and how do two states of the open one differ?"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from aggregator.export import atom, jsonfeed, rss
from aggregator.export.channel import Channel
from aggregator.export.select import HEAD_BYTES, SHARE
from aggregator.models import Story

SIZES: dict[str, Callable[[Story], int]] = {"atom": atom.size, "rss": rss.size, "json": jsonfeed.size}
"""Bytes of a story in the formats that have pages."""

STATE_DIGITS = 8
"""Hex digits that tell two states of the open page apart."""


def shown(
    stories: Iterable[Story], *, channel: Channel, formats: Sequence[str], now: datetime
) -> list[Story]:
    """The stories as a page shows them: none updated after ``now``, a far too large one without its copies."""
    most = (channel.max_bytes - HEAD_BYTES) // SHARE
    present = (story if story.updated <= now else replace(story, updated=now) for story in stories)
    return [
        story if _size(story, formats) <= most else replace(story, reposts=(), related=(), content_html="")
        for story in present
    ]


def fitting(stories: Sequence[Story], *, channel: Channel, formats: Sequence[str]) -> int:
    """How many of these, from the first on, fit into ``max_bytes`` in the largest format; at least one."""
    room = channel.max_bytes - HEAD_BYTES
    for count, story in enumerate(stories):
        room -= _size(story, formats)
        if room < 0 and count:
            return count
    return len(stories)


def _size(story: Story, formats: Sequence[str]) -> int:
    return max(SIZES[each](story) for each in formats)


def state(stories: Iterable[Story]) -> str:
    """What is added to the address of the open page, so that it is another one once another story stands there.

    Who walks back stops at a page that they have read (RFC 5005 §4.2): the open page under one address for ever
    would hide what was added since. Servers of files do not look at a query.
    """
    ids = ",".join(sorted(story.id for story in stories))
    return "?" + hashlib.sha256(ids.encode()).hexdigest()[:STATE_DIGITS]
