"""Which stories does a selection let through, newest first?

Candidates come from an index where one of the lists names something rare (a coin that is in the news once a month
still fills its feed), else from the newest stories on; what is left of the conditions is asked of a few hundred
candidates at a time, and no further than the caller reads.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from aggregator.models import LABELS, Feed, Selection
from aggregator.store import search
from aggregator.store.connection import Store
from aggregator.store.rows import text_to_time, time_to_text
from aggregator.store.shown import SAME_ARTICLE
from aggregator.store.texts import facet_of_tag
from aggregator.text import urls

RARE = 3_000
"""Items of a kind up to which all of them are looked through, however old, which takes some 10 ms."""
LOOK_BACK = 50_000
"""Stories looked through, newest first, where nothing asked for is rare (what is not, is met soon), and items among
which those that many carry are looked for. A month of a hundred feeds."""
CHUNK = 400
"""Candidates asked about at a time: a feed's hundred is met in the first where most pass."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picked:
    """A story that a selection lets through."""

    id: str
    at: datetime
    feed: int
    """Id of the feed that speaks for it."""


def picked(
    store: Store, selection: Selection, feeds: Mapping[int, Feed], *, until: datetime
) -> Iterator[Picked]:
    """List what passes, newest first, those of one second by id; read lazily, as far as the caller goes.

    ``until`` is exclusive. ``feeds``: all that ever brought an item.
    """
    asked = _Asked(selection, feeds)
    if not asked.possible:
        return
    candidates = _candidates(store, asked, until)
    while chunk := list(islice(candidates, CHUNK)):
        yield from _passing(store, asked, chunk)


def passing(
    store: Store, selection: Selection, feeds: Mapping[int, Feed], story_ids: Sequence[str]
) -> list[str]:
    """Which of these stories a selection lets through, in the order given."""
    asked = _Asked(selection, feeds)
    if not asked.possible:
        return []
    return [each.id for each in _passing(store, asked, story_ids)]


class _Asked:
    """A selection in the words of the store."""

    def __init__(self, selection: Selection, feeds: Mapping[int, Feed]) -> None:
        self.selection = selection
        self.feeds = feeds
        self.tags = tuple(facet_of_tag(tag) for tag in selection.tags)
        self.words = search.any_of(selection.words)
        self.without = search.any_of(selection.without_words)
        self.carriers = _carriers(selection, feeds)
        self.reposters = [feed.id for feed in feeds.values() if feed.priority < 0]

    @property
    def possible(self) -> bool:
        """Whether any story could pass: no feed may be called what was asked for."""
        return self.carriers != []


def _carriers(selection: Selection, feeds: Mapping[int, Feed]) -> list[int] | None:
    """Ids of the feeds asked for by name and by folder; None where neither is."""
    if not selection.feeds and not selection.folders:
        return None
    return [
        feed.id
        for feed in feeds.values()
        if (not selection.feeds or any(_is_called(feed, part) for part in selection.feeds))
        and (not selection.folders or any(_is_in(feed, folder) for folder in selection.folders))
    ]


def _is_called(feed: Feed, part: str) -> bool:
    return part.lower() in feed.title.lower() or part.lower() in feed.url.lower()


def _is_in(feed: Feed, folder: str) -> bool:
    return any(folder.casefold() == each.casefold() for each in feed.folder)


def names_of_nothing(selection: Selection, feeds: Collection[Feed]) -> Iterator[str]:
    """Say which feeds and folders a selection asks for that no feed is called or in."""
    for part in selection.feeds:
        if not any(_is_called(feed, part) for feed in feeds):
            yield f"feeds: no feed is called {part!r}"
    for folder in selection.folders:
        if not any(_is_in(feed, folder) for feed in feeds):
            yield f"folders: no feed is in {folder!r}"


# --- Where to look ---------------------------------------------------------------------------------


def _candidates(store: Store, asked: _Asked, until: datetime) -> Iterator[str]:
    """Ids of stories, newest first: all that have the rarest thing asked for, or the newest ones."""
    found = [each for each in _rare(store, asked) if len(each) <= RARE]
    if found:
        rows = store.execute(
            """
            SELECT stories.id FROM stories
            WHERE stories.at < :until AND stories.id IN (
                SELECT story_id FROM memberships WHERE item_id IN (SELECT value FROM json_each(:items))
            )
            ORDER BY stories.at DESC, stories.id
            """,
            {"until": time_to_text(until), "items": json.dumps(min(found, key=len))},
        )
    else:
        rows = store.execute(
            "SELECT id FROM stories WHERE at < :until ORDER BY at DESC, id LIMIT :limit",
            {"until": time_to_text(until), "limit": LOOK_BACK},
        )
    return (row["id"] for row in rows)


def _rare(store: Store, asked: _Asked) -> Iterator[list[int]]:
    """For each list that was asked for, the items that have one of it: all, or more than ``RARE``."""
    for kind, values in (
        ("coin", asked.selection.coins),
        ("tag", asked.tags),
        ("language", asked.selection.languages),
    ):
        if values:
            yield _ids(
                store,
                """
                SELECT item_id FROM json_each(:values) AS wanted
                CROSS JOIN facets ON facets.kind = :kind AND facets.value = wanted.value LIMIT :limit
                """,
                {"kind": kind, "values": json.dumps(values)},
            )
    if asked.carriers is not None:
        yield _ids(
            store,
            """
            SELECT items.id FROM json_each(:feeds) AS wanted
            JOIN items ON items.feed_id = wanted.value LIMIT :limit
            """,
            {"feeds": json.dumps(asked.carriers)},
        )
    if asked.selection.min_outlets > 1:
        yield _ids(
            store,
            """
            SELECT min(item_id) FROM memberships
            WHERE item_id > (SELECT max(item_id) FROM memberships) - :look_back
            GROUP BY story_id HAVING count(*) >= :copies LIMIT :limit
            """,
            {"look_back": LOOK_BACK, "copies": asked.selection.min_outlets},
        )
    if asked.words is not None:
        yield search.named(store, asked.words, limit=RARE + 1)


