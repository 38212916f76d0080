"""What when the home is not as it should be: no right to read or write, other things in the place of files, another's
store, a clock that jumps?

Each command must say in one line what is wrong, and once that is mended the next run must do what it would have done.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from aggregator.store.connection import SCHEMA_VERSION
from tests.feedserver import FeedServer
from tests.soak import contents, process
from tests.soak.newsroom import OUTLETS, Newsroom
from tests.soak.table import Kind, Row
from tests.soak.warm import Plan, Warm, warm
from tests.soak.writes import Faults

Change = Callable[[Path], object]

READERS = ("list", "doctor", "export", "backup")
"""Commands that are tried beside `run`: none may show a traceback."""


def _closed(name: str, mode: int = 0) -> Change:
    return lambda home: (home / name).chmod(mode)


def _instead(name: str, make: Change) -> Change:
    """Put something else in the place of a file; what was there is thrown away."""

    def change(home: Path) -> None:
        path = home / name
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
        make(path)

    return change


def _directory(path: Path) -> None:
    path.mkdir()


def _file(path: Path) -> None:
    path.write_text("in the way")


def _dangling(path: Path) -> None:
    path.symlink_to(path.parent / "nowhere" / "at" / "all")


def _loop(path: Path) -> None:
    path.symlink_to(path.name)


def _pipe(path: Path) -> None:
    os.mkfifo(path)


PERMISSIONS: dict[str, Change] = {
    "settings that may not be read": _closed("aggregator.toml"),
    "a list of feeds that may not be read": _closed("feeds.opml"),
    "a store that may not be read": _closed("aggregator.db"),
    "a store that may not be written": _closed("aggregator.db", 0o444),
    "a lock that may not be opened": _closed("aggregator.lock"),
    "public/ that may not be written": _closed("public", 0o555),
    "public/ that may not be entered": _closed("public"),
    "a home that may not be written": _closed(".", 0o555),
    "a home that may not be entered": _closed("."),
}

PLACES: dict[str, Change] = {
    "no home": _instead(".", lambda _: None),
    "a file in the home's place": lambda home: (shutil.rmtree(home), home.write_text("in the way")),
    "a directory in the store's place": _instead("aggregator.db", _directory),
    "a directory in the settings' place": _instead("aggregator.toml", _directory),
    "a directory in the place of the list": _instead("feeds.opml", _directory),
    "a directory in the lock's place": _instead("aggregator.lock", _directory),
    "a directory in a feed's place": _instead("public/atom.xml", _directory),
    "a directory in a draft's place": _instead("public/.atom.xml.new", _directory),
    "a file in the place of public/": _instead("public", _file),
    "no list of feeds": lambda home: (home / "feeds.opml").unlink(),
    "a store that leads nowhere": _instead("aggregator.db", _dangling),
    "settings that lead nowhere": _instead("aggregator.toml", _dangling),
    "a list that leads nowhere": _instead("feeds.opml", _dangling),
    "public/ that leads nowhere": _instead("public", _dangling),
    "a lock that leads nowhere": _instead("aggregator.lock", _dangling),
    "a store that leads to itself": _instead("aggregator.db", _loop),
    "settings that lead to themselves": _instead("aggregator.toml", _loop),
    "a list that leads to itself": _instead("feeds.opml", _loop),
    "public/ that leads to itself": _instead("public", _loop),
    "a feed that leads to itself": _instead("public/atom.xml", _loop),
    "a pipe in a feed's place": _instead("public/atom.xml", _pipe),
}

MAY_WORK = {
    "a feed that leads nowhere", "a directory in a draft's place", "settings that may not be written",
    "a pipe in a feed's place", "public/ that leads nowhere", "a lock that leads nowhere", "a store that leads nowhere",
}  # fmt: skip
"""What a run may find its way around."""


def surroundings(place: Path, *, some: int = 1) -> Faults:
    """Every right that can be missing, everything that can stand in the place of something else."""
    result = Faults()
    with FeedServer() as server, warm() as program:
        newsroom, base = home_of(server, program, place)
        at = ("--now", newsroom.now.isoformat())
        for number, (what, change) in enumerate({**PERMISSIONS, **PLACES}.items()):
            if number % some:
                continue
            home = place / "tried" / "home"
            for command in ("run", *READERS):
                copied(base, home)
                change(home)
                words = (command, str(place / "tried" / "copy.db")) if command == "backup" else (command,)
                result.tried[command] += 1
                ended = program.run(home, *words, *at, plan=Plan(plain=True))
                told = f"{command}, {what}"
                if command == "run":
                    result.expect(told, ended, codes=(0, 1) if what in MAY_WORK else (1,))
                elif "Traceback" in ended.err or ended.code not in {0, 1}:
                    result.faults.append(f"{told}: exit {ended.code}: {ended.err[-1500:]}")
                else:
                    result.refused += ended.code != 0
                _opened(home)
    return result


def _opened(home: Path) -> None:
    """Let it be thrown away."""
    if home.is_dir():
        home.chmod(0o755)
        for each in home.iterdir():
            if not each.is_symlink():
                each.chmod(0o755)


def copied(base: Path, home: Path) -> None:
    """Give a trial a home of its own, whatever became of the one before."""
    if home.exists() and not home.is_dir():
        home.unlink()
    shutil.rmtree(home.parent, ignore_errors=True)
    shutil.copytree(base, home)


def home_store(home: Path) -> Path:
    """Its database."""
    return home / "aggregator.db"


def stores_of_others(place: Path) -> Faults:
    """A store that is newer, or another program's."""
    result = Faults()
    with FeedServer() as server, warm() as program:
        newsroom, base = home_of(server, program, place)
        home = place / "tried" / "home"
        for what, statement, says in (
            ("a newer store", f"PRAGMA user_version = {SCHEMA_VERSION + 1}", "upgrade the program"),
            ("another program's", "PRAGMA application_id = 7", "a database of another program"),
        ):
            copied(base, home)
            with closing(sqlite3.connect(home_store(home))) as connection:
                connection.execute(statement)
            before = contents.store(home_store(home))
            for command in ("run", "list", "vacuum", "export", "import"):
                words = (command, "/dev/null") if command == "import" else (command,)
                ended = program.run(home, *words, "--now", newsroom.now.isoformat())
                result.tried[what] += 1
                result.expect(f"{command}, {what}", ended, codes=(1,))
                if says not in ended.err:
                    result.faults.append(f"{command}, {what}: it does not say {says!r}: {ended.err}")
            if contents.store(home_store(home)) != before:
                result.faults.append(f"{what} was changed")
    return result


