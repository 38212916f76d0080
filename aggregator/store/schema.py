"""What tables are there, and how does an older store become a current one?

Facts (what feeds and people said) are never touched by dedup: ``feeds``, ``items``, ``matches``, ``rulings``,
``publications``, ``published``, ``told``, ``departed``, ``runs``, ``tombstones``, ``wordings`` (observations),
``model_answers``, ``model_decisions``, ``model_usage``. Everything else is derived and can be rebuilt from them.
"""

from __future__ import annotations

from sqlite_utils import Database, Migrations

from aggregator.store import views
from aggregator.store.connection import APPLICATION_ID
from aggregator.text.segment import segment

migrations = Migrations("aggregator")

_INITIAL = (
    # --- facts ---
    """
    CREATE TABLE feeds (
        id INTEGER PRIMARY KEY,
        url TEXT NOT NULL UNIQUE,            -- polled now
        first_url TEXT NOT NULL UNIQUE,      -- as first subscribed: part of every story id
        title TEXT NOT NULL,
        site_url TEXT,
        language TEXT,
        folder TEXT NOT NULL DEFAULT '[]',
        tags TEXT NOT NULL DEFAULT '[]',
        priority INTEGER NOT NULL DEFAULT 0,
        etag TEXT,
        last_modified TEXT,
        body_hash TEXT,
        min_interval_seconds INTEGER,        -- the publisher's word on how often to come
        next_poll_at TEXT,
        last_polled_at TEXT,
        last_ok_at TEXT,
        last_new_at TEXT,
        failures INTEGER NOT NULL DEFAULT 0,
        last_status INTEGER,
        last_error TEXT,
        added_at TEXT NOT NULL,
        removed_at TEXT,                     -- no longer in feeds.opml, or only ever imported
        gone_at TEXT                         -- the server said 410
    )
    """,
    """
    CREATE TABLE items (
        id INTEGER PRIMARY KEY,              -- order of arrival
        uid TEXT NOT NULL UNIQUE,
        feed_id INTEGER NOT NULL REFERENCES feeds (id),
        guid TEXT NOT NULL,
        url TEXT,
        title TEXT NOT NULL,
        author TEXT,
        summary_html TEXT NOT NULL,
        content_html TEXT NOT NULL,
        published TEXT,
        updated TEXT,
        language TEXT,
        tags TEXT NOT NULL DEFAULT '[]',
        source_url TEXT,
        first_seen TEXT NOT NULL,
        at TEXT NOT NULL,                    -- the credible time, set once
        changed_at TEXT,                     -- last revision
        content_hash TEXT NOT NULL,
        UNIQUE (feed_id, guid)
    )
    """,
    "CREATE INDEX items_url ON items (url) WHERE url IS NOT NULL",
    # What filters ask of every item, apart from its long texts: a listing must not read all that was ever written.
    "CREATE INDEX items_short ON items (id, feed_id, tags)",
    """
    CREATE TABLE matches (
        id INTEGER PRIMARY KEY,
        older INTEGER NOT NULL REFERENCES items (id),
        newer INTEGER NOT NULL REFERENCES items (id),
        relation TEXT NOT NULL,
        rule TEXT NOT NULL,
        score REAL NOT NULL,
        evidence TEXT NOT NULL,
        version INTEGER NOT NULL,
        made_at TEXT NOT NULL,
        retracted_at TEXT,
        CHECK (older < newer)
    )
    """,
    "CREATE UNIQUE INDEX matches_live ON matches (older, newer) WHERE retracted_at IS NULL",
    "CREATE INDEX matches_newer ON matches (newer) WHERE retracted_at IS NULL",
    """
    CREATE TABLE rulings (
        id INTEGER PRIMARY KEY,
        a TEXT NOT NULL,                     -- item uids: a ruling survives every rebuild and a new machine
        b TEXT NOT NULL,
        verdict TEXT NOT NULL CHECK (verdict IN ('same', 'different')),
        made_at TEXT NOT NULL,
        withdrawn_at TEXT,
        CHECK (a < b)
    )
    """,
    "CREATE UNIQUE INDEX rulings_live ON rulings (a, b) WHERE withdrawn_at IS NULL",
    "CREATE INDEX rulings_b ON rulings (b) WHERE withdrawn_at IS NULL",
    """
    CREATE TABLE publications (              -- what readers were told: kept through rebuilds
        story_id TEXT PRIMARY KEY,
        item_id INTEGER NOT NULL REFERENCES items (id),
        title TEXT NOT NULL,
        url TEXT,
        abstract TEXT,
        updated TEXT NOT NULL
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE runs (
        id INTEGER PRIMARY KEY,
        at TEXT NOT NULL,
        report TEXT NOT NULL
    )
    """,
    "CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
    # --- derived ---
    """
    CREATE TABLE texts (                     -- what a person would read of an item
        item_id INTEGER PRIMARY KEY REFERENCES items (id),
        title TEXT NOT NULL,
        body TEXT NOT NULL,                  -- paragraphs, one a line
        truncated INTEGER NOT NULL,
        attributions TEXT NOT NULL,
        language TEXT NOT NULL,
        coins TEXT NOT NULL
    )
    """,
    "CREATE INDEX texts_short ON texts (item_id, language, coins)",
    """
    CREATE VIRTUAL TABLE search USING fts5 (
        title, body, content='', tokenize='porter unicode61 remove_diacritics 2'
    )
    """,
    """
    CREATE TABLE fingerprints (
        item_id INTEGER PRIMARY KEY REFERENCES items (id),
        day INTEGER NOT NULL,                -- of items.at, days since 1970-01-01
        data BLOB NOT NULL
    )
    """,
    """
    CREATE TABLE exact_keys (
        key INTEGER NOT NULL,
        item_id INTEGER NOT NULL,
        PRIMARY KEY (key, item_id)
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE text_keys (
        key INTEGER NOT NULL,
        day INTEGER NOT NULL,
        item_id INTEGER NOT NULL,
        PRIMARY KEY (key, day, item_id)
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE stories (
        id TEXT PRIMARY KEY,                 -- the founder's uid
        founder INTEGER NOT NULL UNIQUE REFERENCES items (id),
        canonical INTEGER NOT NULL REFERENCES items (id),
        speaker INTEGER NOT NULL REFERENCES items (id),  -- published canonical while it lives, else canonical
        at TEXT NOT NULL,                    -- the founder's
        summary_due INTEGER NOT NULL DEFAULT 1,
        publication_due INTEGER NOT NULL DEFAULT 1
    ) WITHOUT ROWID
    """,
    "CREATE INDEX stories_at ON stories (at DESC, id)",
    "CREATE INDEX stories_speaker ON stories (speaker)",
    "CREATE INDEX stories_summary_due ON stories (id) WHERE summary_due",
    "CREATE INDEX stories_publication_due ON stories (id) WHERE publication_due",
    """
    CREATE TABLE memberships (
        item_id INTEGER PRIMARY KEY REFERENCES items (id),
        story_id TEXT NOT NULL REFERENCES stories (id) DEFERRABLE INITIALLY DEFERRED,
        rule TEXT,                           -- of the match that brought it in; NULL for a founder
        score REAL
    )
    """,
    "CREATE INDEX memberships_story ON memberships (story_id, item_id)",
    """
    CREATE TABLE related (
        story_id TEXT NOT NULL REFERENCES stories (id) ON DELETE CASCADE,
        item_id INTEGER NOT NULL REFERENCES items (id),
        PRIMARY KEY (story_id, item_id)
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE abstracts (
        story_id TEXT PRIMARY KEY,
        text TEXT,                           -- NULL: none is better than a bad one
        method TEXT NOT NULL,
        sources TEXT NOT NULL,               -- for each sentence, the uid of the item it was taken from
        input_hash TEXT NOT NULL
    ) WITHOUT ROWID
    """,
    # --- what is still to do ---
    """
    CREATE TABLE pending_items (
        item_id INTEGER PRIMARY KEY REFERENCES items (id),
        step INTEGER NOT NULL DEFAULT 0      -- 0: fingerprint and match, 1: cluster
    )
    """,
    "CREATE INDEX pending_items_step ON pending_items (step, item_id)",
)


