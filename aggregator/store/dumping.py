"""What does a person take along to another machine? Items first, one a line, then all else that is a fact about them.

Left behind is what belongs to a machine: validators of feeds (there, everything is asked for once), the log of runs,
pauses of hosts, and the answers of a model that no story wears. What is derived is made anew from what comes along.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from aggregator.store.connection import Store

KIND = "aggregator"
"""The key that says what a line is that is no item; no other program's item has it."""

FEED, RULING, TOMBSTONE, STORY, DECISION = "feed", "ruling", "tombstone", "story", "decision"

Line = dict[str, object]

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def lines(store: Store) -> Iterator[Line]:
    """Every line of a dump, streamed from one state of the store."""
    yield from items(store)
    yield from _feeds(store)
    yield from _rulings(store)
    yield from _tombstones(store)
    yield from _stories(store)
    yield from _decisions(store)


def items(store: Store) -> Iterator[Line]:
    """Every item in order of arrival, with its story: the keys of the ``dump`` contract (DESIGN §5).

    Besides, of an item that founded a story, ``told``: what readers were told of that story last, by which item; and
    its ``abstract`` with what it was made from, so that it is kept while that is the same.
    """
    cursor = store.execute(
        """
        SELECT items.*, feeds.first_url AS feed_url, feeds.title AS feed_title,
            (SELECT json_group_array(guid) FROM aliases WHERE aliases.item_id = items.id) AS known_as,
            memberships.story_id, stories.speaker, told_by.uid AS told_by, publications.title AS told_title,
            publications.url AS told_url, publications.abstract AS told_abstract,
            publications.method AS told_method, publications.updated AS told_updated,
            abstracts.text AS short, abstracts.method AS short_method, abstracts.sources AS short_sources,
            abstracts.input_hash AS short_input
        FROM items
        JOIN feeds ON feeds.id = items.feed_id
        LEFT JOIN memberships ON memberships.item_id = items.id
        LEFT JOIN stories ON stories.id = memberships.story_id
        LEFT JOIN publications ON publications.story_id = items.uid
        LEFT JOIN abstracts ON abstracts.story_id = items.uid
        LEFT JOIN items AS told_by ON told_by.id = publications.item_id
        ORDER BY items.id
        """
    )
    for row in cursor:
        yield _item(row)


def _item(row: sqlite3.Row) -> Line:
    record: Line = {
        "id": row["guid"],
        "feed": row["feed_url"],
        "source": row["feed_title"],
        "url": row["url"],
        "title": row["title"],
        "author": row["author"],
        "summary_html": row["summary_html"],
        "content_html": row["content_html"],
        "published": row["published"],
        "updated": row["updated"],
        "lang": row["language"],
        "tags": json.loads(row["tags"]),
        "first_seen": row["first_seen"],
        "at": row["at"],
        "changed": row["changed_at"],
        "source_url": row["source_url"],
        "story": row["story_id"],
        "canonical": row["speaker"] == row["id"],
    }
    if row["enclosures"] != "[]":
        record["enclosures"] = json.loads(row["enclosures"])
    if row["known_as"] != "[]":
        record["known_as"] = json.loads(row["known_as"])
    if row["short_method"] is not None:
        record["abstract"] = {
            "text": row["short"],
            "method": row["short_method"],
            "sources": json.loads(row["short_sources"]),
            "input": row["short_input"],
        }
    if row["told_by"] is not None:
        record["told"] = {
            "item": row["told_by"],
            "title": row["told_title"],
            "url": row["told_url"],
            "abstract": row["told_abstract"],
            "method": row["told_method"],
            "updated": row["told_updated"],
        }
    return record


# --- What stands beside the items ------------------------------------------------------------------


def _feeds(store: Store) -> Iterator[Line]:
    """What is known of each feed and how it has been, whether it is subscribed now or not."""
    rows = store.execute(
        """
        SELECT first_url AS feed, url, title AS source, site_url, language AS lang, folder, tags, priority,
            added_at AS added, removed_at AS removed, gone_at AS gone, last_polled_at AS last_polled,
            last_ok_at AS last_ok, last_new_at AS last_new, failures, last_status, last_error,
            rhythm_seconds, churn, polls, polls_not_modified, body_bytes, bytes_saved
        FROM feeds ORDER BY first_url
        """
    )
    for row in rows:
        yield {KIND: FEED, **dict(row), "folder": json.loads(row["folder"]), "tags": json.loads(row["tags"])}


def _rulings(store: Store) -> Iterator[Line]:
    rows = store.execute(
        "SELECT a, b, verdict, made_at AS made, withdrawn_at AS withdrawn FROM rulings ORDER BY made_at, a, b, id"
    )
    for row in rows:
        yield {KIND: RULING, **dict(row)}


def _tombstones(store: Store) -> Iterator[Line]:
    rows = store.execute(
        """
        SELECT feeds.first_url AS feed, name, tombstones.title, link, published, day
        FROM tombstones JOIN feeds ON feeds.id = tombstones.feed_id ORDER BY name
        """
    )
    for row in rows:
        yield {
            KIND: TOMBSTONE,
            "feed": row["feed"],
            # 64 bits are more than JSON's numbers hold everywhere (RFC 8259 §6).
            "name": _hex(row["name"]),
            "title": _hex(row["title"]),
            "link": None if row["link"] is None else _hex(row["link"]),
            "published": row["published"],
            "day": (EPOCH + timedelta(days=row["day"])).date().isoformat(),
        }


def _hex(number: int) -> str:
    return number.to_bytes(8, "big", signed=True).hex()


def _stories(store: Store) -> Iterator[Line]:
    """In which order stories were first shown, in which outputs and on which page of them, and which have left."""
    rows = store.execute(
        """
        SELECT known.story_id, published.number, departed.story_id IS NOT NULL AS left, departed.at AS departed,
            COALESCE(told.outputs, '{}') AS outputs
        FROM (SELECT story_id FROM published UNION SELECT story_id FROM told UNION SELECT story_id FROM departed)
            AS known
        LEFT JOIN published ON published.story_id = known.story_id
        LEFT JOIN departed ON departed.story_id = known.story_id
        -- Grouped once: `told` is kept by output, and to look for each story in it would be quadratic.
        LEFT JOIN (SELECT story_id, json_group_object(output, page) AS outputs FROM told GROUP BY story_id) AS told
            ON told.story_id = known.story_id
        ORDER BY published.number IS NULL, published.number, known.story_id
        """
    )
    for row in rows:
        yield {
            KIND: STORY,
            "story": row["story_id"],
            "shown": row["number"] is not None,
            "outputs": json.loads(row["outputs"]),
            "left": bool(row["left"]),
            "departed": row["departed"],
        }


def _decisions(store: Store) -> Iterator[Line]:
    rows = store.execute(
        """
        SELECT story_id AS story, input_hash, verdict, reason, text, sources, asked, at
        FROM model_decisions ORDER BY story_id
        """
    )
    for row in rows:
        yield {KIND: DECISION, **dict(row), "sources": json.loads(row["sources"])}
