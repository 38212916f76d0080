"""Which item is in which story, what is said about the story, and what were readers told?"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from aggregator.models import Abstract, Cluster, Relation
from aggregator.store import meta, told
from aggregator.store.connection import Store
from aggregator.store.rows import text_to_time, time_to_text


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplyResult:
    """How the stories changed."""

    new: int = 0
    changed: int = 0


def component(store: Store, seeds: Iterable[int], *, collapse: Collection[Relation]) -> set[int]:
    """Collect every item whose story could depend on the seeds.

    That is what is reachable over live matches of the collapsed relations, people's rulings, and the stories as
    they stand (a retracted match must free those it had brought together).
    """
    relations = json.dumps([relation.value for relation in collapse])
    reached: set[int] = set()
    frontier = set(seeds)
    while frontier:
        reached |= frontier
        rows = store.execute(
            """
            WITH seed (id) AS (SELECT value FROM json_each(:ids))
            SELECT matches.newer FROM seed JOIN matches ON matches.older = seed.id
            WHERE retracted_at IS NULL AND relation IN (SELECT value FROM json_each(:relations))
            UNION
            SELECT matches.older FROM seed JOIN matches ON matches.newer = seed.id
            WHERE retracted_at IS NULL AND relation IN (SELECT value FROM json_each(:relations))
            UNION
            SELECT peer.item_id FROM seed
            JOIN memberships AS own ON own.item_id = seed.id
            JOIN memberships AS peer ON peer.story_id = own.story_id
            UNION
            SELECT other.id FROM seed
            JOIN items ON items.id = seed.id
            JOIN rulings ON rulings.a = items.uid AND withdrawn_at IS NULL
            JOIN items AS other ON other.uid = rulings.b
            UNION
            SELECT other.id FROM seed
            JOIN items ON items.id = seed.id
            JOIN rulings ON rulings.b = items.uid AND withdrawn_at IS NULL
            JOIN items AS other ON other.uid = rulings.a
            """,
            {"ids": json.dumps(sorted(frontier)), "relations": relations},
        )
        frontier = {row[0] for row in rows} - reached
    return reached


def apply_clusters(store: Store, component_ids: Collection[int], clusters: Sequence[Cluster]) -> ApplyResult:
    """Make the stories of a component what dedup says they are, and note which need new words.

    The published canonical item goes on speaking while it is a member, so that a reader's link does not move.
    """
    ids = json.dumps(sorted(component_ids))
    before = _memberships(store, ids)
    facts = {
        row["id"]: (row["uid"], row["at"])
        for row in store.execute(
            "SELECT id, uid, at FROM items WHERE id IN (SELECT value FROM json_each(?))", (ids,)
        )
    }
    new = changed = 0
    kept: set[str] = set()
    for cluster in clusters:
        story_id, at = facts[cluster.founder]
        kept.add(story_id)
        state = _save_story(store, cluster, story_id, at)
        members_before = {item for item, story in before.items() if story == story_id}
        if state == "new":
            new += 1
        elif state == "changed" or members_before != set(cluster.members):
            changed += 1
            store.execute("UPDATE stories SET summary_due = 1, publication_due = 1 WHERE id = ?", (story_id,))
    for cluster in clusters:
        _save_members(store, cluster, facts[cluster.founder][0])
    dead = set(before.values()) - kept
    store.executemany("DELETE FROM abstracts WHERE story_id = ?", [(each,) for each in dead])
    store.executemany("DELETE FROM stories WHERE id = ?", [(each,) for each in dead])
    told.depart(store, dead)
    if new or changed or dead:
        meta.bump_revision(store)
    return ApplyResult(new=new, changed=changed)


def _memberships(store: Store, ids: str) -> dict[int, str]:
    rows = store.execute(
        "SELECT item_id, story_id FROM memberships WHERE item_id IN (SELECT value FROM json_each(?))", (ids,)
    )
    return {row["item_id"]: row["story_id"] for row in rows}


def _save_story(store: Store, cluster: Cluster, story_id: str, at: str) -> str:
    """Insert or update one story row; say "new", "changed" (another item speaks) or "same"."""
    published = store.execute("SELECT item_id FROM publications WHERE story_id = ?", (story_id,)).fetchone()
    alive = published is not None and published["item_id"] in cluster.members
    speaker = published["item_id"] if alive else cluster.canonical
    old = store.execute("SELECT speaker FROM stories WHERE id = ?", (story_id,)).fetchone()
    if old is None:
        store.execute(
            "INSERT INTO stories (id, founder, canonical, speaker, at) VALUES (?, ?, ?, ?, ?)",
            (story_id, cluster.founder, cluster.canonical, speaker, at),
        )
        return "new"
    store.execute(
        "UPDATE stories SET canonical = ?, speaker = ? WHERE id = ?", (cluster.canonical, speaker, story_id)
    )
    return "same" if old["speaker"] == speaker else "changed"


def _save_members(store: Store, cluster: Cluster, story_id: str) -> None:
    rows = {
        (member, story_id, match.rule, match.score) if match else (member, story_id, None, None)
        for member, match in ((member, cluster.via.get(member)) for member in cluster.members)
    }
    known = store.execute(
        "SELECT item_id, story_id, rule, score FROM memberships WHERE story_id = ?", (story_id,)
    )
    rows -= {tuple(row) for row in known}
    if rows:
        store.executemany(
            """
            INSERT INTO memberships (item_id, story_id, rule, score) VALUES (?, ?, ?, ?)
            ON CONFLICT (item_id) DO UPDATE SET story_id = excluded.story_id, rule = excluded.rule,
                score = excluded.score
            """,
            sorted(rows),
        )
        meta.bump_revision(store)
    old = {row[0] for row in store.execute("SELECT item_id FROM related WHERE story_id = ?", (story_id,))}
    fresh = set(cluster.related)
    if old != fresh:
        store.execute("DELETE FROM related WHERE story_id = ?", (story_id,))
        store.executemany(
            "INSERT INTO related (story_id, item_id) VALUES (?, ?)",
            [(story_id, each) for each in sorted(fresh)],
        )
        meta.bump_revision(store)


def rewritten_items(store: Store, ids: Iterable[int]) -> None:
    """Note that the texts of these items changed: their stories may need another abstract and another title."""
    store.execute(
        """
        UPDATE stories SET summary_due = 1, publication_due = 1
        WHERE id IN (
            SELECT story_id FROM memberships WHERE item_id IN (SELECT value FROM json_each(?))
        )
        """,
        (json.dumps(list(ids)),),
    )
    meta.bump_revision(store)


# --- Abstracts -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryInput:
    """A story that waits for its abstract."""

    story_id: str
    items: tuple[int, ...]
    """The speaker first, then those that were there when it was first seen, then the rest: each in order of arrival."""
    uids: tuple[str, ...]
    """Of the same items."""
    together: int
    """How many of them were there when the speaker was first seen, itself included."""
    title: str
    """The speaker's, as shown."""
    input_hash: str | None
    """Of what the present abstract was made from."""
    method: str | None
    """How the present abstract was made; ``none`` where the texts deserved none."""
    sources: tuple[str, ...]
    """The uids of the items that the sentences of the present abstract were taken from."""


