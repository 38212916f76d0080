"""How is the database opened, migrated and locked, and what becomes of SQLite's errors?"""

from __future__ import annotations

import json
import os
import sqlite3
import struct
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from aggregator import regular
from aggregator.errors import StoreBusy, StoreError

SCHEMA_VERSION = 11
"""The schema this program writes; the number of the last migration in ``store.schema``."""

APPLICATION_ID = 0x46454544
"""“FEED”: by it `file aggregator.db` and this program can tell whose database it is."""

PRIVATE = 0o600
"""Addresses of feeds may hold passwords: a new store is for its owner's eyes, and whoever wants others to read it gives
them leave (chmod), which stays. SQLite gives its log the same permissions."""

BUSY_TIMEOUT_MS = 5_000
"""How long a statement waits for another tool's short transaction before it gives up."""


_NO_LOCKS = {
    sqlite3.SQLITE_IOERR_LOCK,
    sqlite3.SQLITE_IOERR_UNLOCK,
    sqlite3.SQLITE_IOERR_RDLOCK,
    sqlite3.SQLITE_IOERR_CHECKRESERVEDLOCK,
    sqlite3.SQLITE_IOERR_SHMLOCK,
}


class Store:
    """An open database: a connection, its path, and transactions with a meaning."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self.connection = connection
        self.path = path
        self.execute = connection.execute
        self.executemany = connection.executemany

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Do all or nothing. The writer's lock is taken first, so that no later statement finds it gone."""
        self.connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self.connection.rollback()
            raise
        self.connection.commit()


@contextmanager
def open_store(path: Path) -> Iterator[Store]:
    """Open the database for writing, creating or migrating it first.

    Raises ``StoreBusy`` when another tool keeps it locked, ``StoreError`` when it is damaged, of a newer
    version, of another program, or cannot be written (all SQLite errors inside the block become these).
    """
    refuse_no_file(path)
    with translated(path):
        with suppress(OSError):  # it is there already, or SQLite says what is wrong
            os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, PRIVATE))
        connection = sqlite3.connect(path, isolation_level=None)
        try:
            connection.row_factory = sqlite3.Row
            connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
            version = checked_version(connection, path)
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            if version < SCHEMA_VERSION:
                _migrate(connection)
            connection.execute("PRAGMA foreign_keys = ON")
            yield Store(connection, path)
        finally:
            connection.close()


def refuse_no_file(path: Path) -> None:
    """Refuse what SQLite would wait for, or read without end; raises ``StoreError``."""
    if kind := regular.instead(path):
        raise StoreError(f"{path}: {kind}, not a file; move it away, or use another home directory with -C")


def is_empty(path: Path) -> bool:
    """Whether a file of no bytes stands there: SQLite takes it for a database, and removes a log beside it."""
    try:
        return path.is_file() and path.stat().st_size == 0
    except OSError:
        return False


def checked_version(connection: sqlite3.Connection, path: Path) -> int:
    """Tell the schema version (0: an empty file); refuse newer ones and other programs' databases."""
    # The table of migrations is made before the first of them: it may stand alone where a disk was full.
    foreign = "SELECT 1 FROM sqlite_master WHERE tbl_name <> '_sqlite_migrations' LIMIT 1"
    owner = connection.execute("PRAGMA application_id").fetchone()[0]
    if owner != APPLICATION_ID and connection.execute(foreign).fetchone():
        raise StoreError(
            f"{path}: a database of another program; move it away, or use another home directory with -C"
        )
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if version > SCHEMA_VERSION:
        raise StoreError(
            f"{path}: written by a newer version of this program (schema {version}, this one knows "
            f"{SCHEMA_VERSION}); upgrade the program, or use another home directory with -C"
        )
    return version


def _migrate(connection: sqlite3.Connection) -> None:
    from sqlite_utils import Database  # 270 ms of CPU, needed only when there is something to migrate

    from aggregator.store.schema import migrations

    migrations.apply(Database(connection))


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Turn SQLite's errors into ours, with what to do about them; the cause stays chained.

    An error that is a mistake of this program's own stays as it is: hiding it would hide where. Unless the store is at
    fault: what was stored can no longer be read for what it was, or somebody who looks finds it damaged.
    """
    try:
        yield
    except sqlite3.OperationalError as error:
        raise _refused(path, error) from error
    except (json.JSONDecodeError, UnicodeDecodeError, struct.error) as error:
        raise _damaged(
            path, str(error)
        ) from error  # errors in what comes from elsewhere are answered where it is read
    except sqlite3.ProgrammingError:
        raise
    except (sqlite3.IntegrityError, ValueError, LookupError, TypeError, AssertionError) as error:
        from aggregator.store import soundness

        evidence = soundness.evidence(path)
        if not evidence:
            raise
        raise _damaged(path, evidence) from error
    except sqlite3.DatabaseError as error:
        raise _damaged(path, str(error)) from error


def _refused(path: Path, error: sqlite3.OperationalError) -> StoreError:
    """What it means for a person that SQLite could not do something."""
    text = str(error)
    if getattr(error, "sqlite_errorcode", None) in _NO_LOCKS:
        return StoreError(
            f"{path}: cannot be locked; some network file systems cannot lock, and two programs would harm each "
            "other's work: move the home to a local disk"
        )
    if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_PROTOCOL:
        # Somebody opens it for seconds on end (a stopped process), or locks on its log never come.
        return StoreBusy(
            f"{path}: cannot be locked: another program is opening it, or the file system cannot lock, as some network "
            "file systems; try again later, and move the home to a local disk if that does not help"
        )
    if "locked" in text or "busy" in text:
        return StoreBusy(f"{path}: another program keeps the database locked; try again later")
    said = {
        "unable to open": "cannot be opened; does the directory exist, and may you write there?",
        "disk is full": "the disk is full; nothing of this step was kept",
        "readonly": "cannot be written (read-only); check its permissions",
        "disk I/O error": "the disk does not answer as it should (I/O error); check it",
    }
    for part, meaning in said.items():
        if part in text:
            return StoreError(f"{path}: {meaning}")
    return _damaged(path, text)  # a table that is gone, a text that is none


def _damaged(path: Path, why: str) -> StoreError:
    return StoreError(
        f"{path}: damaged, or not a database ({' '.join(why.split())}). `aggregator doctor --full` tells more, "
        "`aggregator restore FILE --force` brings a backup back; without one, move it away and run again"
    )
