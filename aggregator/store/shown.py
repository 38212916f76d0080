"""What is shown of a story: its words, its copies, related stories? Rows become ``Story`` here and nowhere else."""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from aggregator.models import Copy, FeedRef, RelatedStory, Story
from aggregator.store.connection import Store
from aggregator.store.rows import json_to_enclosures, json_to_strings, text_to_time
from aggregator.text.titles import shown_title
from aggregator.text.urls import public_address

FALLBACK_BODY_CHARACTERS = 400
"""How much of a text is read to make up a missing title."""

SAME_ARTICLE = ("same-url", "same-text", "near-text", "excerpt", "same-title", "translation")
"""Rules of matches that carry a copy's label over to its story: the article is the same, only not labelled
everywhere. A newsroom's own words about a press release are none."""


def stories_by_id(store: Store, ids: Sequence[str]) -> list[Story]:
    """Fetch stories with their copies and related stories, in the order asked for."""
    wanted = json.dumps(ids)
    copies = _copies(store, wanted)
    labels = _labels(store, wanted)
    related = _related(store, wanted)
    rows = store.execute(
        """
        SELECT stories.id, stories.at, items.uid, items.author, items.tags, items.title AS own_title,
            items.url AS own_url, items.language AS own_language, items.enclosures, texts.language, texts.coins,
            CASE WHEN items.title = '' THEN substr(texts.body, 1, ?) ELSE '' END AS body,
            feeds.title AS feed_title, feeds.url AS feed_url, feeds.site_url, feeds.language AS feed_language,
            publications.title, publications.url, publications.updated,
            CASE WHEN publications.story_id IS NULL THEN abstracts.text ELSE publications.abstract END AS abstract,
            CASE WHEN publications.story_id IS NULL THEN abstracts.method ELSE publications.method END AS method,
            CASE WHEN model_decisions.verdict = 'refused' THEN model_decisions.reason END AS model_refused,
            CASE WHEN COALESCE(publications.abstract, abstracts.text) IS NOT NULL THEN ''
                WHEN length(items.content_html) >= length(items.summary_html) THEN items.content_html
                ELSE items.summary_html END AS content_html
        FROM json_each(?) AS wanted
        JOIN stories ON stories.id = wanted.value
        JOIN items ON items.id = stories.speaker
        JOIN feeds ON feeds.id = items.feed_id
        LEFT JOIN texts ON texts.item_id = items.id
        LEFT JOIN abstracts ON abstracts.story_id = stories.id
        LEFT JOIN publications ON publications.story_id = stories.id
        LEFT JOIN model_decisions ON model_decisions.story_id = stories.id
        ORDER BY wanted.key
        """,
        (FALLBACK_BODY_CHARACTERS, wanted),
    )
    return [
        _story(row, copies.get(row["id"], ()), related.get(row["id"], ()), labels=labels.get(row["id"], ()))
        for row in rows
    ]


def latest_update(store: Store, ids: Sequence[str]) -> datetime | None:
    """When the last of these stories was published or changed for its readers; None where there is none."""
    row = store.execute(
        """
        SELECT max(COALESCE(publications.updated, stories.at)) AS latest
        FROM json_each(?) AS wanted
        JOIN stories ON stories.id = wanted.value
        LEFT JOIN publications ON publications.story_id = stories.id
        """,
        (json.dumps(ids),),
    ).fetchone()
    return text_to_time(row["latest"]) if row["latest"] else None


def _feed(row: sqlite3.Row) -> FeedRef:
    """Name a feed as it may be shown: whoever reads a list of stories needs no key to their feeds."""
    return FeedRef(title=row["feed_title"], url=public_address(row["feed_url"]), site_url=row["site_url"])


def _story(
    row: sqlite3.Row, copies: Sequence[Copy], related: Sequence[RelatedStory], *, labels: tuple[str, ...]
) -> Story:
    published = row["updated"] is not None
    at = text_to_time(row["at"])
    return Story(
        id=row["id"],
        item=row["uid"],
        title=row["title"] if published else shown_title(row["own_title"], row["body"] or ""),
        url=row["url"] if published else row["own_url"],
        feed=_feed(row),
        author=row["author"],
        published=at,
        updated=text_to_time(row["updated"]) if published else at,
        language=row["language"] or row["own_language"] or row["feed_language"],
        tags=json_to_strings(row["tags"]),
        coins=json_to_strings(row["coins"] or "[]"),
        abstract=row["abstract"],
        abstract_method=row["method"],
        model_refused=row["model_refused"],
        content_html=row["content_html"],
        reposts=tuple(copies),
        related=tuple(related),
        labels=labels,
        enclosures=json_to_enclosures(row["enclosures"]),
    )