def summaries_due(store: Store, *, limit: int) -> list[SummaryInput]:
    """List stories that wait for an abstract."""
    rows = store.execute(
        """
        SELECT stories.id, abstracts.input_hash, abstracts.method, abstracts.sources, speaker.title,
            json_group_array(memberships.item_id) AS items, json_group_array(items.uid) AS uids,
            json_group_array(items.first_seen > speaker.first_seen) AS later, stories.speaker
        FROM (SELECT * FROM stories WHERE summary_due ORDER BY id LIMIT ?) AS stories
        JOIN items AS speaker ON speaker.id = stories.speaker
        JOIN memberships ON memberships.story_id = stories.id
        JOIN items ON items.id = memberships.item_id
        LEFT JOIN abstracts ON abstracts.story_id = stories.id
        GROUP BY stories.id
        """,
        (limit,),
    )
    return [_summary_input(row) for row in rows.fetchall()]


def _summary_input(row: sqlite3.Row) -> SummaryInput:
    members = zip(json.loads(row["later"]), json.loads(row["items"]), json.loads(row["uids"]), strict=True)
    order = sorted(members, key=lambda member: (member[1] != row["speaker"], *member))
    return SummaryInput(
        story_id=row["id"],
        items=tuple(item for _, item, _ in order),
        uids=tuple(uid for _, _, uid in order),
        together=sum(not later for later, _, _ in order),
        title=row["title"],
        input_hash=row["input_hash"],
        method=row["method"],
        sources=tuple(json.loads(row["sources"] or "[]")),
    )


def summaries_due_count(store: Store) -> int:
    """How many stories wait for an abstract."""
    return int(store.execute("SELECT count(*) FROM stories WHERE summary_due").fetchone()[0])


def save_abstract(
    store: Store, due: SummaryInput, abstract: Abstract | None, sources: Sequence[str], input_hash: str
) -> None:
    """Keep a story's abstract, or that it deserves none; ``sources`` are the uids of the items of each sentence."""
    store.execute(
        """
        INSERT INTO abstracts (story_id, text, method, sources, input_hash) VALUES (?, ?, ?, ?, ?)
        ON CONFLICT (story_id) DO UPDATE SET text = excluded.text, method = excluded.method,
            sources = excluded.sources, input_hash = excluded.input_hash
        """,
        (
            due.story_id,
            abstract.text if abstract else None,
            abstract.method if abstract else "none",
            json.dumps(list(sources)),
            input_hash,
        ),
    )