def _ids(store: Store, query: str, values: Mapping[str, object]) -> list[int]:
    return [row[0] for row in store.execute(query, {**values, "limit": RARE + 1})]


# --- What passes -----------------------------------------------------------------------------------


def _passing(store: Store, asked: _Asked, chunk: Sequence[str]) -> Iterator[Picked]:
    selection = asked.selection
    ids = json.dumps(chunk)
    saying = _saying(store, asked.words, ids) if asked.words else None
    unwanted = _saying(store, asked.without, ids) if asked.without else set()
    rows = store.execute(
        """
        SELECT stories.id, stories.at, speaker.feed_id, CASE WHEN :min_outlets > 1 THEN (
                SELECT json_group_array(DISTINCT items.feed_id) FROM memberships
                JOIN items INDEXED BY items_short ON items.id = memberships.item_id
                WHERE memberships.story_id = stories.id
            ) END AS carried_by
        FROM json_each(:ids) AS wanted
        JOIN stories ON stories.id = wanted.value
        JOIN items AS speaker INDEXED BY items_short ON speaker.id = stories.speaker
        WHERE (:coins = '[]' OR EXISTS (
                SELECT 1 FROM facets INDEXED BY facets_item
                WHERE item_id = stories.speaker AND kind = 'coin'
                    AND facets.value IN (SELECT value FROM json_each(:coins))
            ))
            AND (:languages = '[]' OR EXISTS (
                SELECT 1 FROM facets INDEXED BY facets_item
                WHERE item_id = stories.speaker AND kind = 'language'
                    AND facets.value IN (SELECT value FROM json_each(:languages))
            ))
            AND (:tags = '[]' OR EXISTS (
                SELECT 1 FROM memberships
                CROSS JOIN facets INDEXED BY facets_item ON facets.item_id = memberships.item_id AND kind = 'tag'
                WHERE memberships.story_id = stories.id AND facets.value IN (SELECT value FROM json_each(:tags))
            ))
            AND (:carriers IS NULL OR EXISTS (
                SELECT 1 FROM memberships
                JOIN items INDEXED BY items_short ON items.id = memberships.item_id
                WHERE memberships.story_id = stories.id
                    AND items.feed_id IN (SELECT value FROM json_each(:carriers))
            ))
            AND (NOT :originals OR NOT (
                speaker.feed_id IN (SELECT value FROM json_each(:reposters))
                OR EXISTS (SELECT 1 FROM facets INDEXED BY facets_item
                    WHERE item_id = stories.speaker AND kind = 'second-hand')
            ))
            AND (:unwanted = '[]' OR NOT EXISTS (
                SELECT 1 FROM memberships
                CROSS JOIN facets INDEXED BY facets_item ON facets.item_id = memberships.item_id AND kind = 'label'
                WHERE memberships.story_id = stories.id
                    AND facets.value IN (SELECT value FROM json_each(:unwanted))
                    AND (memberships.item_id = stories.speaker OR memberships.rule IS NULL
                        OR memberships.rule IN (SELECT value FROM json_each(:same_article)))
            ))
        ORDER BY wanted.key
        """,
        {
            "ids": ids,
            "min_outlets": selection.min_outlets,
            "coins": json.dumps(selection.coins),
            "languages": json.dumps(selection.languages),
            "tags": json.dumps(asked.tags),
            "carriers": None if asked.carriers is None else json.dumps(asked.carriers),
            "originals": selection.originals,
            "reposters": json.dumps(asked.reposters),
            "unwanted": json.dumps(_unwanted_labels(selection)),
            "same_article": json.dumps(SAME_ARTICLE),
        },
    )
    for row in rows.fetchall():
        if (saying is not None and row["id"] not in saying) or row["id"] in unwanted:
            continue
        if row["carried_by"] and _publishers(row["carried_by"], asked.feeds) < selection.min_outlets:
            continue
        yield Picked(id=row["id"], at=text_to_time(row["at"]), feed=row["feed_id"])


def _unwanted_labels(selection: Selection) -> list[str]:
    let_through = {"press-release": selection.press_releases, "sponsored": selection.sponsored}
    return [label for label in LABELS if not let_through[label]]


def _saying(store: Store, asked: search.Words, ids: str) -> set[str]:
    """Of these stories, the ones of which a copy says the words."""
    members = dict(
        store.execute(
            "SELECT item_id, story_id FROM memberships WHERE story_id IN (SELECT value FROM json_each(?))",
            (ids,),
        ).fetchall()
    )
    if not members:
        return set()
    named = search.named(store, asked, first=min(members), last=max(members))
    return {members[item] for item in asked.checked(store, (each for each in named if each in members))}


def _publishers(carried_by: str, feeds: Mapping[int, Feed]) -> int:
    """Count publishers: feeds whose sites have one name are one."""
    names = set()
    for feed_id in json.loads(carried_by):
        feed = feeds[feed_id]
        names.add(urls.brand(feed.site_url) or urls.brand(feed.url) or feed_id)
    return len(names)