@migrations()
def m001_initial(db: Database) -> None:
    """Lay out the first schema."""
    for statement in _INITIAL:
        db.execute(statement)
    db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    db.execute("PRAGMA user_version = 1")


_MANNERS = (
    "ALTER TABLE feeds ADD COLUMN validators_url TEXT",  # who gave etag and last_modified
    "ALTER TABLE feeds ADD COLUMN update_base TEXT",
    "ALTER TABLE feeds ADD COLUMN skip_hours TEXT NOT NULL DEFAULT '[]'",
    "ALTER TABLE feeds ADD COLUMN skip_days TEXT NOT NULL DEFAULT '[]'",
    "ALTER TABLE feeds ADD COLUMN rhythm_seconds INTEGER",
    "ALTER TABLE feeds ADD COLUMN hub TEXT",
    "ALTER TABLE feeds ADD COLUMN moving_to TEXT",
    "ALTER TABLE feeds ADD COLUMN moves_seen INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE feeds ADD COLUMN churn INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE feeds ADD COLUMN polls INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE feeds ADD COLUMN polls_not_modified INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE feeds ADD COLUMN body_bytes INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE feeds ADD COLUMN bytes_saved INTEGER NOT NULL DEFAULT 0",
    # Validators were only ever kept of feeds that answered without a redirect.
    "UPDATE feeds SET validators_url = url WHERE etag IS NOT NULL OR last_modified IS NOT NULL",
    """
    CREATE TABLE pauses (                    -- hosts that asked for time (429, 503), until when
        host TEXT PRIMARY KEY,
        until TEXT NOT NULL,
        message TEXT NOT NULL
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE aliases (                   -- later guids of an item whose feed renamed it
        feed_id INTEGER NOT NULL REFERENCES feeds (id),
        guid TEXT NOT NULL,
        item_id INTEGER NOT NULL REFERENCES items (id),
        PRIMARY KEY (feed_id, guid)
    ) WITHOUT ROWID
    """,
    "CREATE INDEX aliases_item ON aliases (item_id)",
    "CREATE INDEX items_feed_title ON items (feed_id, title)",
)


