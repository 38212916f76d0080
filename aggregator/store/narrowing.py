"""Which stories meet every condition, newest first? What it costs grows with what is shown, not with what is stored.

The newest stories are asked about a few hundred at a time, no further than the caller reads. Where a condition names
something rare (a coin that is in the news once a month), or the newest have too few, candidates come from an index.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby, islice

from aggregator.store.connection import Store
from aggregator.store.rows import optional_time_to_text

EARLIEST, LATEST = "0000", "9999"

RARE = 1_000
"""Items of a kind up to which all of them are taken from the index at once: 5 ms."""

FIRST_LOOK = 2_000
"""Stories asked about where nothing is rare before an index is asked after all: 10 ms."""

UNCOMMON = 20_000
"""Items of a kind up to which the index is followed then: 70 ms. What more items have is met sooner by walking on."""

FIRST_CHUNK, LAST_CHUNK = 100, 6_400
"""Stories asked about at a time; each chunk is twice the last, for conditions that few of the newest meet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryQuery:
    """Which stories? Every condition that is given must hold."""

    since: datetime | None = None
    """Inclusive."""
    until: datetime | None = None
    """Exclusive."""
    limit: int | None = None
    feed: str | None = None
    """Part of the title or address of a feed that carries any copy, case ignored."""
    tag: str | None = None
    coin: str | None = None
    """Ticker symbol."""
    language: str | None = None
    search: str | None = None
    """Words, "phrases", -exclusions, prefix*."""

    @property
    def facets(self) -> dict[str, str]:
        """Kind → value of what is looked up among the facets of items."""
        asked = {
            "coin": self.coin and self.coin.upper(),
            "language": self.language and self.language.lower(),
            "tag": self.tag and _facet_of_tag(self.tag),
        }
        return {kind: value for kind, value in asked.items() if value}


def _facet_of_tag(tag: str) -> str:
    from aggregator.store.texts import facet_of_tag  # what else that module needs, a list does not

    return facet_of_tag(tag)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """A story that meets the conditions."""

    id: str
    at: str
    """As stored: texts of times are in order of time."""


def chosen(store: Store, query: StoryQuery, *, items: Sequence[int] | None = None) -> Iterator[Chosen]:
    """Stories for which everything but the words holds, newest first, those of one second by id; read lazily.

    ``items``: only stories of which one of these is a copy. The limit is the caller's.
    """
    carriers = _carriers(store, query.feed) if query.feed else None
    narrow = bool(query.facets) or carriers is not None
    if items is None and narrow:
        items = _fewest(store, query, carriers, most=RARE)
    candidates = _newest(store, query) if items is None else _of_items(store, query, items)
    if not narrow:
        yield from candidates
        return
    size, looked = FIRST_CHUNK, 0
    while chunk := list(islice(candidates, size)):
        passing = _passing(store, query, carriers, chunk)
        yield from (each for each in chunk if each.id in passing)
        looked, size = looked + len(chunk), min(2 * size, LAST_CHUNK)
        if items is None and looked >= FIRST_LOOK:
            items = _fewest(store, query, carriers, most=UNCOMMON)
            if items is not None:
                candidates = _of_items(store, query, items, after=chunk[-1])
            looked = -sys.maxsize


def _carriers(store: Store, part: str) -> list[int]:
    rows = store.execute(
        "SELECT id FROM feeds WHERE instr(lower(title), :feed) OR instr(lower(url), :feed)",
        {"feed": part.lower()},
    )
    return [row["id"] for row in rows]


def _fewest(store: Store, query: StoryQuery, carriers: list[int] | None, *, most: int) -> list[int] | None:
    """All items that meet the condition fewest meet; None where each is met by more than ``most``."""
    items = min(_of_a_kind(store, query, carriers, limit=most + 1), key=len)
    return items if len(items) <= most else None


def _of_a_kind(
    store: Store, query: StoryQuery, carriers: list[int] | None, *, limit: int
) -> Iterator[list[int]]:
    """For each condition, items that meet it."""
    for kind, value in query.facets.items():
        rows = store.execute(
            "SELECT item_id FROM facets WHERE kind = ? AND value = ? LIMIT ?", (kind, value, limit)
        )
        yield [row[0] for row in rows]
    if carriers is not None:
        rows = store.execute(
            """
            SELECT items.id FROM json_each(?) AS wanted
            CROSS JOIN items INDEXED BY items_feed_title ON items.feed_id = wanted.value LIMIT ?
            """,
            (json.dumps(carriers), limit),
        )
        yield [row[0] for row in rows]


def _newest(store: Store, query: StoryQuery) -> Iterator[Chosen]:
    rows = store.execute(
        """
        SELECT id, at FROM stories INDEXED BY stories_at
        WHERE at >= :since AND at < :until ORDER BY at DESC, id
        """,
        _bounds(query),
    )
    return (Chosen(id=row[0], at=row[1]) for row in rows)


def _of_items(
    store: Store, query: StoryQuery, items: Sequence[int], *, after: Chosen | None = None
) -> Iterator[Chosen]:
    rows = store.execute(
        """
        SELECT stories.id, stories.at FROM json_each(:items) AS wanted
        CROSS JOIN memberships ON memberships.item_id = wanted.value
        CROSS JOIN stories ON stories.id = memberships.story_id
        WHERE stories.at >= :since AND stories.at < :until AND (
            stories.at < :after_at OR (stories.at = :after_at AND stories.id > :after_id)
        )
        ORDER BY stories.at DESC, stories.id
        """,
        {
            **_bounds(query),
            "items": json.dumps(items),
            "after_at": after.at if after else LATEST,
            "after_id": after.id if after else "",
        },
    )
    # The copies of a story stand together; DISTINCT would sort all of them once more.
    return (Chosen(id=story, at=at) for (story, at), _ in groupby(rows, key=tuple))


def _bounds(query: StoryQuery) -> dict[str, str]:
    return {
        "since": optional_time_to_text(query.since) or EARLIEST,
        "until": optional_time_to_text(query.until) or LATEST,
    }


def _passing(
    store: Store, query: StoryQuery, carriers: list[int] | None, chunk: Sequence[Chosen]
) -> set[str]:
    rows = store.execute(
        """
        SELECT stories.id FROM json_each(:ids) AS wanted
        CROSS JOIN stories ON stories.id = wanted.value
        WHERE (:coin IS NULL OR EXISTS (
                SELECT 1 FROM facets WHERE kind = 'coin' AND value = :coin AND item_id = stories.speaker
            ))
            AND (:language IS NULL OR EXISTS (
                SELECT 1 FROM facets WHERE kind = 'language' AND value = :language AND item_id = stories.speaker
            ))
            AND (:tag IS NULL OR EXISTS (
                SELECT 1 FROM memberships
                CROSS JOIN facets ON kind = 'tag' AND value = :tag AND facets.item_id = memberships.item_id
                WHERE memberships.story_id = stories.id
            ))
            AND (:carriers IS NULL OR EXISTS (
                SELECT 1 FROM memberships
                CROSS JOIN items INDEXED BY items_short ON items.id = memberships.item_id
                WHERE memberships.story_id = stories.id
                    AND items.feed_id IN (SELECT value FROM json_each(:carriers))
            ))
        """,
        {
            "ids": json.dumps([each.id for each in chunk]),
            "coin": query.facets.get("coin"),
            "language": query.facets.get("language"),
            "tag": query.facets.get("tag"),
            "carriers": None if carriers is None else json.dumps(carriers),
        },
    )
    return {row[0] for row in rows}
