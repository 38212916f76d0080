"""What do people ask of the database with other tools, and under which plain names is it answered?

Datasette, sqlite-utils and the ``sqlite3`` shell show views like tables. Ours join what belongs together, name their
columns in words and give times as ISO 8601 text in UTC. They are read by nobody but people: nothing in the program
depends on one, and keeping them costs a run nothing. Where copies are counted, the first of a story is the item that
founded it; who is named as the source, which `stats` weighs, is not.

A migration that changes a table has to drop the views first and lay them anew: SQLite refuses to rename a table or
drop a column that a view reads.
"""

from __future__ import annotations

import sqlite3

VIEWS = {
    "story_overview": """
        SELECT stories.id AS story, COALESCE(publications.title, items.title) AS title, items.url,
            feeds.title AS feed, stories.at AS published, publications.updated, texts.language, texts.coins,
            (SELECT count(*) FROM memberships WHERE memberships.story_id = stories.id) - 1 AS copies,
            (SELECT count(DISTINCT carrying.feed_id) FROM memberships
                JOIN items AS carrying ON carrying.id = memberships.item_id
                WHERE memberships.story_id = stories.id) AS feeds,
            COALESCE(publications.abstract, abstracts.text) AS abstract, stories.speaker AS item_id
        FROM stories
        JOIN items ON items.id = stories.speaker
        JOIN feeds ON feeds.id = items.feed_id
        LEFT JOIN texts ON texts.item_id = items.id
        LEFT JOIN abstracts ON abstracts.story_id = stories.id
        LEFT JOIN publications ON publications.story_id = stories.id
    """,
    "item_overview": """
        SELECT items.id AS item_id, items.uid AS item, items.title, items.url, feeds.title AS feed, items.author,
            items.at AS published, items.first_seen, items.changed_at AS revised, texts.language, texts.coins,
            memberships.story_id AS story, memberships.rule, round(memberships.score, 3) AS score, texts.body AS text
        FROM items
        JOIN feeds ON feeds.id = items.feed_id
        LEFT JOIN texts ON texts.item_id = items.id
        LEFT JOIN memberships ON memberships.item_id = items.id
    """,
    "copy_overview": """
        SELECT stories.id AS story, first.title AS first_title, first_feed.title AS first_feed,
            copy.uid AS item, copy.title, feeds.title AS feed, copy.url, copy.at AS published,
            round((julianday(copy.at) - julianday(stories.at)) * 1440, 1) AS minutes_behind,
            memberships.rule, round(memberships.score, 3) AS score
        FROM memberships
        JOIN stories ON stories.id = memberships.story_id AND stories.founder <> memberships.item_id
        JOIN items AS copy ON copy.id = memberships.item_id
        JOIN feeds ON feeds.id = copy.feed_id
        JOIN items AS first ON first.id = stories.founder
        JOIN feeds AS first_feed ON first_feed.id = first.feed_id
    """,
    "feed_overview": """
        WITH carried AS (
            SELECT items.feed_id, stories.founder = items.id AS is_first,
                (julianday(items.at) - julianday(stories.at)) * 1440 AS behind
            FROM items
            JOIN memberships ON memberships.item_id = items.id
            JOIN stories ON stories.id = memberships.story_id
        ),
        counted AS (
            SELECT feed_id, count(*) AS items, sum(is_first) AS first, sum(NOT is_first) AS copies
            FROM carried GROUP BY feed_id
        ),
        ordered AS (
            SELECT feed_id, behind, row_number() OVER (PARTITION BY feed_id ORDER BY behind) AS place,
                count(*) OVER (PARTITION BY feed_id) AS lags
            FROM carried WHERE NOT is_first
        ),
        middle AS (
            SELECT feed_id, avg(behind) AS behind FROM ordered
            WHERE place IN ((lags + 1) / 2, (lags + 2) / 2) GROUP BY feed_id
        )
        SELECT feeds.title AS feed, feeds.url, feeds.removed_at IS NULL AS subscribed, feeds.priority,
            COALESCE(counted.items, 0) AS items, COALESCE(counted.first, 0) AS first_told,
            COALESCE(counted.copies, 0) AS copies, round(100.0 * counted.copies / counted.items, 1) AS percent_copies,
            round(middle.behind, 1) AS median_minutes_behind, feeds.last_polled_at AS last_polled,
            feeds.last_ok_at AS last_success, feeds.last_new_at AS last_news, feeds.next_poll_at AS next_poll,
            feeds.failures AS failures_in_a_row, feeds.last_error
        FROM feeds
        LEFT JOIN counted ON counted.feed_id = feeds.id
        LEFT JOIN middle ON middle.feed_id = feeds.id
    """,
    "run_overview": """
        SELECT runs.id AS run, runs.at AS ended, json_extract(report, '$.feeds.due') AS feeds_due,
            json_extract(report, '$.feeds.fetched') AS feeds_fetched,
            json_extract(report, '$.feeds.not_modified') AS feeds_not_modified,
            json_extract(report, '$.feeds.failed') AS feeds_failed,
            json_extract(report, '$.items.new') AS new_items,
            json_extract(report, '$.items.updated') AS revised_items,
            json_extract(report, '$.stories.new') AS new_stories,
            json_array_length(report, '$.files') AS files_written,
            (SELECT round(sum(value), 3) FROM json_each(report, '$.seconds')) AS seconds
        FROM runs
    """,
    "coin_days": """
        SELECT substr(stories.at, 1, 10) AS day, facets.value AS coin, count(*) AS stories
        FROM facets JOIN stories ON stories.speaker = facets.item_id
        WHERE facets.kind = 'coin'
        GROUP BY day, coin
    """,
    "ruling_overview": """
        SELECT rulings.verdict, rulings.made_at AS made, rulings.withdrawn_at AS withdrawn,
            rulings.a AS item, one.title, one_feed.title AS feed,
            rulings.b AS other_item, other.title AS other_title, other_feed.title AS other_feed
        FROM rulings
        LEFT JOIN items AS one ON one.uid = rulings.a
        LEFT JOIN feeds AS one_feed ON one_feed.id = one.feed_id
        LEFT JOIN items AS other ON other.uid = rulings.b
        LEFT JOIN feeds AS other_feed ON other_feed.id = other.feed_id
    """,
    "pruned_overview": """
        SELECT feeds.title AS feed, strftime('%Y-%m-%dT%H:%M:%SZ', tombstones.published, 'unixepoch') AS published,
            date(tombstones.day * 86400, 'unixepoch') AS last_listed
        FROM tombstones JOIN feeds ON feeds.id = tombstones.feed_id
    """,
}
"""Name → what it selects."""


def lay(connection: sqlite3.Connection) -> None:
    """Make every view as it stands here, in place of an older one; a table of a person's that has its name stays."""
    drop(connection)
    taken = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    for name, selects in VIEWS.items():
        if name not in taken:
            connection.execute(f"CREATE VIEW {name} AS {selects}")


def drop(connection: sqlite3.Connection) -> None:
    """Take every view away, before a migration changes a table that one reads."""
    found = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'view'")}
    for name in VIEWS:
        if name in found:
            connection.execute(f"DROP VIEW {name}")