@migrations()
def m002_manners(db: Database) -> None:
    """Remember what polling politely needs, and by which other guids an item is known."""
    for statement in _MANNERS:
        db.execute(statement)
    db.execute("PRAGMA user_version = 2")


_TIMES = (
    # Figures over many items ask for their time too, and a row's time lies behind its long texts.
    "DROP INDEX items_short",
    "CREATE INDEX items_short ON items (id, feed_id, tags, at)",
)


@migrations()
def m003_times(db: Database) -> None:
    """Let the time of an item be read without its texts."""
    for statement in _TIMES:
        db.execute(statement)
    db.execute("PRAGMA user_version = 3")


_WORDINGS = (
    """
    CREATE TABLE wordings (                  -- what feeds repeat is learned from them
        feed_id INTEGER NOT NULL REFERENCES feeds (id),
        item_id INTEGER NOT NULL REFERENCES items (id),
        wording BLOB NOT NULL,               -- at first sight
        furniture BLOB NOT NULL,             -- which of its sentences the feed repeats, as far as is known
        PRIMARY KEY (feed_id, item_id)
    ) WITHOUT ROWID
    """,
)


@migrations()
def m004_wordings(db: Database) -> None:
    """Remember what learning a feed's boilerplate needs."""
    for statement in _WORDINGS:
        db.execute(statement)
    db.execute("PRAGMA user_version = 4")


_HISTORY = (
    """
    CREATE TABLE published (                 -- in which order stories were first shown to anybody
        number INTEGER PRIMARY KEY AUTOINCREMENT,  -- never given twice, whatever is pruned
        story_id TEXT NOT NULL UNIQUE
    )
    """,
    """
    CREATE TABLE told (                      -- what stands in an output or stood there
        output TEXT NOT NULL,
        story_id TEXT NOT NULL,
        page INTEGER,                        -- closed page of its history; NULL: on none yet
        PRIMARY KEY (output, story_id)
    ) WITHOUT ROWID
    """,
    "CREATE INDEX told_page ON told (output, page, story_id)",
    """
    CREATE TABLE departed (                  -- stories that turned out to be part of another one
        story_id TEXT PRIMARY KEY,
        at TEXT                              -- when readers are first told; NULL: not yet
    ) WITHOUT ROWID
    """,
    """
    INSERT INTO published (story_id)
    SELECT publications.story_id FROM publications JOIN stories ON stories.id = publications.story_id
    ORDER BY stories.at, stories.id
    """,
)


@migrations()
def m005_history(db: Database) -> None:
    """Remember what each output has told, so that its history can be walked and what left it be named."""
    for statement in _HISTORY:
        db.execute(statement)
    db.execute("PRAGMA user_version = 5")


_RETENTION = (
    """
    CREATE TABLE tombstones (                -- what retention let go, so that it never comes back as new
        name INTEGER PRIMARY KEY,            -- the first 64 bits of the item's uid
        feed_id INTEGER NOT NULL REFERENCES feeds (id),
        title INTEGER NOT NULL,              -- 64 bits of a hash, as is the link
        link INTEGER,                        -- of its comparison form
        published INTEGER,                   -- seconds since 1970
        day INTEGER NOT NULL                 -- of the last sign that the feed still lists it, since 1970-01-01
    )
    """,
    "CREATE INDEX tombstones_title ON tombstones (feed_id, title)",
    # Wordings outlive their items: what a feed repeats is still known when the items that showed it are gone.
    """
    CREATE TABLE kept_wordings (
        feed_id INTEGER NOT NULL REFERENCES feeds (id),
        item_id INTEGER NOT NULL,            -- perhaps of an item that was pruned
        wording BLOB NOT NULL,
        furniture BLOB NOT NULL,
        PRIMARY KEY (feed_id, item_id)
    ) WITHOUT ROWID
    """,
    "INSERT INTO kept_wordings SELECT feed_id, item_id, wording, furniture FROM wordings",
    "DROP TABLE wordings",
    "ALTER TABLE kept_wordings RENAME TO wordings",
    # A row can go only once nothing names it: without these, SQLite would look through whole tables for each.
    "CREATE INDEX matches_older_ever ON matches (older)",
    "CREATE INDEX matches_newer_ever ON matches (newer)",
    "CREATE INDEX publications_item ON publications (item_id)",
    "CREATE INDEX related_item ON related (item_id)",
    "CREATE INDEX stories_canonical ON stories (canonical)",
)


