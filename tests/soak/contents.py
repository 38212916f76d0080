"""What does a home hold, apart from what tells when and in how many attempts it came about?"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

Rows = list[tuple[object, ...]]

NOT_COMPARED = {"runs", "meta", "_sqlite_migrations"}
"""The log of runs, of which a killed one may leave no trace or a second one; what versions and exports are noted as."""


def store(database: Path) -> dict[str, Rows]:
    """Every row of every table, and every word of the index with its places, in an order that is always the same."""
    with closing(sqlite3.connect(database)) as connection:
        listed = (
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'search%' ORDER BY name"
        )
        tables = [row[0] for row in connection.execute(listed) if row[0] not in NOT_COMPARED]
        found = {table: _rows(connection, table) for table in tables}
        connection.execute("CREATE VIRTUAL TABLE temp.words USING fts5vocab(main, 'search', 'instance')")
        found["search"] = connection.execute("SELECT * FROM temp.words ORDER BY 1, 2, 3, 4").fetchall()
    return found


def _rows(connection: sqlite3.Connection, table: str) -> Rows:
    names = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
    if table in {"matches", "rulings"}:
        names.remove("id")  # a number of no meaning
    columns = ", ".join(f'"{name}"' for name in names)
    return sorted(connection.execute(f"SELECT {columns} FROM {table}").fetchall(), key=repr)


def files(home: Path) -> dict[str, bytes]:
    """What is served."""
    public = home / "public"
    return {
        str(path.relative_to(public)): path.read_bytes()
        for path in sorted(public.rglob("*"))
        if path.is_file()
    }


def differences(one: Path, other: Path) -> list[str]:
    """Where two homes differ, in words."""
    here, there = store(one / "aggregator.db"), store(other / "aggregator.db")
    found = []
    for table in sorted(here.keys() | there.keys()):
        mine, theirs = here.get(table, []), there.get(table, [])
        if mine != theirs:
            alone, new = (
                [each for each in mine if each not in theirs],
                [each for each in theirs if each not in mine],
            )
            found.append(f"{table}: {len(mine)} and {len(theirs)} rows; {alone[:2]} … {new[:2]}"[:1000])
    mine_files, their_files = files(one), files(other)
    found += [
        f"public/{name}"
        for name in sorted(mine_files.keys() | their_files.keys())
        if mine_files.get(name) != their_files.get(name)
    ]
    return found
