"""How does a file take its place only once it is whole, and several theirs together or not at all?"""

from __future__ import annotations

import fcntl
import itertools
import os
import shutil
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from aggregator.errors import StoreBusy, StoreError

LOGS = ("-wal", "-shm")
"""What SQLite may have left beside a database, and would play into the one that takes its place."""

UNWRITABLE = frozenset(
    {
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_IOERR_WRITE,
        sqlite3.SQLITE_IOERR_FSYNC,
        sqlite3.SQLITE_IOERR_DIR_FSYNC,
        sqlite3.SQLITE_IOERR_TRUNCATE,
        sqlite3.SQLITE_IOERR_DELETE,
    }
)
"""What SQLite says of a file that it writes: of two that are open, it is not the one that is read."""


@contextmanager
def beside(target: Path, mode: int) -> Iterator[Path]:
    """An empty file beside the target, gone with the block; what a killed run left there is used up.

    Raises ``StoreBusy`` when another process writes the same one, ``StoreError`` when the disk does not take it.
    """
    draft = target.with_name(f".{target.name}.new")
    with naming(target), ExitStack() as opened:
        descriptor = os.open(draft, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, mode)
        opened.callback(os.close, descriptor)
        _claim(descriptor, target)
        os.ftruncate(descriptor, 0)
        os.fchmod(descriptor, mode)
        _clear_logs(draft)
        try:
            yield draft
        finally:
            # Once it has taken its name, the draft's may be another process's already. What cannot be removed now is
            # used up by the next one, and must not hide what went wrong.
            with suppress(OSError):
                if draft.exists() and _same(draft, descriptor):
                    draft.unlink()
                    _clear_logs(draft)


def _claim(descriptor: int, target: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as busy:
        raise StoreBusy(f"another process is writing {target}; nothing was changed") from busy


@contextmanager
def naming(target: Path) -> Iterator[None]:
    """Say which file cannot be written: the system would name its draft, SQLite none."""
    try:
        yield
    except OSError as error:
        raise _refusal(target, error.strerror or str(error)) from error
    except sqlite3.OperationalError as error:
        if getattr(error, "sqlite_errorcode", None) not in UNWRITABLE:
            raise
        raise _refusal(target, str(error)) from error


def _refusal(target: Path, why: str) -> StoreError:
    return StoreError(
        f"{target}: cannot be written: {why}; nothing was changed. Mend that, then call this command again."
    )


def _clear_logs(path: Path) -> None:
    for ending in ("-journal", *LOGS):
        path.with_name(path.name + ending).unlink(missing_ok=True)


def _same(path: Path, descriptor: int) -> bool:
    there, opened = path.stat(), os.fstat(descriptor)
    return (there.st_dev, there.st_ino) == (opened.st_dev, opened.st_ino)


def take_place(path: Path, draft: Path) -> None:
    """Let a draft take its place, whoever stands there, once the disk has it."""
    _settle(draft)
    _clear_logs(draft)  # what SQLite could not remove; it is worked in
    draft.replace(path)
    _settle_name(path)


def _settle(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _settle_name(path: Path) -> None:
    """Make a new name survive a power cut; it is taken already, and some file systems cannot do this at all."""
    with suppress(OSError):
        _settle(path.parent)


def take_places(ready: Mapping[Path, Path], suffix: str) -> list[Path]:
    """Let each draft (place → draft) take its place: all of them or, when one cannot, none.

    What stands there gets another name first, the ``suffix`` behind its own, so that each place is taken at one stroke
    and is never empty. Gives those names; a database's log goes along with it.
    """
    for draft in ready.values():
        _settle(draft)
        _clear_logs(draft)
    with ExitStack() as back:
        kept = []
        for path, draft in ready.items():
            aside = _free_name(path, suffix)
            back.callback(_put_back, path, draft, aside)
            if path.exists():
                _keep(path, aside)
                kept.append(aside)
            else:
                _clear_logs(path)
        for path, draft in ready.items():
            draft.replace(path)
        back.pop_all()
    _settle_name(next(iter(ready)))
    return kept


def _free_name(path: Path, suffix: str) -> Path:
    """Two in one second must not take each other's."""
    endings = itertools.chain(("",), (f"-{number}" for number in itertools.count(2)))
    return next(name for each in endings if not (name := path.with_name(path.name + suffix + each)).exists())


def _keep(path: Path, aside: Path) -> None:
    for ending in LOGS:
        with suppress(FileNotFoundError):
            path.with_name(path.name + ending).replace(aside.with_name(aside.name + ending))
    try:
        aside.hardlink_to(path)
    except OSError:  # a file system without hard links
        shutil.copy2(path, aside)


def _put_back(path: Path, draft: Path, aside: Path) -> None:
    """Undo what was done for one of several places that were to be taken."""
    try:
        if not draft.exists():
            aside.replace(path) if aside.exists() else path.unlink()
        for ending in LOGS:
            with suppress(FileNotFoundError):
                aside.with_name(aside.name + ending).replace(path.with_name(path.name + ending))
        aside.unlink(missing_ok=True)
    except OSError as error:
        raise StoreError(
            f"{path}: cannot be put back: {error.strerror}; what stood there is kept as {aside}"
        ) from error
