"""What when the machine fails: no room on the disk, no right to write, a clock that jumps, a store that others hold?"""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from aggregator.store.connection import SCHEMA_VERSION
from tests.feedserver import FeedServer
from tests.soak import contents, process
from tests.soak.newsroom import Newsroom

BLOCK = 512
"""Bytes that `ulimit -f` counts as one (POSIX)."""


@dataclass(slots=True)
class Faults:
    """What came of it."""

    tried: int = 0
    refused: int = 0
    """Of these, runs that could not do their work and said so."""
    faults: list[str] = field(default_factory=list)
    skipped: str = ""
    """Why it could not be tried here."""


def _expect(
    result: Faults, what: str, ended: process.Ended, *, codes: tuple[int, ...], says: str = ""
) -> None:
    """Note a wrong end, a traceback, or more than one line of talk."""
    result.tried += 1
    result.refused += ended.code != 0
    lines = ended.err.strip().splitlines()
    talk = len(lines) == (0 if ended.code == 0 else 1)
    if ended.code not in codes or not talk or (ended.code and says not in ended.err):
        result.faults.append(f"{what}: exit {ended.code}: {ended.err[-1500:]}")


def file_sizes(place: Path, *, sizes: int) -> Faults:
    """Let no file grow beyond a limit, smaller and larger ones, so that every kind of write fails once.

    Each home is then given room and must become what it would have been.
    """
    result = Faults()
    with FeedServer() as server:
        newsroom = Newsroom(server)
        newsroom.publish(0)
        calm = place / "calm"
        newsroom.subscribe(calm)
        at = ("--now", newsroom.now.isoformat())
        process.run(calm, "run", *at).must(0)
        largest = max(path.stat().st_size for path in calm.rglob("*") if path.is_file())
        for number in range(sizes):
            home = place / f"limited-{number}"
            newsroom.subscribe(home)
            blocks = 4 + largest * number // sizes // BLOCK
            limited = ("sh", "-c", 'ulimit -f "$0"; exec "$@"', str(blocks))
            ended = process.run(home, "run", *at, below=limited)
            limit = blocks * BLOCK
            _expect(result, f"no file beyond {limit:,} bytes", ended, codes=(0, 1))
            result.faults += process.faults(home / "aggregator.db")
            process.run(home, "run", *at).must(0)
            result.faults += [f"after {limit:,} bytes: {each}" for each in contents.differences(calm, home)]
            shutil.rmtree(home)
    return result


def full_disk(place: Path, *, sizes: tuple[int, ...]) -> Faults:
    """Run on file systems of so many kilobytes, then on one with room; needs the right to mount."""
    result = Faults()
    with FeedServer() as server:
        newsroom = Newsroom(server)
        newsroom.publish(0)
        calm = place / "calm"
        newsroom.subscribe(calm)
        at = ("--now", newsroom.now.isoformat())
        process.run(calm, "run", *at).must(0)
        for size in sizes:
            disk = place / f"disk-{size}"
            disk.mkdir()
            if not _mounted(disk, size):
                result.skipped = "no right to mount a small file system"
                return result
            try:
                home = disk / "home"
                newsroom.subscribe(home)
                _expect(result, f"a disk of {size} KB", process.run(home, "run", *at), codes=(0, 1))
                result.faults += process.faults(home / "aggregator.db")
                _mount("-o", "remount,size=64m", str(disk))
                process.run(home, "run", *at).must(0)
                result.faults += [f"after {size} KB: {each}" for each in contents.differences(calm, home)]
                _mount("-o", "remount,ro", str(disk))
                _expect(
                    result,
                    "a read-only disk",
                    process.run(home, "run", *at),
                    codes=(1,),
                    says="cannot be written",
                )
                process.run(home, "list").must(0)
            finally:
                subprocess.run(["umount", str(disk)], check=True)
    return result


def _mounted(disk: Path, kilobytes: int) -> bool:
    return _mount("-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs", str(disk))


def _mount(*arguments: str) -> bool:
    if shutil.which("mount") is None:
        return False
    return subprocess.run(["mount", *arguments], check=False, capture_output=True).returncode == 0


def others(place: Path) -> Faults:
    """Meet a store that another tool holds, that is newer, foreign, damaged or no database; and a clock that jumps."""
    result = Faults()
    with FeedServer() as server:
        newsroom = Newsroom(server)
        newsroom.publish(0)
        sound = place / "sound"
        newsroom.subscribe(sound)
        at = ("--now", newsroom.now.isoformat())
        process.run(sound, "run", *at).must(0)
        for name, (spoil, codes, says) in SPOILT.items():
            home = place / name.replace(" ", "-")
            shutil.copytree(sound, home)
            undo = spoil(home / "aggregator.db")
            try:
                _expect(result, name, process.run(home, "run", "--force", *at), codes=codes, says=says)
            finally:
                undo()
        _jumping_clock(newsroom, sound, result)
    return result


def _jumping_clock(newsroom: Newsroom, home: Path, result: Faults) -> None:
    """A day back, a year ahead, and right again: nothing fails, and nothing is told twice."""
    right = newsroom.now
    for jump in (timedelta(days=-1), timedelta(days=365), timedelta(), timedelta(days=1)):
        at = ("--now", (right + jump).isoformat())
        _expect(result, f"a clock off by {jump}", process.run(home, "run", *at), codes=(0,))
        result.faults += process.faults(home / "aggregator.db")
    with closing(sqlite3.connect(home / "aggregator.db")) as connection:
        twice = connection.execute("SELECT count(*) - count(DISTINCT uid) FROM items").fetchone()[0]
    if twice:
        result.faults.append(f"{twice} items are stored twice after the clock jumped")


Undo = Callable[[], object]


def _nothing() -> None:
    pass


def _held(database: Path) -> Undo:
    connection = sqlite3.connect(database, isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    return connection.close


def _newer(database: Path) -> Undo:
    with closing(sqlite3.connect(database)) as connection:
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    return _nothing


def _foreign(database: Path) -> Undo:
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA application_id = 7")
    return _nothing


def _damaged(database: Path) -> Undo:
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with database.open("r+b") as file:
        for page in range(2, database.stat().st_size // 4096 - 1):
            file.seek(4096 * page)
            file.write(b"\xa5" * 512)
    return _nothing


def _nonsense(database: Path) -> Undo:
    database.write_text("no database " * 1000)
    return _nothing


def _directory(database: Path) -> Undo:
    database.unlink()
    database.mkdir()
    return _nothing


SPOILT: dict[str, tuple[Callable[[Path], Undo], tuple[int, ...], str]] = {
    "locked by another tool": (_held, (75,), "keeps the database locked"),
    "a newer store": (_newer, (1,), "upgrade the program"),
    "another program's database": (_foreign, (1,), "a database of another program"),
    "a damaged page": (_damaged, (1,), "restore FILE --force"),
    "no database at all": (_nonsense, (1,), "restore FILE --force"),
    "a directory in its place": (_directory, (1,), "cannot be opened"),
}