@migrations()
def m006_retention(db: Database) -> None:
    """Let items go, and remember that they went."""
    for statement in _RETENTION:
        db.execute(statement)
    db.execute("PRAGMA user_version = 6")


_MODEL = (
    # How the published abstract was made: readers are told where a model wrote it.
    "ALTER TABLE publications ADD COLUMN method TEXT",
    "UPDATE publications SET method = (SELECT method FROM abstracts WHERE abstracts.story_id = publications.story_id)",
    """
    CREATE TABLE model_answers (             -- what was asked once is not asked again
        key TEXT PRIMARY KEY,                -- of the texts, the model and the wording of the question
        said TEXT NOT NULL,
        fault TEXT NOT NULL,                 -- why there is nothing to judge; empty where there is
        tokens INTEGER NOT NULL,
        at TEXT NOT NULL
    ) WITHOUT ROWID
    """,
    "CREATE INDEX model_answers_at ON model_answers (at)",
    """
    CREATE TABLE model_decisions (           -- kept by a rebuild: a published abstract must not move with it
        story_id TEXT PRIMARY KEY,
        input_hash TEXT NOT NULL,            -- of the title and text of the item that speaks
        verdict TEXT NOT NULL,               -- accepted, refused, failed, left
        reason TEXT NOT NULL,
        text TEXT,                           -- of an accepted answer
        sources TEXT NOT NULL,               -- uids of the items the model read
        asked INTEGER NOT NULL,              -- how often, for whatever input
        at TEXT NOT NULL
    ) WITHOUT ROWID
    """,
    "CREATE INDEX model_decisions_accepted ON model_decisions (story_id) WHERE verdict = 'accepted'",
    """
    CREATE TABLE model_usage (
        day TEXT PRIMARY KEY,                -- UTC
        requests INTEGER NOT NULL,
        tokens INTEGER NOT NULL
    ) WITHOUT ROWID
    """,
)


@migrations()
def m007_model(db: Database) -> None:
    """Remember what a model was asked and said, what it cost, and which abstracts it wrote."""
    for statement in _MODEL:
        db.execute(statement)
    db.execute("PRAGMA user_version = 7")


_FACETS = (
    "ALTER TABLE texts ADD COLUMN labels TEXT NOT NULL DEFAULT '[]'",
    """
    CREATE TABLE facets (                    -- by what outputs pick items out, without reading them all
        kind TEXT NOT NULL,                  -- coin, tag (lower case), language, label, second-hand
        value TEXT NOT NULL,
        item_id INTEGER NOT NULL REFERENCES items (id) ON DELETE CASCADE,
        PRIMARY KEY (kind, value, item_id)
    ) WITHOUT ROWID
    """,
    "CREATE INDEX facets_item ON facets (item_id)",
)


@migrations()
def m008_facets(db: Database) -> None:
    """Let named outputs be filled through an index; the next dedup reads every item anew and fills it."""
    for statement in _FACETS:
        db.execute(statement)
    db.execute("PRAGMA user_version = 8")


@migrations()
def m009_views(db: Database) -> None:
    """Answer in plain words what people ask with other tools."""
    views.lay(db.conn)
    db.execute("PRAGMA user_version = 9")


_SEARCH = (
    "DROP TABLE search",
    # Which words an item has, not where they stand: a fifth of the room. Phrases are looked up in `texts`.
    """
    CREATE VIRTUAL TABLE search USING fts5 (
        title, body, content='', detail=none, tokenize='porter unicode61 remove_diacritics 2'
    )
    """,
)


@migrations()
def m010_search(db: Database) -> None:
    """Index words anew, without their places and with unspaced scripts in pairs: some seconds for 10,000 items."""
    for statement in _SEARCH:
        db.execute(statement)
    for item, title, body in db.execute("SELECT item_id, title, body FROM texts"):
        db.execute(
            "INSERT INTO search (rowid, title, body) VALUES (?, ?, ?)", (item, segment(title), segment(body))
        )
    db.execute("PRAGMA user_version = 10")


@migrations()
def m011_enclosures(db: Database) -> None:
    """Keep what items bring to be heard or watched; those that are stored bring it with their next revision."""
    db.execute("ALTER TABLE items ADD COLUMN enclosures TEXT NOT NULL DEFAULT '[]'")
    db.execute("PRAGMA user_version = 11")
