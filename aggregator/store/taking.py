"""What does the store take over of another machine's facts, and whose word holds where both have one?

What happened here stays: nothing that comes along changes what this store was told by feeds, by its person or told
its readers. Taking over the same a second time changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from aggregator.models import Verdict
from aggregator.store import items as item_store
from aggregator.store import model
from aggregator.store.connection import Store
from aggregator.store.feeds import fallback_title
from aggregator.store.naming import UID_HEX_DIGITS
from aggregator.store.rows import optional_time_to_text, strings_to_json, time_to_text
from aggregator.store.tombstones import Tombstone


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedKnown:
    """What another machine knows of a feed."""

    url: str
    """Where it was polled last."""
    title: str
    site_url: str | None
    language: str | None
    folder: tuple[str, ...]
    tags: tuple[str, ...]
    priority: int
    added: datetime | None
    removed: datetime | None
    gone: datetime | None
    last_polled: datetime | None
    last_ok: datetime | None
    last_new: datetime | None
    last_error: str | None
    counts: Mapping[str, int | None]
    """``failures``, ``last_status``, ``rhythm_seconds``, ``churn``, ``polls``, ``polls_not_modified``,
    ``body_bytes``, ``bytes_saved``."""


def feed(store: Store, feed_id: int, first_url: str, known: FeedKnown) -> None:
    """Take over how a feed has been, unless it was polled here; and what it is called, unless this home lists it."""
    names: dict[str, Any] = {
        "id": feed_id,
        "title": known.title,
        "site_url": known.site_url,
        "language": known.language,
        "folder": strings_to_json(known.folder),
        "tags": strings_to_json(known.tags),
        "priority": known.priority,
        "removed": optional_time_to_text(known.removed),
    }
    store.execute(
        """
        UPDATE feeds SET title = CASE WHEN :title = '' THEN title ELSE :title END, site_url = :site_url,
            language = :language, folder = :folder, tags = :tags, priority = :priority,
            removed_at = COALESCE(:removed, removed_at)
        WHERE id = :id AND removed_at IS NOT NULL AND last_polled_at IS NULL
        """,
        names,
    )
    health = {
        "id": feed_id,
        "added": optional_time_to_text(known.added),
        "gone": optional_time_to_text(known.gone),
        "last_polled": optional_time_to_text(known.last_polled),
        "last_ok": optional_time_to_text(known.last_ok),
        "last_new": optional_time_to_text(known.last_new),
        "last_error": known.last_error,
        "url": known.url,
        "title": known.title,
        "nameless": fallback_title(first_url),
        "site_url": known.site_url,
        "language": known.language,
        **known.counts,
    }
    store.execute(
        """
        UPDATE feeds SET added_at = min(added_at, COALESCE(:added, added_at)), gone_at = :gone,
            last_polled_at = :last_polled, last_ok_at = :last_ok, last_new_at = :last_new, last_error = :last_error,
            failures = COALESCE(:failures, 0), last_status = :last_status, rhythm_seconds = :rhythm_seconds,
            churn = COALESCE(:churn, 0), polls = COALESCE(:polls, 0),
            polls_not_modified = COALESCE(:polls_not_modified, 0), body_bytes = COALESCE(:body_bytes, 0),
            bytes_saved = COALESCE(:bytes_saved, 0),
            title = CASE WHEN title = :nameless AND :title <> '' THEN :title ELSE title END,
            site_url = COALESCE(site_url, :site_url), language = COALESCE(language, :language),
            url = CASE WHEN :url = '' OR EXISTS (SELECT 1 FROM feeds AS other WHERE other.id <> :id
                AND (other.url = :url OR other.first_url = :url)) THEN url ELSE :url END
        WHERE id = :id AND last_polled_at IS NULL
        """,
        health,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class RulingKnown:
    """A person's word, said at another machine."""

    a: str
    b: str
    verdict: Verdict
    made: datetime
    withdrawn: datetime | None