def remember_abstract(
    store: Store, story_id: str, abstract: Abstract | None, sources: Sequence[str], input_hash: str
) -> None:
    """Take over an abstract that was made elsewhere; it is kept while its input comes out the same here."""
    store.execute(
        """
        INSERT INTO abstracts (story_id, text, method, sources, input_hash) VALUES (?, ?, ?, ?, ?)
        ON CONFLICT (story_id) DO NOTHING
        """,
        (
            story_id,
            abstract.text if abstract else None,
            abstract.method if abstract else "none",
            json.dumps(list(sources)),
            input_hash,
        ),
    )


def summaries_done(store: Store, story_ids: Iterable[str]) -> None:
    """Take stories off the list of those that wait for an abstract."""
    store.executemany("UPDATE stories SET summary_due = 0 WHERE id = ?", [(each,) for each in story_ids])


def all_summaries_due(store: Store) -> None:
    """Ask for every abstract anew; an unchanged input keeps its abstract."""
    store.execute("UPDATE stories SET summary_due = 1, publication_due = 1")


# --- Publications: what readers were told ----------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """What a person reads of a story; ``updated`` moves when one of these does."""

    title: str
    url: str | None
    abstract: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicationDue:
    """A story whose published wording may have to change."""

    story_id: str
    speaker: int
    title: str
    """As the feed gave it; may be empty."""
    body: str
    url: str | None
    abstract: str | None
    method: str | None
    """How the abstract was made."""
    at: datetime
    published: Wording | None
    """What readers were told so far."""
    updated: datetime | None


def publications_due(store: Store, *, limit: int) -> list[PublicationDue]:
    """List stories whose published wording may have to change, oldest first.

    The due ones are found first, and by name of their index: left to itself SQLite goes through all stories in the
    order asked for, 77 ms of each run where 43,000 are stored.
    """
    rows = store.execute(
        """
        SELECT stories.id, stories.speaker, stories.at, items.title, items.url, abstracts.text AS abstract,
            abstracts.method, substr(texts.body, 1, 400) AS body, publications.item_id AS told,
            publications.title AS told_title,
            publications.url AS told_url, publications.abstract AS told_abstract, publications.updated
        FROM (
            SELECT id, at, speaker FROM stories INDEXED BY stories_publication_due
            WHERE publication_due ORDER BY at, id LIMIT ?
        ) AS stories
        JOIN items ON items.id = stories.speaker
        LEFT JOIN texts ON texts.item_id = stories.speaker
        LEFT JOIN abstracts ON abstracts.story_id = stories.id
        LEFT JOIN publications ON publications.story_id = stories.id
        ORDER BY stories.at, stories.id
        """,
        (limit,),
    )
    return [
        PublicationDue(
            story_id=row["id"],
            speaker=row["speaker"],
            title=row["title"],
            body=row["body"] or "",
            url=row["url"],
            abstract=row["abstract"],
            method=row["method"],
            at=text_to_time(row["at"]),
            published=Wording(title=row["told_title"], url=row["told_url"], abstract=row["told_abstract"])
            if row["told"] is not None
            else None,
            updated=text_to_time(row["updated"]) if row["updated"] else None,
        )
        for row in rows
    ]


def publish(store: Store, due: PublicationDue, wording: Wording, updated: datetime) -> None:
    """Record what readers are told from now on."""
    store.execute(
        """
        INSERT INTO publications (story_id, item_id, title, url, abstract, method, updated)
        VALUES (?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (story_id) DO UPDATE SET item_id = excluded.item_id, title = excluded.title,
            url = excluded.url, abstract = excluded.abstract, method = excluded.method, updated = excluded.updated
        """,
        (
            due.story_id,
            due.speaker,
            wording.title,
            wording.url,
            wording.abstract,
            due.method,
            time_to_text(updated),
        ),
    )
    told.publish(store, due.story_id)


def remember(
    store: Store, story_id: str, speaker: str, wording: Wording, method: str | None, updated: datetime
) -> bool:
    """Take over what readers elsewhere were told of a story by an item (its uid); what was told here stays.

    False: that item is not stored.
    """
    if store.execute("SELECT 1 FROM items WHERE uid = ?", (speaker,)).fetchone() is None:
        return False
    store.execute(
        """
        INSERT INTO publications (story_id, item_id, title, url, abstract, method, updated)
        SELECT ?, id, ?, ?, ?, ?, ? FROM items WHERE uid = ? ON CONFLICT (story_id) DO NOTHING
        """,
        (story_id, wording.title, wording.url, wording.abstract, method, time_to_text(updated), speaker),
    )
    return True


def publications_done(store: Store, story_ids: Iterable[str]) -> None:
    """Take stories off the list of those whose wording may have to change."""
    store.executemany("UPDATE stories SET publication_due = 0 WHERE id = ?", [(each,) for each in story_ids])


def count_after(store: Store, now: datetime) -> int:
    """How many stories lie in the future of ``now``."""
    row = store.execute("SELECT count(*) FROM stories WHERE at > ?", (time_to_text(now),)).fetchone()
    return int(row[0])
