"""What was a model asked, what did it say, what was decided about each story, and what did it cost?

Facts, all of them: a rebuild keeps them, so that nothing is asked twice and no published abstract moves.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from aggregator.store.connection import Store
from aggregator.store.rows import json_to_strings, strings_to_json, time_to_text

KEPT = timedelta(days=90)
"""How long an answer stays that no story wears: longer than any story comes back to a live feed."""


class Verdict(StrEnum):
    """What became of a story's abstract as far as the model goes."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    """It answered, and the answer may not be shown."""
    FAILED = "failed"
    """It did not answer, or was not asked for want of an answer to others."""
    LEFT = "left"
    """Not asked: published before, too short, words to a model in the text, a bound reached."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What was decided of one story, about which input."""

    input_hash: str
    verdict: Verdict
    reason: str = ""
    text: str | None = None
    sources: tuple[str, ...] = ()
    asked: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A story that is about to be shown."""

    story_id: str
    items: tuple[int, ...]
    """The speaker first, then the others in order of arrival."""
    uids: tuple[str, ...]
    """Of the same items."""
    title: str
    published: bool
    """Readers were told an abstract already, or that there is none."""
    method: str | None
    """How the abstract that stands was made."""
    decision: Decision | None


def candidates(store: Store, story_ids: Sequence[str]) -> list[Candidate]:
    """Fetch stories with what was decided of them, in the order asked for."""
    rows = store.execute(
        """
        SELECT stories.id, speaker.title, stories.speaker, abstracts.method,
            publications.story_id IS NOT NULL AS published,
            model_decisions.input_hash, model_decisions.verdict, model_decisions.reason, model_decisions.text,
            model_decisions.sources, model_decisions.asked,
            json_group_array(memberships.item_id) AS items, json_group_array(items.uid) AS uids
        FROM json_each(?) AS wanted
        JOIN stories ON stories.id = wanted.value
        JOIN items AS speaker ON speaker.id = stories.speaker
        JOIN memberships ON memberships.story_id = stories.id
        JOIN items ON items.id = memberships.item_id
        LEFT JOIN abstracts ON abstracts.story_id = stories.id
        LEFT JOIN publications ON publications.story_id = stories.id
        LEFT JOIN model_decisions ON model_decisions.story_id = stories.id
        GROUP BY wanted.key
        ORDER BY wanted.key
        """,
        (json.dumps(list(story_ids)),),
    )
    return [_candidate(row) for row in rows.fetchall()]


def displaced(store: Store) -> Iterator[str]:
    """Name the stories whose accepted answer does not stand as their abstract: a rebuild made another one."""
    rows = store.execute(
        """
        SELECT stories.id FROM model_decisions INDEXED BY model_decisions_accepted
        JOIN stories ON stories.id = model_decisions.story_id
        LEFT JOIN abstracts ON abstracts.story_id = stories.id
        WHERE model_decisions.verdict = 'accepted' AND abstracts.method IS NOT 'machine'
        """
    )
    for row in rows.fetchall():
        yield row["id"]


def _candidate(row: sqlite3.Row) -> Candidate:
    order = sorted(
        zip(json.loads(row["items"]), json.loads(row["uids"]), strict=True),
        key=lambda pair: (pair[0] != row["speaker"], pair[0]),
    )
    decision = None
    if row["verdict"] is not None:
        decision = Decision(
            input_hash=row["input_hash"],
            verdict=Verdict(row["verdict"]),
            reason=row["reason"],
            text=row["text"],
            sources=json_to_strings(row["sources"]),
            asked=row["asked"],
        )
    return Candidate(
        story_id=row["id"],
        items=tuple(item for item, _ in order),
        uids=tuple(uid for _, uid in order),
        title=row["title"],
        published=bool(row["published"]),
        method=row["method"],
        decision=decision,
    )


def decide(store: Store, story_id: str, decision: Decision, now: datetime) -> None:
    """Record a decision; an accepted text becomes the story's abstract and waits to be published."""
    store.execute(
        """
        INSERT INTO model_decisions (story_id, input_hash, verdict, reason, text, sources, asked, at)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (story_id) DO UPDATE SET input_hash = excluded.input_hash, verdict = excluded.verdict,
            reason = excluded.reason, text = excluded.text, sources = excluded.sources, asked = excluded.asked,
            at = excluded.at
        """,
        (
            story_id,
            decision.input_hash,
            decision.verdict.value,
            decision.reason,
            decision.text,
            strings_to_json(decision.sources),
            decision.asked,
            time_to_text(now),
        ),
    )
    if decision.text is not None:
        wear(store, story_id, decision.text)


def wear(store: Store, story_id: str, text: str) -> None:
    """Put an accepted answer in the place of the story's abstract.

    What the sentences stood on stays noted beside it: while that is unchanged, nobody makes them anew.
    """
    store.execute("UPDATE abstracts SET text = ?, method = 'machine' WHERE story_id = ?", (text, story_id))
    store.execute("UPDATE stories SET publication_due = 1 WHERE id = ?", (story_id,))


# --- Answers -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the model once said to the same question."""

    said: str
    fault: str


def answer(store: Store, key: str) -> Answer | None:
    """Look up what was said to a question."""
    row = store.execute("SELECT said, fault FROM model_answers WHERE key = ?", (key,)).fetchone()
    return None if row is None else Answer(said=row["said"], fault=row["fault"])


def keep_answer(store: Store, key: str, told: Answer, tokens: int, now: datetime) -> None:
    """Remember what was said to a question."""
    store.execute(
        """
        INSERT INTO model_answers (key, said, fault, tokens, at) VALUES (?, ?, ?, ?, ?)
        ON CONFLICT (key) DO UPDATE SET said = excluded.said, fault = excluded.fault, tokens = excluded.tokens,
            at = excluded.at
        """,
        (key, told.said, told.fault, tokens, time_to_text(now)),
    )


def forget(store: Store, now: datetime) -> None:
    """Let old answers go, and decisions about stories that are no more."""
    before = time_to_text(now - KEPT)
    store.execute("DELETE FROM model_answers WHERE at < ?", (before,))
    store.execute("DELETE FROM model_usage WHERE day < ?", (before[:10],))
    store.execute(
        "DELETE FROM model_decisions WHERE at < ? AND story_id NOT IN (SELECT id FROM stories)", (before,)
    )


# --- Usage ---------------------------------------------------------------------------------------


def used(store: Store, now: datetime) -> tuple[int, int]:
    """How many requests and tokens were used on this day (UTC)."""
    row = store.execute(
        "SELECT requests, tokens FROM model_usage WHERE day = ?", (time_to_text(now)[:10],)
    ).fetchone()
    return (0, 0) if row is None else (int(row["requests"]), int(row["tokens"]))


def use(store: Store, now: datetime, *, requests: int, tokens: int) -> None:
    """Add to what was used on this day; ``tokens`` may be negative where an estimate was too high."""
    store.execute(
        """
        INSERT INTO model_usage (day, requests, tokens) VALUES (?, ?, max(0, ?))
        ON CONFLICT (day) DO UPDATE SET requests = requests + excluded.requests, tokens = max(0, tokens + ?)
        """,
        (time_to_text(now)[:10], requests, tokens, tokens),
    )