def ruling(store: Store, said: RulingKnown) -> None:
    """Take over a person's word. Of all that was said of a pair only the last word can be in force, unless taken back.

    That is so in whichever order the words come, and where one of two machines took a word back it is taken back.
    """
    words: dict[str, Any] = {
        "a": said.a,
        "b": said.b,
        "verdict": said.verdict.value,
        "made": time_to_text(said.made),
        "withdrawn": optional_time_to_text(said.withdrawn),
    }
    known = store.execute(
        "SELECT id FROM rulings WHERE a = :a AND b = :b AND verdict = :verdict AND made_at = :made", words
    ).fetchone()
    if known is not None:
        store.execute(
            """
            UPDATE rulings SET withdrawn_at = min(COALESCE(withdrawn_at, :withdrawn), :withdrawn)
            WHERE id = :id AND :withdrawn IS NOT NULL
            """,
            {"id": known["id"], "withdrawn": words["withdrawn"]},
        )
    else:
        _say(store, words)
    item_store.also_pending(store, item_store.ids(store, (said.a, said.b)).values(), step=1)


def _say(store: Store, words: dict[str, Any]) -> None:
    last = store.execute(
        "SELECT made_at, verdict FROM rulings WHERE a = :a AND b = :b ORDER BY made_at DESC, verdict DESC LIMIT 1",
        words,
    ).fetchone()
    if last is not None and (last["made_at"], last["verdict"]) > (words["made"], words["verdict"]):
        words = {**words, "withdrawn": words["withdrawn"] or last["made_at"]}
    store.execute(
        """
        UPDATE rulings SET withdrawn_at = :made
        WHERE a = :a AND b = :b AND withdrawn_at IS NULL AND (made_at, verdict) < (:made, :verdict)
        """,
        words,
    )
    store.execute(
        """
        INSERT INTO rulings (a, b, verdict, made_at, withdrawn_at)
        VALUES (:a, :b, :verdict, :made, :withdrawn)
        """,
        words,
    )


def tombstone(store: Store, feed_id: int, stone: Tombstone, day: int) -> None:
    """Take over that an item was let go, unless it is stored here."""
    beginning = stone.name.to_bytes(8, "big", signed=True).hex()
    store.execute(
        """
        INSERT INTO tombstones (name, feed_id, title, link, published, day)
        SELECT :name, :feed, :title, :link, :published, :day
        WHERE NOT EXISTS (SELECT 1 FROM items WHERE uid >= :low AND uid < :high)
        ON CONFLICT (name) DO UPDATE SET day = max(day, excluded.day)
        """,
        {
            "feed": feed_id,
            "day": day,
            "low": beginning,
            "high": beginning + "g" * (UID_HEX_DIGITS - len(beginning)),
            **stone._asdict(),
        },
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryKnown:
    """Where another machine's readers were told of a story."""

    story: str
    shown: bool
    pages: Mapping[str, int | None]
    """Output → closed page of its history; None: on none yet."""
    left: bool
    """It turned out to be part of another story."""
    departed: datetime | None
    """Since when readers are told so."""


def story(store: Store, known: StoryKnown) -> None:
    """Take over where readers were told of a story. Stories are numbered in the order in which they come."""
    store.execute(
        """
        INSERT INTO published (story_id)
        SELECT :story WHERE :shown AND NOT EXISTS (SELECT 1 FROM published WHERE story_id = :story)
        """,
        {"story": known.story, "shown": known.shown},
    )
    store.executemany(
        "INSERT INTO told (output, story_id, page) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
        [(output, known.story, page) for output, page in known.pages.items()],
    )
    if known.left:
        store.execute(
            """
            INSERT INTO departed (story_id, at)
            SELECT :story, :at WHERE NOT EXISTS (SELECT 1 FROM stories WHERE id = :story)
            ON CONFLICT DO NOTHING
            """,
            {"story": known.story, "at": optional_time_to_text(known.departed)},
        )


def decision(store: Store, story_id: str, decided: model.Decision, at: datetime) -> None:
    """Take over what was decided of a story's abstract where a model was asked, unless it was decided here.

    An accepted text is put on by the model's own stage, where the settings name a model and the story says the same.
    """
    store.execute(
        """
        INSERT INTO model_decisions (story_id, input_hash, verdict, reason, text, sources, asked, at)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (story_id) DO NOTHING
        """,
        (
            story_id,
            decided.input_hash,
            decided.verdict.value,
            decided.reason,
            decided.text,
            strings_to_json(decided.sources),
            decided.asked,
            time_to_text(at),
        ),
    )
