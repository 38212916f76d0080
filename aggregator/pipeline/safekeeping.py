"""How is a home put into one file, taken out of it again, and how is room given back to the disk?"""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from aggregator import regular
from aggregator.errors import ConfigError, StoreError, UsageError
from aggregator.home import Home
from aggregator.pipeline import drafts
from aggregator.pipeline.session import Progress, no_progress, writing
from aggregator.store import copying
from aggregator.store.reading import open_reading

MIB = 1024 * 1024

SPARE_BYTES = 16 * MIB
"""Left free on the disk beyond what a copy needs, so that a run beside it does not meet a full one."""

PRIVATE = 0o600
"""Settings and addresses of feeds may hold passwords."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """A backup that was made and looked through."""

    path: Path
    bytes: int
    contents: copying.Contents


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """A home that was taken out of a backup."""

    contents: copying.Contents
    aside: tuple[Path, ...]
    """What stood there before, under its new name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Vacuumed:
    """What a vacuum gave back."""

    before: int
    """Bytes of the database, its log included."""
    after: int


def free_bytes(place: Path) -> int:
    """How much may still be written where this directory lies."""
    return shutil.disk_usage(place).free


# --- Backup --------------------------------------------------------------------------------------


def backup(
    home: Home,
    target: Path,
    *,
    force: bool = False,
    progress: Progress = no_progress,
    free: Callable[[Path], int] = free_bytes,
) -> Saved:
    """Put the store, the list of feeds and the settings into one file, also while a run is at work.

    The file gets its name once it is complete, looked through and on the disk. Raises ``UsageError`` where it may
    not stand, ``StoreError`` when it cannot be made; a file of that name is then as it was.
    """
    _may_stand(home, target, force=force)
    with open_reading(home.database, older=True) as store, drafts.beside(target, PRIVATE) as draft:
        size = _size(store.execute("PRAGMA page_count").fetchone()[0], store.connection)
        _demand(target.parent, size + SPARE_BYTES, free)
        copying.copy(store, draft, _texts(home), lambda done, total: progress("backup", done, total))
        found = copying.checked(draft)
        there = store.execute(
            "SELECT (SELECT count(*) FROM items), (SELECT count(*) FROM stories)"
        ).fetchone()
        if (found.items, found.stories) != tuple(there):
            raise StoreError(
                f"{target}: the copy holds other numbers of items than the store; nothing was written"
            )
        _may_stand(home, target, force=force)
        drafts.take_place(target, draft)
    return Saved(path=target, bytes=target.stat().st_size, contents=found)


def _may_stand(home: Home, target: Path, *, force: bool) -> None:
    if target.is_dir():
        raise UsageError(f"{target} is a directory; name a file in it")
    if not target.parent.is_dir():
        raise UsageError(f"{target.parent}: no such directory")
    if target.exists() and (not force or (home.database.exists() and target.samefile(home.database))):
        raise UsageError(
            f"{target} is there already; --force writes over a file, but never over the store itself"
        )
    if Path(os.path.realpath(home.public)) in Path(os.path.realpath(target)).parents:
        raise UsageError(f"{target}: what lies in public/ is served to everyone; choose another place")


def _mode_of(path: Path) -> int:
    """What a restored file may be read by: as the one before it, or else as the backup."""
    return path.stat().st_mode & 0o777 if path.exists() else PRIVATE


def _texts(home: Home) -> dict[str, bytes]:
    """The files of a home that a person wrote, as far as they are there."""
    found = {}
    for path in (home.opml, home.config):
        try:
            found[path.name] = regular.content(path)
        except FileNotFoundError:
            continue
        except OSError as refused:
            raise ConfigError(
                f"{path}: cannot be read: {refused.strerror}; a backup without it would not be whole"
            ) from refused
    return found


def _size(pages: int, connection: sqlite3.Connection) -> int:
    return pages * int(connection.execute("PRAGMA page_size").fetchone()[0])


