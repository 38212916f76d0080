"""How is a whole store copied, and is a copy what it should be?

A copy is one file: the store with one more table, which holds what else a home cannot do without. Any SQLite tool
opens it, and as ``aggregator.db`` of a home it would serve as it is.
"""

from __future__ import annotations

import errno
import os
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from aggregator.errors import StoreError
from aggregator.store.connection import APPLICATION_ID, SCHEMA_VERSION, Store
from aggregator.store.reading import connected

PAGES = 1_000
"""Copied at one go: 4 MB. Between two steps Ctrl-C is heard and progress is told."""

FILES_TABLE = "home_files"


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """What a copy was found to hold."""

    schema: int
    feeds: int
    items: int
    stories: int
    files: tuple[str, ...]
    """Names of the files that came with it."""


def copy(store: Store, target: Path, files: Mapping[str, bytes], tell: Callable[[int, int], None]) -> None:
    """Copy what a reader of the store sees, and some files, into an empty file.

    The reader's snapshot holds for the whole copy: whoever writes meanwhile neither changes it nor makes it begin
    again. ``tell`` hears pages done and pages in all. Raises ``OSError`` or SQLite's error when the file cannot be
    written.
    """
    with closing(sqlite3.connect(target, isolation_level=None)) as copied:
        copied.execute("PRAGMA locking_mode = EXCLUSIVE")  # nobody else knows it: no index of a log beside it
        store.execute(
            "SELECT count(*) FROM sqlite_master"
        ).fetchone()  # the snapshot begins with the first look
        store.connection.backup(
            copied, pages=PAGES, progress=lambda _, left, total: tell(total - left, total)
        )
        # One file, nothing beside it. Where that cannot be written, SQLite does not fail but tells the old mode.
        if copied.execute("PRAGMA journal_mode = DELETE").fetchone()[0] != "delete":
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        copied.execute("DROP TABLE IF EXISTS home_files")
        if files:
            copied.execute("CREATE TABLE home_files (name TEXT PRIMARY KEY, content BLOB NOT NULL)")
            copied.executemany("INSERT INTO home_files (name, content) VALUES (?, ?)", files.items())


def files_of(path: Path) -> dict[str, bytes]:
    """Read the files that came with a copy."""
    with closing(connected(path)) as connection:
        known = "SELECT 1 FROM sqlite_master WHERE name = 'home_files'"
        if connection.execute(known).fetchone() is None:
            return {}
        return dict(connection.execute("SELECT name, content FROM home_files ORDER BY name").fetchall())


def checked(path: Path) -> Contents:
    """Look through a whole copy; raises ``StoreError`` that says why it cannot be trusted."""
    try:
        with closing(connected(path)) as connection:
            schema = _schema(connection, path)
            problems = [row[0] for row in connection.execute("PRAGMA integrity_check(3)") if row[0] != "ok"]
            lost = connection.execute("PRAGMA foreign_key_check").fetchall()
            if problems or lost:
                what = problems[0] if problems else f"{len(lost)} rows name others that are not there"
                raise StoreError(f"{path}: damaged: {what}; another copy is needed")
            counts = connection.execute(
                """
                SELECT (SELECT count(*) FROM feeds), (SELECT count(*) FROM items), (SELECT count(*) FROM stories)
                """
            ).fetchone()
    except sqlite3.DatabaseError as error:
        raise StoreError(f"{path}: damaged, or no backup at all ({error}); another copy is needed") from error
    return Contents(
        schema=schema, feeds=counts[0], items=counts[1], stories=counts[2], files=tuple(files_of(path))
    )


def _schema(connection: sqlite3.Connection, path: Path) -> int:
    if connection.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
        raise StoreError(f"{path}: no backup of this program; name a file that `aggregator backup` wrote")
    schema = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if schema > SCHEMA_VERSION:
        raise StoreError(
            f"{path}: made by a newer version of this program (schema {schema}, this one knows {SCHEMA_VERSION}); "
            "upgrade the program first"
        )
    return schema
