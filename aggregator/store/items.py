"""What did the feeds say? Items are facts: added, revised by their own feed, never merged or deleted here."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from aggregator.models import Entry, Item
from aggregator.store import renaming, tombstones
from aggregator.store.connection import Store
from aggregator.store.naming import item_uid
from aggregator.store.rows import (
    enclosures_to_json,
    item_from_row,
    optional_time_to_text,
    required,
    strings_to_json,
    time_to_text,
)

EARLIEST_CREDIBLE = datetime(1990, 1, 1, tzinfo=UTC)
"""Before there was a web: an empty field of someone's program (1970-01-01, 0001-01-01), not a date."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AddResult:
    """What one document added to the store."""

    new: int = 0
    updated: int = 0
    unchanged: int = 0
    rewritten: int = 0
    """Known entries of which the text alone is another one: a correction, or a counter that went on."""
    pruned: int = 0
    """Entries that retention let go: they stay away."""


def content_hash(entry: Entry) -> str:
    """Tell revisions apart: two entries with one hash say the same to a reader.

    Enclosures do not count: many are addressed anew at every fetch, with the time or a signature in the address.
    """
    parts = (
        entry.url,
        entry.title,
        entry.author,
        entry.summary_html,
        entry.content_html,
        entry.language,
        entry.tags,
        entry.source_url,
        optional_time_to_text(entry.published),
    )
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:32]


def add_entries(  # noqa: PLR0913 - a document, and what is known of it
    store: Store,
    *,
    feed_id: int,
    feed_first_url: str,
    entries: Sequence[Entry],
    now: datetime,
    at: datetime | None = None,
    revise: bool = True,
    steady: bool = True,
) -> AddResult:
    """Store a document's entries in the order given, which becomes the order of arrival.

    ``revise=False`` adds what is new and leaves known items alone: what a malformed document says of earlier
    entries is not to be believed. ``steady=False``: the feed rewrites its texts at every fetch, so a text that
    changed alone is no revision; a changed title, link or date still is. New and revised items are queued for
    dedup. What retention let go is not stored again. ``at``: the credible time, where it was settled elsewhere.
    """
    known = renaming.known(store, feed_id, [entry.guid for entry in entries])
    strangers = [entry.guid for entry in entries if entry.guid not in known]
    gone = tombstones.listed(store, feed_id, strangers, now)
    new = updated = unchanged = rewritten = pruned = 0
    for entry in entries:
        if entry.guid in gone:
            pruned += 1
            continue
        fresh_hash = content_hash(entry)
        old = known.get(entry.guid)
        if old is None:
            uid = item_uid(feed_first_url, entry.guid)
            item_id = _insert(store, feed_id, uid, entry, fresh_hash, now, at)
            new += 1
        elif old.content_hash != fresh_hash and revise:
            item_id = old.id
            text_alone = (old.url, old.title, old.published) == _heading(entry)
            rewritten += text_alone
            if text_alone and not steady:
                # The hash follows what came, so that a feed that calms down is seen to.
                store.execute("UPDATE items SET content_hash = ? WHERE id = ?", (fresh_hash, item_id))
                unchanged += 1
                continue
            _revise(store, item_id, entry, fresh_hash, now)
            updated += 1
        else:
            unchanged += 1
            continue
        known[entry.guid] = renaming.Known(item_id, fresh_hash, *_heading(entry))
        set_pending(store, [item_id], step=0)
    return AddResult(new=new, updated=updated, unchanged=unchanged, rewritten=rewritten, pruned=pruned)


def _heading(entry: Entry) -> tuple[str | None, str, str | None]:
    return entry.url, entry.title, optional_time_to_text(entry.published)