def _demand(place: Path, needed: int, free: Callable[[Path], int]) -> None:
    there = free(place)
    if there < needed:
        raise StoreError(
            f"{place}: about {_megabytes(needed)} must be free for this, {_megabytes(there)} are; nothing was changed"
        )


def _megabytes(size: int) -> str:
    return f"{max(1, round(size / 1e6)):,} MB"


# --- Restore -------------------------------------------------------------------------------------


def restore(
    home: Home, source: Path, now: datetime, *, force: bool = False, progress: Progress = no_progress
) -> Restored:
    """Make a home what a backup says, and keep what stood there under another name.

    The backup is looked through first, and its copy once more before it takes the store's place. Raises
    ``UsageError`` where a home is already and ``force`` is not given, ``StoreError`` when the backup cannot be
    trusted, ``StoreBusy`` when a run is at work there.
    """
    copying.checked(source)
    present = [path.name for path in (home.database, home.opml, home.config) if path.exists()]
    if home.database.exists() and source.samefile(home.database):
        raise UsageError(f"{source} is the store itself")
    if present and not force:
        raise UsageError(
            f"{home.path} is a home already ({', '.join(present)}); --force puts the backup in its place and keeps "
            "what is there under other names, or restore into an empty directory with -C"
        )
    for path in (home.database, home.opml, home.config):
        if kind := regular.instead(path):
            raise StoreError(f"{path} is {kind}, not a file; move it away first")
    try:
        home.path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(f"{home.path}: cannot be made: {error.strerror}") from error
    with home.lock(), ExitStack() as made:
        ready = {home.database: made.enter_context(drafts.beside(home.database, _mode_of(home.database)))}
        with open_reading(source, older=True) as store, drafts.naming(home.database):
            copying.copy(
                store, ready[home.database], {}, lambda done, total: progress("restore", done, total)
            )
        found = copying.checked(ready[home.database])
        texts = copying.files_of(source)
        for path in (home.opml, home.config):
            if path.name not in texts:
                continue
            with drafts.naming(path):
                is_same = path.exists() and path.read_bytes() == texts[path.name]
            if not is_same:
                ready[path] = made.enter_context(drafts.beside(path, _mode_of(path)))
                ready[path].write_bytes(texts[path.name])
        _work_log_in(home.database)
        aside = drafts.take_places(ready, f".before-restore-{now:%Y%m%dT%H%M%SZ}")
    return Restored(contents=found, aside=tuple(aside))


def _work_log_in(database: Path) -> None:
    """So that one file is all that was there; the log of a damaged store cannot be, and goes along."""
    if database.exists():
        with suppress(sqlite3.DatabaseError), closing(sqlite3.connect(database)) as old:
            old.execute("PRAGMA wal_checkpoint(TRUNCATE)")


# --- Vacuum --------------------------------------------------------------------------------------


def vacuum(home: Home, *, free: Callable[[Path], int] = free_bytes) -> Vacuumed:
    """Write the database anew without the room that nothing needs.

    That takes a copy in SQLite's temporary directory and one in the log: twice what is in use, checked first.
    """
    if not home.database.exists():
        raise StoreError(f"{home.database}: no store here yet; fetch your feeds first: aggregator run")
    with writing(home) as store:
        store.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        before = home.database.stat().st_size
        pages, unused = (
            int(store.execute(pragma).fetchone()[0])
            for pragma in ("PRAGMA page_count", "PRAGMA freelist_count")
        )
        needed = _size(pages - unused, store.connection) + SPARE_BYTES
        temporary = Path(os.environ.get("SQLITE_TMPDIR") or tempfile.gettempdir())
        if temporary.stat().st_dev == home.path.stat().st_dev:
            needed *= 2
        else:
            _demand(temporary, needed, free)
        _demand(home.path, needed, free)
        store.execute("VACUUM")
        store.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        return Vacuumed(before=before, after=home.database.stat().st_size)
