"""Which stories say these words, newest first, and which best?

A word that few items have is looked up once and for all; for one that many have, the newest stories are walked through
in chunks until there are enough of them, so that a search costs the same in a store of a hundred thousand items and of
a million.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from aggregator.store import narrowing, search
from aggregator.store.connection import Store
from aggregator.store.narrowing import Chosen, StoryQuery
from aggregator.store.rows import text_to_time
from aggregator.store.search import Read, Words
from aggregator.text.relevance import occurrence, recency, relevance

FEW = 3_000
"""Items named by the index up to which the story of each is looked up: 15 ms."""

WALKED = 1_000
"""Stories asked about at a time where the index names more."""

GAP = 1_000
"""Between items of stories walked: the index is asked about what lies on either side, not about what lies between."""

RANKED = 200
"""Stories compared with each other, the newest of those that say the words. Where there are more, the words are common
ones: age decides by then, and who looks for something older says more words or until when."""

LOOKED_INTO = 1_500
"""Texts in which a phrase is looked up before that many stories are not waited for; what was asked for is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A story, and the copies of it that say the words."""

    story: Chosen
    items: tuple[int, ...]


def newest(store: Store, asked: Words, query: StoryQuery) -> Iterator[Hit]:
    """Stories that say it and meet every condition, newest first; read lazily, the limit is the caller's."""
    # Beginnings are merged from many words each time they are asked for: better once.
    named = search.named(store, asked, limit=-1 if asked.goes_on else FEW + 1)
    few = set(named) if asked.goes_on or len(named) <= FEW else None
    stories = narrowing.chosen(store, query, items=named if len(named) <= FEW else None)
    while chunk := list(islice(stories, WALKED)):
        members = _members(store, chunk)
        candidates = (
            [each for each in members if each in few] if few is not None else _named(store, asked, members)
        )
        saying: dict[str, list[int]] = defaultdict(list)
        for item in asked.checked(store, candidates):
            saying[members[item]].append(item)
        for story in chunk:
            if story.id in saying:
                yield Hit(story=story, items=tuple(saying[story.id]))


def _members(store: Store, chunk: Sequence[Chosen]) -> dict[int, str]:
    rows = store.execute(
        """
        SELECT item_id, story_id FROM json_each(?) AS wanted
        CROSS JOIN memberships ON memberships.story_id = wanted.value ORDER BY item_id
        """,
        (json.dumps([each.id for each in chunk]),),
    )
    return {row[0]: row[1] for row in rows}


def _named(store: Store, asked: Words, members: dict[int, str]) -> list[int]:
    """Of these items, in order, those that the index names."""
    found: list[int] = []
    ids = list(members)
    first = 0
    for at in range(1, len(ids) + 1):
        if at == len(ids) or ids[at] - ids[at - 1] > GAP:
            found += search.named(store, asked, first=ids[first], last=ids[at - 1])
            first = at
    return [each for each in found if each in members]


def best(store: Store, asked: Words, query: StoryQuery) -> list[str]:
    """Ids of stories that say it and meet every condition, best first."""
    hits = _to_compare(store, asked, query)
    if not hits:
        return []
    latest = text_to_time(store.execute("SELECT max(at) FROM stories").fetchone()[0])
    reads = {each.item: each for each in search.texts_of(store, [item for hit in hits for item in hit.items])}
    average = max(1.0, sum(len(each.body) for each in reads.values()) / max(1, len(reads)))

    def score(hit: Hit) -> float:
        told = max(
            (_relevance(asked, reads[item], average) for item in hit.items if item in reads), default=0.0
        )
        return told * recency(latest - text_to_time(hit.story.at))

    # Newest first already: the sort keeps that order where scores are equal.
    ranked = sorted(hits, key=score, reverse=True)
    return [hit.story.id for hit in ranked[: query.limit]]


def _to_compare(store: Store, asked: Words, query: StoryQuery) -> list[Hit]:
    found: list[Hit] = []
    wanted = sys.maxsize if query.limit is None else query.limit
    for hit in newest(store, asked, query):
        if len(found) >= wanted and (len(found) >= RANKED or asked.looked_into >= LOOKED_INTO):
            break
        found.append(hit)
    return found


def _relevance(asked: Words, read: Read, average: float) -> float:
    return relevance(
        [
            occurrence(
                in_title=sum(1 for _ in finder.places(read.title)),
                in_body=sum(1 for _ in finder.places(read.body)),
                length=len(read.body) / average,
            )
            for finder in asked.finders
        ]
    )