def _labels(store: Store, wanted: str) -> dict[str, tuple[str, ...]]:
    """What kind of article each story is, by what any copy of the same article says.

    Left to itself SQLite begins at all labels there are: 57 ms for a hundred stories among 29,000, this way 0.4.
    """
    rows = store.execute(
        """
        SELECT stories.id, json_group_array(DISTINCT facets.value) AS labels
        FROM json_each(:wanted) AS wanted
        CROSS JOIN stories ON stories.id = wanted.value
        CROSS JOIN memberships ON memberships.story_id = stories.id
        CROSS JOIN facets INDEXED BY facets_item ON facets.item_id = memberships.item_id AND facets.kind = 'label'
        WHERE memberships.item_id = stories.speaker OR memberships.rule IS NULL
            OR memberships.rule IN (SELECT value FROM json_each(:same_article))
        GROUP BY stories.id
        """,
        {"wanted": wanted, "same_article": json.dumps(SAME_ARTICLE)},
    )
    return {row["id"]: tuple(sorted(json_to_strings(row["labels"]))) for row in rows}


def _copies(store: Store, wanted: str) -> dict[str, list[Copy]]:
    copies: dict[str, list[Copy]] = defaultdict(list)
    rows = store.execute(
        """
        SELECT memberships.story_id, memberships.rule, memberships.score, items.uid, items.title, items.url,
            items.at, feeds.title AS feed_title, feeds.url AS feed_url, feeds.site_url,
            speaker.rule AS speaker_rule, speaker.score AS speaker_score,
            CASE WHEN items.title = '' THEN substr(texts.body, 1, ?) ELSE '' END AS body
        FROM json_each(?) AS wanted
        JOIN stories ON stories.id = wanted.value
        JOIN memberships ON memberships.story_id = stories.id AND memberships.item_id <> stories.speaker
        JOIN memberships AS speaker ON speaker.item_id = stories.speaker
        JOIN items ON items.id = memberships.item_id
        JOIN feeds ON feeds.id = items.feed_id
        LEFT JOIN texts ON texts.item_id = items.id
        ORDER BY wanted.key, items.at, items.id
        """,
        (FALLBACK_BODY_CHARACTERS, wanted),
    )
    for row in rows:
        # The founder has no match of its own: what binds it to the speaker is the speaker's.
        rule = row["rule"] or row["speaker_rule"] or "ruling"
        score = next((each for each in (row["score"], row["speaker_score"]) if each is not None), 1.0)
        copies[row["story_id"]].append(
            Copy(
                item=row["uid"],
                title=shown_title(row["title"], row["body"] or ""),
                url=row["url"],
                feed=_feed(row),
                published=text_to_time(row["at"]),
                rule=rule,
                score=score,
            )
        )
    return copies


def _related(store: Store, wanted: str) -> dict[str, list[RelatedStory]]:
    related: dict[str, list[RelatedStory]] = defaultdict(list)
    rows = store.execute(
        """
        SELECT DISTINCT links.story_id AS of, other.id, other.at, COALESCE(publications.title, items.title) AS title,
            COALESCE(publications.url, items.url) AS url, substr(texts.body, 1, ?) AS body
        FROM json_each(?) AS wanted
        JOIN related AS links ON links.story_id = wanted.value
        JOIN memberships ON memberships.item_id = links.item_id
        JOIN stories AS other ON other.id = memberships.story_id AND other.id <> links.story_id
        JOIN items ON items.id = other.speaker
        LEFT JOIN texts ON texts.item_id = items.id
        LEFT JOIN publications ON publications.story_id = other.id
        ORDER BY wanted.key, other.at DESC, other.id
        """,
        (FALLBACK_BODY_CHARACTERS, wanted),
    )
    for row in rows:
        related[row["of"]].append(
            RelatedStory(id=row["id"], title=shown_title(row["title"], row["body"] or ""), url=row["url"])
        )
    return related
