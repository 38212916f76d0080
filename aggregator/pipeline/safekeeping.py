"""How is a home put into one file, taken out of it again, and how is room given back to the disk?"""

from __future__ import annotations

import fcntl
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from aggregator import regular
from aggregator.errors import ConfigError, StoreBusy, StoreError, UsageError
from aggregator.home import Home
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
    with open_reading(home.database, older=True) as store, _beside(target, PRIVATE) as draft:
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
        _settle(draft)
        draft.replace(target)
        _settle(target.parent)
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


@contextmanager
def _beside(target: Path, mode: int) -> Iterator[Path]:
    """An empty file beside the target, gone with the block; what a killed run left there is used up.

    Raises ``StoreBusy`` when another process writes the same one.
    """
    draft = target.with_name(f".{target.name}.new")
    try:
        descriptor = os.open(draft, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, mode)
    except OSError as error:
        raise StoreError(f"{target}: cannot be written: {error.strerror}") from error
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as busy:
            raise StoreBusy(f"another process is writing {target}; nothing was changed") from busy
        os.ftruncate(descriptor, 0)
        os.fchmod(descriptor, mode)
        _clear_logs(draft)
        try:
            yield draft
        finally:
            # Once it has taken its name, the draft's may be another process's already.
            if draft.exists() and _same(draft, descriptor):
                draft.unlink()
                _clear_logs(draft)
    finally:
        os.close(descriptor)


def _clear_logs(draft: Path) -> None:
    """SQLite would play what a killed run left into the new file."""
    for ending in ("-journal", "-wal", "-shm"):
        draft.with_name(draft.name + ending).unlink(missing_ok=True)


def _same(path: Path, descriptor: int) -> bool:
    there, opened = path.stat(), os.fstat(descriptor)
    return (there.st_dev, there.st_ino) == (opened.st_dev, opened.st_ino)


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


def _settle(path: Path) -> None:
    """Wait until the disk has it; file systems that cannot do it for directories say so."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        with suppress(OSError):
            os.fsync(descriptor)
    finally:
        os.close(descriptor)


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
    suffix = f".before-restore-{now:%Y%m%dT%H%M%SZ}"
    with home.lock(), _beside(home.database, _mode_of(home.database)) as draft:
        with open_reading(source, older=True) as store:
            copying.copy(store, draft, {}, lambda done, total: progress("restore", done, total))
        found = copying.checked(draft)
        _settle(draft)
        aside = _store_aside(home.database, suffix)
        draft.replace(home.database)
        _settle(home.path)
        for name, content in copying.files_of(source).items():
            aside += _put(home.path / Path(name).name, content, suffix)
    return Restored(contents=found, aside=tuple(aside))


def _store_aside(database: Path, suffix: str) -> list[Path]:
    """Give the present store another name too; its own is then free to be taken at one stroke.

    Its log must not stay: SQLite would play it into the new store. Where the log cannot be worked in because the
    store is damaged, it goes along.
    """
    if not database.exists():
        for beside in ("-wal", "-shm"):
            database.with_name(database.name + beside).unlink(missing_ok=True)
        return []
    with suppress(sqlite3.DatabaseError), closing(sqlite3.connect(database)) as old:
        old.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    aside = database.with_name(database.name + suffix)
    for beside in ("-wal", "-shm"):
        with suppress(FileNotFoundError):
            database.with_name(database.name + beside).replace(aside.with_name(aside.name + beside))
    aside.unlink(missing_ok=True)
    try:
        aside.hardlink_to(database)
    except OSError:  # a file system without hard links
        shutil.copy2(database, aside)
    return [aside]


def _put(path: Path, content: bytes, suffix: str) -> list[Path]:
    """Write one of a home's texts, what stood there aside; gives its new name."""
    aside = []
    if path.exists():
        if path.read_bytes() == content:
            return []
        aside = [path.with_name(path.name + suffix)]
        shutil.copy2(path, aside[0])
    with _beside(path, _mode_of(path)) as draft:
        draft.write_bytes(content)
        _settle(draft)
        draft.replace(path)
    return aside


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