def clocks(place: Path) -> Faults:
    """A day back, a year ahead, and right again: nothing fails, nothing is told twice, no date lies in the future."""
    result = Faults()
    with FeedServer() as server, warm() as program:
        newsroom, home = home_of(server, program, place)
        right = newsroom.now
        for jump in (
            timedelta(days=-1), timedelta(days=-3650), timedelta(days=365), timedelta(), timedelta(days=3650),
            timedelta(seconds=-1), timedelta(days=1),
        ):  # fmt: skip
            result.tried["jumps"] += 1
            ended = program.run(home, "run", "--now", (right + jump).isoformat())
            result.expect(f"a clock off by {jump}", ended, codes=(0,))
            result.faults += process.faults(home_store(home))
            with closing(sqlite3.connect(home_store(home))) as connection:
                twice = connection.execute("SELECT count(*) - count(DISTINCT uid) FROM items").fetchone()[0]
            if twice:
                result.faults.append(f"{twice} items are stored twice after the clock jumped by {jump}")
    return result


def home_of(server: FeedServer, program: Warm, place: Path) -> tuple[Newsroom, Path]:
    """A home with a day's news read and the next day's published."""
    newsroom, base = Newsroom(server, OUTLETS[:2]), place / "base" / "home"
    newsroom.publish(0)
    newsroom.subscribe(base)
    program.run(base, "run", "--now", newsroom.now.isoformat()).must(0)
    newsroom.publish(1)
    return newsroom, base


def rows(place: Path, *, short: bool, seed: int) -> Iterator[Row]:
    """All of them."""
    yield _row(
        "missing rights, wrong kinds of files, links to nowhere",
        surroundings(place / "files", some=8 if short else 1),
    )
    yield _row("stores that are newer or another program's", stores_of_others(place / "others"))
    yield _row("a clock that jumps back and ahead", clocks(place / "clocks"))


def _row(what: str, done: Faults) -> Row:
    return Row(
        kind=Kind.FAULT,
        what=what,
        times=done.tried.total(),
        wrong=tuple(done.faults),
        lost=done.lost,
        told=f"{done.refused} refused in one line",
    )
