"""What does a home hold, apart from what tells when and in how many attempts it came about?

Every table is compared, whole. Left out, and why:

- ``runs``: the log of runs; a killed one leaves no row, and who goes on where it was stopped tells other counts.
- ``meta``: keys ``revision`` and ``exported/…`` count and quote changes one by one, also those that were made twice.
- ``matches.id``, ``rulings.id``: numbers that nothing names.
- ``_sqlite_migrations``: the moment at which each was done; their names are compared.
- ``search…``: how the word index lays its segments out; every word with its places is compared instead.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

Rows = list[tuple[object, ...]]

NOT_COMPARED = {"runs"}
COLUMNS_NOT_COMPARED = {"matches": {"id"}, "rulings": {"id"}, "_sqlite_migrations": {"id", "applied_at"}}
KEYS_NOT_COMPARED = ("revision", "exported/")

TOLD = 1000
"""Characters of a difference."""


@dataclass(slots=True)
class Compared:
    """How a home differs from one that was left alone."""

    told: list[str] = field(default_factory=list)
    lost: int = 0
    """Bytes of rows and files that only the undisturbed one has."""


def store(database: Path) -> dict[str, Rows]:
    """Every row of every table, and every word of the index with its places, in an order that is always the same."""
    with closing(sqlite3.connect(database)) as connection:
        listed = (
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'search%' ORDER BY name"
        )
        tables = [row[0] for row in connection.execute(listed) if row[0] not in NOT_COMPARED]
        found = {table: _rows(connection, table) for table in tables}
        found["meta"] = [row for row in found["meta"] if not str(row[0]).startswith(KEYS_NOT_COMPARED)]
        schema = "SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' ORDER BY name"
        found["the schema"] = connection.execute(schema).fetchall()
        connection.execute("CREATE VIRTUAL TABLE temp.words USING fts5vocab(main, 'search', 'instance')")
        found["search"] = connection.execute("SELECT * FROM temp.words ORDER BY 1, 2, 3, 4").fetchall()
    return found


def _rows(connection: sqlite3.Connection, table: str) -> Rows:
    names = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
    columns = ", ".join(f'"{name}"' for name in names if name not in COLUMNS_NOT_COMPARED.get(table, ()))
    return sorted(connection.execute(f"SELECT {columns} FROM {table}").fetchall(), key=repr)


def files(home: Path) -> dict[str, bytes]:
    """What is served, and nothing that a stopped run left beside it."""
    public = home / "public"
    return {
        str(path.relative_to(public)): path.read_bytes()
        for path in sorted(public.rglob("*"))
        if path.is_file()
    }


def differences(calm: Path, other: Path) -> list[str]:
    """Where two homes differ, in words."""
    return compare(calm, other).told


def compare(calm: Path, other: Path) -> Compared:
    """Hold a home against the one that was left alone."""
    compared = Compared()
    here, there = store(calm / "aggregator.db"), store(other / "aggregator.db")
    for table in sorted(here.keys() | there.keys()):
        mine, theirs = here.get(table, []), there.get(table, [])
        if mine != theirs:
            gone = list((Counter(map(repr, mine)) - Counter(map(repr, theirs))).elements())
            new = list((Counter(map(repr, theirs)) - Counter(map(repr, mine))).elements())
            compared.lost += sum(map(len, gone))
            compared.told.append(
                f"{table}: {len(mine)} and {len(theirs)} rows; {gone[:2]} … {new[:2]}"[:TOLD]
            )
    mine_files, their_files = files(calm), files(other)
    for name in sorted(mine_files.keys() | their_files.keys()):
        one, two = mine_files.get(name, b""), their_files.get(name)
        if one != two:
            compared.lost += max(len(one) - len(two or b""), 0)
            compared.told.append(f"public/{name}: {len(one):,} bytes and {len(two or b''):,}")
    return compared


KEPT = {"aggregator.db", "aggregator.lock", "aggregator.toml", "feeds.opml", "public"}


def leftovers(home: Path) -> list[str]:
    """What lies in a home that no finished command leaves there: drafts, logs of the database."""
    found = [path for path in home.iterdir() if path.name not in KEPT]
    found += (path for path in (home / "public").rglob(".*"))
    return [f"left behind: {path.relative_to(home)}" for path in found]