def _insert(
    store: Store, feed_id: int, uid: str, entry: Entry, fresh_hash: str, now: datetime, at: datetime | None
) -> int:
    said = (
        at or entry.published or entry.updated
    )  # RSS 1.0 and many Atom feeds give a single date, the latter
    credible = said if said is not None and EARLIEST_CREDIBLE <= said <= now else now
    cursor = store.execute(
        """
        INSERT INTO items (uid, feed_id, guid, url, title, author, summary_html, content_html,
            published, updated, language, tags, source_url, enclosures, first_seen, at, content_hash)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
        (uid, feed_id, entry.guid, *_said(entry), time_to_text(now), time_to_text(credible), fresh_hash),
    )
    return required(cursor.lastrowid, "an id for an inserted row")


def _revise(store: Store, item_id: int, entry: Entry, fresh_hash: str, now: datetime) -> None:
    store.execute(
        """
        UPDATE items SET url = ?, title = ?, author = ?, summary_html = ?, content_html = ?, published = ?,
            updated = ?, language = ?, tags = ?, source_url = ?, enclosures = ?, changed_at = ?, content_hash = ?
        WHERE id = ?
        """,
        (*_said(entry), time_to_text(now), fresh_hash, item_id),
    )


def _said(entry: Entry) -> tuple[str | None, ...]:
    return (
        entry.url,
        entry.title,
        entry.author,
        entry.summary_html,
        entry.content_html,
        optional_time_to_text(entry.published),
        optional_time_to_text(entry.updated),
        entry.language,
        strings_to_json(entry.tags),
        entry.source_url,
        enclosures_to_json(entry.enclosures),
    )


def items_by_id(store: Store, ids: Iterable[int]) -> dict[int, Item]:
    """Fetch items by row number."""
    rows = store.execute(
        "SELECT * FROM items WHERE id IN (SELECT value FROM json_each(?))", (json.dumps(list(ids)),)
    )
    return {row["id"]: item_from_row(row) for row in rows}


def uids(store: Store, ids: Iterable[int]) -> dict[int, str]:
    """Fetch the public ids of items by row number."""
    rows = store.execute(
        "SELECT id, uid FROM items WHERE id IN (SELECT value FROM json_each(?))", (json.dumps(list(ids)),)
    )
    return {row["id"]: row["uid"] for row in rows}


def ids(store: Store, uids: Iterable[str]) -> dict[str, int]:
    """Fetch row numbers by the public ids of items."""
    rows = store.execute(
        "SELECT id, uid FROM items WHERE uid IN (SELECT value FROM json_each(?))", (json.dumps(list(uids)),)
    )
    return {row["uid"]: row["id"] for row in rows}


def pending(store: Store, *, step: int, limit: int) -> list[int]:
    """Ids of items that wait for a step of dedup, in order of arrival."""
    rows = store.execute(
        "SELECT item_id FROM pending_items WHERE step = ? ORDER BY item_id LIMIT ?", (step, limit)
    )
    return [row["item_id"] for row in rows]


def pending_count(store: Store) -> int:
    """How many items wait for dedup."""
    return int(store.execute("SELECT count(*) FROM pending_items").fetchone()[0])


def set_pending(store: Store, ids: Iterable[int], *, step: int | None) -> None:
    """Move items to a step of dedup; ``None``: nothing more to do for them."""
    if step is None:
        store.executemany("DELETE FROM pending_items WHERE item_id = ?", [(each,) for each in ids])
    else:
        store.executemany(
            """
            INSERT INTO pending_items (item_id, step) VALUES (?, ?)
            ON CONFLICT (item_id) DO UPDATE SET step = excluded.step
            """,
            [(each, step) for each in ids],
        )


def also_pending(store: Store, ids: Iterable[int], *, step: int) -> None:
    """Send items through dedup from a step on, unless they already wait for an earlier one."""
    store.executemany(
        "INSERT INTO pending_items (item_id, step) VALUES (?, ?) ON CONFLICT (item_id) DO NOTHING",
        [(each, step) for each in ids],
    )


def read_again(store: Store, item_id: int) -> None:
    """Send an item through dedup from its first step on, if it is still stored."""
    store.execute(
        """
        INSERT INTO pending_items (item_id, step) SELECT id, 0 FROM items WHERE id = ?
        ON CONFLICT (item_id) DO UPDATE SET step = excluded.step
        """,
        (item_id,),
    )


def set_all_pending(store: Store, *, step: int) -> None:
    """Send every item through dedup again from a step on."""
    store.execute(
        """
        INSERT INTO pending_items (item_id, step) SELECT id, ? FROM items WHERE true
        ON CONFLICT (item_id) DO UPDATE SET step = min(step, excluded.step)
        """,
        (step,),
    )


def set_feed_pending(store: Store, feed_id: int, *, step: int) -> None:
    """Send every item of one feed through dedup again from a step on."""
    store.execute(
        """
        INSERT INTO pending_items (item_id, step) SELECT id, ? FROM items WHERE feed_id = ?
        ON CONFLICT (item_id) DO UPDATE SET step = min(step, excluded.step)
        """,
        (step, feed_id),
    )


def carry(store: Store, uid: str, *, changed: datetime | None, known_as: Iterable[str]) -> None:
    """Note of an item from another machine when it was last revised there, and its feed's later names for it."""
    if changed is not None:
        store.execute("UPDATE items SET changed_at = ? WHERE uid = ?", (time_to_text(changed), uid))
    store.executemany(
        """
        INSERT INTO aliases (feed_id, guid, item_id) SELECT feed_id, :guid, id FROM items WHERE uid = :uid
            AND NOT EXISTS (SELECT 1 FROM items AS other WHERE other.feed_id = items.feed_id AND other.guid = :guid)
        ON CONFLICT DO NOTHING
        """,
        [{"uid": uid, "guid": each} for each in known_as],
    )
